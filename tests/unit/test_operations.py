"""What changes something, on real files: the repaired chain beside the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.certificates.make import make_pair
from rancher_tui.engine import LocalEngine
from rancher_tui.install.session import Home
from rancher_tui.install.state import Certificates, InstallState
from rancher_tui.open_session import LocalInstall


@pytest.fixture
def install(tmp_path: Path) -> LocalInstall:
    """An install whose chain file has the CA before the server's certificate."""
    made = make_pair("rancher.example.com")
    chain, ca = tmp_path / "chain.pem", tmp_path / "ca.pem"
    chain.write_bytes(made.ca + made.chain)
    ca.write_bytes(made.ca)
    state = InstallState(
        fqdn="rancher.example.com",
        template="external-certificate",
        certificates=Certificates(chain_path=str(chain), ca_path=str(ca)),
    )
    opened = LocalEngine(Home(tmp_path / "home")).create("prod", state)
    assert isinstance(opened, LocalInstall)
    return opened


def test_the_repaired_chain_stands_beside_the_original_and_is_used(install: LocalInstall, tmp_path: Path) -> None:
    before = (tmp_path / "chain.pem").read_bytes()
    (told,) = install.certificates.repair_chain()
    fixed = tmp_path / "chain.fixed.pem"
    assert told.code == "done"
    assert install.store.state.certificates.chain_path == str(fixed)
    assert fixed.read_bytes().count(b"BEGIN CERTIFICATE") == 1
    assert (tmp_path / "chain.pem").read_bytes() == before


def test_a_chain_in_order_is_left_alone(install: LocalInstall, tmp_path: Path) -> None:
    install.certificates.repair_chain()
    (told,) = install.certificates.repair_chain()
    assert told.code == "nothing-to-repair"
    assert not (tmp_path / "chain.fixed.fixed.pem").exists()


def test_an_unreadable_chain_is_said(install: LocalInstall, tmp_path: Path) -> None:
    (tmp_path / "chain.pem").unlink()
    (told,) = install.certificates.repair_chain()
    assert told.code == "file-unreadable"
