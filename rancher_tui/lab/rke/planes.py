"""The phases of `rke up` from the port check to the worker plane, in RKE v0.1's order and words."""

from __future__ import annotations

import json
from functools import partial

from rancher_tui.lab.rke import pki
from rancher_tui.lab.rke.api import Api, ApiError
from rancher_tui.lab.rke.dialer import Host
from rancher_tui.lab.rke.facts import facts
from rancher_tui.lab.rke.log import FatalError
from rancher_tui.lab.rke.run import Run

_COMPONENTS = {
    "kube-controller-manager": "Kube Controller",
    "kube-scheduler": "Kube Scheduler",
    "kube-proxy": "Kube Proxy",
    "kube-node": "Node",
}
_CONTROL = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
_LISTENERS = {
    "rke-etcd-port-listener": "etcd",
    "rke-cp-port-listener": "controlplane",
    "rke-worker-port-listener": "worker",
}
_CHECKS = {
    "etcd <-> etcd": "etcd",
    "control plane -> etcd": "controlplane",
    "control plane -> worker": "controlplane",
    "workers -> control plane": "worker",
}
_SECRETS = "/api/v1/namespaces/kube-system/secrets"
_MAPS = "/api/v1/namespaces/kube-system/configmaps"
_SECRET = "k8s-certs"  # noqa: S105 - a name
_STATE = "cluster-state"
_API_LIMIT = 30.0
_NODE_TRIES = 6


async def recover_state(run: Run) -> None:
    """Ask a cluster that a local kubeconfig names for its certificates; without an answer it counts as new."""
    api = Api.from_kubeconfig(pki.kubeconfig_path(run.config))
    if api is None:
        return
    run.log.info("[state] Found local kube config file, trying to get state from cluster")
    run.log.info("[state] Fetching cluster state from Kubernetes")
    try:
        await api.ask("GET", f"{_MAPS}/{_STATE}")
        run.log.info("[state] Successfully Fetched cluster state to Kubernetes ConfigMap: cluster-state")
        run.log.info("[certificates] Getting Cluster certificates from Kubernetes")
        secret = await api.ask("GET", f"{_SECRETS}/{_SECRET}")
    except ApiError:
        await run.pause(_API_LIMIT)
        run.log.info("Timed out waiting for kubernetes cluster to get state")
        return
    run.bundle = pki.Bundle.from_secret(secret["data"])
    run.api = api
    run.is_new = False
    run.log.info("[certificates] Successfully fetched Cluster certificates from Kubernetes")


async def check_ports(run: Run) -> None:
    """Listeners on every host, then every host tries the others."""
    if not run.is_new:
        run.log.info("[network] No hosts added existing cluster, skipping port check")
        return
    run.log.info("[network] Deploying port listener containers")
    for name, role in _LISTENERS.items():
        await run.each(run.having(role), partial(_start_tool, run, "network", name))
    run.log.info("[network] Port listener containers deployed successfully")
    for title, role in _CHECKS.items():
        run.log.info(f"[network] Running {title} port checks")
        await run.each(run.having(role), partial(_check_once, run))
    run.log.info("[network] Checking KubeAPI port Control Plane hosts")
    run.log.info("[network] Removing port listener containers")
    for name, role in _LISTENERS.items():
        await run.each(run.having(role), partial(_remove, run, name))
    run.log.info("[network] Port listener containers removed successfully")


async def _remove(run: Run, name: str, host: Host) -> None:
    await run.remove(host, name)


async def _start_tool(run: Run, tag: str, name: str, host: Host) -> None:
    await run.start(host, tag, name, run.tools)


async def _check_once(run: Run, host: Host) -> None:
    await run.start(host, "network", "rke-port-checker", run.tools)
    await host.remove("rke-port-checker")


