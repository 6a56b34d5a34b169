"""A report about nodes as a file to hand on: text, Markdown or JSON, told by the file's suffix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath

from rancher_tui.finding import Finding, Report, Status, by_gravity
from rancher_tui.i18n import _
from rancher_tui.text import clean

SUFFIXES = (".txt", ".json", ".md")


def written(report: Report, name: str) -> str:
    """The report in the form that the file's name asks for; ValueError for another suffix than `SUFFIXES`."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".json":
        return json.dumps(report.to_json(), indent=1, default=str) + "\n"
    if suffix not in SUFFIXES:
        raise ValueError(suffix)
    lines = _markdown(report) if suffix == ".md" else _text(report)
    return "\n".join(lines) + "\n"


def _subjects(report: Report) -> list[str]:
    return list(dict.fromkeys(finding.subject for finding in report.findings))


def _head(report: Report) -> str:
    return f"{clean(str(report.summary))} ({report.taken_at.astimezone():%Y-%m-%d %H:%M %Z})"


def _text(report: Report) -> Iterator[str]:
    yield _head(report)
    for subject in _subjects(report):
        yield ""
        yield clean(subject)
        for finding in _of(report, subject):
            yield f"  {_word(finding.status):<8}{finding.code:<22} {clean(str(finding.title))}"
            if finding.detail:
                yield f"{'':32} {clean(str(finding.detail))}"
            if finding.remedy and finding.status is not Status.PASS:
                yield f"{'':30} > {clean(str(finding.remedy))}"


def _markdown(report: Report) -> Iterator[str]:
    yield f"# {_('Preflight of the nodes')}"
    yield ""
    yield _head(report)
    for subject in _subjects(report):
        yield ""
        yield f"## {_cell(subject)}"
        yield ""
        yield f"| {_('status')} | {_('code')} | {_('what was seen')} | {_('what to do')} |"
        yield "|---|---|---|---|"
        for finding in _of(report, subject):
            told = "; ".join(_cell(str(part)) for part in (finding.title, finding.detail) if part)
            remedy = _cell(str(finding.remedy))
            yield f"| {_word(finding.status)} | {finding.code} | {told} | {remedy} |"


def _of(report: Report, subject: str) -> list[Finding]:
    return by_gravity(finding for finding in report.findings if finding.subject == subject)


def _word(status: Status) -> str:
    return {Status.PASS: _("pass"), Status.WARN: _("warn"), Status.FAIL: _("fail"), Status.UNKNOWN: _("unknown")}[
        status
    ]


def _cell(text: str) -> str:
    """Text from outside that stays text in a cell: no markup of Markdown or HTML."""
    shown = clean(text).replace("\\", "\\\\")
    for sign in "|`*_[]<>#":
        shown = shown.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return shown
