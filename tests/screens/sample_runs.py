"""Sessions as they stand at the steps from the binary to the copies, each thing in it said by hand: for snapshots."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rancher_tui.desks.backups import Kept
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import Message, msg
from rancher_tui.install import steps
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState
from rancher_tui.rke.runs import RunStatus
from tests.unit.cluster_file_case import state

STATE: Final = state()
RUN: Final = "0001-20200123T020300Z"
BEGAN: Final = datetime(2020, 1, 23, 2, 3, tzinfo=UTC)
PLACE: Final = "/home/op/.local/state/rancher-tui/sessions/prod"
RKE: Final = ("/usr/local/bin/rke", "up", "--config", "rancher-cluster.yml")
LIVE: Final = RunStatus("running", RUN, RKE, pid=4711, elapsed_s=462.0, rke_alive=True, runner_alive=True)

_HOSTS: Final = ("10.0.1.11", "10.0.1.12", "10.0.1.13")
_BEGINNING: Final = (
    (0, "info", "Running RKE version: v0.1.16"),
    (0, "info", "Building Kubernetes cluster"),
    *((1, "info", f"[dialer] Setup tunnel for host [{host}]") for host in _HOSTS),
    (4, "info", "[network] Deploying port listener containers"),
    (9, "info", "[network] Port listener containers deployed successfully"),
    (10, "info", "[certificates] Generating CA kubernetes certificates"),
    (12, "info", "[certificates] Generating Kubernetes API server certificates"),
    (14, "info", "[reconcile] This is newly generated cluster"),
    (15, "info", "[certificates] Deploying kubernetes certificates to Cluster nodes"),
    (20, "info", "Pre-pulling kubernetes images"),
    *(
        (21, "info", f"[pre-deploy] Pulling image [rancher/hyperkube:v1.11.6-rancher1] on host [{h}]")
        for h in _HOSTS
    ),
    (211, "info", "Kubernetes images pulled successfully"),
    (212, "info", "[etcd] Building up etcd plane.."),
    *((220, "info", f"[etcd] Pulling image [rancher/coreos-etcd:v3.2.18] on host [{host}]") for host in _HOSTS),
    (240, "info", "[etcd] Successfully started [etcd] container on host [10.0.1.11]"),
    (241, "info", "[etcd] Successfully started [etcd] container on host [10.0.1.12]"),
)
_DROP: Final = (
    (5, "warning", "Failed to set up SSH tunneling for host [10.0.1.13]: Can't retrieve Docker Info: error during"
     " connect: Failed to dial ssh using address [10.0.1.13:22]: connection reset by peer"),
    (5, "warning", "Removing host [10.0.1.13] from node lists"),
)  # fmt: skip
_REST: Final = (
    (260, "info", "[etcd] Successfully started etcd plane.."),
    (261, "info", "[controlplane] Building up Controller Plane.."),
    (300, "info", "[controlplane] Successfully started Controller Plane.."),
    (301, "info", "[worker] Building up Worker Plane.."),
    (350, "info", "[worker] Successfully started Worker Plane.."),
    (351, "info", "[network] Setting up network plugin: canal"),
    (370, "info", "[ingress] Setting up nginx ingress controller"),
    (390, "info", "[addons] Setting up user addons"),
)
_GOOD_END: Final = (
    (430, "info", "[addons] User addons deployed successfully"),
    (431, "info", "Finished building Kubernetes cluster successfully"),
)
_ADDON_FAILED: Final = (
    (430, "warning", "Failed to deploy addon execute job [rke-user-includes-addons]: Failed to get job complete"
     " status: <nil>"),
    (431, "info", "Finished building Kubernetes cluster successfully"),
)  # fmt: skip

GOING_ON: Final = (*_BEGINNING[:5], *_DROP, *_BEGINNING[5:])
UP: Final = (*_BEGINNING, *_REST, *_GOOD_END)
FAILED: Final = (*_BEGINNING, *_REST, *_ADDON_FAILED)

Lines = tuple[tuple[int, str, str], ...]


def log_of(lines: Lines) -> bytes:
    """As rke writes it into a file."""
    told = (
        f'time="{(BEGAN + timedelta(seconds=at)).isoformat().replace("+00:00", "Z")}" level={level} msg="{text}"\n'
        for at, level, text in lines
    )
    return "".join(told).encode()


def begun(home: Path, at: InstallState = STATE) -> Session:
    """The session `prod`, held."""
    return Home(home).create("prod", at)


def ran(session: Session, lines: Lines, run: str = RUN, **record: Any) -> None:
    """A run in that session; `record`: of its status what is to be another."""
    folder = session.runs_folder / run
    folder.mkdir(parents=True)
    (folder / "rke.log").write_bytes(log_of(lines))
    ended = {"ended": "2020-01-23T02:10:13Z", "elapsed_s": 433.0, "exit_code": 0, "signal": None}
    known = {"argv": list(RKE), "started": "2020-01-23T02:03:00Z", **(ended if "lost" not in record else {})}
    (folder / "status.json").write_text(json.dumps({**known, **record}))


def finding(status: Status, code: str, subject: str, title: str, remedy: str = "", detail: str = "") -> Finding:
    return Finding(status, code, subject, msg(title), msg(detail), msg(remedy))


def report(session: Session, check: str, *findings: Finding, at: InstallState = STATE, **facts: Any) -> None:
    """What a check found."""
    step = next(item.number for item in steps.STEPS if check in item.checks)
    stamped = tuple(replace(one, check=check, step=step) for one in findings)
    digest = steps.inputs_digest(at, check)
    session.save_report(Report(check, stamped, facts, digest, datetime.now(UTC), step))


def witnesses(bad: bool) -> list[Finding]:
    """The seven voices on a run: all good, or with the add-on job failed."""
    good, wrong = Status.PASS, Status.FAIL if bad else Status.PASS
    tell = "kubectl -n kube-system logs -l job-name=rke-user-addon-deploy-job tells why" if bad else ""
    return [
        finding(good, "all-hosts", "hosts", "no host was dropped"),
        finding(
            wrong,
            "addon-job",
            "kube-system/rke-user-addon-deploy-job",
            "The add-on job failed after 10 tries" if bad else "The add-on job is complete",
            tell,
        ),
        finding(good, "exit-code", f"run {RUN}", "rke ended with 0"),
        finding(good, "end-line", "log", "rke says the cluster is built"),
        finding(good, "nodes-ready", "nodes", "3 of 3 nodes are Ready"),
        finding(
            wrong,
            "rancher-deployment",
            "cattle-system/cattle",
            "Rancher's deployment does not exist" if bad else "Rancher runs: 1 pod available",
        ),
        finding(
            wrong,
            "ping",
            "https://rancher.example.com/ping",
            "the answer is 404, not pong" if bad else "pong through the load balancer",
        ),
    ]


def kept() -> list[Kept]:
    """Copies of several ages."""
    hour = 3600.0
    return [
        Kept(BEGAN, 40.0, "result", 7, (), True),
        Kept(BEGAN, 2 * hour, "before-run", 6, ()),
        Kept(BEGAN, 26 * hour, "after-run", 5, ("kube_config_rancher-cluster.yml",)),
        Kept(BEGAN, 27 * hour, "config", 6, (), False),
    ]


def plan_lines() -> tuple[Message, ...]:
    """A first run's plan in words."""
    roles = "etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy"
    return (
        msg("{binary} {verb}", binary=RKE[0], verb="up"),
        msg("a first run: etcd, control plane and workers are set up as containers"),
        *(msg("{host} as {user}: {roles}", host=host, user="rancher", roles=roles) for host in _HOSTS),
        msg("then network, DNS, metrics, ingress (ports 80 and 443 of every worker)"),
    )
