"""Progress: what a run has come to, from its records in order: phases, hosts, elapsed time, drops, the end."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rancher_tui.rke.lines import LogLine, is_panic
from rancher_tui.rke.phases import PhaseRules, phase_rules

_VERSION = re.compile(r"(?:Running )?RKE version:? (v\S+)")
_OWN_VERSION = re.compile(r"This is not an officially supported version \((\S+)\) of RKE")
_DROPPED = re.compile(r"Removing host \[([^\]]+)\] from node lists")
_INCOMPLETE = re.compile(r"Provisioning incomplete, host\(s\) \[([^\]]*)\]")
_ADDON_JOB_FAILED = re.compile(r"Failed to deploy addon execute job \[rke-user-")
_ADDONS_DEPLOYED = re.compile(r"\[addons\] User addons? deployed successfully")
_NO_ADDONS = re.compile(r"\[addons\] (?:no user addons defined|No user addons configured)")


@dataclass(slots=True)
class HostProgress:
    """What a phase did on one host: its records (line numbers from 0), and whether it is through with it."""

    first_line: int
    last_line: int
    records: int = 1
    done: bool = False


@dataclass(slots=True)
class PhaseProgress:
    """One phase that began. Times are UTC where the log tells; `_s` are seconds since the run began."""

    name: str
    first_line: int
    started: datetime | None
    started_s: float | None
    ended: datetime | None = None
    ended_s: float | None = None
    active: bool = True
    records: int = 0
    hosts: dict[str, HostProgress] = field(default_factory=dict)

    @property
    def elapsed_s(self) -> float | None:
        """From the phase's first record to its last so far."""
        if self.started_s is None or self.ended_s is None:
            return None
        return max(0.0, self.ended_s - self.started_s)

    def done_hosts(self) -> list[str]:
        """Hosts that the phase is through with."""
        return [name for name, host in self.hosts.items() if host.done]

    def to_json(self) -> dict[str, Any]:
        """The phase as `explain` prints it."""
        return {
            "name": self.name,
            "started": _rfc3339(self.started),
            "ended": None if self.active else _rfc3339(self.ended),
            "started_s": self.started_s,
            "ended_s": None if self.active else self.ended_s,
            "hosts": list(self.hosts),
        }


