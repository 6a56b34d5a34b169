"""A clean-up plan run over SSH: node by node, stopped by the first that fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.nodes.cleanup import clean, plan
from tests.real.healthy_host import healthy_path
from tests.real.sshd import Sshd, needs_sshd

pytestmark = [
    pytest.mark.real,
    needs_sshd,
    pytest.mark.skipif(os.geteuid() != 0, reason="the plan is for root"),
]

LEARNT: dict[str, Any] = {
    "containers": ["etcd"],
    "leftover_paths": ["/etc/kubernetes", "/opt/rke"],
    "leftover_interfaces": [],
}


def programs(folder: Path, **bodies: str) -> tuple[str, Path]:
    """A PATH on which what would delete only writes down its arguments, and where it does."""
    log = folder / "log"
    recorded = {name: f'echo "{name} $*" >> {log}' for name in ("rm", "docker", "cp", "diff", "ip", "umount")}
    return healthy_path(folder / "programs", without=(), **{**recorded, **bodies}), log


async def test_a_plan_is_run_and_what_it_said_is_kept(tmp_path: Path) -> None:
    path, log = programs(tmp_path)
    facts: dict[str, Any] = {}
    with Sshd(tmp_path / "one", path=path) as server:
        node = server.node()
        findings = [found async for found in clean([(1, node, plan(node, LEARNT))], server.settings(), facts)]
    assert [(found.code, found.subject) for found in findings] == [("cleaned", f"node 1 {node.address}")]
    done = log.read_text().splitlines()
    assert done[0].startswith("cp -a /opt/rke ")
    assert "docker rm -f -v -- etcd" in done
    assert "rm -rf --one-file-system /etc/kubernetes" in done
    assert "Reboot" in facts["cleanup"][findings[0].subject]


async def test_the_first_failure_stops_and_the_next_node_is_not_touched(tmp_path: Path) -> None:
    path, log = programs(tmp_path, cp="exit 1")
    with Sshd(tmp_path / "one", path=path) as server:
        node = server.node()
        rows = [(number, node, plan(node, LEARNT)) for number in (1, 2)]
        findings = [found async for found in clean(rows, server.settings(), {})]
    assert [found.code for found in findings] == ["cleanup-failed"]
    assert not log.exists()


async def test_a_node_that_cannot_be_reached_stops_it_too(tmp_path: Path) -> None:
    with Sshd(tmp_path / "one") as server:
        node = server.node(port="1")
        rows = [(1, node, plan(node, LEARNT)), (2, server.node(), plan(node, LEARNT))]
        findings = [found async for found in clean(rows, server.settings(), {})]
    assert [found.code for found in findings] == ["tcp-refused"]
