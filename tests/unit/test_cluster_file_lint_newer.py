"""Refusals of RKE v1.1.11 and later, each release just inside and just outside. Source: the release tags' validation."""

from __future__ import annotations

import pytest

from rancher_tui.cluster_file.lint import lint
from rancher_tui.finding import Status

NODE = "nodes:\n- {address: a.example.com, user: u, role: [controlplane, etcd, worker]}\n"
ROWS: list[tuple[str, str, str, bool]] = [
    # text, rke, code, refused
    ("ingress: {network_mode: bridge}", "v1.1.11", "network.ingress-mode", True),
    ("ingress: {network_mode: hostPort}", "v1.1.11", "network.ingress-mode", False),
    ("ingress: {network_mode: bridge}", "v1.2.1", "network.ingress-mode", False),
    ("ingress: {network_mode: hostPort, http_port: 70000}", "v1.1.11", "network.ingress-port", True),
    ("ingress: {network_mode: hostPort, http_port: 65535}", "v1.1.11", "network.ingress-port", False),
    ("ingress: {http_port: 70000}", "v1.2.6", "network.ingress-port", False),
    ("ingress: {http_port: 70000}", "v1.3.0", "network.ingress-port", True),
    ("kubernetes_version: v1.20.15-rancher1-1\ningress: {http_port: 70000}", "v1.3.7", "network.ingress-port", False),
    ("ingress: {network_mode: hostPort, https_port: 70000}", "v1.3.0", "network.ingress-port", False),
    ("ingress: {network_mode: hostPort, https_port: 70000}", "v1.4.0", "network.ingress-port", True),
    ("ingress: {network_mode: hostPort, http_port: 81, https_port: 81}", "v1.1.11", "network.ingress-port", True),
    ("ingress: {network_mode: hostPort, http_port: 81, https_port: 82}", "v1.1.11", "network.ingress-port", False),
    ("services: {kube-controller: {cluster_cidr: '10.42.0.0/16,fd00::/48'}}", "v1.3.0", "network.dual-stack", True),
    ("services: {kube-controller: {cluster_cidr: '10.42.0.0/16,fd00::/48'}}", "v1.2.6", "network.dual-stack", False),
    ("network: {plugin: calico}\nservices: {kube-controller: {cluster_cidr: '10.42.0.0/16,fd00::/48'}}", "v1.3.0", "network.dual-stack", False),
    ("services: {kube-api: {service_cluster_ip_range: '10.43.0.0/16,fd01::/112'}}", "v1.3.0", "network.dual-stack", True),
    ("enable_cri_dockerd: true\nkubernetes_version: v1.20.15-rancher1-1", "v1.3.7", "services.cri-dockerd", True),
    ("enable_cri_dockerd: true", "v1.3.0", "services.cri-dockerd", False),
    ("enable_cri_dockerd: true\nkubernetes_version: v1.19.2-rancher1-1", "v1.2.0", "services.cri-dockerd", False),
    ("services: {kube-api: {pod_security_configuration: baseline}}", "v1.4.4", "services.pod-security", True),
    ("services: {kube-api: {pod_security_configuration: restricted}}", "v1.4.4", "services.pod-security", False),
    ("services: {kube-api: {pod_security_configuration: baseline}}", "v1.4.1", "services.pod-security", False),
    ("services: {kube-api: {pod_security_configuration: restricted}}\nkubernetes_version: v1.22.7-rancher1-1", "v1.4.4", "services.pod-security", True),
    ("services: {kube-api: {pod_security_policy: true}}\nauthorization: {mode: none}", "v1.4.4", "services.pod-security", True),
    ("services: {kube-api: {pod_security_policy: true}}\nauthorization: {mode: none}", "v1.3.0", "services.pod-security", False),
    ("network: {plugin: aci}", "v1.2.4", "network.plugin", True),
    ("network: {plugin: aci, aci_network_provider: {system_id: a}}", "v1.2.4", "network.plugin", False),
    ("kubernetes_version: 1.24.6-rancher1-1", "v1.4.4", "version.kubernetes", True),
    ("kubernetes_version: v1.24.6-rancher1-1", "v1.4.4", "version.kubernetes", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rke", "code", "refused"), ROWS, ids=range(len(ROWS)))
def test_a_release_refuses_what_it_refuses_and_an_earlier_one_does_not(
    text: str, rke: str, code: str, refused: bool
) -> None:
    report = lint(f"{NODE}{text}\n".encode(), name="f.yml", rke=rke)
    fails = [finding.code for finding in report.findings if finding.status is Status.FAIL]
    assert fails == ([code] if refused else [])
