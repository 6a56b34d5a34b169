"""Through a bastion as RKE goes: what is wrong there and what behind it, on real SSH servers."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from rancher_tui.install.state import Bastion
from rancher_tui.nodes.host_keys import scan
from rancher_tui.nodes.preflight import ladder, preflight
from rancher_tui.transport.ssh_known import Trust
from tests.real.sshd import Sshd, make_key, needs_sshd, settings

pytestmark = [pytest.mark.real, needs_sshd]


async def test_a_bastion_that_cannot_be_passed_is_one_red_line(server: Sshd, tmp_path: Path) -> None:
    way = server.settings(bastion=Bastion(address="127.0.0.1", port="1", user="x", ssh_key_path=str(server.key)))
    findings = [found async for found in preflight([server.node(), server.node()], way, facts={})]
    assert [(found.code, found.subject) for found in findings] == [("tcp-refused", "bastion 127.0.0.1")]


async def test_behind_a_bastion_rungs_are_told_apart_too(server: Sshd, tmp_path: Path, stack: ExitStack) -> None:
    gate = stack.enter_context(Sshd(tmp_path / "gate", "127.0.0.2"))
    known = tmp_path / "known"
    known.write_text(server.known_hosts().read_text() + gate.known_hosts().read_text())
    entry = gate.node()
    bastion = Bastion(address=entry.address, port=entry.port, user=entry.user, ssh_key_path=entry.ssh_key_path)
    way = settings(known_hosts=[known], bastion=bastion)
    nodes = [
        server.node(port="1"),
        server.node(address="no-such-host.invalid"),
        server.node(ssh_key_path="/nowhere"),
    ]
    findings = [found async for found in ladder(nodes, way, facts={})]
    assert {found.subject[:6]: found.code for found in findings if found.bad} == {
        "node 1": "tcp-refused",
        "node 2": "name-unresolved",
        "node 3": "key-missing",
    }
    states = await scan([server.node()], settings(known_hosts=[gate.known_hosts("only")], bastion=bastion))
    assert [state.trust for state in states] == [Trust.KNOWN, Trust.UNKNOWN]


async def test_a_bastions_own_key_and_certificate_given_inline(
    server: Sshd, tmp_path: Path, stack: ExitStack
) -> None:
    gate = stack.enter_context(Sshd(tmp_path / "gate", "127.0.0.2"))
    authority, key = make_key(tmp_path / "authority"), make_key(tmp_path / "signed")
    entry = gate.node()
    public = str(key.with_suffix(".pub"))
    subprocess.run(["ssh-keygen", "-q", "-s", str(authority), "-I", "u", "-n", entry.user, public], check=True)
    gate.stop()
    gate.options["TrustedUserCAKeys"] = str(authority.with_suffix(".pub"))
    gate.start()
    known = tmp_path / "known"
    known.write_text(server.known_hosts().read_text() + gate.known_hosts().read_text())
    bastion = Bastion(address=entry.address, port=entry.port, user=entry.user, ssh_key=f"file:{key}")

    async def told(bastion: Bastion) -> list[tuple[str, str]]:
        way = settings(known_hosts=[known], bastion=bastion)
        return [(found.code, found.subject) async for found in ladder([server.node()], way, facts={}) if found.bad]

    refused_at_the_gate = ("login-refused", f"bastion {entry.address}")
    assert refused_at_the_gate in await told(bastion)
    signed = bastion.model_copy(update={"ssh_cert": f"file:{tmp_path / 'signed-cert.pub'}"})
    assert all(not subject.startswith("bastion") for _code, subject in await told(signed))
