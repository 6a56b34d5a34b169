"""A session: the folder of one install. Created, listed, opened, saved atomically, locked, removed.

Layout: install.json (the state) and its generations, secrets.json, known_hosts, reports/, journal.jsonl,
cluster/ (where rke runs), runs/ID/, backups/TIME/. Folders are 0700, files 0600.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rancher_tui.files import keep_existing, make_folder, timestamp, write_atomic
from rancher_tui.finding import Report
from rancher_tui.i18n import Message, msg
from rancher_tui.install import generations, journal, migrate
from rancher_tui.install.input_files import as_they_are_now
from rancher_tui.install.lock import HeldError, Holder, Lock, start_ticks
from rancher_tui.install.secrets import Secrets, kept_apart
from rancher_tui.install.state import InstallState
from rancher_tui.install.unknown import no_session

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
STATE_FILE: Final = "install.json"
_LEFT: Final = re.compile(r"\.opened\.([0-9]+)\..*|\..*\.(?:restoring|removed\.[0-9TZ]+)\.([0-9]+)")


class SessionError(Exception):
    """A session that cannot be used. `message` says which, why, and what would be right."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message


@dataclass(slots=True)
class Opened:
    """What opening a session gave: its state and what happened on the way."""

    state: InstallState
    recovered_from: Path | None = None
    """The generation that was loaded because install.json was damaged."""
    damaged_as: Path | None = None
    """Where the damaged install.json is kept now."""
    damage: str = ""
    newer_version: int = 0
    """The stored schema version when it is newer than this program's: then the session is read-only."""
    held_by: Holder | None = None
    """Who holds the session when it is only looked on."""
    unwritable: str = ""
    """Why the session is only looked on, when its folder cannot be written."""


@dataclass(slots=True)
class Memory:
    """What is kept only as long as the program has the session open, and never stored."""

    passphrases: dict[str, str] = field(default_factory=dict, repr=False)
    """Of SSH keys, by their path as typed."""
    cases: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    """What the nodes said, by subject and the digest of the node's line."""


