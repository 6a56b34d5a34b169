"""A backup or an archive made a session again, and the rehearsal of that.

The new session is put together beside the others under a hidden name and renamed when it is whole: a restore that
was killed leaves no half session. Nothing is taken that does not fit the manifest's SHA-256.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rancher_tui.files import make_folder, open_named, sync_folder, write_atomic
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install import migrate, paths
from rancher_tui.install.secrets import Secrets, kept_apart
from rancher_tui.install.session import STATE_FILE, Home, Session, SessionError, check_name
from rancher_tui.install.state import InstallState
from rancher_tui.operations.keeping import CERTIFICATES, moved, paths_not_here

if TYPE_CHECKING:
    from rancher_tui.backup.copies import Backup

NEVER = frozenset({"lock", "lock.json", "lab"})
"""What no restore writes: whose a session is, and a practice world that lives elsewhere."""


class RestoreError(Exception):
    """A backup that cannot be restored. `findings` say why; nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].title.english)
        self.findings = list(findings)


@dataclass(slots=True)
class Restored:
    """A restored session (closed), what was found on the way, and the paths to be asked again by their fields."""

    session: Session
    findings: list[Finding] = field(default_factory=list)
    asked_again: dict[str, str] = field(default_factory=dict)


def _finding(
    status: Status, code: str, subject: str, title: Message, remedy: Message = EMPTY, **evidence: Any
) -> Finding:
    return Finding(status, code, subject, title, remedy=remedy, evidence=evidence, check="restore", step=12)


def _refuse(code: str, subject: str, title: Message) -> RestoreError:
    return RestoreError([_finding(Status.FAIL, code, subject, title)])


@contextmanager
def opened(source: Path, scratch_in: Path, passphrase: str = "") -> Iterator[Backup]:
    """A backup's folder or an archive's file as a plain backup for the block; RestoreError if it is damaged.

    `passphrase-needed`, `wrong-passphrase`, `not-a-backup` and `copy-damaged` are the codes of what can be wrong.
    """
    from rancher_tui.backup import copies, pack
    from rancher_tui.backup.seal import MAGIC, SealError

    with pack.scratch(scratch_in) as folder:
        try:
            backup = copies.read(source) if source.is_dir() else None
            if backup is None:
                with open_named(source) as file:
                    sealed = file.read(len(MAGIC)) == MAGIC
            else:
                sealed = backup.sealed is not None
            if sealed and not passphrase:
                title = msg("it is encrypted; its passphrase is needed")
                raise _refuse("passphrase-needed", str(source), title)
            if backup is None:
                backup = pack.of_file(source, Path(folder), passphrase)
            elif sealed:
                backup = pack.opened_copy(backup, Path(folder), passphrase)
        except SealError as error:
            code = "wrong-passphrase" if error.wrong else "cannot-decrypt"
            raise _refuse(code, str(source), msg("{error}", error=str(error))) from error
        except copies.BackupError as error:
            raise _refuse("not-a-backup", str(source), error.message) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise _refuse("not-a-backup", str(source), msg("it cannot be read: {error}", error=reason)) from error
        broken = copies.verify(backup)
        if broken:
            raise RestoreError(
                [
                    _finding(Status.FAIL, "copy-damaged", name, msg("the copy is not whole: {why}", why=why))
                    for name, why in broken.items()
                ]
            )
        yield backup


def no_backup(source: Path) -> Message:
    """Why `source` can be no backup and no archive, as far as a first look tells; else empty."""
    import tarfile

    from rancher_tui.backup import copies, pack

    try:
        if source.is_dir():
            copies.read(source)
        elif not pack.needs_passphrase(source) and not tarfile.is_tarfile(source):
            return msg("{path} is no archive of a session", path=str(source))
    except copies.BackupError as error:
        return error.message
    except OSError as error:
        return msg("{path} cannot be read: {error}", path=str(source), error=error.strerror or str(error))
    return EMPTY


