"""The sessions of this machine, as the screens call them (`Engine` in `screens/services.py`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.finding import Finding
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install import steps
from rancher_tui.install.lock import HeldError
from rancher_tui.install.session import Home, Opened, Session, SessionError, check_name
from rancher_tui.install.state import InstallState
from rancher_tui.open_session import LocalInstall

if TYPE_CHECKING:
    from rancher_tui.rke.runs import Run


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One row of the list of sessions."""

    name: str
    label: str
    fqdn: str
    saved_at: datetime
    held_by: str
    done: int
    """Steps proven, of twelve."""
    run: str
    """State of the newest run (`running`, `exited`, …); empty without one."""
    damage: str = ""
    """Why the session cannot be read; empty when it can."""
    failed: int = 0
    """Steps on which a fail stands."""
    verdict: str = ""
    """Whether Rancher was up after the newest run (`up`, `not-up`, `unknown`); empty without one."""
    earlier: str = ""
    """The earlier state that is loaded because the last one is damaged; empty when it is not."""
    newer: bool = False
    """Saved by a newer program: looked on only."""


class LocalEngine:
    """The sessions of one home on this machine."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @classmethod
    def of(cls, folder: Path | None) -> LocalEngine:
        """The sessions in `folder`, else in the usual place."""
        return cls(Home(folder.expanduser().absolute()) if folder is not None else Home.default())

    @property
    def home(self) -> str:
        return str(self._home.sessions_folder)

    def sessions(self) -> list[SessionLine]:
        return [self._line(session) for session in self._home.sessions()]

    def _line(self, session: Session) -> SessionLine:
        from rancher_tui.rke.runs import newest

        saved = datetime.fromtimestamp(session.saved_at, UTC)
        holder = session.holder
        try:
            opened = session.look_on()
        except SessionError as error:
            return SessionLine(session.name, "", "", saved, str(holder or ""), 0, "", str(error.message))
        state = opened.state
        judged = steps.overview(state, session.reports(), datetime.now(UTC))
        done, failed = (
            sum(item.status is status for item in judged)
            for status in (steps.StepStatus.DONE, steps.StepStatus.FAILED)
        )
        run = newest(session.path)
        return SessionLine(
            session.name,
            state.label,
            state.fqdn,
            saved,
            str(holder or ""),
            done,
            str(run.status().state) if run else "",
            failed=failed,
            verdict=_verdict(run),
            earlier=opened.recovered_from.name if opened.recovered_from else "",
            newer=bool(opened.newer_version),
        )

    def last(self) -> str:
        newest = next(iter(self._home.sessions()), None)
        if newest is None:
            return ""
        line = self._line(newest)
        finished = line.damage or (line.done == len(steps.STEPS) and line.run != "running")
        return "" if finished else line.name

    def create(self, name: str, state: InstallState | None = None) -> LocalInstall | Message:
        from rancher_tui.install import own_defaults

        begun = state if state is not None else own_defaults.state_of(self._home)
        try:
            session = self._home.create(name, begun)
        except SessionError as error:
            return error.message
        except OSError as error:
            return _no_writing(self.home, error)
        return LocalInstall(session, Opened(begun))

    def open(self, name: str) -> LocalInstall | Message:
        try:
            session = self._home.session(name)
            return LocalInstall(session, session.open_or_look_on())
        except SessionError as error:
            return error.message
        except OSError as error:
            return _no_writing(name, error)

    def remove(self, name: str) -> Message:
        try:
            self._end_world(self._home.session(name))
            self._home.remove(name)
        except SessionError as error:
            return error.message
        except HeldError as error:
            return msg("{name} is held by {holder}", name=name, holder=str(error))
        except OSError as error:
            return _no_writing(name, error)
        return EMPTY

    def copy(self, name: str, new: str) -> Message:
        """A new session with what was entered in another; why not, or empty."""
        from rancher_tui.operations import moving

        return _moved(name, lambda: moving.copy(self._home, name, new))

    def rename(self, name: str, new: str) -> Message:
        """Give a session another name; why not, or empty."""
        from rancher_tui.operations import moving

        return _moved(name, lambda: moving.rename(self._home, name, new))

    def wrong_name(self, name: str) -> str:
        """Why a new session cannot have that name; empty when it can."""
        try:
            check_name(name.strip())
        except SessionError as error:
            return str(error.message)
        taken = os.path.lexists(self._home.sessions_folder / name.strip())
        return str(msg("a session named {name} is already there", name=name.strip())) if taken else ""

    def archive(self, name: str) -> tuple[bool, Message]:
        """Put a session into one file and take it off the list: True and which file, or why not."""
        from rancher_tui.operations import moving

        done: list[Path] = []

        def put_away() -> None:
            self._end_world(self._home.session(name))
            done.append(moving.archive(self._home, name))

        trouble = _moved(name, put_away)
        if trouble:
            return False, trouble
        return True, msg("{name} is in {file}; + takes it in again", name=name, file=str(done[0]))

    def archives(self) -> str:
        """Where archived sessions lie."""
        from rancher_tui.operations import moving

        return str(self._home.path / moving.ARCHIVES)

    def restore(
        self, source: str, name: str, passphrase: str = ""
    ) -> tuple[LocalInstall | Message, dict[str, str]]:
        """A backup or an archive as a new session, open, and the paths to be asked again; or why not."""
        from rancher_tui.operations.restoring import RestoreError, restore

        try:
            restored = restore(self._home, Path(source).expanduser(), name, passphrase=passphrase)
        except RestoreError as error:
            first = error.findings[0]
            return msg("{subject}: {title}", subject=first.subject, title=first.title), {}
        except SessionError as error:
            return error.message, {}
        except OSError as error:
            return _no_writing(self.home, error), {}
        return self.open(name), restored.asked_again

    def wrong_source(self, source: str) -> str:
        """Why no session can be restored from that path; empty when there is something to read."""
        path = source.strip()
        there = not path or Path(path).expanduser().exists()
        return "" if there else str(msg("{path}: there is no such file or folder", path=path))

    def is_cluster_file(self, source: str) -> bool:
        """True for a file that is no archive of a session: what a standing cluster may have been built from."""
        from rancher_tui.operations.restoring import no_backup

        path = Path(source).expanduser()
        return path.is_file() and bool(no_backup(path))

    def adopt(self, source: str, name: str) -> tuple[LocalInstall | Message, Sequence[Finding]]:
        """A standing cluster's files in a new session, open, and what was verified; or why not."""
        from rancher_tui.operations.adopting import Source, adopt
        from rancher_tui.proofs.adopted import verified
        from rancher_tui.proofs.inputs import OperationError

        try:
            made = adopt(self._home, name, Source(Path(source).expanduser()))
        except OperationError as error:
            return error.message, ()
        return self.open(name), verified(made).findings

    def is_encrypted(self, source: str) -> bool:
        """True for a backup or an archive that needs a passphrase."""
        from rancher_tui.backup.pack import needs_passphrase

        return needs_passphrase(Path(source).expanduser())

    def _end_world(self, session: Session) -> None:
        """End the practice world of a rehearsal, with what runs in it."""
        if (session.path / "lab").is_dir() and session.holder is None:
            from rancher_tui.lab import rehearsal

            rehearsal.end(session)

    async def rehearsal(self) -> LocalInstall | Message:
        import asyncio

        from rancher_tui.lab import rehearsal

        try:
            session, store = await asyncio.to_thread(
                rehearsal.begin, self._home, rehearsal.free_name(self._home), []
            )
        except SessionError as error:
            return error.message
        except OSError as error:
            return _no_writing(self.home, error)
        return LocalInstall(session, Opened(store.state))


def _verdict(run: Run | None) -> str:
    """Whether Rancher was up after a run, as it was judged then; empty where it was not."""
    if run is None:
        return ""
    from rancher_tui.proofs.verdict import verdict_of

    return verdict_of(run) or ""


def _moved(name: str, act: Callable[[], object]) -> Message:
    """Why moving a session did not work; empty when it did."""
    from rancher_tui.operations.keeping import KeepError

    try:
        act()
    except (SessionError, KeepError) as error:
        return error.message
    except HeldError as error:
        return msg("{name} is held by {holder}", name=name, holder=str(error))
    except OSError as error:
        return _no_writing(name, error)
    return EMPTY


def _no_writing(what: str, error: OSError) -> Message:
    return msg("{what} cannot be opened: {error}", what=what, error=error.strerror or str(error))
