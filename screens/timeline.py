"""A run in two lines: what is known of the process, and the phases that it went through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rancher_tui.i18n import _
from rancher_tui.rke.progress import PhaseProgress, Progress
from rancher_tui.rke.runs import RunStatus
from screens.look.signs import signs
from screens.look.words import phase_word, shown
from screens.widgets.lines import Line, fit, wrap

if TYPE_CHECKING:
    from rancher_tui.rke.causes import Problem

QUIET = 30.0
"""Seconds without a line after which the silence is told."""


def clock(seconds: float | None) -> str:
    """`7:42`, or `1:02:03`."""
    if seconds is None:
        return ""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def status_line(status: RunStatus, quiet_s: float | None, limit_s: float = 0.0) -> Line:
    """State, elapsed time, process, exit code."""
    if status.state == "none":
        return [(_(" no run yet"), "dim")]
    verb = next((word for word in status.argv[1:] if not word.startswith("-")), "")
    parts: Line = [(f" rke {verb}  ", "strong"), (f"{_state(status)} {clock(status.elapsed_s)}  ", _ink(status))]
    if status.live:
        silent = quiet_s is not None and quiet_s >= QUIET
        owned = _("pid {pid}") if silent else _("pid {pid}, goes on without us")
        parts.append((owned.format(pid=status.pid), "dim"))
        if quiet_s is not None and limit_s and quiet_s >= limit_s:
            stalled = _("  stalled: quiet for {seconds:.0f} s; ) waits longer, x stops")
            parts[-1:] = [(stalled.format(seconds=quiet_s), "fail")]
        elif quiet_s is not None and quiet_s >= QUIET:
            parts.append((_("  quiet for {seconds:.0f} s").format(seconds=quiet_s), "warn"))
    elif status.exit_code is not None:
        parts.append((_("exit code {code}").format(code=status.exit_code), "plain"))
    elif status.signal is not None:
        parts.append((_("ended by signal {number}").format(number=status.signal), "fail"))
    return parts


def _state(status: RunStatus) -> str:
    words = {
        "running": _("running"),
        "exited": _("ended"),
        "signalled": _("killed"),
        "stopped": _("stopped"),
        "lost": _("lost: its runner ended without a word"),
    }
    return words.get(str(status.state), str(status.state))


def _ink(status: RunStatus) -> str:
    if status.live:
        return "strong"
    return "plain" if status.state == "exited" and status.exit_code == 0 else "fail"


def phases_line(progress: Progress, live: bool, cells: int, usual: Mapping[str, float]) -> Line:
    """The phases that began, the last ones where not all fit; `usual`: what they took in earlier real runs."""
    parts = [_phase(phase, live, usual.get(phase.name)) for phase in progress.phases]
    width, kept = 0, []
    for part in reversed(parts):
        size = sum(len(text) for text, _ink in part)
        if width + size > cells - 3:
            kept.append([(f"{signs().ellipsis} ", "dim")])
            break
        width += size
        kept.append(part)
    return [(" ", "plain"), *(piece for part in reversed(kept) for piece in part)]


def cause_lines(problem: Problem, cells: int) -> list[Line]:
    """A problem of the log: where it stands, what it means, what to do; the message itself for an unknown one."""
    from rancher_tui.rke.causes import advice

    cause, ink = problem.cause, "warn" if problem.level == "warning" else "fail"
    said = f"{shown(cause.title).rstrip('.')}. {shown(cause.detail)}" if cause else shown(problem.text)
    head = _("line {number}").format(number=problem.line + 1)
    first, *rest = wrap(said.strip(), cells - 14)
    lines: list[Line] = [[(f" {fit(head, 12)} ", ink), (first, "strong")]]
    lines += [[(" " * 14, "plain"), (text, "plain")] for text in rest[:2]]
    remedy = shown(advice(problem))
    if cause and cause.rung and remedy:
        remedy = _("' tests it now; {remedy}").format(remedy=remedy)
    if remedy:
        marks = (f"{signs().cursor:>13} ", " " * 14)
        lines += [
            [(mark, "dim"), (text, "plain")] for mark, text in zip(marks, wrap(remedy, cells - 14), strict=False)
        ]
    return lines


def _phase(phase: PhaseProgress, live: bool, usual_s: float | None) -> Line:
    took = f" {clock(phase.elapsed_s)}" if (phase.elapsed_s or 0) >= 1 else ""
    if phase.active and live:
        hosts = (
            _(" {done} of {all}").format(done=len(phase.done_hosts()), all=len(phase.hosts)) if phase.hosts else ""
        )
        usually = _(" (usual {time})").format(time=clock(usual_s)) if usual_s and usual_s >= 1 else ""
        return [(f"{phase_word(phase.name)} {signs().cursor}{hosts}{took}{usually}  ", "strong")]
    return [(f"{phase_word(phase.name)} ", "dim"), (signs().done, "pass"), (f"{took}  ", "dim")]
