"""The same mistakes in files of different hands: found at their place however the file is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from rancher_tui.cluster_file.compose import compose
from rancher_tui.cluster_file.lint import lint
from rancher_tui.cluster_file.tree import file_text
from tests.unit.cluster_file_case import ca_text, encoded, secret, state

NAME = "some where/rancher-cluster.yml"
CA = encoded(ca_text())


def ours() -> str:
    """What the program itself writes."""
    return compose(state(), secret=secret, rke="v0.1.16")


def addons(indent: int) -> str:
    text = yaml.safe_load(ours())["addons"]
    return "".join(f"{' ' * indent}{line}\n" if line else "\n" for line in text.rstrip("\n").split("\n"))


def wide() -> str:
    """Four columns, dashes indented, a list a line, comments between."""
    node = """\
    # host {n}
    -   address: 10.0.1.1{n}        # private
        user:    rancher
        role:
            - controlplane
            - etcd
            - worker

        ssh_key_path: ~/.ssh/id_rsa
"""
    nodes = "".join(node.format(n=n) for n in (1, 2, 3))
    etcd = "services:\n    etcd:\n        snapshot: true\n        creation: 6h\n        retention: 24h\n"
    return f"---\n# by hand\nnodes:\n{nodes}\n{etcd}kubernetes_version: v1.11.6-rancher1-1\naddons: |-\n{addons(4)}...\n"


def inline() -> str:
    """Everything between brackets that can be."""
    node = "  - {{address: 10.0.1.1{n}, user: rancher, role: [controlplane, etcd, worker], ssh_key_path: ~/.ssh/id_rsa}}\n"
    nodes = "".join(node.format(n=n) for n in (1, 2, 3))
    etcd = "services: {etcd: {snapshot: true, creation: 6h, retention: 24h}}\n"
    return f"{etcd}kubernetes_version: v1.11.6-rancher1-1\nnodes:\n{nodes}addons: |\n{addons(6)}"


def anchored() -> str:
    """What the hosts share stands once; keys in quotes."""
    shared = '"x-host": &host\n  "ssh_key_path": ~/.ssh/id_rsa\n'
    node = '- <<: *host\n  "address": 10.0.1.1{n}\n  "user": rancher\n  "role": [controlplane, etcd, worker]\n'
    nodes = "".join(node.format(n=n) for n in (1, 2, 3))
    etcd = "'services':\n  'etcd':\n    'snapshot': true\n    'creation': 6h\n    'retention': 24h\n"
    return f"{shared}nodes:\n{nodes}{etcd}'kubernetes_version': v1.11.6-rancher1-1\n\"addons\": |2-\n{addons(2)}"


def tabbed() -> str:
    """Tabs behind every colon of the outer file."""
    head, found, rest = ours().partition("addons: |")
    lines = [
        line.replace(": ", ":\t", 1) if not line.lstrip().startswith("#") else line for line in head.split("\n")
    ]
    return "\n".join(lines) + found + rest


TEXTS: dict[str, Callable[[], str]] = {
    "ours": ours, "wide": wide, "inline": inline, "anchored": anchored, "tabbed": tabbed,
}  # fmt: skip
FORMS: dict[str, Callable[[str], bytes]] = {
    "lf": str.encode,
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
}


@dataclass(frozen=True)
class Plant:
    """The `old` text that comes first becomes `new`: `code` with `status` stands at `spot`, under what ends in `path`."""

    name: str
    old: str
    new: str
    code: str
    status: str
    path: str
    spot: str = ""
    rke: str = "v0.1.16"


PLANTS = (
    Plant("address twice", "10.0.1.12", "10.0.1.11", "nodes.duplicate-address", "fail", "nodes.1.address", "@second"),
    Plant("url", "10.0.1.12", "https://10.0.1.12", "nodes.bad-hostname", "fail", "nodes.1.address"),
    Plant("address with port", "10.0.1.13", "10.0.1.13:22", "nodes.bad-hostname", "fail", "nodes.2.address"),
    Plant("underscore", "10.0.1.13", "node_3", "nodes.bad-hostname", "fail", "nodes.2.address"),
    Plant("loopback", "10.0.1.13", "127.0.0.1", "nodes.loopback", "warn", "nodes.2.address"),
    Plant("node in pods", "10.0.1.13", "10.42.7.7", "network.node-in-range", "warn", "nodes.2.address"),
    Plant("node in services", "10.0.1.13", "10.43.0.9", "network.node-in-range", "warn", "nodes.2.address"),
    Plant("placeholder", "10.0.1.13", "<IP>", "nodes.placeholder", "fail", "nodes.2.address"),
    Plant("guide's placeholder", "10.0.1.13", "IP_ADDRESS_3", "nodes.placeholder", "fail", "nodes.2.address"),
    Plant("role name", "controlplane", "master", "nodes.unknown-role", "fail", "nodes.0.role.0"),
    Plant("role case", "worker", "Worker", "nodes.unknown-role", "fail", "nodes.0.role.2"),
    Plant("key of one", "~/.ssh/id_rsa", "k", "nodes.key-path", "fail", "ssh_key_path", "@skip"),
    Plant("key placeholder", "~/.ssh/id_rsa", "<PEM_FILE>", "placeholder", "fail", "ssh_key_path"),
    Plant("duration in days", "6h", "1d", "services.bad-duration", "warn", "services.etcd.creation"),
    Plant("duration bare", "24h", "24x", "services.bad-duration", "warn", "services.etcd.retention"),
    Plant("dead key", "snapshot: true", "backup: true", "yaml.dead-key", "warn", "services.etcd.backup"),
    Plant("unknown key", "retention: 24h", "retenton: 24h", "yaml.unknown-key", "warn", "services.etcd.retenton"),
    Plant("version minor", "v1.11.6-rancher1-1", "v1.11.6", "version.kubernetes-replaced", "warn", "kubernetes_version"),
    Plant("version", "v1.11.6-rancher1-1", "v1.99.0-rancher1-1", "version.kubernetes", "fail", "kubernetes_version", rke="v0.2.8"),
    Plant("version not semver", "v1.11.6-rancher1-1", "v1.11", "version.kubernetes", "fail", "kubernetes_version", rke="v1.2.0"),
    Plant("too new", "v1.11.6-rancher1-1", "v1.17.4-rancher1-3", "version.kubernetes-untried", "warn", "kubernetes_version", rke="v1.1.0"),
    Plant("fqdn placeholder", "host: rancher.example.com", "host: <FQDN>", "addons.placeholder", "fail", "spec.rules.0.host", "<FQDN>"),
    Plant("host address", "host: rancher.example.com", "host: 10.0.0.1", "addons.host-is-address", "warn", "spec.rules.0.host", "10.0.0.1"),
    Plant("another host", "host: rancher.example.com", "host: other.example.com", "addons.host-differs", "warn", "spec.rules.0.host", "other.example.com"),
    Plant("redirect", 'ssl-redirect: "false"', 'ssl-redirect: "true"', "addons.ssl-redirect", "warn", "metadata.annotations", "@skip"),
    Plant("latest", "rancher/rancher:v2.0.8", "rancher/rancher:latest", "version.floating-tag", "warn", ".image", "rancher/rancher:latest"),
    Plant("stable", "rancher/rancher:v2.0.8", "rancher/rancher:stable", "version.floating-tag", "warn", ".image", "rancher/rancher:stable"),
    Plant("too new rancher", "rancher/rancher:v2.0.8", "rancher/rancher:v2.1.0", "version.rancher-too-new", "warn", ".image", "rancher/rancher:v2.1.0"),
    Plant("test build", "rancher/rancher:v2.0.8", "rancher/rancher:v2.0.8-rc1", "version.pre-release", "warn", ".image", "rancher/rancher:v2.0.8-rc1"),
    Plant("ca of nothing", CA, encoded("hello"), "addons.ca-none", "fail", "data.cacerts.pem"),
    Plant("ca no base64", CA, "'***'", "addons.ca-not-base64", "fail", "data.cacerts.pem"),
    Plant("ca placeholder", CA, "<BASE64_CA>", "addons.placeholder", "fail", "data.cacerts.pem"),
    Plant("ca is key", CA, encoded("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"), "addons.ca-is-key", "fail", "data.cacerts.pem"),
    Plant("secret name", "name: cattle-keys-server", "name: cattle-keys-ingres", "addons.secret-name", "warn", "metadata.name", "cattle-keys-ingres"),
    Plant("no namespace", "namespace: cattle-system", "namespaces: cattle-system", "addons.no-namespace", "warn", "metadata", "@skip"),
    Plant("replicas", "replicas: 1", "replicas: 3", "addons.replicas", "warn", "spec.replicas", "3"),
    Plant("no kind", "kind: Ingress", "knd: Ingress", "addons.no-kind", "fail", "", "@skip"),
)  # fmt: skip


def place(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
@pytest.mark.parametrize("style", TEXTS)
def test_a_mistake_is_found_at_its_place_in_every_hand(style: str, plant: Plant) -> None:
    text = TEXTS[style]()
    if plant.old not in text:
        pytest.skip("this hand writes it otherwise")
    at = text.index(plant.old)
    changed = text[:at] + plant.new + text[at + len(plant.old) :]
    spot = text.index("10.0.1.12") if plant.spot == "@second" else at + max(0, plant.new.find(plant.spot))
    found = {}
    for form, encode in FORMS.items():
        report = lint(encode(changed), name=NAME, rke=plant.rke, fqdn="rancher.example.com")
        found[form] = [item for item in report.findings if item.code.endswith(plant.code)]
        assert found[form], (form, [item.code for item in report.findings])
        first = found[form][0]
        assert first.status.value == plant.status
        if style != "anchored" or "ssh_key_path" not in plant.path:
            assert first.subject.rpartition(" ")[2].endswith(plant.path)
        if plant.spot != "@skip":
            line, column = place(changed, spot)
            assert first.subject.startswith(f"{NAME}:{line}:{column} "), (form, first.subject, line, column)
    assert len({tuple(item.subject for item in items) for items in found.values()}) == 1


@pytest.mark.parametrize("style", TEXTS)
@pytest.mark.parametrize("form", FORMS)
def test_a_good_file_of_any_hand_has_nothing_against_it(style: str, form: str) -> None:
    data = FORMS[form](TEXTS[style]())
    report = lint(data, name=NAME, rke="v0.1.16", fqdn="rancher.example.com")
    odd = ["x-host"] if style == "anchored" else []
    assert [item.code for item in report.findings if item.code != "yaml.unknown-key"] == []
    assert report.facts == {
        "nodes": 3,
        "template": "external-certificate",
        "rke": "v0.1.16",
        "kubernetes_version": "v1.11.6-rancher1-1",
        "placeholders": [],
        "unknown_keys": [key for key in report.facts["unknown_keys"] if key in odd],
        "dead_keys": [],
    }
    assert file_text(data)


def test_json_is_yaml_too() -> None:
    values = yaml.safe_load(ours())
    for indent in (None, 1, 4):
        report = lint(json.dumps(values, indent=indent).encode(), name=NAME, rke="v0.1.16")
        assert report.ok
        assert report.facts["nodes"] == 3


LEFT = """\
nodes:
- address: <IP>
  user: <USER>
  role: [controlplane, etcd, worker]
  ssh_key_path: <PEM_FILE>
spare: {host: <FQDN>}
services:
  etcd:
    backup: true
    creation: 6h
    retension: 24h
"""


def test_facts_name_every_placeholder_every_unknown_and_every_dead_key_in_file_order() -> None:
    facts: dict[str, Any] = lint(LEFT.encode(), name=NAME, rke="v0.1.16").facts
    assert facts["placeholders"] == ["<IP>", "<USER>", "<PEM_FILE>", "<FQDN>"]
    assert facts["unknown_keys"] == ["spare", "services.etcd.retension"]
    assert facts["dead_keys"] == ["services.etcd.backup"]
