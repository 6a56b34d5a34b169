"""What an open session does with certificates: a recognized CA proven by the machine's store, a CA converted, paths."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rancher_tui.certificates import system
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.finding import Status
from rancher_tui.install.session import Home
from rancher_tui.install.state import Balancer, Certificates, InstallState
from rancher_tui.operations import certificates as work
from rancher_tui.proofs import certificates as proof
from rancher_tui.proofs.inputs import OperationError
from tests.unit.certificates_pki import DAY, FQDN, issue, pem, server

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = issue("Store Root", begin=NOW - DAY, end=NOW + 900 * DAY)
LEAF = server(FQDN, ROOT, begin=NOW - DAY, end=NOW + 90 * DAY)


@pytest.fixture
def state(tmp_path: Path) -> InstallState:
    """A chain issued by ROOT, its key, and the CA as DER."""
    contents = {"chain.pem": LEAF.pem, "key.pem": LEAF.key_pem, "ca.der": ROOT.der}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    named = Certificates(
        chain_path=str(tmp_path / "chain.pem"),
        key_path=str(tmp_path / "key.pem"),
        ca_path=str(tmp_path / "ca.der"),
    )
    return InstallState(fqdn=FQDN, template="external-certificate", certificates=named)


def _recognized(state: InstallState) -> InstallState:
    return state.model_copy(update={"template": "external-recognized-ca"})


def test_a_recognized_ca_is_proven_by_the_machines_store(
    state: InstallState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "roots", lambda: [Certificate(ROOT.der)])
    report = proof.judge(_recognized(state))
    assert report.ok and "ca-missing" not in {item.code for item in report.findings}
    assert report.facts["template"] == "external-recognized-ca"


def test_a_chain_that_the_store_does_not_know_is_not_proven_and_not_failed(
    state: InstallState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "roots", lambda: [Certificate(issue("Another Root").der)])
    bad = [item for item in proof.judge(_recognized(state)).findings if item.bad]
    assert [(item.code, item.status) for item in bad] == [("not-publicly-trusted", Status.UNKNOWN)]


def test_a_ca_in_another_form_is_written_as_pem_and_used(home: Home, state: InstallState, tmp_path: Path) -> None:
    assert [item.code for item in proof.judge(state).findings if item.bad] == ["ca-not-pem"]
    named, _ = work.write_repaired(home.create("one"), state)
    assert named.chain_path == state.certificates.chain_path
    assert Path(named.ca_path) == tmp_path / "ca.fixed.pem" and Path(named.ca_path).read_bytes() == ROOT.pem
    assert proof.judge(state.model_copy(update={"certificates": named})).ok


def test_a_missing_file_is_told_of_itself_and_the_others_are_judged(state: InstallState, tmp_path: Path) -> None:
    (tmp_path / "key.pem").unlink()
    report = proof.judge(state)
    bad = {(item.code, item.subject.removeprefix(f"{tmp_path}/")) for item in report.findings if item.bad}
    assert bad == {("file-unreadable", "key.pem"), ("ca-not-pem", "ca.der")}
    assert not {"key-missing", "ca-missing"} & {item.code for item in report.findings}, "it is named"
    (tmp_path / "chain.pem").unlink()
    told = [item.subject.removeprefix(f"{tmp_path}/") for item in proof.judge(state).findings]
    assert told == ["chain.pem", "key.pem"], "without a chain nothing else is judged"


def test_where_the_balancer_is_asked(state: InstallState) -> None:
    assert proof.balancer_endpoint(state) == (FQDN, "443")
    there = state.model_copy(update={"balancer": Balancer(address="192.0.2.7", https_port="8443")})
    assert proof.balancer_endpoint(there) == ("192.0.2.7", "8443")
    for wrong in (Balancer(address="https://x"), Balancer(https_port="x")):
        with pytest.raises(OperationError):
            proof.balancer_endpoint(state.model_copy(update={"balancer": wrong}))


async def test_a_balancer_that_does_not_answer_is_unknown(home: Home, state: InstallState) -> None:
    silent = state.model_copy(update={"balancer": Balancer(address="127.0.0.1", https_port="1")})
    session = home.create("two")
    report = await proof.served(session, silent)
    assert report.findings[0].code == "not-served" and report.findings[0].status is Status.UNKNOWN
    assert session.reports()["served"].findings[0].code == "not-served"


def test_paths_are_completed_as_they_are_spelt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "a.pem").touch()
    (tmp_path / "certs" / ".hidden").touch()
    assert work.completions("~/ce") == ["~/certs/"]
    assert work.completions("~/certs/") == ["~/certs/a.pem"]
    assert work.completions("~/certs/.h") == ["~/certs/.hidden"]
    assert work.completions(f"{tmp_path}/nothing/x") == []


def test_a_chain_with_its_root_is_repaired_without_it(home: Home, state: InstallState, tmp_path: Path) -> None:
    (tmp_path / "chain.pem").write_bytes(pem(ROOT, LEAF))
    named, _ = work.write_repaired(home.create("three"), state)
    assert Path(named.chain_path).read_bytes() == LEAF.pem


def test_what_is_done_later_names_the_port_and_the_files_of_this_balancer(state: InstallState) -> None:
    there = state.model_copy(update={"balancer": Balancer(kind="haproxy", address="192.0.2.7", https_port="8443")})
    commands = [step.command for step in work.later(there, None, new_ca=False)]
    assert "/etc/haproxy/ssl/fullchain.pem" in commands[0]
    assert f"--connect {FQDN}:8443 " in commands[-1]
    alb = state.model_copy(update={"balancer": Balancer(kind="alb", address="lb.example.net")})
    commands = [step.command for step in work.later(alb, None, new_ca=False)]
    assert commands[0].startswith("aws acm import-certificate") and "install" not in " ".join(commands)
