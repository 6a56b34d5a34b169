"""What an install expects of its nodes, from what its operator entered."""

from __future__ import annotations

from typing import Any

from rancher_tui.install.state import Audit, Balancer, InstallState, Registry
from rancher_tui.nodes.expected import Expected


def expected(rke: str = "", **changes: Any) -> Expected:
    state = InstallState()
    options = state.options.model_copy(update=changes.pop("options", {}))
    return Expected.of(
        state.model_copy(update={"options": options, **changes}), rke=rke, docker_versions=("17.03",)
    )


def test_an_empty_install_expects_rkes_defaults() -> None:
    found = expected()
    assert (found.cluster_cidr, found.service_cidr) == ("10.42.0.0/16", "10.43.0.0/16")
    assert (found.fqdn, found.balancer_addresses, found.audit_folder, found.docker_api) == ("", (), "", "")
    assert found.registry == "registry-1.docker.io"
    assert found.docker_versions == ("17.03",)


def test_what_was_entered_counts() -> None:
    options = {
        "cluster_cidr": "10.52.0.0/16",
        "ignore_docker_version": True,
        "registry": Registry(url="reg.example.org:5000/mirror"),
        "audit": Audit(level="1", host_path="/srv/audit"),
    }
    found = expected(
        options=options,
        kubernetes_version="v1.11.6-rancher1-1",
        fqdn=" rancher.example.org ",
        balancer=Balancer(address="192.0.2.100"),
    )
    assert (found.cluster_cidr, found.ignore_docker_version) == ("10.52.0.0/16", True)
    assert (found.registry, found.audit_folder) == ("reg.example.org:5000", "/srv/audit")
    assert (found.kubernetes, found.kubernetes_minor) == ("1.11", 11)
    assert (found.fqdn, found.balancer_addresses) == ("rancher.example.org", ("192.0.2.100",))


def test_names_that_are_none_are_not_asked_for() -> None:
    found = expected(
        fqdn="$(id).example", balancer=Balancer(address="lb.example.org"), kubernetes_version="latest"
    )
    assert (found.fqdn, found.balancer_addresses, found.kubernetes, found.kubernetes_minor) == ("", (), "", None)


def test_old_releases_of_rke_speak_old() -> None:
    assert expected("v0.1.16").docker_api == "1.24"
    assert expected("v1.2.23").sha1_signatures
    assert expected("v1.3.0").docker_api == ""
    assert not expected("v1.10.0").sha1_signatures
