"""Secrets of a session, apart from its state: the state holds references only.

A reference is `secret:NAME` (kept in the session's secrets.json, 0600), `env:VARIABLE` (read from the
environment when needed) or `file:PATH` (read from the file when needed).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Final

from rancher_tui.files import read_named, write_atomic
from rancher_tui.i18n import Message, msg
from rancher_tui.install import paths
from rancher_tui.install.references import INLINE_KEYS, REFERENCE, is_reference
from rancher_tui.install.state import InstallState

MASK: Final = "••••••"
LARGEST: Final = 64_000
"""Characters of a secret, bytes of a file with one: more than the largest key with its certificate."""
SECRET_PATHS: Final = frozenset(
    {"options.registry.password", "etcd.s3_secret_key", "options.bastion.ssh_key", "options.bastion.ssh_cert"}
)

"""Fields that hold a secret whatever is entered. Inline keys of nodes and addresses with a password do too."""
ADDRESSES: Final = frozenset({"options.proxy.http", "options.proxy.https", "copies.to"})
"""Fields whose address may hold a password: `http://USER:PASSWORD@HOST`."""


def is_secret(path: str, text: str) -> bool:
    """True when `text` entered at `path` must be kept apart from the state, and only a reference in it."""
    if not text or is_reference(text):
        return False
    if path in SECRET_PATHS or (path.startswith("nodes.") and path.rpartition(".")[2] in INLINE_KEYS):
        return True
    if path == "copies.to":
        return password_span(text) is not None
    return path in ADDRESSES and "@" in text


def password_span(address: str, *, typing: bool = False) -> tuple[int, int] | None:
    """Where the password stands in an address; None without one.

    While it is `typing`, what may still become a password counts as one: all after the user's colon.
    """
    match = _PASSWORD.match(address)
    if match is not None:
        return match.span(1)
    unfinished = _UNFINISHED.match(address) if typing else None
    return unfinished.span(1) if unfinished is not None else None


_PASSWORD: Final = re.compile(r"\s*(?:[A-Za-z][\w+.-]*://|//)?[^:@/]*:(?!//)(.*)@", re.DOTALL)
_UNFINISHED: Final = re.compile(r"\s*(?:[A-Za-z][\w+.-]*:)?//[^:@/]*:(.+)", re.DOTALL)


def secret_fields(state: InstallState) -> Iterator[tuple[str, str]]:
    """Path and text of every field that may hold a secret."""
    for path in (*sorted(SECRET_PATHS), *sorted(ADDRESSES)):
        yield path, paths.get(state, path)
    for index, node in enumerate(state.nodes):
        for name in INLINE_KEYS:
            if text := getattr(node, name):
                yield f"nodes.{index}.{name}", text


def kept_apart(state: InstallState, keep: Callable[[str, str], str]) -> InstallState:
    """The state with references in place of secrets; `keep(path, secret)` gives the reference."""
    for path, text in secret_fields(state):
        if is_secret(path, text):
            state = paths.replace(state, path, keep(path, text))
    return state


class SecretError(Exception):
    """A reference that leads nowhere. `message` says which, without the secret."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message


class Secrets:
    """The secrets.json of one session. `pending` are secrets that a full disk has not taken yet."""

    def __init__(self, path: Path, pending: dict[str, str] | None = None) -> None:
        self._path = path
        self._pending = {} if pending is None else pending

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return dict(self._pending)
        except (OSError, ValueError) as error:
            raise SecretError(
                msg("{path} cannot be read: {error}", path=str(self._path), error=str(error))
            ) from error
        if not isinstance(data, dict):
            raise SecretError(msg("{path} holds no secrets: a JSON object was expected", path=str(self._path)))
        return {**{str(name): str(value) for name, value in data.items()}, **self._pending}

    def put(self, name: str, value: str) -> str:
        """Keep `value` under `name` and give the reference to store in the state.

        What is kept already stays, for undo and for rows that moved: a taken name gets a number.
        """
        reference = self.put_later(name, value)
        self.flush()
        return reference

    def put_later(self, name: str, value: str) -> str:
        """`put` without writing: `flush` writes it. SecretError when what is kept cannot be read."""
        kept = self._read()
        numbered = (name if number == 1 else f"{name}.{number}" for number in count(1))
        free = next(candidate for candidate in numbered if kept.get(candidate, value) == value)
        if free not in kept:
            self._pending[free] = value
        return f"secret:{free}"

    def flush(self) -> None:
        """Write what was put; OSError keeps it for the next time."""
        if self._pending:
            write_atomic(self._path, json.dumps(self._read(), indent=1).encode())
            self._pending.clear()

    def values(self) -> list[str]:
        """Every kept value, for removing them from what leaves the session."""
        return [value for value in self._read().values() if value]

    def resolve(self, reference: str, *, pipes: bool = False) -> str:
        """The value behind a reference; text that is no reference is its own value. SecretError otherwise.

        With `pipes` a `file:` may be a pipe, as one that a shell makes for `<(command)`.
        """
        match = REFERENCE.fullmatch(reference)
        if match is None:
            return reference
        kind, name = match.groups()
        if kind == "secret":
            kept = self._read().get(name)
            if kept is None:
                raise SecretError(msg("the session keeps no secret named {name}", name=name))
            return kept
        if kind == "env":
            if name not in os.environ:
                raise SecretError(msg("the environment variable {name} is not set", name=name))
            return os.environ[name]
        try:
            return read_named(Path(name).expanduser(), LARGEST, pipes=pipes).decode().rstrip("\n")
        except (OSError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SecretError(msg("{path} cannot be read: {error}", path=name, error=reason)) from error
