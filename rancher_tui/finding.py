"""Finding, Status and Report: what every check returns.

A finding is one judged observation. Four answers, not two: what could not be observed is `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from rancher_tui.i18n import EMPTY, N_, Message, msg_n


class Status(StrEnum):
    """How an observation was judged, mildest first."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


_SEVERITY = {Status.PASS: 0, Status.WARN: 1, Status.UNKNOWN: 2, Status.FAIL: 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One judged observation.

    `code` is a stable name of what was judged (contract.md's vocabularies), `subject` what it is about (a file,
    a node, a vantage), `remedy` a command or key, `evidence` the peer's own words as plain JSON data, uncleaned.
    """

    status: Status
    code: str
    subject: str
    title: Message
    detail: Message = EMPTY
    remedy: Message = EMPTY
    evidence: dict[str, Any] = field(default_factory=dict)
    check: str = ""
    step: int = 0

    @property
    def bad(self) -> bool:
        """True for what keeps a step from being proven: fail and unknown."""
        return self.status in (Status.FAIL, Status.UNKNOWN)

    def to_json(self) -> dict[str, Any]:
        """The finding as the commands print it: texts in English."""
        return {
            "status": self.status.value,
            "code": self.code,
            "check": self.check,
            "step": self.step,
            "subject": self.subject,
            "title": self.title.english,
            "detail": self.detail.english,
            "remedy": self.remedy.english,
            "evidence": self.evidence,
        }

    def record(self) -> dict[str, Any]:
        """`to_json` and the messages behind its texts, for a file; `Finding.restore` reads it back."""
        messages = [self.title.record(), self.detail.record(), self.remedy.record()]
        return {**self.to_json(), "messages": messages}

    @classmethod
    def restore(cls, record: dict[str, Any]) -> Finding:
        """The finding that `record` gave; ValueError, KeyError or TypeError if it is none."""
        if not isinstance(record, dict):
            raise ValueError("a finding is an object")
        title, detail, remedy = (Message.restore(message) for message in record["messages"])
        return cls(
            Status(record["status"]),
            str(record["code"]),
            str(record["subject"]),
            title,
            detail,
            remedy,
            dict(record["evidence"]),
            str(record["check"]),
            _whole(record["step"]),
        )


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(f"a whole number was expected, found {value!r}")
    return value


def worst(findings: Iterable[Finding]) -> Status:
    """The gravest status among `findings` (fail before unknown before warn); pass when there are none."""
    return max((finding.status for finding in findings), key=_SEVERITY.__getitem__, default=Status.PASS)


def by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """Findings for reading: fails first, passes last, otherwise in the order they came."""
    return sorted(findings, key=lambda finding: -_SEVERITY[finding.status])


def by_row(findings: Iterable[Finding]) -> list[Finding]:
    """Findings for keeping: those about nodes (`node N ADDRESS`) in the table's order, after all others."""
    return sorted(findings, key=lambda finding: _row(finding.subject))


def _row(subject: str) -> int:
    words = subject.split(" ", 2)
    return int(words[1]) if words[0] == "node" and len(words) > 1 and words[1].isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one check: what it judged (`digest` of its inputs), when, and the facts it learnt."""

    check: str
    findings: tuple[Finding, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    taken_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    step: int = 0

    @property
    def ok(self) -> bool:
        """True when no finding is fail or unknown."""
        return not any(finding.bad for finding in self.findings)

    @property
    def summary(self) -> Message:
        """One line: how many findings of each kind, the gravest first."""
        return count_line(self.findings)

    def codes(self) -> list[str]:
        """The codes of fails and unknowns, in order, each once."""
        return list(dict.fromkeys(finding.code for finding in self.findings if finding.bad))

    def to_json(self) -> dict[str, Any]:
        """The report as the commands print it (contract.md, "A report")."""
        return {
            "ok": self.ok,
            "summary": self.summary.english,
            "findings": [finding.to_json() for finding in self.findings],
            "facts": self.facts,
        }

    def record(self) -> dict[str, Any]:
        """The report as plain data for a file; `Report.restore` reads it back."""
        return {
            "check": self.check,
            "step": self.step,
            "digest": self.digest,
            "taken_at": self.taken_at.isoformat(),
            "facts": self.facts,
            "findings": [finding.record() for finding in self.findings],
        }

    @classmethod
    def restore(cls, record: dict[str, Any]) -> Report:
        """The report that `record` gave; ValueError, KeyError or TypeError if it is none."""
        taken_at = datetime.fromisoformat(record["taken_at"])
        if taken_at.tzinfo is None:
            raise ValueError("taken_at has no time zone")
        return cls(
            str(record["check"]),
            tuple(Finding.restore(finding) for finding in record["findings"]),
            dict(record["facts"]),
            str(record["digest"]),
            taken_at,
            _whole(record["step"]),
        )


def count_line(findings: Iterable[Finding]) -> Message:
    """How many findings of each kind, in words: `1 fail, 2 warnings, 7 passed`."""
    counts = dict.fromkeys(Status, 0)
    for finding in findings:
        counts[finding.status] += 1
    parts = [
        msg_n("{number} fail", "{number} fails", counts[Status.FAIL]),
        msg_n("{number} unknown", "{number} unknown", counts[Status.UNKNOWN]),
        msg_n("{number} warning", "{number} warnings", counts[Status.WARN]),
        msg_n("{number} passed", "{number} passed", counts[Status.PASS]),
    ]
    shown = [part for part in parts if part.number] or [parts[-1]]
    template = _COUNTED[len(shown) - 1]
    return Message(template, {f"part{index}": part for index, part in enumerate(shown)})


_COUNTED: Final = (
    "{part0}",
    N_("{part0}, {part1}"),
    N_("{part0}, {part1}, {part2}"),
    N_("{part0}, {part1}, {part2}, {part3}"),
)
