"""Is the Ingress for the name that people will use?"""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.finding import Finding
from rancher_tui.kubernetes.witnesses import witnesses
from tests.unit.kubernetes_api import api_server, good

OLD = "/apis/extensions/v1beta1/namespaces/cattle-system/ingresses"
NEW = "/apis/networking.k8s.io/v1/namespaces/cattle-system/ingresses"


def ingress(*hosts: str) -> dict[str, object]:
    return {"items": [{"spec": {"rules": [{"host": host} for host in hosts]}}]}


async def heard(path: Path) -> Finding | None:
    found = [finding async for finding in witnesses(path, ["10.0.0.1"], {}, fqdn="rancher.example.com")]
    return next((finding for finding in found if finding.code == "ingress-host"), None)


@pytest.mark.parametrize(
    ("group", "hosts", "status"),
    [
        (OLD, ["rancher.example.com"], "pass"),
        (OLD, ["other.example.com", "Rancher.Example.com"], "pass"),
        (NEW, ["rancher.example.com"], "pass"),
        (OLD, ["rancher.example.org"], "fail"),
        (OLD, [], "fail"),
    ],
    ids=["its own", "among others", "newer group", "another", "none"],
)
async def test_the_host_of_the_ingress_is_held_against_the_name(
    tmp_path: Path, group: str, hosts: list[str], status: str
) -> None:
    async with api_server(tmp_path) as api:
        api.objects = {**good(), group: ingress(*hosts)}
        finding = await heard(api.kubeconfig(tmp_path))
        assert finding is not None
        assert finding.status == status


async def test_what_is_forbidden_is_not_known(tmp_path: Path) -> None:
    async with api_server(tmp_path) as api:
        api.objects = good()
        api.status[OLD] = 403
        finding = await heard(api.kubeconfig(tmp_path))
        assert finding is not None
        assert finding.status == "unknown"


async def test_without_a_deployment_the_ingress_is_no_second_red_line(tmp_path: Path) -> None:
    async with api_server(tmp_path) as api:
        api.objects = {path: item for path, item in good().items() if "deployments" not in path}
        assert await heard(api.kubeconfig(tmp_path)) is None
