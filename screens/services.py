"""What the screens need of the engine. They know these shapes only; `rancher_tui.engine` gives the real thing.

An `Install` is one open session: its store, its reports, its checks and operations. Operations answer with
findings, so that every outcome is shown the same way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from rancher_tui.finding import Finding, Report
from rancher_tui.i18n import Message
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from rancher_tui.engine import SessionLine
    from rancher_tui.install.lock import Holder
    from rancher_tui.install.session import Opened
    from rancher_tui.open_session import Plan
    from rancher_tui.rke.runs import RunStatus


class Install(Protocol):
    """One open session."""

    @property
    def name(self) -> str: ...

    @property
    def folder(self) -> str: ...

    @property
    def store(self) -> Store: ...

    @property
    def opened(self) -> Opened: ...

    @property
    def holder(self) -> Holder | None:
        """Who else holds the session now."""

    def reports(self) -> Mapping[str, Report]:
        """The last report of each check."""

    def look(self) -> bool:
        """Take in what other programs have written since; True when reports or (looking on) the state changed."""

    def meanwhile(self) -> Message:
        """What happened since the session was last saved here, in one line; empty when nothing did."""

    def kept_apart(self, path: str, text: str) -> str:
        """What the state gets of a text: secrets are kept apart, and a reference to them is given."""

    def note_error(self, details: str) -> str:
        """Write the details of an unexpected error down; the file."""

    async def wake(self) -> Message:
        """Start what belongs to the session again: a rehearsal's world. What was done, or why it could not be."""

    def check(self, step: int) -> AsyncIterator[Finding]:
        """Run the checks that prove a step, save their reports, give findings as they come."""

    def take_over(self) -> Message:
        """Ask the holder to leave, then hold the session; what went wrong, or empty."""

    def cluster_text(self) -> str | Message:
        """The cluster file as it would be written, secrets masked; or why it cannot be composed."""

    def difference(self) -> str | Message:
        """What an export would change, as a unified diff; or why there is none."""

    def export(self) -> Sequence[Finding]:
        """Write the cluster file."""

    def back_up_config(self) -> Sequence[Finding]:
        """Copy the exported cluster file, verified."""

    def back_up_result(self) -> Sequence[Finding]:
        """Copy what the run left, verified."""

    @property
    def backups(self) -> str:
        """Where backups lie."""

    def result_files(self) -> Sequence[tuple[str, bool]]:
        """The files that a run leaves, and whether each is there."""

    def balancer_text(self) -> str | Message:
        """The load balancer's configuration; or what is missing for it."""

    def balancer_file(self) -> str:
        """The file that is proposed for the configuration."""

    def write_balancer(self, path: str) -> Sequence[Finding]:
        """Write the configuration; an existing file is kept under a dated name."""

    def repair_chain(self) -> Sequence[Finding]:
        """Write the repaired chain beside the original and point the session at it."""

    async def host_keys(self) -> Sequence[Finding]:
        """Every host's key: known (pass), new (unknown), changed or unseen (fail)."""

    async def trust_host_keys(self) -> Message:
        """Trust the keys that were seen last; how many."""

    def run_status(self, run: str = "") -> RunStatus:
        """What is known of a run now; of the newest when none is named."""

    def run_log(self, run: str) -> Path | None:
        """Where a run's log lies; None without a run."""

    def run_quiet_s(self, run: str) -> float | None:
        """Seconds since a run wrote its last byte; None before the first."""

    def run_names(self) -> list[str]:
        """All runs, the oldest first."""

    def plan(self) -> Plan:
        """What a run would do to which host, and what needs a typed yes."""

    def start_run(self, agreed: frozenset[str]) -> Sequence[Finding]:
        """Start rke up."""

    def stop_run(self, run: str) -> AsyncIterator[Message]:
        """Stop a run and say how it goes."""

    def close(self) -> None:
        """Save and let the session go."""


class Engine(Protocol):
    """All sessions of one home."""

    @property
    def home(self) -> str: ...

    def sessions(self) -> list[SessionLine]:
        """All sessions, the last saved first."""

    def last(self) -> str:
        """The session to open without being asked: the last one if it is unfinished or running; else empty."""

    def create(self, name: str, state: InstallState | None = None) -> Install | Message:
        """A new session, open; or why not."""

    def open(self, name: str) -> Install | Message:
        """Open a session, or look on while somebody else holds it; or why not."""

    def remove(self, name: str) -> Message:
        """Delete a session for good; why not, or empty."""

    async def rehearsal(self) -> Install | Message:
        """Start the practice world and open its session; or why not."""