@dataclass(slots=True)
class Session:
    """One session folder. `open` or `look_on` first; `save` writes only while the lock is held."""

    path: Path
    memory: Memory = field(default_factory=Memory, repr=False)
    _lock: Lock = field(init=False)
    _newer: bool = field(init=False, default=False)
    _unkept: dict[str, str] = field(init=False, default_factory=dict, repr=False)
    """Secrets that could not be written yet."""

    def __post_init__(self) -> None:
        self._lock = Lock(self.path)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def state_file(self) -> Path:
        return self.path / STATE_FILE

    @property
    def saved_at(self) -> float:
        """When the state was last saved (seconds since 1970); 0 where there is none and none can be recovered."""
        try:
            return self.state_file.stat().st_mtime
        except OSError:
            kept = generations.kept(self.state_file)
            return max((copy.stat().st_mtime for copy in kept), default=0.0)

    @property
    def cluster_folder(self) -> Path:
        return self.path / "cluster"

    @property
    def cluster_file(self) -> Path:
        return self.cluster_folder / "rancher-cluster.yml"

    @property
    def runs_folder(self) -> Path:
        return self.path / "runs"

    @property
    def backups_folder(self) -> Path:
        return self.path / "backups"

    @property
    def known_hosts(self) -> Path:
        return self.path / "known_hosts"

    @property
    def journal_file(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def secrets(self) -> Secrets:
        return Secrets(self.path / "secrets.json", self._unkept)

    @property
    def writable(self) -> bool:
        """True while this program holds the lock and understands the stored version."""
        return self._lock.held and not self._newer

    @property
    def holder(self) -> Holder | None:
        """Who holds the session now; None when nobody does."""
        return self._lock.holder()

    def open(self) -> Opened:
        """Take the lock and load the state; HeldError when somebody else holds it.

        A damaged state file is set aside under its own name and the newest good earlier state is loaded.
        """
        self._lock.acquire()
        return self._load_held()

    def open_or_look_on(self) -> Opened:
        """`open`, or `look_on` while somebody else holds the session or its folder cannot be written."""
        try:
            return self.open()
        except HeldError as error:
            opened = self.look_on()
            opened.held_by = error.holder
            return opened
        except OSError as error:
            opened = self.look_on()
            opened.unwritable = error.strerror or str(error)
            return opened

    def look_on(self) -> Opened:
        """Load the state without the lock: nothing is written, nothing is set aside."""
        return self._load(recover=False)

    def take_over(self, deadline: float = 10.0) -> Opened:
        """Ask the holder to save and leave, then open; TakeOverError when it does not."""
        self._lock.take_over(deadline)
        return self._load_held()

    def close(self) -> None:
        """Let the lock go."""
        self._lock.release()

    def save(self, state: InstallState) -> None:
        """Write the state durably; OSError leaves the file as it was, SessionError when it is only looked on."""
        if not self.writable:
            raise SessionError(msg("{name} is only looked on here: nothing is saved", name=self.name))
        self.secrets.flush()
        generations.rotate(self.state_file)
        write_atomic(self.state_file, state.model_dump_json(exclude_defaults=False).encode())

    def kept_apart(self, state: InstallState) -> InstallState:
        """The state with references in place of raw secrets, which the next `save` writes apart.

        SecretError when what is kept already cannot be read.
        """
        return kept_apart(state, self.secrets.put_later)

    def journal(self, action: str, /, **details: object) -> None:
        """Note what was done; a journal that cannot be written stops nothing."""
        with suppress(OSError):
            journal.append(self.journal_file, action, **details)

    def save_report(self, report: Report) -> None:
        """Keep the last report of a check; needs no lock. Nothing is kept for a session that was taken away."""
        if not self.path.is_dir():
            return
        folder = make_folder(self.path / "reports")
        write_atomic(folder / f"{report.check}.json", json.dumps(report.record(), default=str).encode())
        self.journal("check", check=report.check, ok=report.ok, codes=report.codes())

    def reports(self) -> dict[str, Report]:
        """The last report of each check, by its name; unreadable ones count as not taken.

        One that judged a file whose contents are others now has a digest that no inputs have.
        """
        found: dict[str, Report] = {}
        for path in sorted((self.path / "reports").glob("*.json")):
            with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
                found[path.stem] = as_they_are_now(Report.restore(json.loads(path.read_bytes())))
        return found

    def _load_held(self) -> Opened:
        try:
            opened = self._load(recover=True)
        except BaseException:
            self._lock.release()
            raise
        self._sweep()
        return opened

    def _sweep(self) -> None:
        """Remove what killed writers left: temporary files that were never renamed."""
        for name in (STATE_FILE, "lock.json", "secrets.json"):
            for leftover in self.path.glob(f".{name}.*"):
                with suppress(OSError):
                    leftover.unlink()

    def _load(self, *, recover: bool) -> Opened:
        try:
            stored = migrate.read(self.state_file.read_bytes())
        except migrate.NewerStateError as error:
            raise self._too_new(error) from error
        except FileNotFoundError:
            return self._recover("the file is missing", set_aside=False)
        except migrate.DamagedStateError as error:
            return self._recover(str(error), set_aside=recover)
        except OSError as error:
            raise SessionError(
                msg(
                    "{path} cannot be read: {error}", path=str(self.state_file), error=error.strerror or str(error)
                )
            ) from error
        self._newer = stored.newer
        return Opened(stored.state, newer_version=stored.version if stored.newer else 0)

    def _recover(self, damage: str, *, set_aside: bool) -> Opened:
        for generation in generations.kept(self.state_file):
            try:
                stored = migrate.read(generation.read_bytes())
            except migrate.NewerStateError as error:
                raise self._too_new(error) from error
            except (OSError, migrate.DamagedStateError):
                continue
            aside = self._set_aside() if set_aside else None
            self._newer = stored.newer
            opened = Opened(stored.state, recovered_from=generation, damaged_as=aside, damage=damage)
            opened.newer_version = stored.version if stored.newer else 0
            if self.writable:
                write_atomic(self.state_file, stored.state.model_dump_json().encode())
                self.journal("recovered", from_generation=generation.name, damage=damage)
            return opened
        raise SessionError(
            msg(
                "{path} is damaged ({damage}) and no earlier generation can be read. Nothing was changed.",
                path=str(self.state_file),
                damage=damage,
            )
        )

    def _too_new(self, error: migrate.NewerStateError) -> SessionError:
        return SessionError(
            msg(
                "{path} was written by a newer rancher-tui (state version {version}); this one cannot read it",
                path=str(self.state_file),
                version=error.version,
            )
        )

    def _set_aside(self) -> Path | None:
        return keep_existing(self.state_file, mark="damaged.")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds all sessions."""

    path: Path

    @classmethod
    def default(cls) -> Home:
        """`$RANCHER_TUI_HOME`, else `rancher-tui` in the XDG state folder."""
        named = os.environ.get("RANCHER_TUI_HOME")
        if named:
            return cls(Path(named).expanduser().absolute())
        from platformdirs import user_state_path

        return cls(user_state_path("rancher-tui", appauthor=False))

    @property
    def sessions_folder(self) -> Path:
        return self.path / "sessions"

    def sessions(self) -> list[Session]:
        """All sessions, the last saved first; also one whose state can only be recovered."""
        try:
            entries = [entry for entry in self.sessions_folder.iterdir() if NAME.fullmatch(entry.name)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        found = [session for session in map(Session, entries) if session.saved_at]
        return sorted(found, key=lambda session: session.saved_at, reverse=True)

    def session(self, name: str) -> Session:
        """The session of that name; SessionError when there is none."""
        check_name(name)
        session = Session(self.sessions_folder / name)
        if not session.path.is_dir():
            raise SessionError(no_session(name, self.sessions_folder))
        return session

    def create(self, name: str, state: InstallState | None = None) -> Session:
        """A new session, open for writing; SessionError when the name is bad, reserved or taken."""
        check_name(name)
        make_folder(self.sessions_folder)
        session = Session(self.sessions_folder / name)
        taken = SessionError(msg("a session named {name} is already there", name=name))
        if not _unused(session.path):
            raise taken
        make_folder(session.path)
        try:
            session._lock.acquire()
        except HeldError:
            raise taken from None
        try:
            if not _unused(session.path):
                raise taken
            for folder in (session.cluster_folder, session.runs_folder, session.backups_folder):
                make_folder(folder)
            make_folder(session.path / "reports")
            session.save(session.kept_apart(state or InstallState()))
        except BaseException:
            session.close()
            raise
        session.journal("created")
        return session

    def sweep(self) -> None:
        """Remove what programs that were killed left half removed, half restored or opened for reading."""
        try:
            hidden = [entry for entry in self.sessions_folder.iterdir() if _LEFT.fullmatch(entry.name)]
        except OSError:
            return
        for entry in hidden:
            match = _LEFT.fullmatch(entry.name)
            if match and not start_ticks(int(match[1] or match[2])):
                shutil.rmtree(entry, ignore_errors=True)

    def remove(self, name: str) -> None:
        """Delete a session's folder for good; HeldError while somebody holds it.

        It leaves the list at once, whole, and is then deleted: a kill half-way leaves no half session.
        """
        session = self.session(name)
        session._lock.acquire()
        self.sweep()
        try:
            leaving = session.path.with_name(f".{name}.removed.{timestamp()}.{os.getpid()}")
            session.path.rename(leaving)
            shutil.rmtree(leaving)
        finally:
            session.close()


def _unused(folder: Path) -> bool:
    """True when there is no session: no folder, or one whose creation was cut off before its first save."""
    if not os.path.lexists(folder):
        return True
    return folder.is_dir() and all(_of_a_start(entry) for entry in folder.iterdir())


def _of_a_start(entry: Path) -> bool:
    if entry.is_dir():
        return not any(entry.iterdir())
    return entry.name in ("lock", "lock.json") or entry.name.startswith((f".{STATE_FILE}.", ".lock.json."))


def check_name(name: str) -> None:
    """SessionError unless `name` may be a session's (contract.md, "Where sessions live")."""
    from rancher_tui.install.reserved import COMMANDS

    if not NAME.fullmatch(name):
        raise SessionError(
            msg(
                "{name} is no session name: letters, digits, '.', '-' and '_', a letter or digit first, "
                "at most 64 characters",
                name=repr(name),
            )
        )
    if name in COMMANDS:
        raise SessionError(msg("{name} is the name of a command and cannot name a session", name=name))