async def make_certificates(run: Run) -> None:
    """Make the cluster's certificates and keep a copy on the hosts."""
    if not run.is_new:
        return
    log = run.log
    holders = run.having("etcd", "controlplane")
    log.info("[certificates] Attempting to recover certificates from backup on [etcd,controlPlane] hosts")
    await run.each(holders, partial(_start_tool, run, "certificates", "cert-fetcher"))
    log.info("[certificates] No Certificate backup found on [etcd,controlPlane] hosts")
    log.info("[certificates] Generating CA kubernetes certificates")
    ca = pki.make_ca()
    pairs = {"kube-ca": ca}
    log.info("[certificates] Generating Kubernetes API server certificates")
    pairs["kube-apiserver"] = pki.make_api_server(ca, run.config)
    for name, title in _COMPONENTS.items():
        log.info(f"[certificates] Generating {title} {'certificate' if title == 'Node' else 'certificates'}")
        await run.pause(0.3)
        pairs[name] = pki.make_component(ca, name.removeprefix("kube-"))
    log.info("[certificates] Generating admin certificates and kubeconfig")
    pairs["kube-admin"] = pki.make_admin(ca)
    for host in run.config.having("etcd"):
        log.info(f"[certificates] Generating {pki.etcd_name(host)} certificate and key")
    log.info(
        "[certificates] Generating Kubernetes API server aggregation layer requestheader client CA certificates"
    )
    log.info("[certificates] Generating Kubernetes API server proxy client certificates")
    run.bundle = pki.Bundle(pairs)
    log.info("[certificates] Temporarily saving certs to [etcd,controlPlane] hosts")
    await run.pause(6)
    log.info("[certificates] Saved certs to [etcd,controlPlane] hosts")


async def reconcile(run: Run) -> None:
    """Compare with what is there."""
    run.log.info("[reconcile] Reconciling cluster state")
    if run.is_new or run.api is None:
        run.log.info("[reconcile] This is newly generated cluster")
        return
    run.log.info("[reconcile] Check etcd hosts to be deleted")
    run.log.info("[reconcile] Check etcd hosts to be added")
    run.log.info("[reconcile] Rebuilding and updating local kube config")
    _write_kubeconfig(run)
    run.log.info(f"[reconcile] host [{run.api.address}] is active master on the cluster")
    run.log.info("[reconcile] Reconciled cluster state successfully")


def _write_kubeconfig(run: Run) -> None:
    pki.write_kubeconfig(run.config, run.bundle, run.api_address)
    shown = pki.kubeconfig_path(run.config)
    run.log.info(
        f"Successfully Deployed local admin kubeconfig at [{shown if shown.is_absolute() else f'./{shown}'}]"
    )


async def deploy_certificates(run: Run) -> None:
    """Put the certificates on the hosts; the local kubeconfig is written here."""
    run.log.info("[certificates] Deploying kubernetes certificates to Cluster nodes")
    environment = run.bundle.environment()

    async def deploy(host: Host) -> None:
        await run.start(host, "certificates", "cert-deployer", run.tools, environment=environment, told=False)
        await host.remove("cert-deployer")

    await run.each(run.hosts, deploy)
    await run.pause(5)
    if run.having("controlplane"):
        _write_kubeconfig(run)
    run.log.info("[certificates] Successfully deployed kubernetes certificates to Cluster nodes")


async def pull_images(run: Run) -> None:
    """Fetch what the control plane and the workers need."""
    run.log.info("Pre-pulling kubernetes images")
    await run.each(run.hosts, lambda host: run.have_image(host, "pre-deploy", run.images["hyperkube"]))
    for image in facts()["network"]:
        await run.each(run.hosts, partial(_pull, run, image))
    run.log.info("Kubernetes images pulled successfully")


async def _pull(run: Run, image: str, host: Host) -> None:
    await run.have_image(host, "pre-deploy", image)


async def build_etcd(run: Run) -> None:
    """The etcd plane, one host after another."""
    run.log.info("[etcd] Building up etcd plane..")
    for host in run.having("etcd"):
        await run.start(host, "etcd", "etcd", run.images["etcd"])
        if run.config.snapshot:
            run.log.info(f"[etcd] Saving snapshot [etcd-rolling-snapshots] on host [{host.address}]")
            await run.start(host, "etcd", "etcd-rolling-snapshots", run.tools)
            await run.pause(5)
            await run.start(host, "certificates", "rke-bundle-cert", run.tools)
            await host.remove("rke-bundle-cert")
            bundle = "/opt/rke/etcd-snapshots//pki.bundle.tar.gz"
            run.log.info(
                f"[certificates] successfully saved certificate bundle [{bundle}] on host [{host.address}]"
            )
        await _link_logs(run, "etcd", host)
    run.log.info("[etcd] Successfully started etcd plane..")


async def _link_logs(run: Run, tag: str, host: Host) -> None:
    await run.start(host, tag, "rke-log-linker", run.tools)
    await run.remove(host, "rke-log-linker")


async def _serve(run: Run, tag: str, service: str, command: list[str], host: Host) -> None:
    await run.start(host, tag, service, run.images["hyperkube"], [service, *command])
    await run.be_healthy(host, service)
    await _link_logs(run, tag, host)


