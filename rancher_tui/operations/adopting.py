"""A cluster that stands already, taken into a session: its config, kubeconfig and state file, copied and verified.

What can be done with it: verify, back up, plan. rke is never run on it from here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rancher_tui.files import make_folder, read_named, sha256, write_atomic
from rancher_tui.i18n import msg
from rancher_tui.install.session import Home, Session, SessionError
from rancher_tui.proofs.adopted import MARK
from rancher_tui.proofs.inputs import KUBECONFIG, STATE_FILE, OperationError
from rancher_tui.rke import adopt as standing


@dataclass(frozen=True, slots=True)
class Source:
    """Where the three files of a standing cluster lie; the last two are looked for beside the first."""

    config: Path
    kubeconfig: Path | None = None
    state_file: Path | None = None

    def files(self) -> dict[str, Path]:
        """The files that are there, by the names that they get in a session."""
        wanted = {
            KUBECONFIG: self.kubeconfig or standing.kubeconfig_of(self.config),
            STATE_FILE: self.state_file or standing.state_file_of(self.config),
        }
        given = {KUBECONFIG: self.kubeconfig, STATE_FILE: self.state_file}
        return {name: path for name, path in wanted.items() if given[name] is not None or path.is_file()}


LARGEST = 32 << 20
"""Bytes of a file that is copied into the session."""


def adopt(home: Home, name: str, source: Source) -> Session:
    """A new session that holds copies of a standing cluster's files. OperationError says why there is none."""
    from rancher_tui.cluster_file.read import read
    from rancher_tui.operations.taking_in import adopt as take_in

    try:
        config = read_named(source.config, LARGEST)
        others = {kind: read_named(path, LARGEST) for kind, path in source.files().items()}
    except OSError as error:
        reason = error.strerror or str(error)
        text = msg("{path} cannot be read: {error}", path=str(error.filename), error=reason)
        raise OperationError("cannot-read", text) from error
    found = read(config, source.config.name)
    if found.state is None:
        text = msg(
            "{path} is no cluster file that can be read; rancher-tui lint says why", path=str(source.config)
        )
        raise OperationError("config-unreadable", text)
    try:
        session = home.create(name, None)
        session.save(take_in(session, found))
        make_folder(session.cluster_folder)
        write_atomic(session.cluster_file, config)
        for kind, data in others.items():
            write_atomic(session.cluster_folder / kind, data)
        note = {"from": str(source.config.absolute()), "at": datetime.now(UTC).isoformat(timespec="seconds")}
        write_atomic(session.path / MARK, json.dumps(note).encode())
        session.journal("adopt", file=note["from"], sha256=sha256(session.cluster_file), others=sorted(others))
    except SessionError as error:
        raise OperationError("cannot-make", error.message) from error
    except OSError as error:
        raise OperationError("cannot-write", msg("{error}", error=str(error))) from error
    session.close()
    return session
