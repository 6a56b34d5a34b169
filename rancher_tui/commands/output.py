"""How commands print: findings and reports for people or as JSON, and what their exit codes are.

Exit codes (contract.md): 0 all pass or warn, 1 unexpected, 2 unusable call, 3 a fail or unknown, 4 warnings under
`--strict`, 130 interrupted. JSON is ASCII, so that no byte of it can act on a terminal.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from rancher_tui.finding import Finding, Report, Status, by_gravity, count_line
from rancher_tui.i18n import Message, _
from rancher_tui.text import clean, width
from rancher_tui.wording import subjects, ways

OK: Final = 0
UNEXPECTED: Final = 1
UNUSABLE: Final = 2
BAD: Final = 3
WARNED: Final = 4
INTERRUPTED: Final = 130

_CODE_COLUMNS: Final = 22
_LONGEST_ESCAPE: Final = 10
"""Characters that `clean` makes of one at most."""
_COLOURS: Final = {Status.PASS: "32", Status.WARN: "33", Status.FAIL: "31", Status.UNKNOWN: "35"}


class CallError(Exception):
    """A call that cannot be carried out as given: exit code 2. `message` says what would be right."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message


def printable(text: str) -> str:
    """`text` as a terminal may have it: its line ends stay, everything else that would act there is told."""
    return "\n".join(clean(line, max(1, _LONGEST_ESCAPE * len(line))) for line in text.split("\n"))


def say(text: str = "") -> None:
    """One line for people on standard output."""
    print(printable(text))


def note(text: str) -> None:
    """One line for people on standard error."""
    print(printable(ways.named(text)), file=sys.stderr)


def print_json(data: Any) -> None:
    """One JSON document on standard output, indented for reading."""
    print(json.dumps(data, indent=1, default=str))


def print_line(data: Any) -> None:
    """One JSON object on one line of standard output, at once."""
    print(json.dumps(data, default=str), flush=True)


def coloured() -> bool:
    """True when standard output is a terminal that may be coloured."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def status_word(status: Status) -> str:
    """The status as a word of seven columns."""
    word = {
        Status.PASS: _("pass"),
        Status.WARN: _("warn"),
        Status.FAIL: _("fail"),
        Status.UNKNOWN: _("unknown"),
    }[status]
    return word + " " * (7 - width(word))


def finding_line(finding: Finding) -> str:
    """A finding for people: status, code, subject and title; below a code that is too long for its column."""
    told = str(finding.title)
    if finding.subject:
        told = _("{subject}: {text}").format(subject=subjects.message(finding.subject, titled=False), text=told)
    code = finding.code if len(finding.code) <= _CODE_COLUMNS else f"{finding.code}\n{'':{8 + _CODE_COLUMNS}}"
    return f"{status_word(finding.status)} {code:<{_CODE_COLUMNS}} {clean(told)}"


def print_finding(finding: Finding) -> None:
    """A finding for people: what `finding_line` says, detail and remedy below."""
    word, line = status_word(finding.status), printable(finding_line(finding))
    ink = f"\x1b[{_COLOURS[finding.status]}m{word}\x1b[0m" if coloured() else word
    print(ink + line.removeprefix(word))
    if str(finding.detail).strip():
        say(f"{'':30} {clean(str(finding.detail))}")
    if finding.remedy and finding.status is not Status.PASS:
        say(f"{'':28}-> {clean(ways.named(str(finding.remedy)))}")


def exit_code(findings: Iterable[Finding], *, strict: bool = False) -> int:
    """The exit code that findings ask for."""
    statuses = {finding.status for finding in findings}
    if statuses & {Status.FAIL, Status.UNKNOWN}:
        return BAD
    return WARNED if strict and Status.WARN in statuses else OK


def print_report(report: Report, *, as_json: bool, strict: bool = False) -> int:
    """Print a report; its exit code."""
    if as_json:
        print_json(report.to_json())
    else:
        for finding in by_gravity(report.findings):
            print_finding(finding)
        say(str(report.summary))
    return exit_code(report.findings, strict=strict)


async def stream(
    findings: AsyncIterator[Finding], facts: dict[str, Any], *, as_json: bool, strict: bool = False
) -> int:
    """Print findings as they come and the report last; the exit code."""
    seen: list[Finding] = []
    async for finding in findings:
        seen.append(finding)
        if as_json:
            print_line(finding.to_json())
        else:
            print_finding(finding)
    report = Report("", tuple(seen), facts)
    if as_json:
        print_line(report.to_json())
    else:
        say(str(count_line(seen)))
    return exit_code(seen, strict=strict)


def table(rows: list[list[str]], header: list[str] | None = None) -> list[str]:
    """Rows aligned by display width, under a header where there is one."""
    cells = [*([header] if header else []), *([clean(cell) for cell in row] for row in rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(cell + " " * (widths[column] - width(cell)) for column, cell in enumerate(row)).rstrip()
        for row in cells
    ]
