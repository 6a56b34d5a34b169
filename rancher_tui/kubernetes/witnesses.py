"""What the API server witnesses of an install: nodes Ready, the add-on job, the Rancher deployment, its Ingress.

What cannot be observed (forbidden, untrusted, silent, no kubeconfig) is `unknown` with the reason in its evidence.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg, msg_n
from rancher_tui.kubernetes import kubeconfig
from rancher_tui.kubernetes.client import DEADLINE_S, ApiError, Client
from rancher_tui.kubernetes.ingress import ingress_host

CHECK = "verdict"
STEP = 11
JOBS = ("rke-user-addon-deploy-job", "rke-user-includes-addons-deploy-job")
NAMESPACE = "cattle-system"
DEPLOYMENT = "cattle"
CODES = ("nodes-ready", "addon-job", "rancher-deployment")


_finding = partial(Finding, check=CHECK, step=STEP)


_SUBJECTS = {
    "nodes-ready": "nodes",
    "addon-job": f"kube-system/{JOBS[0]}",
    "rancher-deployment": f"{NAMESPACE}/{DEPLOYMENT}",
}


def unobserved(code: str, why: Message, evidence: dict[str, Any]) -> Finding:
    """A witness that could not be heard."""
    titles = {
        "nodes-ready": msg("Whether the nodes are Ready is not known"),
        "addon-job": msg("Whether the add-on job finished is not known"),
        "rancher-deployment": msg("Whether Rancher's deployment is available is not known"),
    }
    remedy = msg("kubectl --kubeconfig kube_config_rancher-cluster.yml get nodes shows the same")
    return _finding(Status.UNKNOWN, code, _SUBJECTS[code], titles[code], why, remedy, evidence)


async def witnesses(
    path: Path,
    nodes: Sequence[str],
    facts: dict[str, Any],
    *,
    controlplane: Iterable[str] = (),
    fqdn: str = "",
    deadline_s: float = DEADLINE_S,
) -> AsyncIterator[Finding]:
    """The three witnesses over the kubeconfig at `path`, and whether Rancher's Ingress is for `fqdn`.

    `nodes`: the names under which RKE registers them (hostname_override, else address); `controlplane`: addresses
    that are asked when the kubeconfig's own server is silent.
    """
    try:
        config = await asyncio.to_thread(kubeconfig.read, path)
        client = Client(config, also=controlplane, deadline_s=deadline_s)
    except kubeconfig.KubeconfigError as error:
        for code in CODES:
            yield unobserved(code, error.message, {"reason": error.code})
        return
    facts["server"] = config.server
    async with client:
        asked = [_nodes_ready(client, nodes, facts), _addon_job(client, facts), _deployment(client, facts)]
        for code, answer in zip(CODES, await asyncio.gather(*asked, return_exceptions=True), strict=True):
            if isinstance(answer, ApiError):
                yield unobserved(code, answer.message, answer.evidence())
            elif isinstance(answer, BaseException):
                raise answer
            else:
                yield answer
        if fqdn and "deployment" in facts:
            yield await ingress_host(client, fqdn, facts)


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _part(value: Any, key: str) -> dict[str, Any]:
    part = value.get(key) if isinstance(value, dict) else None
    return part if isinstance(part, dict) else {}


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _condition(entry: dict[str, Any], kind: str) -> dict[str, Any]:
    conditions = _items(_part(entry, "status").get("conditions"))
    return next((condition for condition in conditions if condition.get("type") == kind), {})


async def _nodes_ready(client: Client, expected: Sequence[str], facts: dict[str, Any]) -> Finding:
    answer = await client.get("/api/v1/nodes")
    ready = {
        str(_part(node, "metadata").get("name")): _condition(node, "Ready") for node in _items(answer.get("items"))
    }
    facts["nodes"] = {name: condition.get("status") == "True" for name, condition in ready.items()}
    missing = [name for name in expected if name.lower() not in ready]
    not_ready = {name: condition for name, condition in ready.items() if condition.get("status") != "True"}
    if not missing and not not_ready and ready:
        title = msg_n("{number} node is Ready", "{number} nodes are Ready", len(ready))
        return _finding(Status.PASS, "nodes-ready", "nodes", title, evidence={"ready": sorted(ready)})
    name = next(iter(not_ready), missing[0] if missing else "")
    title = (
        msg("Node {name} is not Ready", name=name)
        if not_ready
        else msg("Node {name} is not in the cluster", name=name)
        if name
        else msg("The cluster has no nodes")
    )
    detail = msg("{reason}", reason=str(not_ready[name].get("message", ""))) if not_ready else EMPTY
    remedy = msg("docker logs kubelet on {name} tells why", name=name) if name else EMPTY
    evidence = {"missing": missing, "not_ready": not_ready, "ready": sorted(set(ready) - set(not_ready))}
    return _finding(Status.FAIL, "nodes-ready", "nodes", title, detail, remedy, evidence)


async def _get_or_none(client: Client, path: str) -> dict[str, Any] | None:
    try:
        return await client.get(path)
    except ApiError as error:
        if error.reason == "api-not-found":
            return None
        raise


async def _addon_job(client: Client, facts: dict[str, Any]) -> Finding:
    for name in JOBS:
        job = await _get_or_none(client, f"/apis/batch/v1/namespaces/kube-system/jobs/{name}")
        if job is not None:
            facts["addon_job"] = _part(job, "status")
            return _judge_job(name, job)
    return _finding(
        Status.FAIL,
        "addon-job",
        _SUBJECTS["addon-job"],
        msg("There is no add-on job: nothing deployed Rancher"),
        remedy=msg("the cluster file needs Rancher's objects under addons; then run rke up again"),
    )


def _judge_job(name: str, job: dict[str, Any]) -> Finding:
    subject = f"kube-system/{name}"
    status = _part(job, "status")
    evidence = {"status": status}
    if _condition(job, "Complete").get("status") == "True" or _number(status.get("succeeded")) > 0:
        return _finding(Status.PASS, "addon-job", subject, msg("The add-on job is complete"), evidence=evidence)
    remedy = msg("kubectl -n kube-system logs -l job-name={name} tells why", name=name)
    failed = _condition(job, "Failed")
    tries = _number(status.get("failed"))
    if failed.get("status") == "True" or (tries and not _number(status.get("active"))):
        detail = msg("{reason}", reason=str(failed.get("message", "")))
        title = msg_n(
            "The add-on job failed after {number} try", "The add-on job failed after {number} tries", max(tries, 1)
        )
        return _finding(Status.FAIL, "addon-job", subject, title, detail, remedy, evidence)
    title = msg("The add-on job is not finished ({tries} failed tries so far)", tries=tries)
    return _finding(Status.UNKNOWN, "addon-job", subject, title, EMPTY, remedy, evidence)


async def _deployment(client: Client, facts: dict[str, Any]) -> Finding:
    for group in ("apps/v1", "extensions/v1beta1"):
        path = f"/apis/{group}/namespaces/{NAMESPACE}/deployments/{DEPLOYMENT}"
        deployment = await _get_or_none(client, path)
        if deployment is not None:
            facts["deployment"] = _part(deployment, "status")
            return await _judge_deployment(client, deployment)
    return _finding(
        Status.FAIL,
        "rancher-deployment",
        _SUBJECTS["rancher-deployment"],
        msg("Rancher's deployment does not exist"),
        remedy=msg("kubectl -n kube-system logs -l job-name={name} tells what the add-on job did", name=JOBS[0]),
    )


async def _judge_deployment(client: Client, deployment: dict[str, Any]) -> Finding:
    subject = _SUBJECTS["rancher-deployment"]
    wanted = _part(deployment, "spec").get("replicas", 1)
    available = _number(_part(deployment, "status").get("availableReplicas"))
    evidence: dict[str, Any] = {"status": _part(deployment, "status"), "wanted": wanted}
    if _number(wanted) > 0 and available >= _number(wanted):
        title = msg_n("Rancher runs: {number} pod available", "Rancher runs: {number} pods available", available)
        return _finding(Status.PASS, "rancher-deployment", subject, title, evidence=evidence)
    evidence["pods"] = await _pods(client)
    reasons = [reason for pod in evidence["pods"] for reason in pod["reasons"]]
    title = msg("Rancher is not available: {available} of {wanted} pods", available=available, wanted=wanted)
    detail = msg("{reason}", reason=reasons[0]) if reasons else EMPTY
    remedy = msg("kubectl -n {namespace} describe pods -l app={app}", namespace=NAMESPACE, app=DEPLOYMENT)
    return _finding(Status.FAIL, "rancher-deployment", subject, title, detail, remedy, evidence)


async def _pods(client: Client) -> list[dict[str, Any]]:
    """Rancher's pods: name, phase, and why containers wait or ended; empty when they cannot be read."""
    try:
        answer = await client.get(f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=app%3D{DEPLOYMENT}")
    except ApiError:
        return []
    return [
        {
            "name": _part(pod, "metadata").get("name"),
            "phase": _part(pod, "status").get("phase"),
            "reasons": [reason for entry in _containers(pod) if (reason := _why(entry))],
        }
        for pod in _items(answer.get("items"))
    ]


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return _items(_part(pod, "status").get("containerStatuses"))


def _why(container: dict[str, Any]) -> str:
    state = _part(container, "state")
    for kind in ("waiting", "terminated"):
        part = _part(state, kind)
        if part:
            return ": ".join(str(part[key]) for key in ("reason", "message") if part.get(key))
    return ""