def restore(
    home: Home, source: Path, name: str, *, passphrase: str = "", assignments: Sequence[tuple[str, str]] = ()
) -> Restored:
    """Make `source` the new session `name`; `assignments` (path, text) replace fields on the way.

    SessionError for the name, PathError for an assignment, RestoreError for the backup, OSError for the disk.
    """
    check_name(name)
    target = home.sessions_folder / name
    if os.path.lexists(target):
        raise SessionError(msg("a session named {name} is already there", name=name))
    make_folder(home.sessions_folder)
    home.sweep()
    with opened(source, home.sessions_folder, passphrase) as backup:
        arriving = home.sessions_folder / f".{name}.restoring.{os.getpid()}"
        with suppress(FileNotFoundError):
            shutil.rmtree(arriving)
        try:
            findings = _lay_out(backup, arriving)
            state = _settle_state(backup, arriving, target, assignments)
            arriving.rename(target)
            sync_folder(home.sessions_folder)
        except BaseException:
            shutil.rmtree(arriving, ignore_errors=True)
            raise
    session = Session(target)
    session.journal("restored", source=str(source), made_at=backup.made_at.isoformat(), purpose=backup.purpose)
    missing = paths_not_here(state, session.cluster_folder)
    findings += [_path_finding(name, path, text) for path, text in missing.items()]
    return Restored(session, findings, missing)


def _lay_out(backup: Backup, folder: Path) -> list[Finding]:
    """Write the backup's files where they belong."""
    make_folder(folder)
    for name in ("cluster", "runs", "backups", "reports"):
        make_folder(folder / name)
    found: list[Finding] = []
    for entry in backup.entries:
        place = entry.place or f"cluster/{entry.name}"
        if place.split("/")[0] in NEVER:
            continue
        make_folder((folder / place).parent)
        write_atomic(folder / place, (backup.folder / entry.name).read_bytes())
        found.append(
            _finding(
                Status.PASS, "restored", place, msg("{size} bytes, SHA-256 as in the manifest", size=entry.size)
            )
        )
    for name in backup.lacks:
        found.append(_finding(Status.WARN, "not-in-backup", name, msg("the backup was made without it")))
    return found


def _settle_state(
    backup: Backup, folder: Path, target: Path, assignments: Sequence[tuple[str, str]]
) -> InstallState:
    """Write the state for its new place: files that came along are found there, the rest stays as typed."""
    file = folder / STATE_FILE
    try:
        stored = migrate.read(file.read_bytes())
    except FileNotFoundError:
        state = _of_cluster_file(folder)
    except (migrate.DamagedStateError, migrate.NewerStateError) as error:
        raise _refuse(
            "state-damaged", STATE_FILE, msg("the state cannot be read: {error}", error=str(error))
        ) from error
    else:
        if stored.newer:
            return stored.state
        state = stored.state
    was_in = str(backup.about.get("session_folder", ""))
    state = moved(state, was_in, str(target), lambda inside: (folder / inside).exists())
    state = _with_certificates(state, folder, target)
    for path, text in assignments:
        state = paths.put(state, path, text)
    pending: dict[str, str] = {}
    secrets = Secrets(folder / "secrets.json", pending)
    state = kept_apart(state, secrets.put_later)
    secrets.flush()
    write_atomic(file, state.model_dump_json().encode())
    return state


def _of_cluster_file(folder: Path) -> InstallState:
    """A backup without a state: what can be read of the cluster file."""
    from rancher_tui.cluster_file.read import read

    file = folder / "cluster" / "rancher-cluster.yml"
    try:
        found = read(file.read_bytes(), file.name)
    except OSError as error:
        title = msg("it holds neither a state nor a cluster file")
        raise _refuse("not-a-backup", STATE_FILE, title) from error
    if found.state is None:
        raise RestoreError([finding for finding in found.findings if finding.bad])
    secrets = Secrets(folder / "secrets.json")
    for name, value in found.secrets.items():
        secrets.put(name, value)
    return found.state


def _with_certificates(state: InstallState, folder: Path, target: Path) -> InstallState:
    """Certificate files that are not where they were are those that came along."""
    for name in CERTIFICATES:
        place = f"certificates/{name.removesuffix('_path')}.pem"
        named = getattr(state.certificates, name).strip()
        if named and (folder / place).exists() and not os.path.exists(os.path.expanduser(named)):  # noqa: PTH110, PTH111
            state = paths.replace(state, f"certificates.{name}", str(target / place))
    return state


def _path_finding(session: str, path: str, text: str) -> Finding:
    title = msg("{text} is not on this machine", text=text)
    remedy = msg("rancher-tui set {session} {path}=PATH", session=session, path=path)
    return _finding(Status.WARN, "path-not-here", path, title, remedy)


