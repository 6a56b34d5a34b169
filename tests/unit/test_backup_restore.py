"""A backup made a session again, tried out first, packed up and moved to another machine."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from rancher_tui.backup.copies import Backup
from rancher_tui.install import journal
from rancher_tui.install.lock import HeldError
from rancher_tui.install.session import Home, Session, SessionError
from rancher_tui.install.store import Store
from rancher_tui.operations import keeping, moving
from rancher_tui.operations.keeping import paths_not_here
from rancher_tui.operations.restoring import RestoreError, rehearse, restore
from tests.unit.backup_case import CANARIES, pem, planted


@pytest.fixture
def session(home: Home, tmp_path: Path) -> Session:
    return planted(home, tmp_path / "files")


@pytest.fixture
def backup(session: Session) -> Backup:
    return keeping.back_up_result(session, session.look_on().state)


def test_a_backup_tells_what_it_cannot_hold(backup: Backup) -> None:
    assert backup.lacks == ()
    about = backup.about
    assert about["snapshots"]["folder"] == "/opt/rke/etcd-snapshots"
    assert about["snapshots"]["nodes"] == ["10.0.1.11", "10.0.1.12"]
    assert about["ssh_keys"], "SSH keys are named"
    held = b"".join((backup.folder / entry.name).read_bytes() for entry in backup.entries)
    assert pem(CANARIES["ssh-key"]).encode() not in held, "and never copied"


def test_a_restored_session_is_the_one_that_was_backed_up(home: Home, session: Session, backup: Backup) -> None:
    before = session.look_on().state
    restored = restore(home, backup.folder, "again").session
    after = restored.open().state
    assert after.fqdn == before.fqdn
    assert after.nodes == before.nodes
    assert after.history == before.history
    assert restored.secrets.resolve(after.options.registry.password) == CANARIES["registry"]
    for name in ("rancher-cluster.yml", "kube_config_rancher-cluster.yml", "rancher-cluster.rkestate"):
        assert (restored.cluster_folder / name).read_bytes() == (session.cluster_folder / name).read_bytes()
    assert (restored.path / "known_hosts").read_bytes() == (session.path / "known_hosts").read_bytes()
    assert [entry["action"] for entry in journal.entries(restored.journal_file)][-1] == "restored"
    assert Store(after, restored).undo() is not None, "undo works on"
    restored.close()


def test_on_another_machine_what_is_missing_is_named_and_what_came_along_is_used(
    home: Home, tmp_path: Path, session: Session, backup: Backup
) -> None:
    shutil.rmtree(tmp_path / "files")
    other = Home(tmp_path / "other")
    restored = restore(other, backup.folder, "prod")
    state = restored.session.look_on().state
    chain = Path(state.certificates.chain_path)
    assert chain.parent == restored.session.path / "certificates"
    assert chain.read_bytes().startswith(b"-----BEGIN CERTIFICATE")
    keys = {"nodes.0.ssh_key_path", "nodes.1.ssh_key_path", "certificates.key_path"}
    assert set(restored.asked_again) == keys, "keys stay where they are"
    assert restored.asked_again == paths_not_here(state, restored.session.cluster_folder)


def test_paths_can_be_answered_while_restoring(home: Home, tmp_path: Path, backup: Backup) -> None:
    key = tmp_path / "key-here"
    key.write_text("x")
    shutil.rmtree(tmp_path / "files")
    asked = ("nodes.0.ssh_key_path", "nodes.1.ssh_key_path", "certificates.key_path")
    answers = [(path, str(key)) for path in asked]
    assert restore(home, backup.folder, "again", assignments=answers).asked_again == {}


@pytest.mark.parametrize("name", ["install.json", "rancher-cluster.yml", "manifest.json"])
def test_a_backup_that_was_changed_is_not_restored(home: Home, backup: Backup, name: str) -> None:
    file = backup.folder / name
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(RestoreError) as refused:
        restore(home, backup.folder, "again")
    assert refused.value.findings[0].code in ("copy-damaged", "not-a-backup")
    assert [entry for entry in os.listdir(home.sessions_folder) if "again" in entry] == []


def test_no_session_is_overwritten(home: Home, session: Session, backup: Backup) -> None:
    with pytest.raises(SessionError):
        restore(home, backup.folder, "prod")
    with pytest.raises(SessionError):
        restore(home, backup.folder, "lab")


def test_what_a_killed_restore_left_is_swept_away(home: Home, backup: Backup) -> None:
    for name in (".again.restoring.999999", ".opened.999999.xyz", ".gone.removed.20261123T072151Z.999999"):
        (home.sessions_folder / name).mkdir()
        (home.sessions_folder / name / "secrets.json").write_text("{}")
    restore(home, backup.folder, "again").session.close()
    assert not [entry for entry in os.listdir(home.sessions_folder) if entry.startswith(".") and "9999" in entry]


def codes(home: Home, folder: Path) -> dict[str, str]:
    return {finding.code: finding.status.value for finding in rehearse(home, folder)}


def test_the_rehearsal_of_a_restore_reads_everything_and_leaves_nothing(home: Home, backup: Backup) -> None:
    before = sorted(str(path) for path in home.path.rglob("*"))
    found = codes(home, backup.folder)
    assert found["state-whole"] == "pass"
    assert found["state-file-whole"] == "pass"
    assert found["secret-whole"] == "pass"
    assert found["kubeconfig-damaged"] == "fail", "the canary in it is no key"
    assert sorted(str(path) for path in home.path.rglob("*")) == before


def test_the_rehearsal_finds_a_torn_state_file(home: Home, session: Session) -> None:
    file = session.cluster_folder / "rancher-cluster.rkestate"
    file.write_text(file.read_text()[:40])
    torn = keeping.back_up_result(session, session.look_on().state)
    assert codes(home, torn.folder)["state-file-damaged"] == "fail"


def test_the_rehearsal_finds_a_secret_that_did_not_come_along(home: Home, session: Session) -> None:
    (session.path / "secrets.json").write_text("{}")
    made = keeping.back_up_result(session, session.look_on().state)
    assert codes(home, made.folder)["secret-missing"] == "fail"


def test_a_newer_state_is_restored_untouched(home: Home, session: Session, tmp_path: Path) -> None:
    told = json.loads(session.state_file.read_text())
    newer = json.dumps({**told, "schema_version": 99, "from_the_future": 1})
    session.state_file.write_text(newer)
    made = keeping.back_up_result(session, session.look_on().state)
    restored = restore(home, made.folder, "again").session
    assert json.loads(restored.state_file.read_text()) == json.loads(newer)


def test_an_archive_is_one_file_and_comes_back_elsewhere(home: Home, session: Session, tmp_path: Path) -> None:
    before = session.look_on().state
    log = (session.runs_folder / "0001-20261123T072151Z" / "rke.log").read_bytes()
    file = moving.archive(home, "prod", tmp_path / "prod.session.tar.gz")
    assert home.sessions() == []
    assert file.stat().st_mode & 0o777 == 0o600
    restored = restore(Home(tmp_path / "bastion-2"), file, "prod").session
    assert restored.look_on().state.nodes == before.nodes
    assert (restored.runs_folder / "0001-20261123T072151Z" / "rke.log").read_bytes() == log
    assert restored.secrets.values() != []
    actions = [entry["action"] for entry in journal.entries(restored.journal_file)]
    assert actions[-2:] == ["archived", "restored"]


def test_an_archive_that_cannot_be_written_takes_no_session_away(
    home: Home, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        moving.archive(home, "prod", tmp_path / "file" / "prod.tar.gz")
    assert [item.name for item in home.sessions()] == ["prod"]


def test_a_copy_begins_with_what_was_entered_only(home: Home, session: Session) -> None:
    made = moving.copy(home, "prod", "second")
    state = made.look_on().state
    assert state.fqdn == "rancher.example.com"
    assert made.secrets.resolve(state.etcd.s3_secret_key) == CANARIES["s3"]
    assert not (made.cluster_folder / "kube_config_rancher-cluster.yml").exists()
    assert list(made.runs_folder.iterdir()) == []


def test_a_renamed_session_finds_its_own_files(home: Home, session: Session) -> None:
    session.open()
    store = Store(session.look_on().state, session)
    store.edit(
        "own file",
        lambda state: state.model_copy(
            update={"rke": state.rke.model_copy(update={"binary": str(session.path / "rke")})}
        ),
    )
    session.close()
    renamed = moving.rename(home, "prod", "live")
    assert renamed.look_on().state.rke.binary == str(home.sessions_folder / "live" / "rke")
    assert [item.name for item in home.sessions()] == ["live"]
    with pytest.raises(SessionError):
        moving.rename(home, "live", "a/b")


def test_a_held_session_is_not_moved(home: Home, session: Session) -> None:
    session.open()
    for move in (lambda: moving.rename(home, "prod", "live"), lambda: moving.archive(home, "prod")):
        with pytest.raises(HeldError):
            move()
    session.close()


@pytest.mark.soak
def test_an_encrypted_archive_tells_nothing_without_its_passphrase(
    home: Home, session: Session, tmp_path: Path
) -> None:
    file = moving.archive(home, "prod", tmp_path / "prod.age", "correct horse")
    raw = file.read_bytes()
    assert not any(value.encode() in raw for value in CANARIES.values())
    with pytest.raises(RestoreError) as refused:
        restore(home, file, "prod")
    assert refused.value.findings[0].code == "passphrase-needed"
    assert restore(home, file, "prod", passphrase="correct horse").session.look_on().state.fqdn
