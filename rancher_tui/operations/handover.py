"""The report of an install for a change ticket: what was entered, proven, run, decided, by whom and when.

`gather` takes it from the state, the reports, the runs and the journal; `backup.report` writes it down.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rancher_tui import __version__
from rancher_tui.backup import copies, report
from rancher_tui.backup.redact import Redactor
from rancher_tui.finding import Status
from rancher_tui.i18n import _
from rancher_tui.install import journal, paths, steps
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.operations.bundling import known_values
from rancher_tui.wording import subjects
from rancher_tui.wording.vocabulary import word

LEFT_OUT: Final = frozenset({"cluster_file_source", "certificates.ca_text"})
"""Fields that are files, not answers."""


def gather(session: Session, state: InstallState, now: datetime | None = None) -> report.Handover:
    """Everything that the report tells, without secrets."""
    moment = now or datetime.now(UTC)
    redactor = Redactor(known_values(session, state))

    def safe(text: object) -> str:
        return redactor.clean(str(text))[0]

    return report.Handover(
        session=session.name,
        label=safe(state.label),
        fqdn=safe(state.fqdn),
        made_at=moment,
        program=f"rancher-tui {__version__}",
        entered=[(path, safe(text)) for path, text in _entered(state)],
        proven=[_proven(item, safe) for item in steps.overview(state, session.reports(), moment)],
        runs=[[safe(cell) for cell in row] for row in _runs(session)],
        backups=[[safe(cell) for cell in row] for row in _backups(session)],
        events=[[safe(cell) for cell in row] for row in _events(session)],
    )


def written(session: Session, state: InstallState, kind: str) -> str:
    """The report as `md` or `html`."""
    return report.written(gather(session, state), kind)


def _entered(state: InstallState) -> Iterator[tuple[str, str]]:
    """Every field that holds something, as typed; secrets are references."""
    usual = InstallState()
    for path in paths.leaves(state):
        value = paths.get(state, path)
        if path in LEFT_OUT or value in ("", ()):
            continue
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        try:
            untouched = paths.get(usual, path) == value
        except paths.PathError:
            untouched = False
        yield path, _("{value} (as preset)").format(value=shown) if untouched else shown


def _proven(item: steps.StepState, safe: Any) -> report.Proven:
    bad = [
        _("{status}: {subject} {title}").format(
            status=_(finding.status.value),
            subject=subjects.message(finding.subject, titled=False),
            title=finding.title,
        )
        for finding in item.findings
        if finding.status is not Status.PASS
    ]
    passed = sum(finding.status is Status.PASS for finding in item.findings)
    when = item.taken_at.isoformat(timespec="seconds") if item.taken_at else "-"
    return report.Proven(
        item.step.number, str(item.step.title), item.status.value, when, passed, [safe(text) for text in bad]
    )


def _runs(session: Session) -> Iterator[list[str]]:
    from rancher_tui.proofs.verdict import verdict_of
    from rancher_tui.rke.runs import runs

    for run in runs(session.path):
        known = run.status()
        yield [
            run.id,
            " ".join(Path(word).name if index == 0 else word for index, word in enumerate(known.argv)),
            known.started.isoformat(timespec="seconds") if known.started else "-",
            known.ended.isoformat(timespec="seconds") if known.ended else "-",
            word(known.state),
            "-" if known.exit_code is None else str(known.exit_code),
            word(verdict_of(run) or "-"),
        ]


def _backups(session: Session) -> Iterator[list[str]]:
    for backup in reversed(copies.all_of(session.backups_folder)):
        whole = _("damaged") if copies.verify(backup) else _("whole")
        yield [
            backup.made_at.isoformat(timespec="seconds"),
            word(backup.purpose),
            str(len(backup.entries)),
            ", ".join(backup.lacks) or "-",
            whole,
        ]


def _events(session: Session) -> Iterator[list[str]]:
    """The journal: when, who, what. Runs of the same act by the same person (edits, checks) are one line."""
    last: list[str] | None = None
    for entry in journal.entries(session.journal_file):
        who = f"{entry.get('user', '?')}@{entry.get('host', '?')}"
        what, about = str(entry.get("action", "?")), _about(entry)
        if last is not None and (last[1], last[2], last[3]) == (who, what, about):
            continue
        last = [str(entry.get("time", "?"))[:19], who, what, about]
        yield last


_FRAME: Final = frozenset({"time", "user", "host", "pid", "action"})


def _about(entry: dict[str, Any]) -> str:
    details = {key: value for key, value in entry.items() if key not in _FRAME}
    parts = []
    for key, value in details.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        parts.append(f"{key} {text}" if text else "")
    return "; ".join(part for part in parts if part)
