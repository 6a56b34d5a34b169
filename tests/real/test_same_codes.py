"""What the rehearsal teaches holds outside: Debian's sshd and named with the like fault give the lab's codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from rancher_tui.install.session import Home
from rancher_tui.install.state import Balancer, Dns, InstallState
from rancher_tui.lab.faults import FAULTS
from tests.conftest import require
from tests.real import nodes_planted
from tests.real.named import world
from tests.real.sshd import needs_docker_client, needs_sshd

pytestmark = pytest.mark.real

LIKE = {
    "host-unreachable": "port-closed",
    "wrong-key": "wrong-key",
    "no-docker-access": "docker-not-for-this-user",
}
"""The lab's fault, and its like at a real sshd."""


def red_codes(home: Path, step: int) -> list[str]:
    """What a process of its own says of a step: its fails and unknowns."""
    done = subprocess.run(
        [sys.executable, "-m", "rancher_tui.cli", "check", "real", str(step), "--json"],
        env={**os.environ, "RANCHER_TUI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    return [finding["code"] for finding in report["findings"] if finding["status"] in ("fail", "unknown")]


@needs_sshd
@needs_docker_client
@pytest.mark.parametrize("name", LIKE)
def test_a_real_sshd_gives_the_codes_of_the_lab(tmp_path: Path, name: str) -> None:
    with ExitStack() as stack:
        node, connect = nodes_planted.FAULTS[LIKE[name]](tmp_path / "server", stack)
        session = Home(tmp_path / "home").create("real", InstallState(nodes=(node,)))
        shutil.copy(connect.known_hosts[0], session.known_hosts)
        session.close()
        assert red_codes(tmp_path / "home", FAULTS[name].step) == [FAULTS[name].code]


def test_a_real_name_server_gives_the_codes_of_the_lab(tmp_path: Path) -> None:
    require("named", "dnssec-keygen", "dnssec-signzone")
    (folder := tmp_path / "named").mkdir()
    with world(folder) as servers:
        state = InstallState(
            fqdn="wrong.lab.test",
            balancer=Balancer(address="203.0.113.10"),
            dns=Dns(servers=(servers.servers["auth"],)),
        )
        Home(tmp_path / "home").create("real", state).close()
        fault = FAULTS["name-elsewhere"]
        assert set(red_codes(tmp_path / "home", fault.step)) == {fault.code}
