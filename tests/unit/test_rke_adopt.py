"""A cluster that stands already: its files verified before anything is done with them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.rke.adopt import verify

CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def nodes(*addresses: str) -> dict[str, Any]:
    return {"nodes": [{"address": address, "role": ["etcd"]} for address in addresses]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "rancher-cluster.yml"
    path.write_text(yaml.safe_dump(nodes("10.0.0.1", "10.0.0.2")))
    write_kubeconfig(path, CA)
    write_state(path, nodes("10.0.0.1", "10.0.0.2"), CA)
    return path


def write_kubeconfig(config: Path, ca: str, server: str = "https://10.0.0.1:6443") -> None:
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(ca.encode()).decode()}
    document = {"clusters": [{"name": "local", "cluster": cluster}]}
    config.with_name("kube_config_rancher-cluster.yml").write_text(yaml.safe_dump(document))


def write_state(config: Path, rke: dict[str, Any], ca: str) -> None:
    part = {"rkeConfig": rke, "certificatesBundle": {"kube-ca": {"certificatePEM": ca, "keyPEM": "x"}}}
    config.with_name("rancher-cluster.rkestate").write_text(
        json.dumps({"desiredState": part, "currentState": part})
    )


def bad(config: Path) -> set[str]:
    return {finding.code for finding in verify(config).findings if finding.status != "pass"}


def test_three_files_of_one_cluster(config: Path) -> None:
    report = verify(config)
    assert report.ok and bad(config) == set()
    assert report.facts["nodes"] == report.facts["state_nodes"] == ["10.0.0.1", "10.0.0.2"]
    assert set(report.facts["files"]) == {"config", "kubeconfig", "state"}


def test_files_of_two_clusters(config: Path) -> None:
    write_kubeconfig(config, CA.replace("MIIB", "MIIC"))
    assert bad(config) == {"other-ca"}


def test_a_kubeconfig_of_another_node(config: Path) -> None:
    write_kubeconfig(config, CA, "https://10.0.0.10:6443")
    assert bad(config) == {"kubeconfig-elsewhere"}


def test_a_config_that_lost_a_node(config: Path) -> None:
    config.write_text(yaml.safe_dump(nodes("10.0.0.1")))
    assert bad(config) == {"removes-nodes"}


def test_what_is_missing_or_damaged(config: Path) -> None:
    state = config.with_name("rancher-cluster.rkestate")
    state.write_text(state.read_text()[:-20])
    assert bad(config) == {"state-file-damaged"}
    state.unlink()
    assert bad(config) == {"state-file-missing"}
    config.with_name("kube_config_rancher-cluster.yml").unlink()
    assert bad(config) == {"state-file-missing", "kubeconfig-missing"}
    config.write_text("nodes: [")
    assert bad(config) == {"config-unreadable"}
