"""A session: the folder of one install. Created, listed, opened, saved atomically, locked, copied, archived.

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
from typing import Final

from rancher_tui.files import make_folder, timestamp, write_atomic
from rancher_tui.finding import Report
from rancher_tui.i18n import Message, msg
from rancher_tui.install import generations, journal, migrate
from rancher_tui.install.lock import HeldError, Holder, Lock
from rancher_tui.install.secrets import Secrets
from rancher_tui.install.state import InstallState

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
STATE_FILE: Final = "install.json"


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


@dataclass(slots=True)
class Session:
    """One session folder. `open` or `look_on` first; `save` writes only while the lock is held."""

    path: Path
    _lock: Lock = field(init=False)
    _newer: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._lock = Lock(self.path)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def state_file(self) -> Path:
        return self.path / STATE_FILE

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
        return Secrets(self.path / "secrets.json")

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
        try:
            return self._load(recover=True)
        except BaseException:
            self._lock.release()
            raise

    def open_or_look_on(self) -> Opened:
        """`open`, or `look_on` while somebody else holds the session."""
        try:
            return self.open()
        except HeldError as error:
            opened = self.look_on()
            opened.held_by = error.holder
            return opened

    def look_on(self) -> Opened:
        """Load the state without the lock: nothing is written, nothing is set aside."""
        return self._load(recover=False)

    def take_over(self, deadline: float = 10.0) -> Opened:
        """Ask the holder to save and leave, then open; TakeOverError when it does not."""
        self._lock.take_over(deadline)
        return self._load(recover=True)

    def close(self) -> None:
        """Let the lock go."""
        self._lock.release()

    def save(self, state: InstallState) -> None:
        """Write the state durably; OSError leaves the file as it was."""
        generations.rotate(self.state_file)
        write_atomic(self.state_file, state.model_dump_json(exclude_defaults=False).encode())

    def journal(self, action: str, **details: object) -> None:
        """Note what was done; a journal that cannot be written stops nothing."""
        with suppress(OSError):
            journal.append(self.journal_file, action, **details)

    def save_report(self, report: Report) -> None:
        """Keep the last report of a check; needs no lock."""
        folder = make_folder(self.path / "reports")
        write_atomic(folder / f"{report.check}.json", json.dumps(report.record()).encode())
        self.journal("check", check=report.check, ok=report.ok, codes=report.codes())

    def reports(self) -> dict[str, Report]:
        """The last report of each check, by its name; unreadable ones count as not taken."""
        found: dict[str, Report] = {}
        for path in sorted((self.path / "reports").glob("*.json")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                found[path.stem] = Report.restore(json.loads(path.read_bytes()))
        return found

    def _load(self, *, recover: bool) -> Opened:
        try:
            stored = migrate.read(self.state_file.read_bytes())
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
            except (OSError, migrate.DamagedStateError):
                continue
            aside = self._set_aside() if set_aside else None
            self._newer = stored.newer
            opened = Opened(stored.state, recovered_from=generation, damaged_as=aside, damage=damage)
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

    def _set_aside(self) -> Path:
        aside = self.state_file.with_name(f"{STATE_FILE}.damaged.{timestamp()}.{os.getpid()}")
        os.link(self.state_file, aside)
        return aside


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
        """All sessions, the last saved first."""
        found = [
            Session(entry)
            for entry in (self.sessions_folder.iterdir() if self.sessions_folder.is_dir() else ())
            if NAME.fullmatch(entry.name) and entry.is_dir() and (entry / STATE_FILE).exists()
        ]
        return sorted(found, key=lambda session: session.state_file.stat().st_mtime, reverse=True)

    def session(self, name: str) -> Session:
        """The session of that name; SessionError when there is none."""
        check_name(name)
        session = Session(self.sessions_folder / name)
        if not session.path.is_dir():
            raise SessionError(
                msg("there is no session named {name} in {home}", name=name, home=str(self.sessions_folder))
            )
        return session

    def create(self, name: str, state: InstallState | None = None) -> Session:
        """A new session, open for writing; SessionError when the name is bad, reserved or taken."""
        check_name(name)
        make_folder(self.sessions_folder)
        path = self.sessions_folder / name
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            raise SessionError(msg("a session named {name} is already there", name=name)) from None
        session = Session(path)
        session._lock.acquire()
        for folder in (session.cluster_folder, session.runs_folder, session.backups_folder, path / "reports"):
            make_folder(folder)
        session.save(state or InstallState())
        session.journal("created")
        return session

    def remove(self, name: str) -> None:
        """Delete a session's folder for good; HeldError while somebody holds it."""
        session = self.session(name)
        session._lock.acquire()
        session.close()
        shutil.rmtree(session.path)


def check_name(name: str) -> None:
    """SessionError unless `name` may be a session's (contract.md, "Where sessions live")."""
    from rancher_tui.commands.names import COMMANDS

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
