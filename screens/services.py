"""What the screens need of the engine. They know these shapes only; `rancher_tui.engine` gives the real thing.

An `Install` is one open session: its store, its reports, its checks and operations. Operations answer with
findings, so that every outcome is shown the same way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from rancher_tui.finding import Finding, Report
from rancher_tui.i18n import Message
from rancher_tui.install.state import InstallState
from rancher_tui.install.store import Store

if TYPE_CHECKING:
    from rancher_tui.desks.backups import BackupDesk
    from rancher_tui.desks.balancer import BalancerDesk
    from rancher_tui.desks.certificates import CertificateDesk
    from rancher_tui.desks.cluster import ClusterDesk
    from rancher_tui.desks.dns import DnsDesk
    from rancher_tui.desks.handover import HandoverDesk
    from rancher_tui.desks.hosts import HostDesk
    from rancher_tui.desks.rke import RkeDesk
    from rancher_tui.desks.run import RunDesk
    from rancher_tui.engine import SessionLine
    from rancher_tui.install.lock import Holder
    from rancher_tui.install.session import Opened


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

    def note_error(self, details: str) -> str:
        """Write the details of an unexpected error down; the file."""

    async def wake(self) -> Message:
        """Start what belongs to the session again: a rehearsal's world. What was done, or why it could not be."""

    def left_behind(self) -> Message:
        """What goes on when the program ends: a rehearsal's world; empty where nothing does."""

    def check(self, step: int) -> AsyncIterator[Finding]:
        """Run the checks that prove a step, save their reports, give findings as they come."""

    def absent_files(self, fields: Iterable[str]) -> Sequence[Finding]:
        """A warning for each of these fields that names a file of this machine which is not there."""

    def take_over(self) -> Message:
        """Ask the holder to leave, then hold the session; what went wrong, or empty."""

    @property
    def cluster(self) -> ClusterDesk: ...

    @property
    def backups(self) -> BackupDesk: ...

    @property
    def balancer(self) -> BalancerDesk: ...

    @property
    def certificates(self) -> CertificateDesk: ...

    @property
    def dns(self) -> DnsDesk: ...

    @property
    def hosts(self) -> HostDesk: ...

    @property
    def handover(self) -> HandoverDesk: ...

    @property
    def run(self) -> RunDesk: ...

    @property
    def rke(self) -> RkeDesk: ...

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

    def copy(self, name: str, new: str) -> Message:
        """A new session with what was entered in another; why not, or empty."""

    def rename(self, name: str, new: str) -> Message:
        """Give a session another name; why not, or empty."""

    def wrong_name(self, name: str) -> str:
        """Why a new session cannot have that name; empty when it can."""

    def archive(self, name: str) -> tuple[bool, Message]:
        """Put a session into one file and take it off the list: which file, or why not."""

    def archives(self) -> str:
        """Where archived sessions lie."""

    def restore(self, source: str, name: str, passphrase: str = "") -> tuple[Install | Message, dict[str, str]]:
        """A backup or an archive as a new session, open, and the paths to be asked again; or why not."""

    def wrong_source(self, source: str) -> str:
        """Why no session can be restored from that path; empty when there is something to read."""

    def is_cluster_file(self, source: str) -> bool:
        """True for a file that is no archive: what a standing cluster may have been built from."""

    def adopt(self, source: str, name: str) -> tuple[Install | Message, Sequence[Finding]]:
        """A standing cluster's files in a new session, open, and what was verified; or why not."""

    def is_encrypted(self, source: str) -> bool:
        """True for a backup or an archive that needs a passphrase."""

    async def rehearsal(self) -> Install | Message:
        """Start the practice world and open its session; or why not."""
