"""Words, inks and signs for statuses, findings and times: the same on every screen."""

from __future__ import annotations

from datetime import UTC, datetime

from rancher_tui import actions
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, _
from rancher_tui.install.steps import Step, StepStatus
from rancher_tui.text import clean
from rancher_tui.wording import subjects, ways
from rancher_tui.wording.vocabulary import word
from screens.look.signs import signs

_INK = {Status.PASS: "pass", Status.WARN: "warn", Status.FAIL: "fail", Status.UNKNOWN: "unknown"}
_STEP_INK = {
    StepStatus.TODO: "dim",
    StepStatus.READY: "plain",
    StepStatus.DONE: "pass",
    StepStatus.STALE: "warn",
    StepStatus.FAILED: "fail",
}


def finding_ink(status: Status) -> str:
    return _INK[status]


def finding_word(status: Status) -> str:
    """`pass`, `warn`, `fail`, `unknown` in the operator's language."""
    return {
        Status.PASS: _("pass"),
        Status.WARN: _("warn"),
        Status.FAIL: _("fail"),
        Status.UNKNOWN: _("unknown"),
    }[status]


def status_ink(status: StepStatus) -> str:
    return _STEP_INK[status]


def status_word(status: StepStatus) -> str:
    """`todo`, `ready`, `done`, `stale`, `failed` in the operator's language."""
    return word(status.value)


def status_sign(status: StepStatus) -> str:
    """The sign that stands beside the word."""
    return str(getattr(signs(), status.value))


def step_title(step: Step) -> str:
    """A step's title in a few words, for lists."""
    return _(actions.table().places[step.slug])


def phase_word(name: str) -> str:
    """A phase's name in the operator's language."""
    return word(name)


def shown(message: Message | str) -> str:
    """A message on one line, safe to draw: keys in place of commands, the subjects of findings in words."""
    if not isinstance(message, Message):
        return clean(message)
    return clean(ways.named(str(subjects.in_words(ways.on_screen(message)))))


def subject_words(finding: Finding) -> str:
    """What a finding is about, in the operator's language."""
    return clean(subjects.shown(finding.subject))


def finding_text(finding: Finding) -> str:
    """Title, detail and remedy of a finding in one paragraph."""
    text = shown(finding.title)
    if finding.detail:
        detail = shown(finding.detail)
        sentence = detail.endswith((".", "。"))
        joined = _("{title}. {detail}") if sentence else _("{title}; {detail}")
        text = joined.format(title=text, detail=detail)
    if finding.remedy:
        text += f" {signs().remedy} {shown(finding.remedy)}"
    return text


def moment(when: datetime, utc: bool, *, day: bool = False) -> str:
    """A time of day with its zone, and the day when it is another one or is asked for."""
    local = when.astimezone(UTC) if utc else when.astimezone()
    today = datetime.now(local.tzinfo).date()
    form = "%H:%M %Z" if local.date() == today and not day else "%Y-%m-%d %H:%M %Z"
    return local.strftime(form)
