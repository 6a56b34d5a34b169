"""A rehearsal whose echo servers and name look-ups run on nodes over Debian's sshd."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.balancer.echo import over_ssh
from rancher_tui.balancer.rehearse import rehearse
from rancher_tui.balancer.write import write
from rancher_tui.dns.check import check
from rancher_tui.dns.nodes import node_vantage
from rancher_tui.install.state import Bastion
from rancher_tui.transport.on_node import runner
from tests.conftest import require
from tests.real.balancers import make_pair, nginx
from tests.real.sshd import Sshd
from tests.real.test_balancer_rehearse import EVERYTHING_PASSES, install, listens_on

pytestmark = pytest.mark.real


async def test_a_rehearsal_over_ssh_passes_and_leaves_nothing(tmp_path: Path) -> None:
    require("sshd", "nginx")
    state = install(tmp_path)
    pair = make_pair(tmp_path)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Sshd(tmp_path / address, address))
            for address in ("127.0.0.31", "127.0.0.32", "127.0.0.33")
        ]
        state = state.model_copy(update={"nodes": tuple(server.node() for server in servers)})
        trusted = [server.known_hosts() for server in servers]
        settings = servers[0].settings(known_hosts=trusted)
        stack.enter_context(nginx(tmp_path, write(state, "nginx").text, int(state.balancer.https_port)))
        facts: dict[str, Any] = {}
        found = rehearse(
            state, over_ssh(state.nodes, settings), facts=facts, ca_pem=pair.ca_pem, idle=0.3, settle=10
        )
        codes = {finding.code: finding.status.value async for finding in found}
        assert codes == dict.fromkeys(EVERYTHING_PASSES, "pass")
        assert len(facts["spread"]) == 3
        for server in servers:
            assert not await listens_on(server.address, int(state.balancer.node_port))


async def test_a_node_that_cannot_be_logged_in_on_is_named_with_its_rung(tmp_path: Path) -> None:
    require("sshd")
    with Sshd(tmp_path / "node", "127.0.0.31") as server:
        state = install(tmp_path).model_copy(update={"nodes": (server.node(),)})
        distrusting = server.settings(known_hosts=[])
        found = rehearse(state, over_ssh(state.nodes, distrusting), facts={}, idle=0, settle=0)
        (finding,) = [finding async for finding in found]
    assert finding.code == "node-unreachable"
    assert "host-key-unknown" in finding.evidence["words"]


async def test_what_a_node_is_told_about_a_name(tmp_path: Path) -> None:
    require("sshd", "getent")
    with Sshd(tmp_path / "node", "127.0.0.31") as server, Sshd(tmp_path / "bastion", "127.0.0.41") as jump:
        through = Bastion(
            address=jump.address, user=server.node().user, port=str(jump.port), ssh_key_path=str(jump.key)
        )
        trusted = [server.known_hosts(), jump.known_hosts()]
        for settings in (server.settings(), server.settings(known_hosts=trusted, bastion=through)):
            run = runner(server.node(), settings)
            more = [node_vantage("localhost", run, "node"), node_vantage("no-such.invalid", run, "other")]
            facts: dict[str, Any] = {}
            found = check(
                "localhost", expected=["127.0.0.1"], servers=["127.0.0.1:1"], timeout=0.5, facts=facts, more=more
            )
            codes = [(finding.subject, finding.code) async for finding in found]
            assert ("node", "resolves") in codes
            assert {code for subject, code in codes if subject == "other"} & {"no-address", "nxdomain", "timeout"}
