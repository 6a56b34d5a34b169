"""Edits from the command line: `KEY=VALUE` texts applied as one edit, secrets put apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rancher_tui.commands import context
from rancher_tui.commands.output import CallError
from rancher_tui.i18n import msg

if TYPE_CHECKING:
    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store


def apply_assignments(session: Session, store: Store, assignments: list[str]) -> None:
    """Apply all assignments as one edit; CallError and nothing changed when one cannot be."""
    from rancher_tui.install import paths
    from rancher_tui.install.secrets import is_secret

    state = store.state
    secrets: dict[str, str] = {}
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals:
            raise CallError(msg("{text}: KEY=VALUE was expected", text=assignment))
        if text.startswith("@"):
            text = _from_file(text[1:])
        if is_secret(path, text):
            secrets[path] = text
            text = f"secret:{path}"
        try:
            state = paths.put(state, path, text)
        except paths.PathError as error:
            raise CallError(error.message) from error
    for name, value in secrets.items():
        state = paths.put(state, name, session.secrets.put(name, value))
    names = ", ".join(assignment.partition("=")[0] for assignment in assignments)
    store.edit(f"set {names}", lambda _state: state)


def _from_file(path: str) -> str:
    try:
        return context.read_file(path).decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise CallError(msg("{path} is not UTF-8 text", path=path)) from error
