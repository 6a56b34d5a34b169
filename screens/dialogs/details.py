"""All that is known of one finding: what it means, what was seen, what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import _
from rancher_tui.text import clean_block
from rancher_tui.wording.why import why
from screens.dialogs.dialog import Dialog, Pager
from screens.look.words import finding_ink, finding_word, shown, subject_words
from screens.widgets.lines import Line, wrap

_CELLS = 74


class Details(Dialog[None]):
    """A finding in full."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,i", "close", "close", show=False)]
    TALL = True

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self._finding = finding

    def body(self) -> Iterator[Widget]:
        yield Pager(list(finding_lines(self._finding)))

    def keys(self) -> list[tuple[str, str, bool]]:
        return [*self.scroll_key("↑↓ pgup pgdn"), ("esc", _("close"), True)]


def finding_lines(finding: Finding) -> Iterator[Line]:
    """A finding as lines for reading."""
    yield [
        (f"{finding_word(finding.status)}  ", finding_ink(finding.status)),
        (subject_words(finding), "strong"),
    ]
    yield from _wrapped(shown(finding.title), "plain")
    yield from _wrapped(shown(finding.detail), "plain")
    yield [("", "plain")]
    if reason := "" if finding.status is Status.PASS else why(finding.code):
        yield [(_("Why it matters"), "title")]
        yield from _wrapped(reason, "plain")
        yield [("", "plain")]
    if finding.remedy:
        yield [(_("What to do"), "title")]
        yield from _wrapped(shown(finding.remedy), "plain")
        yield [("", "plain")]
    if finding.evidence:
        yield [(_("What was seen"), "title")]
        for text in _evidence(finding):
            yield from _wrapped(text, "plain")
        yield [("", "plain")]
    yield [
        (
            _("code {code}, check {check}, step {step}").format(
                code=finding.code, check=finding.check or "-", step=finding.step
            ),
            "dim",
        )
    ]


def _wrapped(text: str, ink: str) -> Iterator[Line]:
    for line in wrap(text, _CELLS) if text else ():
        yield [(line, ink)]


def _evidence(finding: Finding) -> Iterator[str]:
    for name, value in finding.evidence.items():
        if value == "":
            continue
        if isinstance(value, str) and "\n" in value:
            yield f"{name}:"
            yield from (f"  {line}" for line in clean_block(value).split("\n"))
        elif isinstance(value, str):
            yield f"{name}: {shown(value)}"
        else:
            yield f"{name}: {shown(json.dumps(value, ensure_ascii=False, default=str))}"