def _rfc3339(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


@dataclass(slots=True)
class HostState:
    """One host over the whole run: where it was seen last, and whether rke dropped it (line of the warning)."""

    last_phase: str = ""
    last_line: int = 0
    dropped_line: int | None = None


class Progress:
    """Fed with every record in order; knows at any moment where the run stands."""

    def __init__(self, rules: PhaseRules | None = None) -> None:
        self._rules = rules or phase_rules()
        self.phases: list[PhaseProgress] = []
        self.hosts: dict[str, HostState] = {}
        self.forms: dict[str, int] = {}
        self.levels: dict[str, int] = {}
        self.version = ""
        self.phase = ""
        self.finished = ""
        """What rke said to have finished (`up`, `remove`, …); empty while it has not."""
        self.finished_line: int | None = None
        self.incomplete: tuple[str, ...] = ()
        """Hosts that rke itself called skipped."""
        self.incomplete_line: int | None = None
        self.addon_job_failed_line: int | None = None
        self.addons_deployed_line: int | None = None
        self.no_addons_line: int | None = None
        self.fatal_line: int | None = None
        """The last fatal record, or the first line of a crash; not rke's word on skipped hosts."""
        self.began_line = 0
        """Where the last run begins in a log that holds several."""
        self.first_time: datetime | None = None
        self.last_time: datetime | None = None
        self.elapsed_s: float | None = None
        self._opened = 0
        self._present: PhaseProgress | None = None
        self._turn_lines = array("Q")
        self._turn_phases: list[str] = []

    def feed(self, number: int, line: LogLine) -> LogLine:
        """Take the record of line `number` (from 0) in: the same record with its phase and elapsed time."""
        if line.form:
            self.forms[line.form] = self.forms.get(line.form, 0) + 1
        self.levels[line.level] = self.levels.get(line.level, 0) + 1
        self._open(number, line)
        elapsed = self._clock(line)
        self._enter(number, line)
        placed = LogLine(line.time, elapsed, line.level, line.hosts, self.phase, line.text, line.raw, line.form)
        if line.level:
            self._note(number, placed)
        if (line.severity >= 5 or is_panic(line)) and self.incomplete_line != number:
            self.fatal_line = number
        return placed

    def _again(self, number: int) -> None:
        """A log to which a second run was appended: what the first one came to does not count any more."""
        self.phases, self.hosts, self.phase, self.began_line = [], {}, "", number
        self._present, self.first_time = None, None
        self.finished, self.finished_line, self.fatal_line = "", None, None
        self.incomplete, self.incomplete_line = (), None
        self.addon_job_failed_line = self.addons_deployed_line = self.no_addons_line = None

    def phase_at(self, number: int) -> str:
        """The phase of a line that was fed."""
        at = bisect_right(self._turn_lines, number) - 1
        return self._turn_phases[at] if at >= 0 else ""

    def dropped(self) -> list[str]:
        """Hosts that rke works without: removed by a warning or named as skipped at the end."""
        names = [name for name, host in self.hosts.items() if host.dropped_line is not None]
        return list(dict.fromkeys([*names, *self.incomplete]))

    def current(self) -> PhaseProgress | None:
        """The phase that is going on."""
        return next((phase for phase in self.phases if phase.active), None)

    def _clock(self, line: LogLine) -> float | None:
        if line.time is not None:
            self.first_time = self.first_time or line.time
            self.last_time = line.time
            self.elapsed_s = (line.time - self.first_time).total_seconds()
        elif line.elapsed is not None:
            self.elapsed_s = line.elapsed
        return self.elapsed_s

    def _open(self, number: int, line: LogLine) -> None:
        """Notice that another run begins."""
        rank = self._rules.opening(line) if line.level else 0
        if not rank:
            return
        over = self.finished or self.fatal_line is not None or self.incomplete_line is not None
        if over or rank <= self._opened:
            self._again(number)
        self._opened = rank

    def _enter(self, number: int, line: LogLine) -> None:
        name = self._rules.of(line, self.phase) if line.level else self.phase
        if name != self.phase:
            if self._present is not None:
                self._present.active = False
            self.phase = name
            self._turn_lines.append(number)
            self._turn_phases.append(name)
            self._present = self._begin(number, name)
        if (present := self._present) is not None:
            present.records += 1
            present.ended, present.ended_s = self.last_time, self.elapsed_s

    def _begin(self, number: int, name: str) -> PhaseProgress:
        """The phase of that name: a new one, or an earlier one that goes on."""
        found = next((phase for phase in self.phases if phase.name == name), None)
        if found is None:
            found = PhaseProgress(name, number, self.last_time, self.elapsed_s)
            self.phases.append(found)
        found.active = True
        return found

    def _note(self, number: int, line: LogLine) -> None:
        for host in line.hosts:
            self._see(number, host, line)
        if self._rules.telling.search(line.text):
            self._tell(number, line)

    def _tell(self, number: int, line: LogLine) -> None:
        text = line.text
        if match := _VERSION.match(text) or _OWN_VERSION.match(text):
            self.version = match[1]
        if match := _DROPPED.match(text):
            self.hosts[match[1]].dropped_line = number
        if match := _INCOMPLETE.search(text):
            self.incomplete = tuple(name for name in re.split(r"[,\s]+", match[1]) if name)
            self.incomplete_line = number
        if kind := self._rules.ended(line):
            self.finished, self.finished_line = kind, number
        if line.level == "info" and _ADDONS_DEPLOYED.match(text):
            self.addons_deployed_line = number
        if line.level == "info" and _NO_ADDONS.match(text):
            self.no_addons_line = number
        if line.severity >= 3 and _ADDON_JOB_FAILED.match(text):
            self.addon_job_failed_line = number

    def _see(self, number: int, name: str, line: LogLine) -> None:
        host = self.hosts.setdefault(name, HostState())
        host.last_phase, host.last_line = self.phase or host.last_phase, number
        present = self._present
        if present is None:
            return
        known = present.hosts.get(name)
        if known is None:
            known = present.hosts[name] = HostProgress(number, number, 0)
        known.last_line = number
        known.records += 1
        done = self._rules.phase(self.phase).host_done
        if done is not None and done.match(line.text):
            known.done = True
