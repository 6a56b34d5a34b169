"""The composed cluster file: the documented objects field by field, every option, and what survives."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.cluster_file.compose import ComposeError, compose
from rancher_tui.cluster_file.diff import unified
from rancher_tui.cluster_file.export import export
from rancher_tui.install.state import (
    TEMPLATES,
    Audit,
    Bastion,
    Certificates,
    InstallState,
    Node,
    Options,
    Proxy,
    Registry,
    Snapshots,
)

CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def install(**fields: Any) -> InstallState:
    """A whole install of three hosts."""
    nodes = tuple(
        Node(address=f"10.0.1.{last}", user="rancher", ssh_key_path="~/.ssh/id_rsa") for last in (11, 12, 13)
    )
    base = InstallState(
        template="external-certificate",
        nodes=nodes,
        fqdn="rancher.example.com",
        certificates=Certificates(ca_text=CA),
    )
    return base.model_copy(update=fields)


def with_options(**fields: Any) -> InstallState:
    return install(options=Options(**fields))


def read(state: InstallState, rke: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The composed file as another reader sees it, and its add-on objects by kind."""
    values = yaml.safe_load(compose(state, secret=lambda text: text, rke=rke))
    return values, {
        item["kind"] + "/" + item["metadata"]["name"]: item for item in yaml.safe_load_all(values["addons"])
    }


def test_the_private_ca_template_is_the_documented_one() -> None:
    values, found = read(install())
    assert values["services"]["etcd"] == {"snapshot": True, "creation": "6h", "retention": "24h"}
    assert [node["role"] for node in values["nodes"]] == [["controlplane", "etcd", "worker"]] * 3
    assert list(found) == [
        "Namespace/cattle-system",
        "ServiceAccount/cattle-admin",
        "ClusterRoleBinding/cattle-crb",
        "Secret/cattle-keys-server",
        "Service/cattle-service",
        "Ingress/cattle-ingress-http",
        "Deployment/cattle",
    ]
    assert found["ClusterRoleBinding/cattle-crb"]["roleRef"] == {
        "kind": "ClusterRole",
        "name": "cluster-admin",
        "apiGroup": "rbac.authorization.k8s.io",
    }
    assert found["Secret/cattle-keys-server"]["data"] == {"cacerts.pem": base64.b64encode(CA.encode()).decode()}
    assert found["Service/cattle-service"]["spec"]["ports"] == [
        {"name": "http", "port": 80, "targetPort": 80, "protocol": "TCP"}
    ]
    ingress = found["Ingress/cattle-ingress-http"]
    assert ingress["metadata"]["annotations"] == {
        "nginx.ingress.kubernetes.io/proxy-connect-timeout": "30",
        "nginx.ingress.kubernetes.io/proxy-read-timeout": "1800",
        "nginx.ingress.kubernetes.io/proxy-send-timeout": "1800",
        "nginx.ingress.kubernetes.io/ssl-redirect": "false",
    }
    backend = {"serviceName": "cattle-service", "servicePort": 80}
    assert ingress["spec"] == {
        "rules": [{"host": "rancher.example.com", "http": {"paths": [{"backend": backend}]}}]
    }
    spec = found["Deployment/cattle"]["spec"]
    assert spec["replicas"] == 1
    container = spec["template"]["spec"]["containers"][0]
    assert container["image"] == "rancher/rancher:v2.0.8"
    assert "args" not in container
    assert container["volumeMounts"] == [
        {"mountPath": "/etc/rancher/ssl", "name": "cattle-keys-volume", "readOnly": True}
    ]
    assert spec["template"]["spec"]["volumes"] == [
        {"name": "cattle-keys-volume", "secret": {"defaultMode": 420, "secretName": "cattle-keys-server"}}
    ]