def rehearse(home: Home, source: Path, passphrase: str = "") -> Iterator[Finding]:
    """Restore into a folder that is thrown away, and look whether an install could be gone on with there."""
    from rancher_tui.backup.pack import scratch

    with scratch(home.sessions_folder) as folder:
        try:
            restored = restore(Home(Path(folder)), source, "restored", passphrase=passphrase)
        except RestoreError as error:
            yield from error.findings
            return
        yield from (finding for finding in restored.findings if finding.code != "path-not-here")
        for subject, text in restored.asked_again.items():
            yield _finding(Status.WARN, "path-not-here", subject, msg("{text} is not on this machine", text=text))
        yield from _use(restored.session)


def _use(session: Session) -> Iterator[Finding]:
    """Whether what was restored can be used: each file read as its reader would."""
    try:
        state = session.open().state
    except (SessionError, OSError) as error:
        yield _finding(Status.FAIL, "state-damaged", STATE_FILE, msg("{error}", error=str(error)))
        return
    try:
        yield _finding(Status.PASS, "state-whole", STATE_FILE, msg("the session opens"))
        yield from _secrets_whole(session, state)
        yield from _cluster_file_whole(session)
        yield from _kubeconfig_whole(session)
        yield from _state_file_whole(session)
    finally:
        session.close()


def _secrets_whole(session: Session, state: InstallState) -> Iterator[Finding]:
    from rancher_tui.install.secrets import SecretError, secret_fields

    for path, text in secret_fields(state):
        if not text.startswith("secret:"):
            continue
        try:
            session.secrets.resolve(text)
        except SecretError as error:
            yield _finding(Status.FAIL, "secret-missing", path, error.message)
        else:
            yield _finding(Status.PASS, "secret-whole", path, msg("its secret came along"))


def _cluster_file_whole(session: Session) -> Iterator[Finding]:
    from rancher_tui.cluster_file.lint import lint

    name = session.cluster_file.name
    if not session.cluster_file.is_file():
        yield _finding(Status.FAIL, "cluster-file-missing", name, msg("the backup holds none"))
        return
    report = lint(session.cluster_file.read_bytes(), name=name)
    if report.ok:
        yield _finding(Status.PASS, "cluster-file-whole", name, msg("rke would take it"))
    for finding in report.findings:
        if finding.bad:
            yield _finding(finding.status, finding.code, finding.subject, finding.title, finding.remedy)


def _kubeconfig_whole(session: Session) -> Iterator[Finding]:
    from rancher_tui.kubernetes.client import ApiError, ssl_context
    from rancher_tui.kubernetes.kubeconfig import KubeconfigError, read
    from rancher_tui.proofs.inputs import KUBECONFIG

    path = session.cluster_folder / KUBECONFIG
    if not path.is_file():
        yield _finding(Status.WARN, "kubeconfig-missing", KUBECONFIG, msg("the backup was made before a run"))
        return
    try:
        config = read(path)
        ssl_context(config)
    except (KubeconfigError, ApiError) as error:
        yield _finding(Status.FAIL, "kubeconfig-damaged", KUBECONFIG, error.message)
    else:
        yield _finding(Status.PASS, "kubeconfig-whole", KUBECONFIG, msg("its certificate and key go together"))


def _state_file_whole(session: Session) -> Iterator[Finding]:
    import json

    from rancher_tui.proofs.inputs import STATE_FILE as RKE_STATE

    path = session.cluster_folder / RKE_STATE
    if not path.is_file():
        return
    try:
        told = json.loads(path.read_bytes())
        bundles = [(told.get(key) or {}).get("certificatesBundle") for key in ("currentState", "desiredState")]
        count = max(len(bundle or ()) for bundle in bundles)
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        yield _finding(
            Status.FAIL, "state-file-damaged", RKE_STATE, msg("no state of rke's: {error}", error=str(error))
        )
        return
    if count:
        yield _finding(Status.PASS, "state-file-whole", RKE_STATE, msg("{count} certificates in it", count=count))
    else:
        title = msg("it holds no certificates: the run ended before it made them")
        yield _finding(Status.WARN, "state-file-empty", RKE_STATE, title)
