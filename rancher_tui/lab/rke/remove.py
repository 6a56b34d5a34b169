"""`rke remove`: planes down, hosts cleaned, the local kubeconfig deleted, in RKE v0.1's order and words."""

from __future__ import annotations

from rancher_tui.lab.rke import pki
from rancher_tui.lab.rke.dialer import Host
from rancher_tui.lab.rke.run import Run

_WORKER = ("kubelet", "kube-proxy", "service-sidekick")
_CONTROL = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


async def remove_cluster(run: Run) -> None:
    """Take a cluster down; hosts that cannot be reached are left as they are."""
    log = run.log
    log.info("Tearing down Kubernetes cluster")
    await run.dial()
    log.info("[worker] Tearing down Worker Plane..")
    for host in run.hosts:
        for name in _WORKER:
            await run.remove(host, name)
        log.info("[worker] Successfully tore down Worker Plane..")
    log.info("[controlplane] Tearing down the Controller Plane..")
    for host in run.having("controlplane"):
        for name in _CONTROL:
            await run.remove(host, name)
        if "worker" in host.config.roles:
            log.info(
                f"[controlplane] Host [{host.address}] is already a worker host, "
                "skipping delete kubelet and kubeproxy."
            )
    log.info("[controlplane] Successfully tore down Controller Plane..")
    log.info("[etcd] Tearing down etcd plane..")
    for host in run.having("etcd"):
        await run.remove(host, "etcd")
        await host.remove("etcd-rolling-snapshots")
    log.info("[etcd] Successfully tore down etcd plane..")
    for role in ("etcd", "controlplane", "worker"):
        for host in run.having(role):
            await _clean(run, host)
    path = pki.kubeconfig_path(run.config)
    log.info(f"Removing local admin Kubeconfig: {path if path.is_absolute() else f'./{path}'}")
    path.unlink(missing_ok=True)
    log.info("Local admin Kubeconfig removed successfully")
    log.info("Cluster removed successfully")


async def _clean(run: Run, host: Host) -> None:
    log, address = run.log, host.address
    log.info(f"[hosts] Cleaning up host [{address}]")
    log.info(f"[hosts] Cleaning up host [{address}]")
    log.info(f"[hosts] Running cleaner container on host [{address}]")
    await run.start(host, "kube-cleaner", "kube-cleaner", run.tools)
    log.info(f"[hosts] Removing cleaner container on host [{address}]")
    await host.remove("kube-cleaner")
    log.info(f"[hosts] Removing dead container logs on host [{address}]")
    await run.start(host, "cleanup", "rke-log-cleaner", run.tools)
    await run.remove(host, "rke-log-cleaner")
    log.info(f"[hosts] Successfully cleaned up host [{address}]")
