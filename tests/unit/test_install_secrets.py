"""Secrets lie apart: 0600, referred to, never in the state, the journal or a report."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from rancher_tui.install.references import is_reference
from rancher_tui.install.secrets import SecretError, Secrets, is_secret, password_span
from rancher_tui.install.session import Home
from rancher_tui.install.state import Copies, InstallState, Node, Options, Proxy, Registry, Snapshots
from rancher_tui.install.store import Store

CANARY = "c4nary-Passw0rd"


def test_a_secret_is_in_no_file_but_its_own(home: Home) -> None:
    session = home.create("prod")
    store = Store(InstallState(), session)
    reference = session.secrets.put("options.registry.password", CANARY)
    store.update("set the password", options=Options(registry=Registry(url="reg:5000", password=reference)))
    store.undo()
    store.redo()
    holding = [path.name for path in session.path.rglob("*") if path.is_file() and CANARY in path.read_text()]
    assert holding == ["secrets.json"]
    assert stat.S_IMODE((session.path / "secrets.json").stat().st_mode) == 0o600
    assert session.secrets.resolve(session.look_on().state.options.registry.password) == CANARY
    assert session.secrets.values() == [CANARY]


def test_the_store_keeps_raw_secrets_out_of_the_state_whoever_edits(home: Home) -> None:
    session = home.create("prod")
    store = Store(InstallState(), session)
    proxy = f"http://ops:{CANARY}-1@proxy:3128"
    store.update(
        "everything at once",
        options=Options(registry=Registry(password=f"{CANARY}-2"), proxy=Proxy(http=proxy, https=proxy)),
        etcd=Snapshots(s3_secret_key=f"{CANARY}-3"),
        nodes=(Node(ssh_key=f"-----BEGIN {CANARY}-4"), Node(ssh_key=f"-----BEGIN {CANARY}-5")),
        copies=Copies(to=f"sftp://ops:{CANARY}-6@safe/backups"),
    )
    store.undo()
    store.redo()
    state = session.look_on().state
    assert session.secrets.resolve(state.options.proxy.https) == proxy
    assert session.secrets.resolve(state.nodes[1].ssh_key) == f"-----BEGIN {CANARY}-5"
    holding = [path.name for path in session.path.rglob("*") if path.is_file() and CANARY in path.read_text()]
    assert holding == ["secrets.json"]
    assert CANARY not in store.state.model_dump_json()


def test_a_session_made_with_a_raw_secret_keeps_it_apart(home: Home) -> None:
    session = home.create("prod", InstallState(etcd=Snapshots(s3_secret_key=CANARY)))
    assert CANARY not in session.state_file.read_text()
    assert session.secrets.values() == [CANARY]


def test_a_raw_secret_that_was_stored_otherwise_is_put_apart_with_the_next_edit(home: Home) -> None:
    session = home.create("prod")
    store = Store(InstallState(etcd=Snapshots(s3_secret_key=CANARY)), session)
    store.update("set the FQDN", fqdn="rancher.example.com")
    assert CANARY not in session.state_file.read_text()
    assert session.secrets.resolve(store.state.etcd.s3_secret_key) == CANARY


def test_a_secret_that_a_full_disk_refuses_is_written_with_the_next_save(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = home.create("prod")
    store = Store(InstallState(), session)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("rancher_tui.install.secrets.write_atomic", full)
        store.update("set the key", etcd=Snapshots(s3_secret_key=CANARY))
        assert store.unsaved is not None
        assert CANARY not in store.state.model_dump_json()
        assert session.look_on().state.etcd.s3_secret_key == "", "no state refers to a secret that is not kept"
    store.save()
    assert store.unsaved is None
    assert Secrets(session.path / "secrets.json").resolve(session.look_on().state.etcd.s3_secret_key) == CANARY


@pytest.mark.parametrize(
    ("address", "typing", "password"),
    [
        ("http://user:pw@proxy:3128", False, "pw"),
        ("http://user:p@w:x@proxy:3128", False, "p@w:x"),
        ("user:pw@proxy", False, "pw"),
        ("http://proxy:3128", False, None),
        ("http://user:p", True, "p"),
        ("http://user:", True, None),
        ("http://user@proxy:3128", True, None),
        ("sftp://ops:pw@[::1]:22/x", False, "pw"),
    ],
)
def test_where_the_password_of_an_address_stands(address: str, typing: bool, password: str | None) -> None:
    span = password_span(address, typing=typing)
    assert (address[slice(*span)] if span else None) == password


def test_references_lead_to_their_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets(tmp_path / "secrets.json")
    monkeypatch.setenv("REG_PASSWORD", "from-env")
    (tmp_path / "key").write_text("from-file\n")
    assert secrets.resolve(secrets.put("x", "kept")) == "kept"
    assert secrets.resolve("env:REG_PASSWORD") == "from-env"
    assert secrets.resolve(f"file:{tmp_path}/key") == "from-file"
    assert secrets.resolve("plain text") == "plain text"


@pytest.mark.parametrize(
    "reference",
    ["secret:none", "env:NOT_SET_ANYWHERE", "file:/nowhere/at/all", "file:/a\0b", "file:~nobody-here/x", "file:/"],
)
def test_a_reference_that_leads_nowhere_is_told(tmp_path: Path, reference: str) -> None:
    with pytest.raises(SecretError) as told:
        Secrets(tmp_path / "secrets.json").resolve(reference)
    assert str(told.value.message)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'"x"'])
def test_a_damaged_file_of_secrets_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secrets.json"
    path.write_bytes(content)
    with pytest.raises(SecretError):
        Secrets(path).put("x", "new")
    assert path.read_bytes() == content


def test_a_new_secret_under_a_taken_name_leaves_the_old_one_for_undo(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets.json")
    first, second = secrets.put("nodes.0.ssh_key", "one"), secrets.put("nodes.0.ssh_key", "two")
    assert (secrets.resolve(first), secrets.resolve(second)) == ("one", "two")
    assert secrets.put("nodes.0.ssh_key", "one") == first
    assert sorted(secrets.values()) == ["one", "two"]


@pytest.mark.parametrize(
    ("path", "text", "secret"),
    [
        ("options.registry.password", "x", True),
        ("options.registry.password", "env:X", False),
        ("options.registry.password", "", False),
        ("etcd.s3_secret_key", "x", True),
        ("nodes.12.ssh_key", "-----BEGIN", True),
        ("nodes.12.ssh_key_path", "/home/op/.ssh/id_rsa", False),
        ("options.proxy.http", "http://u:p@proxy:3128", True),
        ("options.proxy.http", "http://proxy:3128", False),
        ("options.registry.user", "x", False),
    ],
)
def test_which_entries_are_secret(path: str, text: str, secret: bool) -> None:
    assert is_secret(path, text) is secret


@pytest.mark.parametrize(
    ("text", "reference"),
    [("secret:x", True), ("env:X", True), ("file:/x", True), ("secret:", False), ("x", False), (" env:X", False)],
)
def test_the_form_of_references(text: str, reference: bool) -> None:
    assert is_reference(text) is reference
