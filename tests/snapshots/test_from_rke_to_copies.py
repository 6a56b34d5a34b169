"""How steps 4 and 9 to 12 look in their main states: the binary, versions, review, run, copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.desks.backups import BackupDesk
from rancher_tui.desks.cluster import ClusterDesk
from rancher_tui.desks.handover import HandoverDesk
from rancher_tui.desks.rke import Found, RkeDesk
from rancher_tui.desks.run import Plan, RunDesk
from rancher_tui.engine import LocalEngine
from rancher_tui.finding import Status
from rancher_tui.install.state import Node
from rancher_tui.operations.bundling import Item
from rancher_tui.operations.reviewing import Compared
from screens.app import RancherApp
from tests.screens import sample_runs as sample
from tests.snapshots.conftest import Compare
from tests.snapshots.taking import at_two_sizes, taken
from tests.unit.cluster_file_case import state as state_of

Patch = pytest.MonkeyPatch
Size = tuple[int, int]
RUN_STEP = ("g", "1", "1", "enter")
LAST_STEP = ("g", "1", "2", "enter")


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: Patch) -> None:
    """No path of this machine, no rke of its own, and nobody is asked by themselves."""
    monkeypatch.setattr(BackupDesk, "folder", f"{sample.PLACE}/backups")
    monkeypatch.setattr(RkeDesk, "found", lambda _desk, _version: None)


def app(home: Path) -> RancherApp:
    return RancherApp(lambda: LocalEngine.of(home), "prod")


def shows(text: str) -> Callable[[RancherApp], bool]:
    """That the text stands on the screen."""
    return lambda app: any(text in strip.text for strip in app.screen._compositor.render_strips())


@at_two_sizes
@pytest.mark.parametrize("state", ["missing", "found", "too-new"])
def test_the_binary(home: Path, snap_compare: Compare, monkeypatch: Patch, state: str, size: Size) -> None:
    session = sample.begun(home)
    version = {"found": "v0.1.16", "too-new": "v1.2.0"}.get(state, "")
    if version:
        carried = ("v1.10.12-rancher1-1", "v1.11.6-rancher1-1") if state == "found" else ("v1.17.9-rancher1-1",)
        monkeypatch.setattr(RkeDesk, "found", lambda _desk, _version: Found(sample.RKE[0], carried[-1], carried))
        runs = sample.finding(Status.PASS, "rke-runs", "rke", f"rke {version} runs")
        late = sample.finding(
            Status.WARN,
            "rke-too-new",
            version,
            f"rke {version} carries no Kubernetes that Rancher v2.0.8 runs on",
            "_ fetches v0.1.16",
        )
        facts: dict[str, Any] = {"path": sample.RKE[0], "architecture": "amd64", "version": version}
        found = [runs] if state == "found" else [late, runs]
        sample.report(session, "rke", *found, **facts, output=f"rke version {version}")
    session.close()
    assert taken(snap_compare, app(home), ("g", "4", "enter"), size)


@at_two_sizes
@pytest.mark.parametrize("kubernetes", ["v1.11.6-rancher1-1", "v1.17.9-rancher1-1"], ids=["works", "refused"])
def test_the_set_of_versions(home: Path, snap_compare: Compare, kubernetes: str, size: Size) -> None:
    rke = sample.STATE.rke.model_copy(update={"version": "v0.1.16"})
    sample.begun(home, state_of(kubernetes_version=kubernetes, rke=rke)).close()
    assert taken(snap_compare, app(home), ("g", "9", "enter"), size)


@at_two_sizes
@pytest.mark.parametrize("state", ["clean", "with-problems"])
def test_the_review(home: Path, snap_compare: Compare, state: str, size: Size) -> None:
    nodes = tuple(Node(address="10.0.1.11", user="rancher") for _row in range(2))
    sample.begun(home, state_of() if state == "clean" else state_of(nodes=nodes)).close()
    then = () if state == "clean" else ("n",)
    assert taken(snap_compare, app(home), ("g", "1", "0", "enter"), size, shows("rancher-cluster.yml: "), then)


@at_two_sizes
def test_the_difference(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    lines = (
        "--- a",
        "+++ b",
        "@@ -12,4 +12,4 @@",
        " - address: 10.0.1.12",
        "-  user: root",
        "+  user: rancher",
        "   role:",
    )
    against = Compared(f"{sample.PLACE}/cluster/rancher-cluster.yml", True, lines)
    monkeypatch.setattr(ClusterDesk, "compared", lambda _desk, _file="", **_which: against)
    sample.begun(home).close()
    keys = ("g", "1", "0", "enter", "D")
    assert taken(snap_compare, app(home), keys, size, shows("10.0.1.12"))


@at_two_sizes
def test_before_the_first_run(home: Path, snap_compare: Compare, size: Size) -> None:
    sample.begun(home).close()
    assert taken(snap_compare, app(home), RUN_STEP, size, shows("It cannot start"))


@at_two_sizes
def test_the_plan(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    monkeypatch.setattr(RunDesk, "plan", lambda _desk, _verb="up": Plan(sample.plan_lines()))
    sample.begun(home).close()
    assert taken(snap_compare, app(home), RUN_STEP, size, shows("s shows what"), ("s",))


@at_two_sizes
def test_a_run_goes_on_without_a_host(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    session = sample.begun(home)
    sample.ran(session, sample.GOING_ON)
    session.close()
    monkeypatch.setattr(RunDesk, "status", lambda _desk, _run="": sample.LIVE)
    monkeypatch.setattr(RunDesk, "quiet_s", lambda _desk, _run: 34.0)
    assert taken(snap_compare, app(home), RUN_STEP, size, shows("x stops it now"))


@at_two_sizes
@pytest.mark.parametrize("bad", [False, True], ids=["up", "failed"])
def test_a_run_has_ended(home: Path, snap_compare: Compare, bad: bool, size: Size) -> None:
    session = sample.begun(home)
    sample.ran(session, sample.FAILED if bad else sample.UP)
    sample.report(session, "verdict", *sample.witnesses(bad))
    session.close()
    assert taken(snap_compare, app(home), RUN_STEP, size, shows("Finished building"))


@at_two_sizes
def test_a_run_is_lost(home: Path, snap_compare: Compare, size: Size) -> None:
    session = sample.begun(home)
    sample.ran(session, sample.GOING_ON, lost=True)
    session.close()
    assert taken(snap_compare, app(home), RUN_STEP, size, shows("etcd"))


@at_two_sizes
@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        (("home", "slash", *"etcd", "enter"), "etcd: 1 of"),
        (("z", "n", "enter"), "What to do"),
        (("ampersand", *"zebra", "enter"), "None of"),
    ],
    ids=["search", "line", "nothing-passes"],
)
def test_the_log_is_read(home: Path, snap_compare: Compare, keys: tuple[str, ...], seen: str, size: Size) -> None:
    session = sample.begun(home)
    sample.ran(session, sample.FAILED)
    session.close()
    assert taken(snap_compare, app(home), (*RUN_STEP, *keys), size, shows(seen))


@at_two_sizes
@pytest.mark.parametrize("state", ["none", "several"])
def test_the_copies(home: Path, snap_compare: Compare, monkeypatch: Patch, state: str, size: Size) -> None:
    session = sample.begun(home)
    if state == "several":
        monkeypatch.setattr(BackupDesk, "kept", lambda _desk: sample.kept())
        for name in ("rancher-cluster.yml", "kube_config_rancher-cluster.yml"):
            (session.cluster_folder / name).write_text("apiVersion: v1\n")
        done = sample.finding(
            Status.PASS, "backed-up", "rancher-cluster.yml", "copied to backups/20200123T021013Z, verified"
        )
        sample.report(session, "backup-result", done)
    session.close()
    assert taken(snap_compare, app(home), LAST_STEP, size)


@at_two_sizes
def test_the_bundle(home: Path, snap_compare: Compare, monkeypatch: Patch, size: Size) -> None:
    sample.begun(home).close()
    items = [
        Item("state.json", "{}" * 2_000, Counter({"password": 2})),
        Item("reports/verdict.json", "{}" * 900),
        Item(f"runs/{sample.RUN}/rke.log", "x" * 30_041, Counter({"token": 1})),
    ]
    monkeypatch.setattr(HandoverDesk, "bundle", lambda _desk: items)
    assert taken(snap_compare, app(home), (*LAST_STEP, "exclamation_mark"), size, shows("state.json"))
