"""A whole run of the rehearsal's rke, and what stands afterwards: log, files, hosts, Kubernetes, Rancher."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
import ssl
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import httpx
import pytest
import websockets
import yaml

from rancher_tui.kubernetes.witnesses import witnesses
from rancher_tui.lab import authority
from tests.real.lab_world import CLUSTER_FILE, World, until, world

pytestmark = pytest.mark.real

END = "Finished building Kubernetes cluster successfully"
RECORDED = "rke-logs/up-addon-job-failed-v0.1.18-notty.log"
RECORD = re.compile(r'time="[^"]+" level=(\w+) msg="?(.*?)"?$')


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world after one good run; tests only look at it."""
    with world(tmp_path_factory.mktemp("run") / "lab") as lab:
        lab.cluster_file()
        done = lab.up()
        assert done.returncode == 0, done.stderr
        lab.log.write_text(done.stderr)
        yield lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path / "lab") as made:
        made.cluster_file()
        yield made


def shapes(text: str) -> list[str]:
    """Level and message of every record, once each, in order; addresses, file names and pulls taken out."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        match = RECORD.fullmatch(line)
        assert match is not None, line
        message = re.sub(r"\d+\.\d+\.\d+\.\d+", "H", match[2])
        message = re.sub(r"kube_config_[\w-]+\.yml", "KUBECONFIG", message)
        if "ulling image" not in message and "pulled image" not in message and "Docker version" not in message:
            found[f"{match[1]} {message}"] = None
    return list(found)


async def test_the_log_has_the_records_of_a_real_run_in_their_order(deployed: World) -> None:
    folder = os.environ.get("RANCHER_TUI_TEST_DATA")
    if not folder:
        pytest.skip("RANCHER_TUI_TEST_DATA is not set")
    real = shapes((Path(folder) / RECORDED).read_text())
    job_failed = [shape for shape in real if "Failed to deploy addon execute job" in shape]
    assert len(job_failed) == 1
    real[real.index(job_failed[0])] = "info [addons] User addons deployed successfully"
    assert shapes(deployed.log.read_text()) == real


def test_the_run_ends_with_rke_s_own_last_line(deployed: World) -> None:
    assert deployed.log.read_text().splitlines()[-1].endswith(f'level=info msg="{END}"')


def test_the_kubeconfig_has_rke_s_mode_and_names_the_first_host(deployed: World) -> None:
    path = deployed.work / f"kube_config_{CLUSTER_FILE}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    server = yaml.safe_load(path.read_text())["clusters"][0]["cluster"]["server"]
    assert server == f"https://{deployed.state.nodes[0].address}:6443"


async def test_the_engine_s_witnesses_agree(deployed: World) -> None:
    names = [node.hostname_override for node in deployed.state.nodes]

    async def all_pass() -> bool:
        kubeconfig = deployed.work / f"kube_config_{CLUSTER_FILE}"
        return not [finding async for finding in witnesses(kubeconfig, names, {}) if finding.bad]

    await until(all_pass)


async def test_all_nodes_are_ready_with_their_roles(deployed: World) -> None:
    nodes = (await deployed.kubernetes("/api/v1/nodes")).json()["items"]
    assert [node["metadata"]["name"] for node in nodes] == ["rancher-1", "rancher-2", "rancher-3"]
    for node in nodes:
        ready = [item["status"] for item in node["status"]["conditions"] if item["type"] == "Ready"]
        roles = {label.rpartition("/")[2] for label in node["metadata"]["labels"] if "node-role" in label}
        assert (ready, roles) == (["True"], {"controlplane", "etcd", "worker"})


async def test_the_job_and_the_deployment_are_complete(deployed: World) -> None:
    job = (
        await deployed.kubernetes("/apis/batch/v1/namespaces/kube-system/jobs/rke-user-addon-deploy-job")
    ).json()
    assert job["status"]["succeeded"] == 1

    async def available() -> bool:
        path = "/apis/extensions/v1beta1/namespaces/cattle-system/deployments/cattle"
        return bool((await deployed.kubernetes(path)).json()["status"].get("availableReplicas"))

    await until(available)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/version", None),
        ("/api", "APIVersions"),
        ("/apis", "APIGroupList"),
        ("/api/v1", "APIResourceList"),
        ("/apis/apps/v1", "APIResourceList"),
        ("/api/v1/namespaces/cattle-system", "Namespace"),
        ("/api/v1/pods", "PodList"),
        ("/api/v1/namespaces/kube-system/pods?labelSelector=job-name%3Drke-user-addon-deploy-job", "PodList"),
        ("/apis/extensions/v1beta1/namespaces/cattle-system/ingresses/cattle-ingress-http", "Ingress"),
        ("/apis/apps/v1/deployments", "DeploymentList"),
    ],
)
async def test_the_api_is_discovered_and_read(deployed: World, path: str, kind: str | None) -> None:
    answer = await deployed.kubernetes(path)
    assert (answer.status_code, answer.json().get("kind")) == (200, kind)


@pytest.mark.parametrize("path", ["/api/v2", "/apis/networking.k8s.io/v1/ingresses", "/api/v1/nodes/none", "/x"])
async def test_what_is_not_there_is_404_in_kubernetes_words(deployed: World, path: str) -> None:
    answer = await deployed.kubernetes(path)
    assert (answer.status_code, answer.json()["kind"], answer.json()["code"]) == (404, "Status", 404)


async def test_a_selector_chooses_the_pods(deployed: World) -> None:
    path = "/api/v1/namespaces/kube-system/pods?labelSelector=job-name%3Drke-user-addon-deploy-job"
    pods = (await deployed.kubernetes(path)).json()["items"]
    assert [pod["status"]["phase"] for pod in pods] == ["Succeeded"]


async def test_without_a_client_certificate_the_answer_is_401(deployed: World) -> None:
    context, server = deployed.kubeconfig()
    stranger = ssl.create_default_context(
        cadata="".join(ssl.DER_cert_to_PEM_cert(der) for der in context.get_ca_certs(True))
    )
    async with httpx.AsyncClient(verify=stranger, trust_env=False) as client:
        answer = await client.get(f"{server}/api/v1/nodes")
    assert (answer.status_code, answer.json()["reason"]) == (401, "Unauthorized")


async def test_a_certificate_of_no_administrator_is_403(deployed: World) -> None:
    _context, server = deployed.kubeconfig()
    secret = (await deployed.kubernetes("/api/v1/namespaces/kube-system/secrets/k8s-certs")).json()["data"]
    ca = authority.Pair.from_pem(*(base64.b64decode(secret[name]).decode() for name in ("kube-ca", "kube-ca-key")))
    visitor = authority.make_client(ca, "visitor")
    pair = deployed.work / "visitor.pem"
    pair.write_text(visitor.pem + visitor.key_pem)
    limited = ssl.create_default_context(cadata=ca.pem)
    limited.load_cert_chain(pair)
    async with httpx.AsyncClient(verify=limited, trust_env=False) as client:
        answer = await client.get(f"{server}/api/v1/nodes")
    assert (answer.status_code, answer.json()["reason"]) == (403, "Forbidden")


async def test_rancher_answers_through_the_balancer(deployed: World) -> None:
    async def pong() -> bool:
        answer = await deployed.visit("/ping")
        return (answer.status_code, answer.text) == (200, "pong")

    await until(pong)
    assert (await deployed.visit("/healthz")).text == "ok"
    published = (await deployed.visit("/v3/settings/cacerts")).json()["value"]
    assert published == Path(deployed.state.certificates.ca_path).read_text()
    links = (await deployed.visit("/v3-public")).json()["links"].values()
    base = f"https://{deployed.state.fqdn}:{deployed.state.balancer.https_port}/"
    assert all(link.startswith(base) for link in links)


async def test_the_ingress_knows_the_name_and_wants_https(deployed: World) -> None:
    fqdn = deployed.state.fqdn
    await until(lambda: _is_up(deployed))
    plain = await deployed.ingress("/ping", fqdn)
    assert (plain.status_code, plain.headers["location"]) == (302, f"https://{fqdn}/ping")
    told = await deployed.ingress("/ping", fqdn, 2, **{"x-forwarded-proto": "https"})
    assert told.text == "pong"
    other = await deployed.ingress("/", "nonsense.invalid", 3)
    assert (other.status_code, other.text) == (404, "default backend - 404")
    assert (await deployed.ingress("/healthz", deployed.state.nodes[0].address)).status_code == 200


async def _is_up(lab: World) -> bool:
    return (await lab.visit("/ping")).text == "pong"


async def test_a_websocket_passes_the_balancer(deployed: World) -> None:
    await until(lambda: _is_up(deployed))
    login = {"username": "admin", "password": "admin"}
    answer = await deployed.visit("/v3-public/localProviders/local?action=login", "POST", json=login)
    state = deployed.state
    connection = websockets.connect(
        f"wss://{state.fqdn}:{state.balancer.https_port}/v3/subscribe",
        host=state.balancer.address,
        port=int(state.balancer.https_port),
        ssl=ssl.create_default_context(cafile=state.certificates.ca_path),
        additional_headers={"Authorization": f"Bearer {answer.json()['token']}"},
        proxy=None,
    )
    async with connection as socket:
        assert json.loads(await asyncio.wait_for(socket.recv(), 5))["name"] == "ping"
    assert socket.close_code == 1000


async def test_an_event_socket_without_login_is_refused(deployed: World) -> None:
    await until(lambda: _is_up(deployed))
    assert (await deployed.visit("/v3/subscribe")).status_code == 401


async def test_the_hosts_show_what_rke_put_there(deployed: World) -> None:
    names = str((await deployed.run("docker ps --format '{{.Names}}'", 2)).stdout).split()
    assert {"etcd", "kube-apiserver", "kubelet", "kube-proxy"} <= set(names)
    assert "cert-deployer" not in names
    ports = str((await deployed.run("ss -Hltn", 2)).stdout)
    assert ":6443 " in ports
    assert ":2379 " in ports
    left = await deployed.run("ls -d /etc/kubernetes /var/lib/etcd /opt/rke", 2)
    assert str(left.stdout).split() == ["/etc/kubernetes", "/opt/rke", "/var/lib/etcd"]


async def test_the_cluster_survives_a_restart_of_the_world(lab: World) -> None:
    assert lab.up().returncode == 0
    await until(lambda: _is_up(lab))
    lab.stop()
    lab.start()
    assert len((await lab.kubernetes("/api/v1/nodes")).json()["items"]) == 3
    await until(lambda: _is_up(lab))


async def test_a_second_run_takes_the_cluster_up_and_a_removal_takes_it_down(lab: World) -> None:
    assert lab.up().returncode == 0
    before = await lab.kubernetes("/api/v1/namespaces/kube-system/secrets/k8s-certs")
    again = lab.up()
    assert again.returncode == 0
    assert "[network] No hosts added existing cluster, skipping port check" in again.stderr
    after = await lab.kubernetes("/api/v1/namespaces/kube-system/secrets/k8s-certs")
    assert before.json()["data"]["kube-ca"] == after.json()["data"]["kube-ca"]
    gone = lab.rke("remove", "--force", "--config", CLUSTER_FILE)
    assert gone.returncode == 0
    assert gone.stderr.splitlines()[-1].endswith('msg="Cluster removed successfully"')
    assert not (lab.work / f"kube_config_{CLUSTER_FILE}").exists()
    left = await lab.run("docker ps -q; ls -d /etc/kubernetes /var/lib/etcd; ss -Hltn")
    assert [line.split()[3] for line in str(left.stdout).splitlines()] == [f"*:{lab.state.nodes[0].port}"]
    assert not (lab.folder / "hosts" / "rancher-1" / "root" / "var" / "lib" / "etcd").exists()


async def test_a_run_ended_by_a_signal_can_be_run_again(lab: World) -> None:
    run = lab.start_up()

    async def etcd_is_building() -> bool:
        return "[etcd] Building up etcd plane" in lab.log.read_text()

    await until(etcd_is_building, 20)
    run.send_signal(signal.SIGTERM)
    assert run.wait(5) == -signal.SIGTERM
    assert "level=fatal" not in lab.log.read_text()
    assert lab.up().returncode == 0


async def test_another_name_in_the_cluster_file_is_not_found_behind_the_balancer(lab: World) -> None:
    lab.cluster_file(fqdn="other.rehearsal.test")
    assert lab.up().returncode == 0
    assert (await lab.visit("/ping")).text == "default backend - 404"


def test_broken_addons_end_in_a_warning_and_a_success_that_is_none(lab: World) -> None:
    lab.cluster_file(
        addons="kind: Secret\napiVersion: v1\nmetadata: {name: x}\ndata: {a: <BASE64_CA>}\n", addon_job_timeout=30
    )
    done = lab.up()
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert "Failed to deploy addon execute job" in lines[-2]
    assert END in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--version"], 0, "rke version v0.1.16"),
        (["up", "--nosuch"], 1, "flag provided but not defined: -nosuch"),
        (
            ["up", "--config", "nope.yml"],
            1,
            "Failed to resolve cluster file: Can not find cluster configuration file",
        ),
        (["explode"], 3, "No help topic for 'explode'"),
        (["config", "--empty", "--print"], 0, "Configuration File: "),
        (["config", "--system-images"], 0, "rancher/hyperkube:v1.11.6-rancher1"),
        ([], 0, "rke [global options] command"),
    ],
)
def test_calls_that_need_no_world(deployed: World, arguments: list[str], code: int, words: str) -> None:
    done = deployed.rke(*arguments)
    assert done.returncode == code
    assert words in done.stdout + done.stderr


def test_every_host_that_fails_is_left_out_and_none_left_is_fatal(deployed: World, tmp_path: Path) -> None:
    lab = deployed.at(tmp_path / "cluster")
    lab.cluster_file(
        nodes=[
            {
                "address": node.address,
                "port": node.port,
                "user": "nobody",
                "role": ["etcd", "controlplane", "worker"],
                "ssh_key_path": node.ssh_key_path,
            }
            for node in lab.state.nodes
        ]
    )
    done = lab.up()
    assert done.returncode == 1
    records = done.stderr
    assert records.count("Failed to set up SSH tunneling for host") == 3
    assert records.count("unable to authenticate, attempted methods [none publickey]") == 3
    assert records.count("Removing host [") == 3
    first = lab.state.nodes[0].address
    assert f"failed to connect to the following etcd host(s) [{first}]" in records.splitlines()[-1]


def test_a_key_in_the_agent_is_used_where_the_file_asks_for_it(
    lab: World, tmp_path: Path, requires: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    requires("ssh-agent", "ssh-add")
    lab.cluster_file(ssh_agent_auth=True, kubernetes_version="v1.11.6-rancher1-1")
    text = (lab.work / CLUSTER_FILE).read_text().replace(lab.state.nodes[0].ssh_key_path, "/nowhere/key")
    (lab.work / CLUSTER_FILE).write_text(text)
    socket = tempfile.mktemp(prefix="agent-")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        for _attempt in range(500):
            added = subprocess.run(
                ["ssh-add", "-q", lab.state.nodes[0].ssh_key_path], capture_output=True, check=False
            )
            if added.returncode == 0:
                break
        assert lab.up().returncode == 0
    finally:
        agent.terminate()
        agent.wait(5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Error while reading SSH key file: open"),
        ("ssh-ed25519 AAAA operator", "Please check if the configured key or specified key file is a valid SSH"),
        ("encrypted", "Using encrypted private keys is only supported using ssh-agent"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_in_rke_s_words(
    deployed: World, tmp_path: Path, content: str | None, words: str
) -> None:
    lab = deployed.at(tmp_path / "cluster")
    lab.cluster_file()
    key = tmp_path / "key"
    if content == "encrypted":
        made = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
        key.write_bytes(made.export_private_key("pkcs8-pem", passphrase="secret"))
    elif content is not None:
        key.write_text(content)
    text = (lab.work / CLUSTER_FILE).read_text().replace(lab.state.nodes[0].ssh_key_path, str(key))
    (lab.work / CLUSTER_FILE).write_text(text)
    done = lab.up()
    assert (done.returncode, done.stderr.count(words)) == (1, 3)
