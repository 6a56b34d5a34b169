"""What an operation told, as findings: every outcome is shown the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg


def operate(check: str, operation: Callable[[], Message]) -> Sequence[Finding]:
    """What an operation told, as a finding; why it could not be done, as a fail."""
    from rancher_tui.proofs.inputs import OperationError

    try:
        return [Finding(Status.PASS, "done", "", operation(), check=check)]
    except OperationError as error:
        return [failed(check, error.code, error.message)]
    except OSError as error:
        title = msg(
            "{path} cannot be written: {error}", path=str(error.filename or ""), error=error.strerror or ""
        )
        return [failed(check, "cannot-write", title)]


def failed(check: str, code: str, title: Message) -> Finding:
    return Finding(Status.FAIL, code, "", title, check=check)


def written(path: Path, text: str) -> Message:
    """Write a file; one that was there is kept under a dated name."""
    from rancher_tui.files import keep_existing, write_atomic

    kept = keep_existing(path)
    write_atomic(path, text.encode())
    if kept is None:
        return msg("{path} is written", path=str(path))
    return msg("{path} is written; the one before is {kept}", path=str(path), kept=kept.name)
