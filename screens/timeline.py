"""A run in two lines: what is known of the process, and the phases that it went through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len

from rancher_tui.i18n import Message, _
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


def _said(title: Message, detail: Message) -> str:
    """A cause in a sentence, or in two."""
    if not detail:
        return shown(title)
    return _("{title}. {detail}").format(title=shown(title).rstrip("."), detail=shown(detail))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a run beside its log: whether it goes on, what phases usually take, on how many hosts."""

    live: bool = False
    usual: Mapping[str, float] = field(default_factory=dict)
    """Seconds that phases took in earlier real runs on this machine."""
    hosts: Mapping[str, int] = field(default_factory=dict)


def phases_line(progress: Progress, wrong: Mapping[str, str], cells: int, known: Known) -> Line:
    """The phases that began: where not all fit, those in which something went wrong and the last ones.

    `wrong`: `warn` or `fail` by phase.
    """
    parts = [_phase(phase, _mark(phase, progress, wrong, known), known) for phase in progress.phases]
    sizes = [sum(cell_len(text) for text, _ink in part) for part in parts]
    failed = [at for at, phase in enumerate(progress.phases) if wrong.get(phase.name) == "fail"]
    rest = [at for at in reversed(range(len(parts))) if at not in failed]
    kept: set[int] = set()
    room = cells - 3
    for at in (*failed, *rest):
        if sizes[at] > room:
            break
        kept.add(at)
        room -= sizes[at]
    line: Line = [(" ", "plain")]
    for at, part in enumerate(parts):
        if at in kept:
            line += part
        elif at == 0 or at - 1 in kept:
            line.append((f"{signs().ellipsis} ", "dim"))
    return line


def _mark(phase: PhaseProgress, progress: Progress, wrong: Mapping[str, str], known: Known) -> str:
    """`live`, `done`, `warn` or `fail`: a phase in which a run ended that did not finish has failed too."""
    if phase.active and known.live:
        return "live"
    if phase.active and not progress.finished:
        return "fail"
    return wrong.get(phase.name, "done")


def cause_lines(problem: Problem, cells: int) -> list[Line]:
    """A problem of the log: where it stands, what it means, what to do; the message itself for an unknown one."""
    from rancher_tui.rke.causes import advice

    cause, ink = problem.cause, "warn" if problem.level == "warning" else "fail"
    said = _said(cause.title, cause.detail) if cause else shown(problem.text)
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


def _phase(phase: PhaseProgress, mark: str, known: Known) -> Line:
    took = f" {clock(phase.elapsed_s)}" if (phase.elapsed_s or 0) >= 1 else ""
    if mark == "live":
        number = max(len(phase.hosts), known.hosts.get(phase.name, 0))
        hosts = _(" {done} of {all}").format(done=len(phase.done_hosts()), all=number) if phase.hosts else ""
        usual_s = known.usual.get(phase.name, 0.0)
        usually = _(" (usual {time})").format(time=clock(usual_s)) if usual_s >= 1 else ""
        return [(f"{phase_word(phase.name)} {signs().cursor}{hosts}{took}{usually}  ", "strong")]
    sign = {"done": signs().done, "warn": signs().stale, "fail": signs().failed}[mark]
    ink = {"done": "pass"}.get(mark, mark)
    return [(f"{phase_word(phase.name)} ", "dim" if mark == "done" else ink), (sign, ink), (f"{took}  ", "dim")]
