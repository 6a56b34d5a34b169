"""Add-ons as RKE v0.1 deploys them: configuration map, job, wait. Only the network's failed job is fatal."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from rancher_tui.lab.rke.api import Api, ApiError
from rancher_tui.lab.rke.log import FatalError
from rancher_tui.lab.rke.run import Run

_NAMESPACE = "/api/v1/namespaces/kube-system"
_JOBS = "/apis/batch/v1/namespaces/kube-system/jobs"
_POLL = 0.5
_LEAST_TIMEOUT = 0.5
"""Lab seconds that a job gets, however quick the lab's pace."""


class JobError(Exception):
    """The job of an add-on did not complete in time; `str()` is rke's reason."""


async def deploy_all(run: Run) -> None:
    """Network plug-in, DNS, metrics, ingress, then what the operator added."""
    api = run.api
    if api is None:
        return
    log = run.log
    log.info(f"[network] Setting up network plugin: {run.config.network_plugin}")
    try:
        await _deploy(run, api, "rke-network-plugin", f"# {run.config.network_plugin}")
    except JobError as error:
        raise FatalError(str(error)) from error
    log.info("[addons] Setting up KubeDNS")
    if await _tried(run, api, "rke-kubedns-addon", "# kube-dns"):
        log.info("[addons] KubeDNS deployed successfully..")
    log.info("[addons] Setting up Metrics Server")
    if await _tried(run, api, "rke-metrics-addon", "# metrics-server"):
        log.info("[addons] KubeDNS deployed successfully..")
    await _deploy_ingress(run, api)
    await _deploy_user_addons(run, api)


async def _deploy_ingress(run: Run, api: Api) -> None:
    if run.config.ingress_provider == "none":
        run.log.info("[ingress] ingress controller is disabled, skipping ingress controller")
        return
    run.log.info("[ingress] Setting up nginx ingress controller")
    if await _tried(run, api, "rke-ingress-controller", "# nginx"):
        run.log.info("[ingress] ingress controller nginx is successfully deployed")


async def _deploy_user_addons(run: Run, api: Api) -> None:
    log = run.log
    log.info("[addons] Setting up user addons")
    included = _included(run)
    if not run.config.addons and not included:
        log.info("[addons] no user addons defined")
        return
    try:
        if run.config.addons:
            await _deploy(run, api, "rke-user-addon", run.config.addons)
        if included:
            log.info("[addons] Checking for included user addons")
            log.info("[addons] Deploying rke-user-includes-addons")
            await _deploy(run, api, "rke-user-includes-addons", included)
    except JobError as error:
        log.warning(f"Failed to deploy addon execute job [rke-user-includes-addons]: {error}")
        return
    log.info("[addons] User addons deployed successfully")


def _included(run: Run) -> str:
    texts = []
    for name in run.config.addons_include:
        try:
            texts.append(Path(name).read_text())
        except OSError:
            run.log.warning(f"[addons] Unable to determine if {name} is a file path or url, skipping")
            continue
        run.log.info(f"[addons] Adding addon from {name}")
    return "\n---\n".join(texts)


async def _tried(run: Run, api: Api, name: str, manifest: str) -> bool:
    try:
        await _deploy(run, api, name, manifest)
    except JobError as error:
        run.log.warning(f"Failed to deploy addon execute job [{name}]: {error}")
        return False
    return True


async def _deploy(run: Run, api: Api, name: str, manifest: str) -> None:
    """One add-on; JobError when its job does not complete within addon_job_timeout."""
    run.log.info("[addons] Saving addon ConfigMap to Kubernetes")
    holder = {"metadata": {"name": name, "namespace": "kube-system"}, "data": {name: manifest}}
    job = f"{name}-deploy-job"
    try:
        await api.put(f"{_NAMESPACE}/configmaps", holder)
        run.log.info(f"[addons] Successfully Saved addon to Kubernetes ConfigMap: {name}")
        run.log.info("[addons] Executing deploy job..")
        await api.drop(f"{_JOBS}/{job}")
        await api.ask("POST", _JOBS, {"metadata": {"name": job}, "spec": {"backoffLimit": 10}})
        deadline = time.monotonic() + max(_LEAST_TIMEOUT, run.scaled(run.config.addon_job_timeout))
        while time.monotonic() < deadline:
            await asyncio.sleep(max(0.02, run.scaled(_POLL)))
            status = (await api.ask("GET", f"{_JOBS}/{job}")).get("status") or {}
            if any(item["type"] == "Complete" for item in status.get("conditions") or []):
                return
    except ApiError as error:
        raise JobError(str(error)) from error
    raise JobError("Failed to get job complete status: <nil>")
