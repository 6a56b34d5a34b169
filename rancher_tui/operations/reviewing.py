"""The cluster file that an export would write: judged, shown without secrets, compared with others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rancher_tui.finding import Finding
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState

_PLACE: Final = re.compile(r":(\d+):(\d+)(?: |$)")


@dataclass(frozen=True, slots=True)
class Review:
    """The file's text with its secrets, its lines without them, and what lint finds in it."""

    text: str
    lines: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def bad(self) -> list[Finding]:
        """The findings that an export must be agreed to for."""
        return [finding for finding in self.findings if finding.bad]

    def beside(self) -> dict[int, list[Finding]]:
        """The findings by the number of their line, from 1."""
        found: dict[int, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(line_of(finding), []).append(finding)
        return dict(sorted(found.items()))


def line_of(finding: Finding) -> int:
    """The line, from 1, of a finding whose subject is `FILE:LINE:COLUMN path`; 1 for others."""
    match = _PLACE.search(finding.subject)
    return int(match[1]) if match else 1


def review(session: Session, state: InstallState) -> Review:
    """Everything that an export would write; OperationError when it cannot be composed."""
    from rancher_tui.cluster_file.lint import lint
    from rancher_tui.cluster_file.masking import masked
    from rancher_tui.proofs.inputs import CLUSTER_FILE, composed, rke_version

    text = composed(session, state)
    report = lint(text.encode(), name=CLUSTER_FILE, rke=rke_version(session, state), fqdn=state.fqdn)
    return Review(text, tuple(masked(text.rstrip("\n"))), report.findings)


@dataclass(frozen=True, slots=True)
class Compared:
    """A difference: what was compared with, whether anything differs, the lines without secrets, a word on it."""

    against: str
    changed: bool
    lines: tuple[str, ...]
    told: Message = EMPTY


def compared(
    session: Session, state: InstallState, file: Path | None = None, *, applied: bool = False
) -> Compared:
    """What an export would change in the exported file, the last applied one, or `file`.

    OperationError when the file cannot be composed or the other one cannot be read.
    """
    from rancher_tui.cluster_file.diff import shown
    from rancher_tui.cluster_file.read import MAX_BYTES
    from rancher_tui.cluster_file.tree import file_text
    from rancher_tui.files import read_named
    from rancher_tui.proofs.inputs import OperationError, composed

    path = file or (_applied(session) if applied else session.cluster_file)
    after = composed(session, state)
    if path is None:
        return Compared("", True, (), msg("no run has applied a file yet (step 11)"))
    if file is None and not path.is_file():
        return Compared("", True, (), msg("the cluster file is not exported yet (step 10)"))
    try:
        data = read_named(path, MAX_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OperationError(
            "cannot-read", msg("{path} cannot be read: {error}", path=str(path), error=reason)
        ) from error
    before = file_text(data)
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    lines = tuple(shown(before, after, str(path), "now"))
    same = EMPTY if lines else msg("{path} is what is entered now", path=str(path))
    return Compared(str(path), bool(lines), lines, same)


def _applied(session: Session) -> Path | None:
    """The copy of the file that the newest `rke up` was given; None without a run."""
    from rancher_tui.backup.copies import all_of
    from rancher_tui.files import sha256
    from rancher_tui.proofs.inputs import CLUSTER_FILE
    from rancher_tui.rke.runs import runs

    records = [run.status() for run in reversed(runs(session.path))]
    digests = [record.config_digest for record in records if "up" in record.argv[1:4]]
    copies = {
        entry.sha256: backup.folder / CLUSTER_FILE
        for backup in all_of(session.backups_folder)
        if (entry := backup.entry(CLUSTER_FILE))
    }
    if session.cluster_file.is_file():
        copies.setdefault(sha256(session.cluster_file), session.cluster_file)
    return next((copies[digest] for digest in digests if digest in copies), None)
