"""Findings about one node, all with the same subject: `node N ADDRESS`."""

from __future__ import annotations

from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message
from rancher_tui.install.state import Node
from rancher_tui.nodes import words
from rancher_tui.transport.ssh import Target
from rancher_tui.transport.ssh_errors import SshError

CHECK = "preflight"
STEP = 1


def subject_of(number: int, node: Node) -> str:
    """A node's name in every finding: its row, counted from 1, and its address as typed."""
    return f"node {number} {node.address or '-'}"


class Scribe:
    """Writes findings about one subject. `check_id` is the check's number in the list (`N15`)."""

    def __init__(self, subject: str, target: Target | None = None, check: str = CHECK, step: int = STEP) -> None:
        self.subject = subject
        self.target = target
        self._check = check
        self._step = step

    def good(self, code: str, check_id: str, title: Message, **evidence: Any) -> Finding:
        """A pass."""
        return self.write(Status.PASS, code, check_id, title, EMPTY, EMPTY, **evidence)

    def warn(
        self, code: str, check_id: str, title: Message, remedy: Message, detail: Message = EMPTY, **evidence: Any
    ) -> Finding:
        """A warning."""
        return self.write(Status.WARN, code, check_id, title, remedy, detail, **evidence)

    def bad(
        self, code: str, check_id: str, title: Message, remedy: Message, detail: Message = EMPTY, **evidence: Any
    ) -> Finding:
        """A fail."""
        return self.write(Status.FAIL, code, check_id, title, remedy, detail, **evidence)

    def unseen(
        self, code: str, check_id: str, title: Message, remedy: Message, detail: Message = EMPTY, **evidence: Any
    ) -> Finding:
        """What could not be observed."""
        return self.write(Status.UNKNOWN, code, check_id, title, remedy, detail, **evidence)

    def broken(self, error: SshError) -> Finding:
        """A broken rung on the way to the node, in the words for it."""
        assert self.target is not None
        return self.bad(
            error.rung.value,
            "N01",
            words.title(error, self.target),
            words.remedy(error, self.target),
            words.detail(error),
            **error.evidence,
        )

    def write(
        self,
        status: Status,
        code: str,
        check_id: str,
        title: Message,
        remedy: Message,
        detail: Message,
        **evidence: Any,
    ) -> Finding:
        """Any finding."""
        shown = {"id": check_id, **evidence}
        return Finding(status, code, self.subject, title, detail, remedy, shown, self._check, self._step)
