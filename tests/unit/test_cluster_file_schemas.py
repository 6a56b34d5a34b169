"""What we compose holds against Kubernetes' own schemas, for every template and option, and against RKE's keys."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import yaml

from rancher_tui.cluster_file.compose import ComposeError, compose
from rancher_tui.cluster_file.lint import lint
from rancher_tui.install.state import TEMPLATES, Audit, Bastion, Options, Proxy, Registry, Snapshots
from tests.unit.cluster_file_case import secret, state

OPTIONS = {
    "nothing": Options(),
    "audit": Options(audit=Audit(level="2", max_age="5")),
    "proxy": Options(proxy=Proxy(http="http://u:p%40@proxy:3128", https="http://proxy:3128")),
    "registry": Options(registry=Registry(url="registry.example.com:5000/mirror", user="pull", password="secret:registry")),
    "bastion": Options(bastion=Bastion(address="jump.example.com", user="op", port="2222", ssh_key_path="~/.ssh/j")),
    "network": Options(
        network_plugin="flannel", network_interface="eth1", cluster_cidr="10.52.0.0/16",
        service_cluster_ip_range="10.53.0.0/16", cluster_dns_server="10.53.0.10",
    ),
    "names": Options(cluster_name="prod", authentication_sans=("api.example.com",), ingress_options=("map-hash-bucket-size=128",)),
    "keys": Options(ssh_agent_auth=True, ssh_key_path="~/.ssh/other", ignore_docker_version=True, addon_job_timeout="300"),
}  # fmt: skip
ALL = Options(
    **{key: value for part in OPTIONS.values() for key, value in part if value != getattr(Options(), key)}
)


@pytest.mark.parametrize(
    ("template", "options"),
    [*((template, ALL) for template in TEMPLATES), *((TEMPLATES[0], options) for options in OPTIONS.values())],
)
def test_every_object_holds_against_the_schemas(template: str, options: Options) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import kubernetes_validate

    text = compose(state(template, options=options), secret=secret, rke="v0.1.16")
    objects = [item for item in yaml.safe_load_all(yaml.safe_load(text)["addons"]) if item]
    assert {item["kind"] for item in objects} >= {"Namespace", "Service", "Ingress", "Deployment"}
    for item in objects:
        for version in ("1.11", "1.12", "1.13"):
            kubernetes_validate.validate(item, version, strict=True)


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("rke", ["v0.1.16", "v0.2.8", "v0.3.2", "v1.1.2", "v1.2.0"])
def test_every_option_is_one_that_this_rke_reads(template: str, rke: str) -> None:
    text = compose(state(template, options=ALL), secret=secret, rke=rke)
    report = lint(text.encode(), name="f.yml", rke=rke, fqdn="rancher.example.com")
    assert report.facts["unknown_keys"] == []
    assert report.facts["dead_keys"] == []
    assert report.ok, [finding.title.english for finding in report.findings if finding.bad]


def options_of(text: str) -> Any:
    return yaml.safe_load(text).get("ingress", {}).get("options", {})


@pytest.mark.parametrize(
    ("version", "needed"),
    [("v1.11.6-rancher1-1", False), ("v1.13.10-rancher1-2", False), ("v1.13.11-rancher1-1", True), ("v1.15.12-rancher2-1", True)],
)  # fmt: skip
def test_forwarded_headers_exactly_where_the_ingress_needs_them(version: str, needed: bool) -> None:
    text = compose(state(kubernetes_version=version), secret=secret, rke="v1.0.9")
    assert options_of(text) == ({"use-forwarded-headers": "true"} if needed else {})
    inner = compose(state("ingress-certificate", kubernetes_version=version), secret=secret, rke="v1.0.9")
    assert options_of(inner) == {}


S3 = Snapshots(
    s3_bucket="b", s3_endpoint="s3.example.com", s3_region="r", s3_access_key="k", s3_secret_key="secret:s3"
)


def test_snapshots_to_s3_in_the_form_of_the_releases_that_have_it() -> None:
    etcd = yaml.safe_load(compose(state(etcd=S3), secret=secret, rke="v0.2.8"))["services"]["etcd"]
    assert etcd["backup_config"]["interval_hours"] == 6
    assert etcd["backup_config"]["retention"] == 4
    assert etcd["backup_config"]["s3backupconfig"]["secret_key"] == "s3/key+"
    assert "backup" not in etcd
    with pytest.raises(ComposeError, match="S3"):
        compose(state(etcd=S3), secret=secret, rke="v0.1.16")


@pytest.mark.parametrize(
    ("rke", "keys"),
    [
        ("v0.1.6", set()),
        ("v0.1.7", {"snapshot", "creation", "retention"}),
        ("v0.2.8", {"snapshot", "creation", "retention"}),
    ],
)
def test_snapshots_in_the_form_that_each_line_of_rke_honours(rke: str, keys: set[str]) -> None:
    text = compose(state(), secret=secret, rke=rke)
    etcd = (yaml.safe_load(text).get("services") or {}).get("etcd") or {}
    assert set(etcd) == keys
    assert lint(text.encode(), name="f.yml", rke=rke).facts["dead_keys"] == (
        ["addon_job_timeout"] if rke == "v0.1.6" else []
    )


@pytest.mark.parametrize(
    "missing", [{"template": ""}, {"certificates": state("external-recognized-ca").certificates}]
)
def test_what_is_missing_is_said_in_a_persons_words(missing: dict[str, Any]) -> None:
    with pytest.raises(ComposeError) as caught:
        compose(state(**missing), secret=secret, rke=None)
    assert "step" in caught.value.message.english
