"""The first two lines of every screen: which install it is and how far it is; which step, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rancher_tui import actions
from rancher_tui.actions import shown_key
from rancher_tui.i18n import _
from rancher_tui.install.steps import StepState, StepStatus
from rancher_tui.text import clean
from screens.look.words import moment, shown, step_title
from screens.under_way import RUN, UnderWay, standing

if TYPE_CHECKING:
    from screens.app import RancherApp
    from screens.services import Install
    from screens.widgets.lines import Line


def header(app: RancherApp, going_on: UnderWay) -> tuple[Line, Line]:
    """The install's name, label and FQDN; whether rke runs, how many steps are done, whether all is saved."""
    install, state = app.install, app.state
    if install is None or state is None:
        return [(" rancher-tui", "title")], []
    left: Line = [(f" {clean(install.name)}", "title")]
    if state.label:
        left += [(" ", "plain"), (f" {clean(state.label)} ", "label"), (" ", "plain")]
    else:
        left.append(("  ", "plain"))
    left.append((clean(state.fqdn) or _("no FQDN yet"), "plain" if state.fqdn else "dim"))
    return left, [*_counts(app.steps, going_on), *_saved(install), (" ", "plain")]


def _counts(steps: tuple[StepState, ...], going_on: UnderWay) -> Line:
    done = sum(item.status is StepStatus.DONE for item in steps)
    failed = sum(item.status is StepStatus.FAILED for item in steps)
    parts: Line = [(_("{number} of 12 done").format(number=done), "plain")]
    if failed:
        parts += [(" · ", "dim"), (_("{number} failed").format(number=failed), "fail")]
    run: Line = [(_("rke runs"), "strong"), (" · ", "dim")] if RUN in going_on else []
    return [("  ", "plain"), *run, *parts, (" · ", "dim")]


def _saved(install: Install) -> Line:
    if install.store.unsaved is not None:
        error = install.store.unsaved
        return [(_("NOT SAVED: {error}").format(error=clean(error.strerror or str(error))), "fail")]
    if not install.store.writable:
        return [(_("looked on only"), "warn")]
    return [(_("saved"), "dim")]


def step_line(item: StepState, going_on: UnderWay, *, utc: bool, rail: bool) -> tuple[Line, Line]:
    """A step's number, title and standing; when it was last looked at, and its neighbours where no `rail` is."""
    _sign, word, ink = standing(item, going_on)
    left: Line = [(f" {item.step.number} {step_title(item.step)}", "strong"), (f"  {word}", ink)]
    if item.step.number not in going_on:
        left.append((f"  {shown(item.note)}", "dim"))
    age: Line = [(f"  {moment(item.taken_at, utc)}", "dim")] if item.taken_at is not None else []
    return left, [*age, *([(" ", "plain")] if rail else neighbours(item.step.number))]


def neighbours(number: int) -> Line:
    """The steps before and after, each beside the key that goes there: `5 [ ] 7`."""
    table = actions.table()
    back, on = (shown_key(table.action(name).key) for name in ("previous-step", "next-step"))
    before, after = (f"{number - 1} " if number > 1 else "", f" {number + 1}" if number < 12 else "")
    parts: Line = [("  ", "plain"), (before, "dim"), (back if before else "", "strong")]
    return [*parts, (" ", "plain"), (on if after else "", "strong"), (f"{after} ", "dim")]
