"""The whole product on real nodes: own sshd, own Docker, stand-in images of Kubernetes, by the command line alone.

With a real rke (RANCHER_TUI_RKE, its path; v0.1.18 was tried) the right verdict is `not-up`: exit code, log, nodes and
job pass, Rancher itself cannot run there. Without one the rehearsal's rke goes as far as real containers let it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.install.session import Home
from rancher_tui.lab import rehearsal
from rancher_tui.lab.rke.facts import facts
from rancher_tui.rke.explain import explain

LAB = os.environ.get("RANCHER_TUI_NODE_LAB", "")
RKE = os.environ.get("RANCHER_TUI_RKE", "")
NAME = "rancher.example.test"
WITNESSES = ("exit-code", "end-line", "all-hosts", "addon-job", "nodes-ready", "rancher-deployment", "ping")

pytestmark = [
    pytest.mark.real,
    pytest.mark.soak,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("node-lab"),
    pytest.mark.skipif(not LAB or os.getuid() != 0, reason="RANCHER_TUI_NODE_LAB is not set, or not root"),
]
real_rke = pytest.mark.skipif(not RKE, reason="RANCHER_TUI_RKE is not set: no real rke")


def node_lab(command: str, folder: Path, *arguments: str) -> str:
    """What a command of the tool says about the lab in `folder`; building its images takes a while."""
    tool = Path(LAB) / "node-lab" if Path(LAB).is_dir() else Path(LAB)
    call = [str(tool), command, "--dir", str(folder), *arguments]
    return subprocess.run(call, check=True, capture_output=True, text=True, timeout=400).stdout


@dataclass
class Nodes:
    """Three nodes that are up, and a home for sessions."""

    lab: Path
    home: Path

    def product(self, *arguments: str) -> tuple[int, str]:
        """Exit code and standard output of a command."""
        call = [sys.executable, "-m", "rancher_tui.cli", "--home", str(self.home), *arguments]
        done = subprocess.run(call, capture_output=True, text=True, timeout=400)
        return done.returncode, done.stdout

    def as_new(self) -> None:
        """The nodes as before the first run, all faults off."""
        node_lab("k8s", self.lab, "reset")
        for number in (1, 2, 3):
            node_lab("exec", self.lab, f"node{number}", "rm", "-rf", "/var/lib/calico", "/etc/cni", "/opt/cni")

    def prepared(self, session: str, rke: str, kubernetes: str) -> None:
        """Steps 1 to 10 of an install on these nodes."""
        self.as_new()
        made = self.home / "pki"
        if not made.exists():
            assert self.product("cert-make", "--fqdn", NAME, "-o", str(made))[0] == 0
        assert self.product("new", session)[0] == 0
        assert self.product("nodes", session, "--paste", str(self.lab / "nodes.yml"))[0] in (0, 3)
        values = {
            "fqdn": NAME,
            "balancer.address": "127.0.0.9",
            "balancer.kind": "nginx",
            "rancher_version": "v2.0.8",
            "kubernetes_version": kubernetes,
            "rke.binary": rke,
            "options.ignore_docker_version": "true",
            "template": "external-certificate",
            "certificates.ca_path": str(made / "cacerts.pem"),
            "certificates.chain_path": str(made / "tls.crt"),
            "certificates.key_path": str(made / "tls.key"),
        }
        self.product("set", session, *(f"{key}={value}" for key, value in values.items()))
        assert self.product("trust", session, "--yes", "trust")[0] == 0
        code, said = self.product("check", session, "hosts", "rke", "nodes", "--json")
        bad = [entry for line in said.splitlines() if (entry := json.loads(line)).get("status") == "fail"]
        assert (code, bad) == (0, []), bad
        assert self.product("export", session)[0] in (0, 3)

    def witnesses(self, session: str) -> tuple[str, dict[str, str]]:
        """The verdict, asked again, and what each witness says."""
        _code, said = self.product("verdict", session, "--json")
        report: dict[str, Any] = json.loads(said)
        return report["facts"]["verdict"], {entry["code"]: entry["status"] for entry in report["findings"]}

    def log(self, session: str) -> Path:
        return next((self.home / "sessions" / session / "runs").glob("*/rke.log"))


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("node-lab")
    try:
        node_lab("up", folder / "lab", "--k8s-standins")
        for number in (1, 2, 3):
            write = f"printf '%032x\\n' {number}00{number} > /etc/machine-id"
            node_lab("exec", folder / "lab", f"node{number}", "sh", "-c", write)
        yield Nodes(folder / "lab", folder / "home")
    finally:
        node_lab("down", folder / "lab")


@real_rke
@pytest.mark.parametrize(
    ("knob", "bad"),
    [
        ((), {"rancher-deployment": "fail", "ping": "fail"}),
        (
            ("fail-jobs", "rke-user-addon"),
            {"addon-job": "fail", "rancher-deployment": "fail", "ping": "fail"},
        ),
        (("not-ready", "node2"), {"nodes-ready": "fail", "rancher-deployment": "fail", "ping": "fail"}),
    ],
    ids=["as it should be", "add-on job fails", "a node is not Ready"],
)
def test_rke_says_success_and_the_verdict_is_true(
    nodes: Nodes, knob: tuple[str, ...], bad: dict[str, str]
) -> None:
    session = f"real-{knob[0] if knob else 'well'}"
    nodes.prepared(session, RKE, "v1.13.5-rancher1-1")
    if knob:
        node_lab("k8s", nodes.lab, *knob)
    assert nodes.product("up", session)[0] == 3
    verdict, told = nodes.witnesses(session)
    assert verdict == "not-up"
    assert {code: told[code] for code in WITNESSES} == {**dict.fromkeys(WITNESSES, "pass"), **bad}


@real_rke
def test_a_component_that_fails_is_named(nodes: Nodes) -> None:
    nodes.prepared("real-kubelet", RKE, "v1.13.5-rancher1-1")
    node_lab("k8s", nodes.lab, "fail-component", "kubelet@node2")
    assert nodes.product("up", "real-kubelet")[0] == 3
    verdict, told = nodes.witnesses("real-kubelet")
    judged = explain(nodes.log("real-kubelet")).facts
    assert (verdict, told["exit-code"], told["end-line"]) == ("not-up", "fail", "fail")
    assert (judged["outcome"], judged["decisive"]) == ("failed", "kubelet-unhealthy")


def test_the_rehearsals_rke_meets_real_containers(nodes: Nodes, tmp_path: Path) -> None:
    """It dials, checks ports, makes certificates and starts etcd; what it cannot start there is told as it is."""
    session, _store = rehearsal.begin(Home(tmp_path / "practice"), "practice", [])
    try:
        stand_in = session.path / "lab" / "rke"
        nodes.prepared("stand-in", str(stand_in), "v1.11.6-rancher1-1")
        images = set(re.findall(r"rancher/[\w./-]+:[\w.-]+", json.dumps(facts())))
        node_lab("tag", nodes.lab, *sorted(images))
        assert nodes.product("up", "stand-in")[0] == 3
        verdict, told = nodes.witnesses("stand-in")
        assert (verdict, told["exit-code"], told["end-line"]) == ("not-up", "fail", "fail")
        judged = explain(nodes.log("stand-in")).facts
        assert (judged["outcome"], judged["decisive"]) == ("failed", "container-start-failed")
        assert [phase["name"] for phase in judged["phases"]][-1] == "controlplane"
        assert (
            "etcd" in node_lab("exec", nodes.lab, "node1", "docker", "ps", "-a", "--format", "{{.Names}}").split()
        )
    finally:
        rehearsal.end(session)