async def build_control_plane(run: Run) -> None:
    """The three services of the control plane on all its hosts at once."""
    run.log.info("[controlplane] Building up Controller Plane..")

    async def build(host: Host) -> None:
        for service in _CONTROL:
            await _serve(run, "controlplane", service, [], host)

    await run.each(run.having("controlplane"), build)
    run.log.info("[controlplane] Successfully started Controller Plane..")


async def connect_api(run: Run) -> None:
    """A client of the first control plane host's API server that answers."""
    if not run.having("controlplane"):
        return
    pairs = run.bundle.pairs
    admin = pairs["kube-admin"]
    run.api = Api(run.api_address, pairs["kube-ca"].pem, admin.pem, admin.key_pem)
    for _attempt in range(int(_API_LIMIT)):
        try:
            await run.api.ask("GET", "/healthz")
        except ApiError:
            await run.try_later(1)
        else:
            return
    raise FatalError("[state] Timeout waiting for kubernetes to be ready")


async def save_state(run: Run) -> None:
    """Accounts for the add-on jobs, certificates and state into the cluster and onto its hosts."""
    log = run.log
    if run.api is None:
        return
    log.info("[authz] Creating rke-job-deployer ServiceAccount")
    account = {"metadata": {"name": "rke-job-deployer", "namespace": "kube-system"}}
    await run.api.put("/api/v1/namespaces/kube-system/serviceaccounts", account)
    log.info("[authz] rke-job-deployer ServiceAccount created successfully")
    log.info("[authz] Creating system:node ClusterRoleBinding")
    binding = {"metadata": {"name": "system:node"}, "roleRef": {"kind": "ClusterRole", "name": "system:node"}}
    await run.api.put("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
    log.info("[authz] system:node ClusterRoleBinding created successfully")
    log.info("[certificates] Save kubernetes certificates as secrets")
    secret = {"metadata": {"name": _SECRET, "namespace": "kube-system"}, "data": run.bundle.as_secret()}
    await run.api.put(_SECRETS, secret)
    log.info(f"[certificates] Successfully saved certificates as kubernetes secret [{_SECRET}]")
    log.info("[state] Saving cluster state to Kubernetes")
    state = json.dumps({"nodes": [host.address for host in run.config.hosts]})
    holder = {"metadata": {"name": _STATE, "namespace": "kube-system"}, "data": {_STATE: state}}
    await run.api.put(_MAPS, holder)
    log.info("[state] Successfully Saved cluster state to Kubernetes ConfigMap: cluster-state")
    log.info("[state] Saving cluster state to cluster nodes")
    for host in run.having("etcd", "controlplane"):
        await run.start(host, "state", "cluster-state-deployer", run.tools)
        await run.remove(host, "cluster-state-deployer")


async def build_workers(run: Run) -> None:
    """Kubelet and proxy on every host; the proxy of the control plane where a host has none of it."""
    run.log.info("[worker] Building up Worker Plane..")

    async def build(host: Host) -> None:
        if await host.running("service-sidekick") is None:
            await run.remove(host, "service-sidekick")
            await run.start(host, "worker", "service-sidekick", run.tools, told=False)
        else:
            run.log.info(f"[sidekick] Sidekick container already created on host [{host.address}]")
        if "controlplane" not in host.config.roles:
            await run.start(host, "worker", "nginx-proxy", run.tools)
        override = [f"--hostname-override={host.config.hostname}"]
        await _serve(run, "worker", "kubelet", override, host)
        await _serve(run, "worker", "kube-proxy", override, host)

    await run.each(run.hosts, build)
    run.log.info("[worker] Successfully started Worker Plane..")


async def sync_nodes(run: Run) -> None:
    """Labels for the roles; FatalError for a host whose kubelet did not register in half a minute."""
    run.log.info("[sync] Syncing nodes Labels and Taints")
    for host in run.hosts:
        if run.api is None:
            break
        name = host.config.hostname
        node = None
        for _attempt in range(_NODE_TRIES):
            try:
                node = await run.api.ask("GET", f"/api/v1/nodes/{name}")
                break
            except ApiError:
                await run.try_later(5)
        if node is None:
            raise FatalError(f'Failed to get kubernetes node [{name}]:  "{name}" not found')
        labels = node["metadata"].setdefault("labels", {})
        for role in host.config.roles:
            labels[f"node-role.kubernetes.io/{role}"] = "true"
        await run.api.ask("PUT", f"/api/v1/nodes/{name}", node)
    run.log.info("[sync] Successfully synced nodes Labels and Taints")
