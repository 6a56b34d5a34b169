"""Causes: what a warning or an error of rke means, from the catalogue assets/rke/causes.yml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.rke.lines import LogLine, is_panic

UNKNOWN = "unknown"
WARNING = 3
"""Severity from which on a record is a problem."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One entry of the catalogue. `rung` is the check that can test it, empty where none can."""

    code: str
    patterns: re.Pattern[str]
    excluded: re.Pattern[str] | None
    title: Message
    detail: Message
    remedy: Message
    rung: str
    source: str
    consequence: Literal["", "always", "same-phase"]
    harmless: bool
    decides_as: str
    """Level that a record needs for this cause to decide a run; empty for any."""
    in_phase: dict[str, re.Pattern[str]]
    after_drop: re.Pattern[str] | None
    container_log: bool

    def fits(self, text: str, phase: str = "", after_drop: bool = False) -> bool:
        """True when the message says so. A container's own words, quoted after `log:`, count where they may."""
        said = text if self.container_log else text.partition(", log: ")[0]
        if self.excluded is not None and self.excluded.search(said):
            return False
        patterns = [self.patterns, self.in_phase.get(phase), self.after_drop if after_drop else None]
        return any(pattern.search(said) for pattern in patterns if pattern is not None)


@dataclass(frozen=True, slots=True)
class Problem:
    """A warning or worse. `line` counts from 0; `cause` is None for what the catalogue does not know."""

    line: int
    level: str
    hosts: tuple[str, ...]
    phase: str
    text: str
    cause: Cause | None

    @property
    def code(self) -> str:
        """The cause's code, or `unknown`."""
        return self.cause.code if self.cause else UNKNOWN

    @property
    def harmless(self) -> bool:
        """True for what is usual in a good run."""
        return self.cause is not None and self.cause.harmless

    def to_json(self) -> dict[str, Any]:
        """The problem as `explain` prints it: lines from 1."""
        return {
            "line": self.line + 1,
            "level": self.level,
            "host": self.hosts[0] if self.hosts else None,
            "cause": self.code,
            "text": self.text,
        }


class Catalogue:
    """All causes in the order in which they are tried."""

    def __init__(self, causes: Iterable[Cause]) -> None:
        self.causes = tuple(causes)

    def find(self, text: str, phase: str = "", after_drop: bool = False) -> Cause | None:
        """The first cause that fits a message said in a phase; None when none does."""
        return next((cause for cause in self.causes if cause.fits(text, phase, after_drop)), None)

    def problem(self, number: int, line: LogLine, after_drop: bool = False) -> Problem | None:
        """The problem that a record is; None below a warning. A Go panic is one without a level of its own.

        `after_drop`: rke has dropped a host before, which changes what some messages mean.
        """
        level = line.level or ("panic" if is_panic(line) else "")
        if level in ("", "trace", "debug", "info"):
            return None
        return Problem(
            number, level, line.hosts, line.phase, line.text, self.find(line.text, line.phase, after_drop)
        )


def advice(problem: Problem) -> Message:
    """What to do about a problem: the cause's remedy, or for an unknown one what helps in its phase."""
    if problem.cause is not None:
        return problem.cause.remedy
    return _PHASE_ADVICE.get(problem.phase, msg("run again; if it stays, search for the message"))


_PHASE_ADVICE = {
    "dial": msg("log in to the host by hand as rke does: ssh -i KEY USER@HOST docker ps"),
    "port-check": msg("check the ways between the nodes: rancher-tui ports SESSION"),
    "images": msg("pull the image by hand on the node: docker pull IMAGE"),
    "etcd": msg("read docker logs etcd on the node"),
    "controlplane": msg("read docker logs kube-apiserver on the node"),
    "worker": msg("read docker logs kubelet on the node"),
    "sync": msg("read docker logs kubelet on the node"),
    "network": msg("look at kubectl -n kube-system get pods,jobs"),
    "dns": msg("look at kubectl -n kube-system get pods,jobs"),
    "metrics": msg("look at kubectl -n kube-system get pods,jobs"),
    "ingress": msg("look at kubectl -n ingress-nginx get pods"),
    "addons": msg("read kubectl -n kube-system logs -l job-name=rke-user-addon-deploy-job"),
}


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.DOTALL)


def _message(text: str) -> Message:
    return Message(text.replace("{", "{{").replace("}", "}}")) if text else EMPTY


def _cause(entry: dict[str, Any]) -> Cause:
    excluded = entry.get("not")
    return Cause(
        entry["code"],
        _any(entry["match"]),
        _any(excluded) if excluded else None,
        _message(entry["title"]),
        _message(entry.get("detail", "")),
        _message(entry.get("remedy", "")),
        entry.get("rung", ""),
        entry["source"],
        entry.get("consequence", ""),
        entry.get("harmless", False),
        entry.get("decides", ""),
        {phase: _any(patterns) for phase, patterns in entry.get("phase_match", {}).items()},
        _any(entry["drop_match"]) if "drop_match" in entry else None,
        entry.get("container_log", False),
    )


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of assets/rke/causes.yml."""
    text = (resources.files("assets") / "rke" / "causes.yml").read_text(encoding="utf-8")
    return Catalogue(_cause(entry) for entry in yaml.load(text, yaml.CSafeLoader)["causes"])
