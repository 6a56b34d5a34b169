"""The lab's Kubernetes controllers: jobs that deploy add-ons, workloads that come up, nodes that become ready."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Coroutine, Sequence
from typing import Any

from rancher_tui.lab import cluster
from rancher_tui.lab.machine import Machine, ready_condition

_JOB_TIME = 0.9
_ROLLOUT_TIME = 5.0
_RETRY_TIME = 10.0
"""Real seconds: an add-on's job, a workload from its creation to available, a look again at a pod that waits."""

_TRIES = 10
"""A job's backoff limit, as RKE sets it."""

INGRESS_CONTROLLER = "nginx-ingress-controller"
USER_JOBS = {
    "rke-user-addon-deploy-job": "rke-user-addon",
    "rke-user-includes-addons-deploy-job": "rke-user-includes-addons",
}
"""Jobs that apply what the operator gave, and the configuration maps that hold it."""


class Controllers:
    """Everything in the cluster that acts by itself."""

    def __init__(
        self, store: cluster.Cluster, machines: Sequence[Machine], pace: float, failing_jobs: frozenset[str]
    ) -> None:
        self._store = store
        self._machines = machines
        self._pace = pace
        self._failing_jobs = failing_jobs
        self._seen: dict[cluster.Key, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        for resource in ("deployments", "daemonsets"):
            for item in store.list(resource):
                self._fresh((resource, item["metadata"]["namespace"], item["metadata"]["name"]), item)
        store.watch(self._changed)

    def resume(self) -> None:
        """Bring back what the workloads of a restarted world had on the hosts."""
        for resource in ("deployments", "daemonsets"):
            for item in list(self._store.list(resource)):
                self._spawn(self._roll_out(resource, item["metadata"]["namespace"], item["metadata"]["name"]))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fresh(self, key: cluster.Key, item: cluster.Object) -> bool:
        """True when the object's wish is new, not only its status."""
        digest = hashlib.sha256(json.dumps(item.get("spec"), sort_keys=True).encode()).hexdigest()
        known = self._seen.get(key)
        self._seen[key] = digest
        return known != digest

    def _changed(self, key: cluster.Key, item: cluster.Object | None) -> None:
        resource, namespace, name = key
        if item is None:
            self._seen.pop(key, None)
        elif resource == "jobs" and not item.get("status"):
            self._spawn(self._run_job(namespace, name))
        elif resource in ("deployments", "daemonsets") and self._fresh(key, item):
            self._spawn(self._roll_out(resource, namespace, name))

    async def _run_job(self, namespace: str, name: str) -> None:
        job = self._store.get("jobs", namespace, name)
        if job is None:
            return
        job["status"] = {"startTime": cluster.now(), "active": 1}
        self._store.put("jobs", job)
        await asyncio.sleep(_JOB_TIME * self._pace)
        try:
            if name in self._failing_jobs:
                raise cluster.ApplyError("unable to connect to the API server from the pod")
            self._do_job(name)
        except cluster.ApplyError as error:
            await self._fail_job(namespace, name, str(error))
            return
        done = {"type": "Complete", "status": "True", "lastTransitionTime": cluster.now()}
        self._set_job(
            namespace,
            name,
            {"succeeded": 1, "completionTime": cluster.now(), "conditions": [done]},
            "Succeeded",
            "",
        )

    async def _fail_job(self, namespace: str, name: str, reason: str) -> None:
        """The job's pods fail one after another until the job gives up."""
        for attempt in range(1, _TRIES + 1):
            self._set_job(namespace, name, {"active": 1, "failed": attempt}, "Failed", reason)
            await asyncio.sleep(_JOB_TIME * self._pace)
        failed = {
            "type": "Failed",
            "status": "True",
            "reason": "BackoffLimitExceeded",
            "message": "Job has reached the specified backoff limit",
            "lastTransitionTime": cluster.now(),
        }
        self._set_job(namespace, name, {"failed": _TRIES, "conditions": [failed]}, "Failed", reason)

    def _set_job(self, namespace: str, name: str, status: dict[str, Any], phase: str, message: str) -> None:
        """The status of a job and of its pod; nothing when the job was deleted meanwhile."""
        job = self._store.get("jobs", namespace, name)
        if job is not None:
            job["status"] = {"startTime": job["status"]["startTime"], **status}
            self._pod(namespace, f"{name}-x1", {"job-name": name}, phase, message)
            self._store.put("jobs", job)

    def _do_job(self, name: str) -> None:
        if name in USER_JOBS:
            holder = self._store.get("configmaps", "kube-system", USER_JOBS[name])
            if holder is None:
                raise cluster.ApplyError(f'configmaps "{USER_JOBS[name]}" not found')
            self._store.apply("\n".join(str(text) for text in (holder.get("data") or {}).values()))
            return
        for kind, namespace, workload, image in cluster.facts()["addons"].get(name, []):
            self._store.apply(json.dumps(_workload(kind, namespace, workload, image)))
        if name == "rke-network-plugin-deploy-job":
            for node in list(self._store.list("nodes")):
                others = [item for item in node["status"]["conditions"] if item["type"] != "Ready"]
                node["status"]["conditions"] = [*others, ready_condition(ready=True)]
                self._store.put("nodes", node)

    async def _roll_out(self, resource: str, namespace: str, name: str) -> None:
        """Bring a workload up; a pod whose secret is missing waits for it."""
        await asyncio.sleep(_ROLLOUT_TIME * self._pace)
        while (item := self._store.get(resource, namespace, name)) is not None:
            missing = self._missing_secret(item, namespace)
            if missing is None:
                break
            self._pod(namespace, f"{name}-0", _labels(item), "Pending", f'secrets "{missing}" not found')
            if resource == "deployments":
                item["status"] = {"replicas": 1, "unavailableReplicas": 1, "conditions": [_available(ready=False)]}
                self._store.put(resource, item)
            await asyncio.sleep(max(0.05, _RETRY_TIME * self._pace))
        if item is None:
            return
        machines = [machine for machine in self._machines if machine.node_name is not None]
        if resource == "daemonsets":
            count = len(machines)
            item["status"] = {"desiredNumberScheduled": count, "numberReady": count, "numberAvailable": count}
        else:
            count = int((item.get("spec") or {}).get("replicas", 1))
            item["status"] = {
                "observedGeneration": 1,
                "replicas": count,
                "updatedReplicas": count,
                "readyReplicas": count,
                "availableReplicas": count,
                "conditions": [_available(ready=count > 0)],
            }
        for index in range(min(count, len(machines))):
            self._place(machines[index], namespace, f"{name}-{index}", item)
        if name == INGRESS_CONTROLLER:
            for machine in machines:
                machine.set_ingress(on=True)
        self._store.put(resource, item)

    def _missing_secret(self, item: cluster.Object, namespace: str) -> str | None:
        volumes = (_template(item).get("spec") or {}).get("volumes") or []
        for volume in volumes:
            name = (volume.get("secret") or {}).get("secretName")
            if name and self._store.get("secrets", namespace, name) is None:
                return str(name)
        return None

    def _place(self, machine: Machine, namespace: str, pod: str, item: cluster.Object) -> None:
        containers = (_template(item).get("spec") or {}).get("containers") or []
        for container in containers:
            label = f"k8s_{container.get('name', 'main')}_{pod}_{namespace}"
            machine.engine.set_container(label, str(container.get("image", "")))
        self._pod(namespace, pod, _labels(item), "Running", "", node=machine.node_name or "")

    def _pod(
        self, namespace: str, name: str, labels: dict[str, str], phase: str, message: str, node: str = ""
    ) -> None:
        ready = {"type": "Ready", "status": "True" if phase == "Running" else "False"}
        status: dict[str, Any] = {"phase": phase, "conditions": [ready]}
        if message:
            status["message"] = message
        meta = {"name": name, "namespace": namespace, "labels": labels}
        self._store.put("pods", {"metadata": meta, "spec": {"nodeName": node}, "status": status})


def _template(item: cluster.Object) -> dict[str, Any]:
    return (item.get("spec") or {}).get("template") or {}


def _labels(item: cluster.Object) -> dict[str, str]:
    return (_template(item).get("metadata") or {}).get("labels") or {}


def _available(*, ready: bool) -> dict[str, str]:
    return {
        "type": "Available",
        "status": "True" if ready else "False",
        "reason": "MinimumReplicasAvailable" if ready else "MinimumReplicasUnavailable",
        "lastTransitionTime": cluster.now(),
    }


def _workload(kind: str, namespace: str, name: str, image: str) -> cluster.Object:
    labels = {"app": name}
    pod = {"containers": [{"name": name, "image": image}]}
    return {
        "apiVersion": "extensions/v1beta1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"template": {"metadata": {"labels": labels}, "spec": pod}},
    }
