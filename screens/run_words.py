"""What the run's screen says in place of a log: before the first run, and where a filter lets nothing through."""

from __future__ import annotations

from collections.abc import Sequence

from rancher_tui.i18n import Message, _
from rancher_tui.install.steps import StepState, StepStatus
from screens.log_model import WARNING, Filter, LogModel
from screens.look.words import phase_word, shown, status_ink, status_word, step_title
from screens.widgets.lines import Line, fit, wrap


def before_the_first(steps: Sequence[StepState], refusal: Message) -> list[Line]:
    """What starts a run or stands in its way, and which of the steps before it are not proven."""
    lines: list[Line] = [[(_(" rke was not run in this session yet."), "strong")], [("", "plain")]]
    if refusal:
        lines.append([(_(" It cannot start: {why}").format(why=shown(refusal)), "warn")])
    else:
        told = _(" s shows what it would do to which host, and starts it when you agree.")
        lines.append([(told, "plain")])
    unproven = [item for item in steps if item.status is not StepStatus.DONE]
    if unproven:
        told = _(" Not proven yet (g and its number goes there, n to the next problem):")
        lines += [[("", "plain")], [(told, "plain")]]
    for item in unproven:
        head = f"   {item.step.number:>2} {fit(step_title(item.step), 22)} "
        lines.append([(head, "plain"), (status_word(item.status), status_ink(item.status))])
    return lines


def unproven(steps: Sequence[StepState]) -> list[Line]:
    """What of the steps before a run has failed or is not proven: to be known before it starts."""
    told = {
        "fail": (_("Wrong as it stands: {steps}"), [item for item in steps if item.status is StepStatus.FAILED]),
        "warn": (
            _("Not proven: {steps}"),
            [item for item in steps if item.status not in (StepStatus.FAILED, StepStatus.DONE)],
        ),
    }
    lines: list[Line] = []
    for ink, (text, found) in told.items():
        names = ", ".join(f"{item.step.number} {step_title(item.step)}" for item in found)
        lines += [[(line, ink)] for line in wrap(text.format(steps=names), 72)] if found else []
    return [*lines, [("", "plain")]] if lines else []


def older(names: Sequence[str], run: str) -> Line:
    """That an older run is shown: what is judged on the screen is the newest."""
    at = names.index(run) + 1 if run in names else 0
    return [(_(" run {at} of {number}, an older one ").format(at=at, number=len(names)), "label")]


def filter_words(wanted: Filter) -> str:
    """`only warnings and worse, 10.0.1.12`."""
    parts = [
        _("warnings and worse") if wanted.severity == WARNING else _("errors") if wanted.severity else "",
        wanted.host,
        phase_word(wanted.phase) if wanted.phase else "",
        repr(wanted.text) if wanted.text else "",
    ]
    return _("only {what}").format(what=", ".join(shown(part) for part in parts if part))


def filter_line(model: LogModel) -> str:
    """What is shown of the log, how much that is, and what shows all again; empty while all is shown."""
    if not model.filter:
        return ""
    told = _("{filter}: {number:,} of {all:,} lines; esc shows all")
    return told.format(filter=filter_words(model.filter), number=model.count, all=model.judged)


def nothing_passes(model: LogModel) -> list[Line]:
    """In place of lines, where the filter lets none through."""
    told = _(" None of {number:,} lines: {filter}.").format(number=model.judged, filter=filter_words(model.filter))
    return [[(told, "warn")], [(_(" esc shows all lines again."), "plain")]]
