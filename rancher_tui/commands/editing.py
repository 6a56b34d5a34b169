"""Edits from the command line: `KEY=VALUE` texts applied as one edit; the store keeps secrets apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rancher_tui.commands import context
from rancher_tui.commands.output import CallError, note
from rancher_tui.i18n import _, msg

if TYPE_CHECKING:
    from rancher_tui.install.store import Store

LARGEST_TEXT: Final = 2_000_000
"""Bytes of a file that are taken as the text of a field."""


def apply_assignments(store: Store, assignments: list[str]) -> None:
    """Apply all assignments as one edit; CallError and nothing changed when one cannot be."""
    from rancher_tui.install import file_fields, paths
    from rancher_tui.install.secrets import LARGEST, SecretError, is_secret

    state, changed = store.state, dict[str, str]()
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals:
            raise CallError(msg("{text}: KEY=VALUE was expected", text=assignment))
        if text.startswith("@"):
            text = _from_file(path, text[1:])
        if is_secret(path, text) and len(text) > LARGEST:
            raise CallError(msg("{path} takes a secret of at most {size} characters", path=path, size=LARGEST))
        whole = file_fields.whole(path, text)
        if whole != text:
            changed[path] = text = whole
        try:
            state = paths.put(state, path, text)
        except paths.PathError as error:
            raise CallError(error.message) from error
    names = ", ".join(assignment.partition("=")[0] for assignment in assignments)
    try:
        store.edit(f"set {names}", lambda _state: state)
    except SecretError as error:
        raise CallError(error.message) from error
    for path, text in changed.items():
        note(_("{field}: stored as {path}").format(field=path, path=text))


def _from_file(field: str, path: str) -> str:
    """The text of a file for a field; CallError where it is none, too large, or an empty one for a secret."""
    from rancher_tui.install.secrets import SECRET_PATHS

    try:
        text = context.read_file(path, LARGEST_TEXT).decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise CallError(msg("{path} is not UTF-8 text", path=path)) from error
    if field in SECRET_PATHS and not text:
        raise CallError(msg("{path} is empty: no secret for {field}", path=path, field=field))
    return text
