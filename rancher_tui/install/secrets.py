"""Secrets of a session, apart from its state: the state holds references only.

A reference is `secret:NAME` (kept in the session's secrets.json, 0600), `env:VARIABLE` (read from the
environment when needed) or `file:PATH` (read from the file when needed).
"""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path
from typing import Final

from rancher_tui.files import write_atomic
from rancher_tui.i18n import Message, msg
from rancher_tui.install.references import REFERENCE, is_reference

MASK: Final = "••••••"
SECRET_PATHS: Final = frozenset({"options.registry.password", "etcd.s3_secret_key"})
"""Fields that hold a secret whatever is entered. Inline node keys and proxies with a password do too."""


def is_secret(path: str, text: str) -> bool:
    """True when `text` entered at `path` must be kept apart from the state, and only a reference in it."""
    if not text or is_reference(text):
        return False
    if path in SECRET_PATHS or (path.startswith("nodes.") and path.endswith(".ssh_key")):
        return True
    return path in ("options.proxy.http", "options.proxy.https") and "@" in text


class SecretError(Exception):
    """A reference that leads nowhere. `message` says which, without the secret."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message


class Secrets:
    """The secrets.json of one session."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SecretError(
                msg("{path} cannot be read: {error}", path=str(self._path), error=str(error))
            ) from error
        if not isinstance(data, dict):
            raise SecretError(msg("{path} holds no secrets: a JSON object was expected", path=str(self._path)))
        return {str(name): str(value) for name, value in data.items()}

    def put(self, name: str, value: str) -> str:
        """Keep `value` under `name` and give the reference to store in the state.

        What is kept already stays, for undo and for rows that moved: a taken name gets a number.
        """
        kept = self._read()
        numbered = (name if number == 1 else f"{name}.{number}" for number in count(1))
        free = next(candidate for candidate in numbered if kept.get(candidate, value) == value)
        if free not in kept:
            write_atomic(self._path, json.dumps({**kept, free: value}, indent=1).encode())
        return f"secret:{free}"

    def values(self) -> list[str]:
        """Every kept value, for removing them from what leaves the session."""
        return [value for value in self._read().values() if value]

    def resolve(self, reference: str) -> str:
        """The value behind a reference; text that is no reference is its own value. SecretError otherwise."""
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
            return Path(name).expanduser().read_text(encoding="utf-8").rstrip("\n")
        except (OSError, ValueError, RuntimeError) as error:
            raise SecretError(msg("{path} cannot be read: {error}", path=name, error=str(error))) from error
