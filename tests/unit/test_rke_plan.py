"""What a run will do, what needs a typed yes, what may be handed on to rke."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rancher_tui.install.state import InstallState, Node, Options
from rancher_tui.rke import environment, logout, runner
from rancher_tui.rke.arguments import ArgumentError, command
from rancher_tui.rke.plan import plan

V02 = b"Successfully Deployed state file at [./rancher-cluster.rkestate]\n"
V01 = b"Successfully Deployed local admin kubeconfig at [./kube_config_rancher-cluster.yml]\n"
END = b"Finished building Kubernetes cluster successfully\n"


def state(*addresses: str) -> InstallState:
    nodes = tuple(Node(address=address, user="rancher") for address in addresses)
    return InstallState(nodes=nodes, fqdn="rancher.example.com", options=Options(cluster_name="prod"))


@pytest.fixture
def session(tmp_path: Path) -> Path:
    (tmp_path / "cluster").mkdir()
    return tmp_path


def earlier(session: Path, log: bytes, hosts: list[str], verb: str = "up") -> None:
    folder = session / "runs" / f"{len(list(session.glob('runs/*'))) + 1:04}-20260101T000000Z"
    folder.mkdir(parents=True)
    (folder / runner.LOG).write_bytes(log)
    record = {"argv": ["/rke", verb], "hosts": hosts, "ended": "2026-01-01T00:00:00Z", "exit_code": 0}
    (folder / runner.STATUS).write_text(json.dumps(record))


def codes(session: Path, now: InstallState) -> list[str]:
    return [need.code for need in plan(now, session).needs]


def test_a_first_run_needs_no_yes_and_names_every_host(session: Path) -> None:
    made = plan(state("10.0.0.1", "10.0.0.2"), session)
    text = "\n".join(line.english for line in made.lines)
    assert made.needs == () and not made.again
    assert "10.0.0.1 as rancher: etcd, kube-apiserver" in text and "10.0.0.2" in text
    assert "rancher.example.com" in text


@pytest.mark.parametrize("name", ["kube_config_rancher-cluster.yml", "rancher-cluster.rkestate"])
def test_with_what_rke_left_of_a_cluster_it_is_no_first_run(session: Path, name: str) -> None:
    (session / "cluster" / name).write_text("{}")
    first = plan(state("10.0.0.1"), session).lines[0].english
    assert name in first and "no first run" in first


def test_a_host_that_joins_a_standing_cluster_is_told(session: Path) -> None:
    earlier(session, V01 + END, ["10.0.0.1:22", "10.0.0.2:22"])
    lines = [line.english for line in plan(state("10.0.0.1", "10.0.0.2", "10.0.0.3"), session).lines]
    assert [line.split(" as ")[0] for line in lines if "joins the cluster" in line] == ["10.0.0.3"]


def test_a_node_list_that_shrank_needs_a_yes(session: Path) -> None:
    earlier(session, V01 + END, ["10.0.0.1:22", "10.0.0.2:22", "10.0.0.3:22"])
    (session / "cluster" / "kube_config_rancher-cluster.yml").touch()
    made = plan(state("10.0.0.1", "10.0.0.2"), session)
    assert [need.code for need in made.needs] == ["removes-nodes"]
    assert made.removed == ("10.0.0.3",)
    assert made.lacking(frozenset({"removes-nodes"})) == []
    assert codes(session, state("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")) == []


def test_after_a_run_that_built_nothing_nodes_may_leave(session: Path) -> None:
    earlier(session, b"Building Kubernetes cluster\n", ["10.0.0.1:22", "10.0.0.2:22"])
    assert codes(session, state("10.0.0.1")) == []


def test_lost_files_need_a_yes(session: Path) -> None:
    earlier(session, V02 + V01, ["10.0.0.1:22"])
    assert codes(session, state("10.0.0.1")) == ["state-file-missing"]
    state_file = session / "cluster" / "rancher-cluster.rkestate"
    state_file.write_text('{"desiredState": {}}')
    assert codes(session, state("10.0.0.1")) == []
    state_file.write_text('{"desiredState": {')
    assert codes(session, state("10.0.0.1")) == ["state-file-damaged"]


def test_without_state_files_rke_needs_its_kubeconfig(session: Path) -> None:
    earlier(session, V01, ["10.0.0.1:22"])
    assert codes(session, state("10.0.0.1")) == ["kubeconfig-missing"]
    (session / "cluster" / "kube_config_rancher-cluster.yml").touch()
    assert codes(session, state("10.0.0.1")) == []


def test_removing_asks_for_the_cluster_s_name(session: Path) -> None:
    made = plan(state("10.0.0.1"), session, verb="remove")
    assert [(need.code, need.typed) for need in made.needs] == [("remove-cluster", "prod")]


def test_arguments_go_where_rke_wants_them() -> None:
    asked = ["--ignore-docker-version", "--debug", "--cert-dir", "/certs", "-d"]
    assert command("/rke", "up", "c.yml", asked) == [
        "/rke", "--debug", "-d", "up", "--config", "c.yml", "--ignore-docker-version", "--cert-dir", "/certs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "argument", ["--config", "--config=x.yml", "-config", "--quiet", "-q", "--dind", "--local=true"]
)
def test_arguments_that_are_refused_by_name(argument: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        command("/rke", "up", "c.yml", [argument, "x"])
    assert refused.value.argument == argument


@pytest.mark.parametrize(
    ("host", "no_proxy", "expected"),
    [
        ("10.0.0.1", "", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.0/24", True),
        ("10.0.1.1", "10.0.0.0/24", False),
        ("10.0.0.1", "*", True),
        ("10.0.0.1", "10.0.0.1:6443", True),
        ("10.0.0.1", "10.0.0", False),
        ("node1.example.com", "example.com", True),
        ("node1.example.com", ".example.com", True),
        ("node1.example.com", "*.example.com", True),
        ("badexample.com", "example.com", False),
        ("example.com", ".example.com", False),
        ("127.0.0.1", "", True),
        ("fd00::1", "fd00::/8", True),
        ("node1", "node2, node1", True),
    ],
)
def test_what_go_leaves_out_of_the_proxy(host: str, no_proxy: str, expected: bool) -> None:
    assert environment.bypassed(host, no_proxy) is expected


def test_a_proxy_in_the_way_is_called_out() -> None:
    env = {"HTTPS_PROXY": "http://me:secret@proxy:3128", "NO_PROXY": "10.0.0.1"}
    [finding] = environment.judge(env, ["10.0.0.1", "10.0.0.2"])
    assert (finding.code, finding.evidence["addresses"]) == ("proxy-in-the-way", ["10.0.0.2"])
    assert "secret" not in json.dumps(environment.shown(env))
    assert environment.judge({"HTTPS_PROXY": "http://proxy"}, ["127.0.0.11"]) == []
    assert environment.judge({}, ["10.0.0.1"]) == []


def system(root: Path, cgroup: str, conf: dict[str, str], linger: bool = False) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(cgroup)
    for name, text in conf.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if linger:
        (root / "var/lib/systemd/linger").mkdir(parents=True)
        (root / "var/lib/systemd/linger/me").touch()
    return root


SCOPE = "0::/user.slice/user-1000.slice/session-4.scope\n"
MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n"
MAIN = "etc/systemd/logind.conf"


@pytest.mark.parametrize(
    ("cgroup", "conf", "linger", "killed"),
    [
        (SCOPE, {}, False, False),
        (SCOPE, {MAIN: "[Login]\n#KillUserProcesses=yes\n"}, False, False),
        (SCOPE, {MAIN: "[Login]\nKillUserProcesses=yes\n"}, False, True),
        (SCOPE, {MAIN: "[Login]\nKillUserProcesses=yes\n"}, True, True),
        (SCOPE, {MAIN: "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=root me\n"}, False, False),
        (SCOPE, {MAIN: "[Login]\nKillUserProcesses=yes\nKillOnlyUsers=you\n"}, False, False),
        (SCOPE, {"etc/systemd/logind.conf.d/k.conf": "[Login]\nKillUserProcesses=on\n"}, False, True),
        (
            SCOPE,
            {
                "usr/lib/systemd/logind.conf.d/k.conf": "[Login]\nKillUserProcesses=yes\n",
                "etc/systemd/logind.conf.d/k.conf": "",
            },
            False,
            False,
        ),
        (SCOPE, {MAIN: "no section\n"}, False, False),
        (MANAGER, {}, False, True),
        (MANAGER, {}, True, False),
        ("0::/system.slice/cron.service\n", {MAIN: "[Login]\nKillUserProcesses=yes\n"}, False, False),
        ("0::/\n", {}, False, False),
    ],
)
def test_what_logout_does_to_a_run(
    tmp_path: Path, cgroup: str, conf: dict[str, str], linger: bool, killed: bool
) -> None:
    finding = logout.judge(system(tmp_path, cgroup, conf, linger), user="me", uid=1000)
    assert (finding is not None) is killed
