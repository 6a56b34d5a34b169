"""Cluster files that the stand-in takes or refuses, with RKE v0.1's words."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rancher_tui.lab.rke import config
from rancher_tui.lab.rke.log import FatalError

PATH = Path("cluster.yml")
NODE = "- {address: 10.0.0.1, user: rancher, role: [controlplane, etcd, worker]}\n"


def refusal(text: str) -> str:
    with pytest.raises(FatalError) as refused:
        config.judge(config.parse(text.encode()), PATH)
    return str(refused.value)


def taken(text: str) -> config.ClusterConfig:
    return config.judge(config.parse(text.encode()), PATH)


def node(**fields: Any) -> str:
    parts = {"address": "10.0.0.2", "user": "rancher", "role": "[worker]", **fields}
    inside = ", ".join(f"{name}: {value}" for name, value in parts.items() if value is not None)
    return f"nodes:\n{NODE}- {{{inside}}}\n"


def test_a_good_file_gets_rke_s_defaults() -> None:
    cluster = taken(f"nodes:\n{NODE}unknown_key: 1\n")
    host = cluster.hosts[0]
    assert (host.port, host.docker_socket, host.hostname) == ("22", "/var/run/docker.sock", "10.0.0.1")
    assert (cluster.addon_job_timeout, cluster.network_plugin, cluster.ingress_provider) == (30, "canal", "nginx")
    assert cluster.kubernetes_version == "v1.11.6-rancher1-1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nodes:\n  - a: b: c\n", "yaml: line 2: mapping values are not allowed in this context"),
        ("\tnodes: []\n", "yaml: line 1: found character that cannot start any token"),
        (node(role="worker"), "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!str `worker` into []string"),
        (
            node(role='"controlplane,worker"'),
            "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!str `control...` into []string",
        ),
        (
            f"nodes:\n{NODE}services: {{etcd: {{snapshot: maybe}}}}\n",
            "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!str `maybe` into bool",
        ),
        (
            f'nodes:\n{NODE}addon_job_timeout: "120"\n',
            "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!str `120` into int",
        ),
        (f"nodes:\n{NODE}addons: [a]\n", "yaml: unmarshal errors:\n  line 3: cannot unmarshal !!seq into string"),
        (
            "hello world",
            "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `hello w...` "
            "into v3.RancherKubernetesEngineConfig",
        ),
        ("nodes: {a: b}\n", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!map into []v3.RKEConfigNode"),
        (
            "services:\n  etcd: 5\n",
            "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!int `5` into v3.ETCDService",
        ),
        ("? [a]\n: b\n", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string"),
        ("<<: plain\n", "yaml: map merge requires map or sequence of maps as the value"),
        (
            "addon_job_timeout: .nan\n",
            "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!float `.nan` into int",
        ),
    ],
)
def test_files_that_do_not_parse(text: str, words: str) -> None:
    assert refusal(text) == f"Failed to parse cluster file: {words}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Cluster must have at least one etcd plane host: please specify one or more etcd in cluster config"),
        (node(address="10.0.0.1"), "Cluster can't have duplicate node: 10.0.0.1"),
        (node(hostname_override="10.0.0.1"), "Cluster can't have duplicate node: 10.0.0.1"),
        (node(address=None), "Address for host (2) is not provided"),
        (node(user=None), "User for host (2) is not provided"),
        (node(role="[]"), "Role for host (2) is not provided"),
        (f"nodes:\n{NODE}authentication: {{strategy: ldap}}\n", "Authentication strategy [ldap] is not supported"),
        (f"nodes:\n{NODE}network: {{plugin: cilium}}\n", "Network plugin [cilium] is not supported"),
        (f"nodes:\n{NODE}ingress: {{provider: traefik}}\n", "Ingress controller traefik is incorrect"),
    ],
)
def test_files_that_are_not_valid(text: str, words: str) -> None:
    assert refusal(text) == f"Failed to validate cluster: {words}"


def test_a_bad_name_is_refused_in_lower_case() -> None:
    words = refusal(node(hostname_override="Bad_Name"))
    assert words.startswith(
        "Failed to validate cluster: Hostname_override [bad_name] for host (2) is not valid: ["
    )


def test_an_unknown_role_is_refused_before_all_else() -> None:
    words = "Failed to classify hosts from config file: Failed to recognize host [10.0.0.2] role master"
    assert refusal(node(role="[master]", user=None)) == words


def test_a_bad_service_range_is_refused() -> None:
    text = f"nodes:\n{NODE}services: {{kube-api: {{service_cluster_ip_range: 10.43/16}}}}\n"
    assert refusal(text).endswith("[service_cluster_ip_range]: invalid CIDR address: 10.43/16")


@pytest.mark.parametrize(
    "addition",
    ["addon_job_timeout: 30.5", "addon_job_timeout: 0x2d", "addons: 5", "ignore_docker_version: On", "a: {b: c}"],
)
def test_what_go_s_yaml_takes_is_taken(addition: str) -> None:
    assert taken(f"nodes:\n{NODE}{addition}\n").hosts


def test_utf_16_with_a_mark_and_merged_maps_are_read() -> None:
    text = "a: &a {ssh_key_path: /k, user: u}\nnodes:\n- {<<: *a, address: h1, user: own, role: [etcd]}\n"
    host = config.judge(config.parse(text.encode("utf-16")), PATH).hosts[0]
    assert (host.user, host.ssh_key_path) == ("own", "/k")


@given(st.text(alphabet="nodes:- {}[]&*!<|>\t\n'\"?,#%@`abc01.é\x00", max_size=60) | st.text())
@example("x: &x\n- *x\nnodes: *x\n")
@example("[" * 2000 + "]" * 2000)
def test_whatever_the_file_holds_it_is_taken_or_refused(text: str) -> None:
    with suppress(FatalError, config.PanicError):
        config.judge(config.parse(text.encode("utf-8", "surrogatepass")), PATH)


def test_only_the_first_document_is_read() -> None:
    assert len(taken(f"nodes:\n{NODE}---\nnodes: broken: again\n").hosts) == 1


def test_a_key_path_of_one_character_makes_rke_panic() -> None:
    with pytest.raises(config.PanicError, match="slice bounds out of range"):
        taken(node(ssh_key_path="x"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FatalError) as refused:
        config.read(str(tmp_path / "nope.yml"))
    assert str(refused.value) == (
        "Failed to resolve cluster file: Can not find cluster configuration file: "
        f"open {tmp_path}/nope.yml: no such file or directory"
    )
