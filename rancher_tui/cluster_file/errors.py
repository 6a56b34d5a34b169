"""What can go wrong in composing a cluster file."""

from __future__ import annotations

from rancher_tui.i18n import Message


class ComposeError(Exception):
    """The state cannot be written as a cluster file. `message` says why, for a person."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message
