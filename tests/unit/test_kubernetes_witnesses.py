"""What the API server witnesses, over a kubeconfig and a client certificate, and every way not to hear it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.finding import Finding
from rancher_tui.kubernetes import kubeconfig
from rancher_tui.kubernetes.kubeconfig import KubeconfigError
from rancher_tui.kubernetes.witnesses import witnesses
from tests.unit.kubernetes_api import (
    DEPLOYMENT,
    JOB,
    OLD_DEPLOYMENT,
    PODS,
    Authority,
    api_server,
    good,
    node,
)

ALL = "/api/v1/nodes"
FAILED = {"type": "Failed", "status": "True", "message": "Job has reached the specified backoff limit"}
NODES = ["10.0.0.1", "node2", "Node3"]


async def heard(path: Path, **options: Any) -> dict[str, Finding]:
    return {finding.code: finding async for finding in witnesses(path, NODES, {}, deadline_s=1.0, **options)}


def statuses(found: dict[str, Finding]) -> tuple[str, ...]:
    return tuple(found[code].status for code in ("nodes-ready", "addon-job", "rancher-deployment"))


def reasons(found: dict[str, Finding]) -> set[object]:
    return {finding.evidence.get("reason") for finding in found.values()}


async def test_all_is_well(tmp_path: Path) -> None:
    async with api_server(tmp_path) as api:
        api.objects = good()
        assert statuses(await heard(api.kubeconfig(tmp_path))) == ("pass", "pass", "pass")


async def test_a_deployment_of_the_old_group_counts(tmp_path: Path) -> None:
    async with api_server(tmp_path) as api:
        api.objects = good()
        api.objects[OLD_DEPLOYMENT] = api.objects.pop(DEPLOYMENT)
        assert statuses(await heard(api.kubeconfig(tmp_path))) == ("pass", "pass", "pass")


@pytest.mark.parametrize(
    ("path", "answer", "expected"),
    [
        (ALL, {"items": [node("10.0.0.1"), node("node2", "False"), node("node3")]}, ("fail", "pass", "pass")),
        (ALL, {"items": [node("10.0.0.1"), node("node2", "Unknown"), node("node3")]}, ("fail", "pass", "pass")),
        (ALL, {"items": [node("10.0.0.1"), node("node2")]}, ("fail", "pass", "pass")),
        (ALL, {"items": []}, ("fail", "pass", "pass")),
        (ALL, {"items": "?"}, ("fail", "pass", "pass")),
        (JOB, {"status": {"failed": 4, "conditions": [FAILED]}}, ("pass", "fail", "pass")),
        (JOB, {"status": {"failed": 2, "active": 1}}, ("pass", "unknown", "pass")),
        (JOB, None, ("pass", "fail", "pass")),
        (DEPLOYMENT, {"spec": {"replicas": 3}, "status": {"availableReplicas": 2}}, ("pass", "pass", "fail")),
        (DEPLOYMENT, {"spec": {"replicas": 0}, "status": {}}, ("pass", "pass", "fail")),
        (DEPLOYMENT, None, ("pass", "pass", "fail")),
    ],
)  # fmt: skip
async def test_one_thing_is_wrong(tmp_path: Path, path: str, answer: Any, expected: tuple[str, ...]) -> None:
    async with api_server(tmp_path) as api:
        api.objects = good()
        if answer is None:
            del api.objects[path]
        else:
            api.objects[path] = answer
        assert statuses(await heard(api.kubeconfig(tmp_path))) == expected


async def test_why_rancher_s_pod_waits_is_told(tmp_path: Path) -> None:
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "back-off pulling rancher/rancher"}}}
    async with api_server(tmp_path) as api:
        api.objects = good()
        api.objects[DEPLOYMENT] = {"spec": {"replicas": 1}, "status": {}}
        pod = {"metadata": {"name": "cattle-1"}, "status": {"phase": "Pending", "containerStatuses": [waiting]}}
        api.objects[PODS] = {"items": [pod]}
        found = (await heard(api.kubeconfig(tmp_path)))["rancher-deployment"]
        assert "ImagePullBackOff" in found.detail.english


@pytest.mark.parametrize(
    ("code", "reason"), [(401, "api-unauthorized"), (403, "api-forbidden"), (500, "api-error")]
)
async def test_an_api_server_that_does_not_tell(tmp_path: Path, code: int, reason: str) -> None:
    async with api_server(tmp_path) as api:
        api.status["*"] = code
        found = await heard(api.kubeconfig(tmp_path))
        assert statuses(found) == ("unknown", "unknown", "unknown")
        assert reasons(found) == {reason}


async def test_another_ca_is_not_trusted(tmp_path: Path) -> None:
    async with api_server(tmp_path) as api:
        found = await heard(api.kubeconfig(tmp_path, trusted=Authority()))
        assert (statuses(found), reasons(found)) == (("unknown",) * 3, {"api-untrusted"})


async def test_a_client_certificate_of_another_ca_is_refused(tmp_path: Path) -> None:
    """The server's alert may be lost when it resets the connection at once; then it only counts as unreachable."""
    async with api_server(tmp_path) as api:
        found = await heard(api.kubeconfig(tmp_path, user=Authority("other-ca")))
        assert statuses(found) == ("unknown",) * 3
        assert reasons(found) <= {"api-unauthorized", "api-unreachable"}
        assert api.asked == []


