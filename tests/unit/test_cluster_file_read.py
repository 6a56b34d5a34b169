"""Cluster files of other hands taken in, edited and given out again: nothing of them is lost."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from rancher_tui.cluster_file.compose import compose
from rancher_tui.cluster_file.lint import lint
from rancher_tui.cluster_file.read import read
from rancher_tui.finding import Status
from rancher_tui.install.state import InstallState, Node
from tests.unit.cluster_file_case import secret, state

HAND_EDITED = """\
# our cluster, do not touch after 18:00
cluster_name: prod   # as in the wiki
common: &common
    user: rancher
    role: [controlplane, worker, etcd]
nodes:
    # rack 1
    - address: 10.0.1.11
      <<: *common
      x-rack: one
    # rack 2
    - {address: 10.0.1.12, user: deploy, port: 2222, role: [etcd], labels: {disk: ssd}}
services:
    etcd: {snapshot: On, creation: 5m, retention: 24h, extra_args: {election-timeout: "5000"}}
    kube-api:
        service_cluster_ip_range: 10.77.0.0/16
private_registries:
    - url: registry.example.com
      user: pull
      password: "hunter:2"
addons: |
    ---
    kind: ConfigMap
    apiVersion: v1
    metadata: {name: ours, namespace: default}
    data: {a: b}
"""


def taken(text: str | bytes) -> InstallState:
    found = read(text if isinstance(text, bytes) else text.encode(), "cluster.yml")
    assert found.state is not None, [finding.title.english for finding in found.findings]
    return found.state


def test_a_hand_edited_file_is_read_as_rke_reads_it() -> None:
    found = taken(HAND_EDITED)
    assert [node.address for node in found.nodes] == ["10.0.1.11", "10.0.1.12"]
    assert [node.user for node in found.nodes] == ["rancher", "deploy"]
    assert found.nodes[0].roles == ("controlplane", "worker", "etcd")
    assert found.nodes[1] == Node(
        address="10.0.1.12", user="deploy", port="2222", roles=("etcd",), labels=("disk=ssd",)
    )
    assert (found.etcd.enabled, found.etcd.creation, found.etcd.retention) == (True, "5m", "24h")
    assert found.options.cluster_name == "prod"
    assert found.options.service_cluster_ip_range == "10.77.0.0/16"


def test_its_secrets_are_taken_out_and_come_back() -> None:
    found = read(HAND_EDITED.encode(), "cluster.yml")
    assert found.state is not None
    assert list(found.secrets.values()) == ["hunter:2"]
    assert "hunter" not in found.state.model_dump_json()
    again = yaml.safe_load(_composed(found.state, found.secrets))
    assert again["private_registries"][0]["password"] == "hunter:2"


def _composed(found: InstallState, secrets: dict[str, str], **change: Any) -> str:
    """The file after choosing a template and what it needs, as an operator would go on."""
    wanted = state()
    fields = {name: getattr(wanted, name) for name in ("template", "fqdn", "certificates", "rancher_version")}
    return compose(
        found.model_copy(update={**fields, **change}),
        secret=lambda name: secrets.get(name.removeprefix("secret:"), name),
        rke="v0.1.16",
    )


def test_comments_order_and_unknown_keys_survive_an_edit() -> None:
    found = read(HAND_EDITED.encode(), "cluster.yml")
    assert found.state is not None
    nodes = (*found.state.nodes, Node(address="10.0.1.13", user="rancher"))
    text = _composed(found.state, found.secrets, nodes=nodes)
    for kept in (
        "# our cluster, do not touch after 18:00",
        "# as in the wiki",
        "# rack 1",
        "x-rack: one",
        "election-timeout",
    ):
        assert kept in text
    order = [line.split(":")[0] for line in text.splitlines() if line and line[0].isalpha()]
    assert [key for key in order if key in HAND_EDITED] == [
        "cluster_name", "common", "nodes", "services", "private_registries", "addons"
    ]  # fmt: skip
    values = yaml.safe_load(text)
    assert [node["address"] for node in values["nodes"]] == ["10.0.1.11", "10.0.1.12", "10.0.1.13"]
    kinds = [item["metadata"]["name"] for item in yaml.safe_load_all(values["addons"]) if item]
    assert "ours" in kinds
    assert "cattle" in kinds


def test_what_is_not_edited_is_given_out_as_it_came() -> None:
    text = compose(state(), secret=secret, rke="v0.1.16").replace("# One entry", "# MY comment. One entry")
    assert compose(taken(text), secret=secret, rke="v0.1.16") == text


@pytest.mark.parametrize("form", ["utf-8-sig", "utf-16", "utf-16-crlf", "crlf", "cr"])
def test_encodings_and_line_ends(form: str) -> None:
    text = HAND_EDITED.replace("\n", {"cr": "\r"}.get(form, "\r\n" if "crlf" in form else "\n"))
    data = text.encode({"crlf": "utf-8", "cr": "utf-8"}.get(form, form.removesuffix("-crlf")))
    assert taken(data).nodes == taken(HAND_EDITED).nodes


GUIDE_NODES = """\
        nodes:
            # The address of the node
        - address: IP_ADDRESS_1
            # User that can log in
            user: USER
            role: [controlplane,etcd,worker]
            ssh_key_path: ~/.ssh/id_rsa
        - address: IP_ADDRESS_2
            user: USER
            role: [controlplane,etcd,worker]
            ssh_key_path: ~/.ssh/id_rsa
