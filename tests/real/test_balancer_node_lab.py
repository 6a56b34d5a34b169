"""Rehearsals on real nodes, as the user that RKE uses: no root, no sudo, but Docker."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.balancer.echo import over_ssh
from rancher_tui.balancer.rehearse import rehearse
from rancher_tui.balancer.write import write
from rancher_tui.install.state import InstallState, Node
from rancher_tui.transport.ssh import ConnectSettings
from tests.conftest import require
from tests.real.balancers import make_pair, nginx
from tests.real.test_balancer_rehearse import EVERYTHING_PASSES, install

LAB = os.environ.get("RANCHER_TUI_NODE_LAB", "")

pytestmark = [
    pytest.mark.real,
    pytest.mark.xdist_group("node-lab"),
    pytest.mark.skipif(not LAB or os.getuid() != 0, reason="RANCHER_TUI_NODE_LAB is not set, or not root"),
]


@dataclass
class Lab:
    """Two nodes that are up."""

    folder: Path
    nodes: tuple[Node, ...]

    def settings(self) -> ConnectSettings:
        return ConnectSettings(known_hosts=[self.folder / "known_hosts"])

    def left_over(self) -> list[str]:
        """Containers, images and listeners on port 80 on any node."""
        found = []
        for name in ("node1", "node2"):
            for command in ("docker ps -aq", "docker images -aq", "ss -Hltn 'sport = :80'"):
                said = node_lab("exec", self.folder, name, "sh", "-c", command)
                found += [f"{name}: {line}" for line in said.splitlines()]
        return found


def node_lab(command: str, folder: Path, *arguments: str) -> str:
    """What a command of the tool says about the lab in `folder`."""
    tool = Path(LAB) / "node-lab" if Path(LAB).is_dir() else Path(LAB)
    call = [str(tool), command, "--dir", str(folder), *arguments]
    return subprocess.run(call, check=True, capture_output=True, text=True, timeout=90).stdout


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("node-lab") / "lab"
    node_lab("up", folder, "-n", "2")
    try:
        rows = yaml.safe_load((folder / "nodes.yml").read_text())["nodes"]
        nodes = tuple(
            Node(address=row["address"], user=row["user"], ssh_key_path=row["ssh_key_path"]) for row in rows
        )
        yield Lab(folder, nodes)
    finally:
        node_lab("down", folder)


def behind(lab: Lab, folder: Path) -> InstallState:
    """An install whose balancer runs here and whose nodes are the lab's, with the ingress's true port."""
    state = install(folder)
    balancer = state.balancer.model_copy(update={"node_port": "80"})
    return state.model_copy(update={"nodes": lab.nodes, "balancer": balancer})


async def test_a_rehearsal_as_a_plain_user_passes_and_leaves_nothing(lab: Lab, tmp_path: Path) -> None:
    require("nginx")
    pair, state = make_pair(tmp_path), behind(lab, tmp_path)
    with nginx(tmp_path, write(state, "nginx").text, int(state.balancer.https_port)):
        facts: dict[str, Any] = {}
        opener = over_ssh(state.nodes, lab.settings())
        found = rehearse(state, opener, facts=facts, ca_pem=pair.ca_pem, idle=0.3, settle=10)
        codes = {finding.code: finding.status.value async for finding in found}
    assert codes == dict.fromkeys(EVERYTHING_PASSES, "pass")
    assert lab.left_over() == []


async def test_nothing_is_left_when_the_program_is_killed(lab: Lab, tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from rancher_tui.balancer.echo import Echoes, over_ssh\n"
        "from rancher_tui.install.state import Node\n"
        "from rancher_tui.transport.ssh import ConnectSettings\n"
        "nodes = [Node(address=a, user=sys.argv[2], ssh_key_path=sys.argv[3]) for a in sys.argv[4:]]\n"
        "async def main():\n"
        "    settings = ConnectSettings(known_hosts=[Path(sys.argv[1])])\n"
        "    async with Echoes(over_ssh(nodes, settings), 80) as echoes:\n"
        "        print(await echoes.start(list(enumerate(nodes))), flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    first = lab.nodes[0]
    arguments = [str(lab.folder / "known_hosts"), first.user, first.ssh_key_path, *(n.address for n in lab.nodes)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert (await process.stdout.readline()).decode().strip() == "{}"
    assert any(": " in line for line in lab.left_over())
    process.kill()
    await process.wait()
    async with asyncio.timeout(20):
        while lab.left_over():
            await asyncio.sleep(0.2)
