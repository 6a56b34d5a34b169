"""Any install that can be entered comes back from its file; any bytes are read or refused, never an error."""

from __future__ import annotations

import string
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rancher_tui.cluster_file.compose import compose
from rancher_tui.cluster_file.lint import lint
from rancher_tui.cluster_file.read import read
from rancher_tui.install.state import (
    ROLES,
    Audit,
    Bastion,
    InstallState,
    Node,
    Options,
    Proxy,
    Registry,
    Snapshots,
)
from tests.unit.cluster_file_case import secret, state

FAST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
word = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
tricky = st.sampled_from(
    ["1000", "yes", "on", "null", "0x1f", "1e3", "1_000", "12:30:45", "2018-01-01", "a: b", "a #b"]
)
text = word | tricky
path = st.builds("~/{}/id_rsa".format, word)
hours = st.integers(1, 48)


def optional(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | strategy


nodes = st.lists(
    st.builds(
        Node,
        address=st.ip_addresses(v=4).map(str) | st.builds("{}.example.com".format, word),
        user=text,
        roles=st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True).map(tuple),
        port=st.integers(1, 65535).map(str),
        ssh_key_path=optional(path),
        internal_address=optional(st.ip_addresses(v=4).map(str)),
        hostname_override=optional(text),
        docker_socket=optional(st.just("/run/docker.sock")),
        ssh_cert_path=optional(path),
        labels=st.dictionaries(word | st.sampled_from(["off", "yes", "null", "1e3"]), text, max_size=2).map(
            lambda d: tuple(f"{k}={v}" for k, v in d.items())
        ),
        taints=st.lists(st.builds("{}={}:NoSchedule".format, word, word), max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda node: node.address,
).map(tuple)
networks = st.builds(lambda a, b: f"10.{a}.{b}.0/24", st.integers(50, 99), st.integers(0, 255))
options = st.builds(
    Options,
    cluster_name=optional(text),
    ssh_key_path=optional(path),
    ssh_agent_auth=st.booleans(),
    ignore_docker_version=st.booleans(),
    addon_job_timeout=st.integers(1, 9999).map(str),
    network_plugin=optional(st.sampled_from(["canal", "flannel"])),
    network_interface=optional(st.sampled_from(["eth0", "bond0"])),
    cluster_cidr=optional(networks),
    service_cluster_ip_range=optional(networks),
    cluster_dns_server=optional(st.ip_addresses(v=4).map(str)),
    authentication_sans=st.lists(word, max_size=2, unique=True).map(tuple),
    ingress_options=st.dictionaries(word, tricky, max_size=2).map(
        lambda d: tuple(f"{k}={v}" for k, v in d.items())
    ),
    audit=st.builds(
        Audit,
        level=st.sampled_from(["1", "2", "3"]),
        max_age=st.integers(1, 99).map(str),
        host_path=st.just("/var/a"),
    )
    | st.just(Audit()),
    proxy=st.builds(Proxy, http=st.builds("http://{}:3128".format, word), no_proxy=optional(word))
    | st.just(Proxy()),
    registry=st.builds(
        Registry, url=st.builds("{}.example.com:5000".format, word), user=optional(text), is_default=st.booleans()
    )
    | st.just(Registry()),
    bastion=st.builds(
        Bastion, address=word, user=text, port=st.integers(1, 65535).map(str), ssh_key_path=optional(path)
    )
    | st.just(Bastion()),
)
snapshots = st.builds(
    lambda enabled, every, times: Snapshots(enabled=enabled, creation=f"{every}h", retention=f"{every * times}h"),
    st.just(True), hours, st.integers(1, 9),
)  # fmt: skip
installs = st.builds(
    lambda template, nodes, options, etcd, host: state(
        template, nodes=nodes, options=options, etcd=etcd, fqdn=f"{host}.example.com"
    ),
    st.sampled_from(["external-certificate", "external-recognized-ca"]), nodes, options, snapshots, word,
)  # fmt: skip


def entered(install: InstallState) -> dict[str, Any]:
    """What the operator entered, as far as a file can hold it; a list of roles or labels is compared as it stands."""
    kept = {
        "template",
        "nodes",
        "fqdn",
        "certificates",
        "rancher_version",
        "kubernetes_version",
        "etcd",
        "options",
    }
    return install.model_dump(include=kept)


@FAST
@given(installs)
def test_what_is_exported_and_read_is_what_was_entered(install: InstallState) -> None:
    composed = compose(install, secret=secret, rke="v0.1.16")
    found = read(composed.encode(), "rancher-cluster.yml")
    assert found.state is not None
    assert entered(found.state) == entered(install)
    assert (
        compose(
            found.state, secret=lambda name: found.secrets.get(name.removeprefix("secret:"), name), rke="v0.1.16"
        )
        == composed
    )


@FAST
@given(installs)
def test_every_reader_of_yaml_sees_the_same_values(install: InstallState) -> None:
    from ruamel.yaml import YAML

    composed = compose(install, secret=secret, rke="v0.1.16")
    old, new = yaml.safe_load(composed), YAML(typ="safe", pure=True).load(composed)
    assert old == new
    assert list(yaml.safe_load_all(old["addons"])) == list(YAML(typ="safe", pure=True).load_all(new["addons"]))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda value: value.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = read(data, "x.yml")
    assert found.state is not None or found.findings
    lint(data, name="x.yml")


PIECES = st.sampled_from(
    r"""nodes:|- |address: a\n|\n|  |\t|role: [etcd]|addons: >\n|  kind: Secret\n|---\n|&a |*a|<<: |? |!!binary |!x |{|}|[|]|'
    |"|: |#|null|~|services:|etcd:|private_registries:|password: x\n|options:|image: rancher/rancher\n|spec:\n|data:\n
    |metadata: 5\n|\r|\ufeff|\x85""".replace("\n    ", "").encode().decode("unicode_escape").split("|")
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_made_of_yamls_own_pieces_is_read_or_refused(value: str) -> None:
    found = read(value.encode(), "x.yml")
    assert found.state is not None or found.findings
    report = lint(value.encode(), name="x.yml", rke="v1.2.0")
    assert report.facts["rke"] == "v1.2.0"


@pytest.mark.parametrize("cut", range(0, 4000, 97))
def test_a_file_cut_anywhere_is_read_or_refused(cut: int) -> None:
    data = compose(state(), secret=secret, rke=None).encode()[:cut]
    found = read(data, "x.yml")
    assert found.state is not None or found.findings
    lint(data, name="x.yml")


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_masked_line_by_line_and_compared(value: str) -> None:
    from rancher_tui.cluster_file.diff import shown
    from rancher_tui.cluster_file.masking import masked

    assert len(masked(value)) == len(value.split("\n"))
    assert shown(value, value, "a", "b") == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["cluster_name: a\n", "ssh_key_path: ~/.k\n", ""])
)
def test_what_was_read_and_can_be_written_means_the_same_again(value: str, head: str) -> None:
    from rancher_tui.cluster_file.compose import ComposeError

    found = read((head + value).encode(), "x.yml")
    if found.state is None:
        return
    whole = state()
    fields = {
        name: getattr(whole, name) for name in ("template", "nodes", "fqdn", "certificates", "rancher_version")
    }
    secrets = {f"secret:{name}": text for name, text in found.secrets.items()}
    try:
        text = compose(
            found.state.model_copy(update=fields), secret=lambda name: secrets.get(name, name), rke="v0.1.16"
        )
    except ComposeError:
        return
    again = read(text.encode(), "x.yml")
    assert again.state is not None
    assert (again.state.fqdn, again.state.template) == (whole.fqdn, whole.template)
