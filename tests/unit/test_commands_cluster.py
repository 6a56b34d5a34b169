"""export, diff, lint, versions, images, defaults and new --from, driven as a shell would."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from rancher_tui import facts
from rancher_tui.compatibility.solve import Known, judge
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState, Node
from tests.unit.cluster_file_case import ca_text
from tests.unit.test_commands import Call, call, document

__all__ = ["call"]

GUIDES = """\
nodes:
    # The IP address or hostname of the node
- address: 10.0.1.11
    user: rancher
    role: [controlplane,etcd,worker]
    ssh_key: abc-not-for-all
"""


def entered(tmp_path: Path, user: str = "rancher") -> None:
    """The session `prod`, whole but for a placeholder where `user` is one."""
    nodes = tuple(Node(address=f"10.0.1.{n}", user=user) for n in (11, 12, 13))
    state = InstallState(
        template="external-certificate",
        nodes=nodes,
        fqdn="rancher.example.com",
        kubernetes_version="v1.11.6-rancher1-1",
    )
    state = state.model_copy(update={"certificates": state.certificates.model_copy(update={"ca_text": ca_text()})})
    Home(tmp_path / "home").create("prod", state).close()


def test_an_export_with_failing_findings_needs_its_code(call: Call, tmp_path: Path) -> None:
    entered(tmp_path, "USER")
    out = tmp_path / "rancher-cluster.yml"
    code, text, err = call("export", "prod", "-o", str(out), "--json")
    told = document("export", text)
    assert (code, told["file"]) == (3, None)
    assert {item["code"] for item in told["findings"]} == {"nodes.placeholder"}
    assert "--yes export-anyway" in err
    assert not out.exists()
    assert call("export", "prod", "-o", str(out), "--yes", "other")[0] == 3
    code, text, _err = call("export", "prod", "-o", str(out), "--yes", "export-anyway", "--json")
    assert code == 0
    assert document("export", text)["file"] == str(out)
    assert "user: USER" in out.read_text()
    assert call("lint", str(out))[0] == 3


def test_diff_compares_with_the_export_the_applied_file_and_any_file(call: Call, tmp_path: Path) -> None:
    entered(tmp_path)
    first = document("diff", call("diff", "prod", "--json")[1])
    assert (first["changed"], first["diff"]) == (True, [])
    assert call("export", "prod")[0] == 0
    assert document("diff", call("diff", "prod", "--json")[1])["changed"] is False
    assert call("set", "prod", "fqdn=other.example.com")[0] == 0
    changed = document("diff", call("diff", "prod", "--json")[1])["diff"]
    assert [line for line in changed[2:] if line[0] in "+-"] == [
        "-    - host: rancher.example.com",
        "+    - host: other.example.com",
    ]
    assert document("diff", call("diff", "prod", "--applied", "--json")[1])["against"] == ""
    other = tmp_path / "other.yml"
    other.write_text("nodes: []\nprivate_registries: [{url: r, password: hunter2}]\n")
    code, out, _err = call("diff", "prod", str(other))
    assert code == 0
    assert "address: 10.0.1.11" in out
    assert "hunter2" not in out
    assert call("diff", "prod", str(tmp_path / "none.yml"))[0] == 2
    assert call("diff", "prod", str(other), "--applied")[0] == 2


def test_a_mis_indented_file_is_taken_in_after_its_difference_was_agreed_to(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "guide.yml"
    file.write_text(GUIDES)
    code, out, err = call("new", "guide", "--from", str(file))
    assert code == 3
    assert "+  user: rancher" in out
    assert "--yes repaired" in err
    assert call("show", "guide")[0] == 2, "nothing was made"
    assert call("new", "guide", "--from", str(file), "--yes", "repaired")[0] == 0
    state = json.loads(call("show", "guide", "--json")[1])["state"]
    assert [node["address"] for node in state["nodes"]] == ["10.0.1.11"]
    assert state["nodes"][0]["ssh_key"].startswith("secret:")
    assert "abc-not-for-all" not in (tmp_path / "home/sessions/guide/install.json").read_text()


def test_a_file_that_cannot_be_taken_in_is_a_finding_and_makes_nothing(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "broken.yml"
    file.write_text("nodes:\n- address: 'a\n")
    code, out, _err = call("new", "broken", "--from", str(file))
    assert code == 3
    assert f"{file}:" in out
    assert call("show", "broken")[0] == 2
    assert call("new", "broken", "--from", str(tmp_path / "none.yml"))[0] == 2


def test_what_is_read_goes_out_as_it_came(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "theirs.yml"
    file.write_text(
        "# ours\nnodes:\n  - {address: a.example.com,user: u, role: [controlplane,etcd,worker]}  # one\n"
        "odd_key:   {kept: 'yes'}\naddons: |-\n  kind: ConfigMap\n  apiVersion: v1\n"
        "  metadata: {name: a, namespace: default}\n"
    )
    assert call("new", "theirs", "--from", str(file))[0] == 0
    assert call("set", "theirs", "template=external-recognized-ca", "fqdn=rancher.example.com")[0] == 0
    code, out, err = call("export", "theirs", "-o", "-")
    assert code == 0, err
    assert out.startswith(
        "# ours\nnodes:\n  - {address: a.example.com,user: u, role: [controlplane,etcd,worker]}  # one\n"
        "odd_key:   {kept: 'yes'}\n"
    )
    assert "metadata: {name: a, namespace: default}" in out
    assert "kind: Deployment" in out


def test_lint_is_called_rightly_or_exits_with_two(call: Call, tmp_path: Path) -> None:
    assert call("lint", str(tmp_path / "none.yml"))[0] == 2
    assert call("lint", str(tmp_path))[0] == 2
    empty = tmp_path / "empty.yml"
    empty.write_bytes(b"")
    code, out, _err = call("lint", str(empty), "--json")
    assert (code, document("lint", out)["ok"]) == (3, False)
    assert call("lint", str(empty), "--rke", "newest")[0] == 2


RANCHERS = (None, "v2.0.8", "v2.0.0", "v2.0.9", "latest")
RKES = (None, "v0.1.16", "0.2.8", "v1.2.0", "v9.9.9", "x")
KUBERNETES = (None, "v1.11.6-rancher1-1", "v1.13.5-rancher1-1", "v1.16.3-rancher1-1", "1.11")
DOCKERS = (None, "17.03.2-ce", "18.09.9", "20.10.24", "29.0.1", "?")
SYSTEMS = (None, "ubuntu 16.04", "debian 12")


@pytest.mark.parametrize("rancher", RANCHERS)
@pytest.mark.parametrize("rke", RKES)
def test_every_combination_of_versions_agrees_with_the_tables(rancher: str | None, rke: str | None) -> None:
    for kubernetes, docker, system in itertools.product(KUBERNETES, DOCKERS, SYSTEMS):
        known = Known(rancher, rke, kubernetes, docker, system)
        _agrees(judge(known).to_json(), known)


@pytest.mark.parametrize("given", [[], ["--rke", "v1.2.0"], ["--docker", "29.0.1", "--os", "debian 12"]])
def test_versions_prints_its_report(call: Call, given: list[str]) -> None:
    code, out, _err = call("versions", *given, "--json")
    report = document("versions", out)
    assert code == (0 if report["ok"] else 3)
    people = call("versions", *given)[1]
    assert ("go together:" in people) == report["facts"]["works"]
    assert "RKE1 reached its end of life on 2025-07-31" in people


def _agrees(report: Any, given: Known) -> None:
    """A set that is said to work is one that the tables allow, and one that they do not is refused."""
    said = report["facts"]
    bad = [item for item in report["findings"] if item["status"] == "fail"]
    assert said["works"] == (not bad), given
    if said["works"]:
        used = facts.used_kubernetes(said["rke"], said["kubernetes_version"])
        assert used == said["kubernetes_version"]
        assert facts.number(used)[:2] <= (1, 15)
        assert said["docker"] == list(facts.accepted_docker(said["rke"], used))
        assert said["use_forwarded_headers"] == facts.needs_forwarded_headers(used)
        assert said["instead"] is None
    elif said["instead"] is not None:
        instead = said["instead"]
        assert instead["kubernetes_version"] in facts.carried_kubernetes(instead["rke"])
    for item in bad:
        assert item["remedy"] or item["code"].startswith("rancher-"), item


def test_the_images_are_one_a_line_and_those_of_a_session_have_its_registry(call: Call, tmp_path: Path) -> None:
    code, out, _err = call("images", "--kubernetes", "v1.11.6-rancher1-1", "--rancher", "v2.0.8")
    assert code == 0
    assert {"rancher/rancher:v2.0.8", "rancher/hyperkube:v1.11.6-rancher1"} <= set(out.split())
    entered(tmp_path)
    call("set", "prod", "options.registry.url=r.example.com:5000")
    told = document("images", call("images", "prod", "--json")[1])
    assert all(image.startswith("r.example.com:5000/") for image in told["images"])
    assert told["versions"]["kubernetes_version"] == "v1.11.6-rancher1-1"
    assert call("images", "--kubernetes", "v1.99.0-rancher1-1", "--rke", "v1.2.0")[0] == 2
    assert call("images", "--check")[0] == 2


def test_what_is_mine_begins_new_sessions_and_holds_no_password(call: Call, tmp_path: Path) -> None:
    entered(tmp_path)
    call(
        "set",
        "prod",
        "options.registry.url=r.example.com",
        "options.registry.password=hunter2",
        "balancer.kind=haproxy",
    )
    kept = document("defaults", call("defaults", "prod", "--json")[1])["defaults"]
    assert kept == {"options.user": "rancher", "options.registry.url": "r.example.com", "balancer.kind": "haproxy"}
    assert "hunter2" not in (tmp_path / "home/defaults.json").read_text()
    call("new", "next")
    state = json.loads(call("show", "next", "--json")[1])["state"]
    assert state["balancer"]["kind"] == "haproxy"
    assert state["options"]["registry"]["url"] == "r.example.com"
    assert call("defaults", "--forget")[0] == 0
    assert document("defaults", call("defaults", "--json")[1])["defaults"] == {}


def test_damaged_defaults_begin_an_empty_session(call: Call, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/defaults.json").write_text(
        '{"balancer.kind": 5, "options.registry.is_default": "maybe", "fqdn": "x"'
    )
    assert call("new", "prod")[0] == 0
    (tmp_path / "home/defaults.json").write_text(
        '{"balancer.kind": "envoy", "options.registry.is_default": "maybe", "fqdn": "x"}'
    )
    assert call("new", "other")[0] == 0
    state = json.loads(call("show", "other", "--json")[1])["state"]
    assert (state["balancer"]["kind"], state["fqdn"]) == ("envoy", "")