def test_the_recognized_ca_template_has_no_secret_and_no_volume() -> None:
    _values, found = read(install(template="external-recognized-ca", certificates=Certificates()))
    assert "Secret/cattle-keys-server" not in found
    pod = found["Deployment/cattle"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["args"] == ["--no-cacerts"]
    assert "volumes" not in pod


@pytest.mark.parametrize("template", TEMPLATES)
def test_composing_what_was_composed_changes_nothing(template: str, tmp_path: Path) -> None:
    for name in ("chain.pem", "key.pem"):
        (tmp_path / name).write_text(f"-----BEGIN {name}-----\n")
    paths = Certificates(ca_text=CA, chain_path=str(tmp_path / "chain.pem"), key_path=str(tmp_path / "key.pem"))
    state = install(template=template, certificates=paths)

    def secret(reference: str) -> str:
        return Path(reference.removeprefix("file:")).read_text().rstrip("\n")

    text = compose(state, secret=secret, rke=None)
    again = compose(state.model_copy(update={"cluster_file_source": text}), secret=secret, rke=None)
    assert unified(text, again, "first", "second") == ""


def test_comments_order_and_unknown_keys_survive_an_edit() -> None:
    text = compose(install(), secret=str, rke=None)
    source = "# mine\nmonitoring: {provider: none}   # quiet\n" + text
    edited = install(cluster_file_source=source, fqdn="other.example.com")
    changed = compose(edited, secret=str, rke=None)
    lines = [
        line
        for line in unified(source, changed, "a", "b").splitlines()
        if line[:1] in "+-" and line[:3] not in ("---", "+++")
    ]
    assert lines == ["-    - host: rancher.example.com", "+    - host: other.example.com"]


def test_options_stand_where_rke_and_rancher_read_them() -> None:
    values, found = read(
        with_options(
            cluster_name="prod",
            ssh_agent_auth=True,
            network_interface="eth1",
            cluster_cidr="10.52.0.0/16",
            authentication_sans=("api.example.com",),
            ingress_options=("proxy-body-size=64m",),
            audit=Audit(level="2", host_path="/var/log/audit"),
            proxy=Proxy(http="http://proxy:3128"),
            registry=Registry(url="registry.example.com:5000", user="u", password="p"),
            bastion=Bastion(address="10.9.9.9", user="jump"),
        )
    )
    assert (values["cluster_name"], values["ssh_agent_auth"]) == ("prod", True)
    assert values["network"]["options"] == {"canal_iface": "eth1"}
    assert values["services"]["kube-controller"] == {"cluster_cidr": "10.52.0.0/16"}
    assert values["authentication"] == {"sans": ["api.example.com"]}
    assert values["ingress"]["options"] == {"proxy-body-size": "64m"}
    assert values["bastion_host"]["address"] == "10.9.9.9"
    assert values["private_registries"] == [
        {"url": "registry.example.com:5000", "user": "u", "password": "p", "is_default": True}
    ]
    pod = found["Deployment/cattle"]["spec"]["template"]["spec"]
    environment = {item["name"]: item["value"] for item in pod["containers"][0]["env"]}
    assert environment["HTTP_PROXY"] == "http://proxy:3128"
    assert {"10.0.1.11", "10.52.0.0/16", "rancher.example.com"} <= set(environment["NO_PROXY"].split(","))
    assert environment["AUDIT_LEVEL"] == "2"
    assert {"name": "audit-log-dir", "hostPath": {"path": "/var/log/audit", "type": "DirectoryOrCreate"}} in pod[
        "volumes"
    ]
    assert pod["containers"][0]["image"] == "registry.example.com:5000/rancher/rancher:v2.0.8"


def test_snapshots_take_the_form_that_the_rke_honours() -> None:
    off, _objects = read(install(etcd=Snapshots(enabled=False)))
    assert off["services"]["etcd"] == {"snapshot": False}
    s3 = install(etcd=Snapshots(s3_bucket="backups", s3_endpoint="s3.example.com", creation="6h", retention="24h"))
    new, _objects = read(s3, rke="v0.2.8")
    assert new["services"]["etcd"]["backup_config"] == {
        "enabled": True,
        "interval_hours": 6,
        "retention": 4,
        "s3backupconfig": {"bucket_name": "backups", "endpoint": "s3.example.com"},
    }
    with pytest.raises(ComposeError, match=r"v0\.1\.16"):
        read(s3, rke="v0.1.16")


@pytest.mark.parametrize(
    "fields", [{"template": ""}, {"certificates": Certificates()}, {"cluster_file_source": "- a\n"}]
)
def test_what_cannot_be_composed_is_said(fields: dict[str, Any]) -> None:
    with pytest.raises(ComposeError):
        compose(install(**fields), secret=str, rke=None)


def test_an_export_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "rancher-cluster.yml"
    path.write_text("mine: true\n")
    exported = export(path, "ours: true\n")
    assert exported.kept is not None
    assert exported.kept.read_text() == "mine: true\n"
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("ours: true\n", 0o600)
    assert export(path, "ours: true\n").kept is None
