"""The phases of a run, read from assets/rke/phases.yml: which record begins which, and which ends a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from rancher_tui.rke.lines import LogLine


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase's rules: what begins it, from which phases on, and what says that a host is through with it."""

    name: str
    title: str
    begins: re.Pattern[str]
    after: frozenset[str]
    host_done: re.Pattern[str] | None
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """All phases in their usual order, and the last lines of a run by what it was for (`up`, `remove`, …)."""

    phases: tuple[Phase, ...]
    ends: dict[str, re.Pattern[str]]
    any_begin: re.Pattern[str]
    opens: tuple[re.Pattern[str], ...]
    """The lines that a run begins with, in their order."""
    any_open: re.Pattern[str]
    telling: re.Pattern[str]
    """Finds every record that says more than its phase and host: a cheap first sieve."""

    def phase(self, name: str) -> Phase:
        """The rules of the phase `name`; KeyError when there is none."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(name)

    def of(self, line: LogLine, current: str) -> str:
        """The phase that a record belongs to when `current` (empty: none) was going on before it."""
        for phase in self.phases if self.any_begin.match(line.text) else ():
            if phase.begins.match(line.text) and (not current or not phase.after or current in phase.after):
                return phase.name
        if current or not line.tag:
            return current
        tag = line.tag.partition("/")[2] or line.tag
        return next((phase.name for phase in self.phases if tag in phase.tags), "")

    def opening(self, line: LogLine) -> int:
        """Which of a run's opening lines a record is, counted from 1; 0 when it is none."""
        if line.level != "info" or not self.any_open.match(line.text):
            return 0
        return next((rank for rank, pattern in enumerate(self.opens, 1) if pattern.match(line.text)), 0)

    def ended(self, line: LogLine) -> str:
        """What a record says to have been finished: `up`, `remove`, …; empty when it is no last line."""
        if line.level != "info":
            return ""
        return next((kind for kind, pattern in self.ends.items() if pattern.match(line.text)), "")


def _phase(entry: dict[str, Any]) -> Phase:
    done = entry.get("host_done")
    return Phase(
        entry["name"],
        entry["title"],
        re.compile("|".join(f"(?:{pattern})" for pattern in entry["begins"])),
        frozenset(entry.get("from", ())),
        re.compile(done) if done else None,
        frozenset(entry.get("tags", ())),
    )


@lru_cache(maxsize=1)
def phase_rules() -> PhaseRules:
    """The rules of assets/rke/phases.yml."""
    text = (resources.files("assets") / "rke" / "phases.yml").read_text(encoding="utf-8")
    table = yaml.load(text, yaml.CSafeLoader)
    ends = {kind: re.compile(pattern) for kind, pattern in table["ends"].items()}
    phases = tuple(_phase(entry) for entry in table["phases"])
    any_begin = re.compile("|".join(f"(?:{phase.begins.pattern})" for phase in phases))
    telling = re.compile("|".join([*table["telling"], *table["ends"].values()]))
    opens = tuple(re.compile(pattern) for pattern in table["opens"])
    any_open = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in opens))
    return PhaseRules(phases, ends, any_begin, opens, any_open, telling)