"""


def test_the_guides_printed_nodes_are_repaired_with_a_difference_to_confirm() -> None:
    found = read(GUIDE_NODES.encode(), "cluster.yml")
    assert found.state is not None
    assert [node.address for node in found.state.nodes] == ["IP_ADDRESS_1", "IP_ADDRESS_2"]
    assert [node.ssh_key_path for node in found.state.nodes] == ["~/.ssh/id_rsa"] * 2
    assert [finding.code for finding in found.findings] == ["yaml.repaired"]
    assert "+- address: IP_ADDRESS_1" in found.diff.splitlines()
    assert yaml.safe_load(found.repaired)["nodes"][1]["user"] == "USER"


GUIDE_INGRESS = """\
nodes:
- {address: a.example.com, user: u, role: [controlplane, etcd, worker]}
addons: |-
  ---
  kind: Namespace
  apiVersion: v1
  metadata:
    name: cattle-system
  ---
  apiVersion: extensions/v1beta1
    kind: Ingress
    metadata:
      namespace: cattle-system
      name: cattle-ingress-http
    spec:
      rules:
      - host: rancher.yourdomain.com
        http:
          paths:
          - backend:
              serviceName: cattle-service
              servicePort: 80
"""


def test_the_guides_printed_ingress_is_repaired_inside_the_addons() -> None:
    found = read(GUIDE_INGRESS.encode(), "cluster.yml")
    assert found.state is not None
    assert [finding.code for finding in found.findings] == ["yaml.repaired"]
    objects = list(yaml.safe_load_all(yaml.safe_load(found.repaired)["addons"]))
    assert [item["kind"] for item in objects] == ["Namespace", "Ingress"]
    assert objects[1]["spec"]["rules"][0]["host"] == "rancher.yourdomain.com"
    assert "+  kind: Ingress" in found.diff.splitlines()


def test_a_key_that_only_holds_an_anchor_is_no_mistake() -> None:
    text = "x: &n {user: u, role: [etcd, worker, controlplane]}\nnodes:\n- {<<: *n, address: a}\n"
    assert not lint(text.encode(), name="cluster.yml").findings


def test_what_no_repair_helps_is_explained_at_its_line() -> None:
    found = read(b"nodes:\n- address: a\n  user: 'rancher\n", "cluster.yml")
    assert found.state is None
    assert [(finding.status, finding.code) for finding in found.findings] == [(Status.FAIL, "yaml.syntax")]
    assert found.findings[0].subject.startswith("cluster.yml:")


def test_a_good_file_is_never_repaired() -> None:
    found = read(HAND_EDITED.encode(), "cluster.yml")
    assert (found.repaired, found.diff) == ("", "")


@pytest.mark.parametrize("data", [b"", b"hello\n", b"- a\n", b"foo: bar\n", b"~\n"])
def test_a_file_that_is_no_cluster_says_so(data: bytes) -> None:
    found = read(data, "cluster.yml")
    assert found.state is None
    assert found.findings[-1].code in ("yaml.no-cluster", "yaml.type")


def test_snapshots_as_rke_takes_them_where_the_file_is_silent() -> None:
    found = taken("nodes:\n- {address: a, user: u, role: [etcd]}\n")
    assert (found.etcd.enabled, found.etcd.creation, found.etcd.retention) == (True, "12h", "72h")


def test_backup_config_is_read_in_hours_and_copies() -> None:
    s3 = "{bucket_name: b, endpoint: e}"
    text = f"services: {{etcd: {{backup_config: {{interval_hours: 6, retention: 4, s3backupconfig: {s3}}}}}}}\n"
    found = taken(text)
    assert (found.etcd.creation, found.etcd.retention, found.etcd.s3_bucket) == ("6h", "24h", "b")


def test_documents_behind_the_first_are_told_and_stay_where_they_are() -> None:
    text = f"{HAND_EDITED}---\nkind: ConfigMap\n# lost\napiVersion: v1\n"
    found = read(text.encode(), "x.yml")
    assert found.state is not None
    assert "yaml.more-documents" in [finding.code for finding in found.findings]
    composed = _composed(found.state, found.secrets, fqdn="other.example.com")
    assert composed.endswith("---\nkind: ConfigMap\n# lost\napiVersion: v1\n")
    assert "other.example.com" in composed


def test_a_marker_between_objects_that_slipped_is_repaired() -> None:
    text = "cluster_name: a\naddons: |-\n  ---\n  kind: Namespace\n  apiVersion: v1\n ---\n  kind: Secret\n  apiVersion: v1\n"
    found = read(text.encode(), "x.yml")
    assert found.state is not None
    assert "yaml.repaired" in [finding.code for finding in found.findings]
    assert "- ---" in found.diff
    assert "+  ---" in found.diff


@pytest.mark.parametrize("user", ["${SSH_USER}", "'{{ user }}'", "<USER>", "USER"])
def test_a_variable_of_another_tool_is_a_placeholder_that_nobody_filled_in(user: str) -> None:
    from rancher_tui.cluster_file.lint import lint

    first = "nodes:\n- {address: a, user: b, role: [controlplane, etcd, worker]}\n"
    text = f"{first}- address: c\n  user: {user}\n  role: [worker]\n"
    report = lint(text.encode(), name="x.yml")
    assert [(finding.code, finding.subject) for finding in report.findings if finding.bad] == [
        ("nodes.placeholder", "x.yml:4:9 nodes.1.user")
    ]
    assert report.facts["placeholders"] == [user.strip("'")]


def test_bytes_that_are_no_characters_are_refused_as_lint_refuses_them() -> None:
    data = "nodes:\n- address: 10.0.1.11\n  user: 管理员\n  role: [etcd]\n".encode("gb18030")
    found = read(data, "rancher-cluster.yml")
    assert found.state is None
    assert [item.code for item in found.findings] == [
        item.code for item in lint(data, name="x").findings if item.bad
    ][:1]