async def test_silence_ends_at_the_deadline(tmp_path: Path) -> None:
    async with api_server(tmp_path) as api:
        api.misbehave = lambda writer: asyncio.sleep(30)
        found = await asyncio.wait_for(heard(api.kubeconfig(tmp_path)), 10)
        assert reasons(found) == {"api-timeout"}


async def test_an_answer_that_trickles_ends_at_the_deadline(tmp_path: Path) -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)

    async with api_server(tmp_path) as api:
        api.misbehave = trickle
        assert reasons(await asyncio.wait_for(heard(api.kubeconfig(tmp_path)), 10)) == {"api-timeout"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "api-unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<ht>", "api-not-json"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "api-error"),
        (b"", "api-unreachable"),
        (b"SSH-2.0-OpenSSH\r\n", "api-unreachable"),
    ],
)
async def test_cut_and_strange_answers(tmp_path: Path, answer: bytes, reason: str) -> None:
    async with api_server(tmp_path) as api:
        api.misbehave = lambda writer: writer.write(answer)
        assert reasons(await heard(api.kubeconfig(tmp_path))) == {reason}


async def test_where_the_kubeconfig_s_server_is_gone_another_control_plane_node_is_asked(tmp_path: Path) -> None:
    async with api_server(tmp_path) as api:
        api.objects = good()
        path = api.kubeconfig(tmp_path)
        path.write_text(path.read_text().replace("127.0.0.1", "127.0.0.9"))
        assert reasons(await heard(path)) == {"api-unreachable"}
        assert statuses(await heard(path, controlplane=["127.0.0.9", "127.0.0.1"])) == ("pass", "pass", "pass")


async def test_without_a_kubeconfig_nothing_is_known(tmp_path: Path) -> None:
    assert reasons(await heard(tmp_path / "none")) == {"kubeconfig-missing"}


def broken(change: dict[str, Any], where: str) -> bytes:
    entry: dict[str, Any] = {
        "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.1:6443"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
        "users": [{"name": "u", "user": {}}],
    }
    if where:
        entry[f"{where}s"][0][where] |= change
    else:
        entry |= change
    return yaml.safe_dump(entry).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (broken({"exec": {"command": "/bin/rm"}}, "user"), "kubeconfig-unsafe"),
        (broken({"auth-provider": {"name": "gcp"}}, "user"), "kubeconfig-unsafe"),
        (broken({"client-key": "/etc/shadow"}, "user"), "kubeconfig-unsafe"),
        (broken({"tokenFile": "/etc/shadow"}, "user"), "kubeconfig-unsafe"),
        (broken({"certificate-authority": "/etc/shadow"}, "cluster"), "kubeconfig-unsafe"),
        (broken({"insecure-skip-tls-verify": True}, "cluster"), "kubeconfig-unsafe"),
        (broken({"proxy-url": "http://evil"}, "cluster"), "kubeconfig-unsafe"),
        (broken({"server": "http://10.0.0.1"}, "cluster"), "kubeconfig-unreadable"),
        (broken({"server": "file:///etc/shadow"}, "cluster"), "kubeconfig-unreadable"),
        (broken({"server": "https://[::1"}, "cluster"), "kubeconfig-unreadable"),
        (broken({"current-context": "y"}, ""), "kubeconfig-unreadable"),
        (broken({"users": 3}, ""), "kubeconfig-unreadable"),
        (b"", "kubeconfig-unreadable"),
        (b"- a\n", "kubeconfig-unreadable"),
        (b"a: [", "kubeconfig-unreadable"),
        (b"!!python/object/apply:os.system ['true']", "kubeconfig-unreadable"),
        (b"\xff\xfe\x00", "kubeconfig-unreadable"),
    ],
)
def test_a_kubeconfig_that_is_not_used(data: bytes, code: str) -> None:
    with pytest.raises(KubeconfigError) as refused:
        kubeconfig.parse(data)
    assert refused.value.code == code


def test_a_huge_kubeconfig_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "kube_config"
    path.write_bytes(b"#" * (kubeconfig.LIMIT + 1))
    with pytest.raises(KubeconfigError, match="larger"):
        kubeconfig.read(path)
