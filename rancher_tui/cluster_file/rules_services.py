"""Rules about services, authentication, network, ingress, registries and clouds."""

from __future__ import annotations

import ipaddress
from itertools import combinations
from typing import Any

from rancher_tui.cluster_file import durations
from rancher_tui.cluster_file.context import Context
from rancher_tui.finding import Status
from rancher_tui.i18n import msg

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
API = ("services", "kube-api", "service_cluster_ip_range")
CONTROLLER = ("services", "kube-controller", "service_cluster_ip_range")
PODS = ("services", "kube-controller", "cluster_cidr")
DNS = ("services", "kubelet", "cluster_dns_server")
PLUGINS = ("flannel", "calico", "canal", "weave")
DNS_POLICIES = ("", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
CLOUD_SETTINGS = {
    "azure": "azureCloudProvider",
    "openstack": "openstackCloudProvider",
    "vsphere": "vsphereCloudProvider",
}


def check(context: Context) -> None:
    """All rules of this module."""
    _external_etcd(context)
    _snapshots(context)
    _authentication(context)
    _plugin(context)
    _ranges(context)
    _ingress(context)
    _cloud(context)
    _own_keys(context)


def _own_keys(context: Context) -> None:
    """Keys that rke's other commands set: with this one a first `rke up` ends (RKE v0.2.8 to v1.2.0, observed)."""
    if context.since(0, 2, 0) and context.get("rotate_certificates") is not None:
        title = msg("with rotate_certificates a first rke up finds no certificates and ends")
        remedy = msg("delete it; rke cert rotate is the command")
        context.say(Status.FAIL, "services.rotate-certificates", ("rotate_certificates",), title, remedy)


def _external_etcd(context: Context) -> None:
    etcd = context.get("services", "etcd") or {}
    if not etcd.get("external_urls"):
        return
    for key in ("ca_cert", "cert", "key", "path"):
        path = ("services", "etcd", key)
        if not etcd.get(key):
            context.say(Status.FAIL, "services.external-etcd", path, msg("an external etcd needs {key}", key=key))
        elif key in ("ca_cert", "cert") and not has_certificate(etcd[key]):
            context.say(Status.FAIL, "services.external-etcd", path, msg("{key} holds no certificate", key=key))


def _snapshots(context: Context) -> None:
    for key in ("creation", "retention"):
        text = context.text("services", "etcd", key)
        length = durations.seconds(text) if text else None
        if text and (length is None or length <= 0):
            title = msg("{text} is no duration: snapshots would not be taken", text=text)
            path = ("services", "etcd", key)
            context.say(
                Status.WARN,
                "services.bad-duration",
                path,
                title,
                msg("write it like 6h or 24h; days are not known"),
            )
    s3 = context.get("services", "etcd", "backup_config", "s3backupconfig")
    if s3 is None or not context.since(0, 2, 0):
        return
    for key in ("endpoint", "bucket_name"):
        if not s3.get(key):
            place = ("services", "etcd", "backup_config", "s3backupconfig", key)
            context.say(Status.FAIL, "services.s3", place, msg("snapshots to S3 need {key}", key=key))
    if context.since(0, 2, 5) and s3.get("custom_ca") and not has_certificate(s3["custom_ca"]):
        place = ("services", "etcd", "backup_config", "s3backupconfig", "custom_ca")
        context.say(Status.FAIL, "services.s3", place, msg("custom_ca holds no certificate"))


def _authentication(context: Context) -> None:
    strategy = context.text("authentication", "strategy")
    path = ("authentication", "strategy")
    if not strategy:
        return
    known = ("x509", "webhook") if context.since(0, 2, 0) else ("x509",)
    parts = [part.strip() for part in strategy.lower().split("|")] if context.since(0, 2, 0) else [strategy]
    wrong = [part for part in parts if part not in known]
    if wrong:
        title = msg("RKE {rke} knows no authentication strategy {name}", rke=context.rke, name=wrong[0])
        context.say(Status.FAIL, "services.authentication", path, title, msg("write x509, or leave it out"))
    elif "x509" not in parts:
        context.say(
            Status.FAIL, "services.authentication", path, msg("the authentication strategy must contain x509")
        )


def _plugin(context: Context) -> None:
    plugin = context.text("network", "plugin")
    known = [*PLUGINS, *(["none"] if context.since(0, 2, 0) else []), *(["aci"] if context.since(1, 2, 4) else [])]
    if plugin and plugin not in known:
        title = msg("RKE {rke} knows no network plugin {name}", rke=context.rke, name=plugin)
        context.say(
            Status.FAIL, "network.plugin", ("network", "plugin"), title, msg("one of: {all}", all=", ".join(known))
        )
    if plugin == "flannel" and context.get("network", "mtu"):
        context.say(Status.FAIL, "network.mtu", ("network", "mtu"), msg("flannel takes no mtu"), msg("delete mtu"))


def _network(text: str) -> Network | None:
    """The network of a CIDR as Go reads one; None for what it refuses."""
    address, slash, bits = text.partition("/")
    if not slash or not bits.isdigit():
        return None
    try:
        return ipaddress.ip_network(f"{ipaddress.ip_address(address)}/{bits}", strict=False)
    except ValueError:
        return None


def _ranges(context: Context) -> None:
    found: dict[tuple[str, ...], Network] = {}
    defaults = {API: "10.43.0.0/16", PODS: "10.42.0.0/16"}
    for path in (API, CONTROLLER, PODS):
        text = context.text(*path) or defaults.get(path, "")
        first = text.split(",")[0].strip() if context.since(1, 3, 0) else text
        network = _network(first) if first else None
        if network is not None:
            found[path] = network
        elif text:
            fatal = path == API
            title = msg("{text} is no network like 10.43.0.0/16", text=text)
            context.say(Status.FAIL if fatal else Status.WARN, "network.bad-cidr", path, title)
    for one, other in combinations([path for path in (API, PODS) if path in found], 2):
        if found[one].version == found[other].version and found[one].overlaps(found[other]):
            title = msg("{one} and {other} overlap", one=str(found[one]), other=str(found[other]))
            path = other if context.text(*other) else one
            context.say(Status.WARN, "network.overlap", path, title)
    if API in found and CONTROLLER in found and context.text(*API) and found[API] != found[CONTROLLER]:
        title = msg("kube-controller has another service range than kube-api")
        context.say(Status.WARN, "network.ranges-differ", CONTROLLER, title)
    _dns_server(context, found.get(API))
    _node_addresses(context, found)


def _address(text: str) -> Any:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _dns_server(context: Context, services: Network | None) -> None:
    server = context.text(*DNS)
    address = _address(server or "10.43.0.10")
    if services is None or (address is not None and address in services):
        return
    if server or context.text(*API):
        title = msg(
            "the cluster's name server {address} is outside the services' range", address=server or "10.43.0.10"
        )
        path = DNS if server else API
        context.say(
            Status.WARN, "network.dns-outside-range", path, title, msg("set services.kubelet.cluster_dns_server")
        )


def _node_addresses(context: Context, found: dict[tuple[str, ...], Network]) -> None:
    for index, node in enumerate(context.get("nodes") or []):
        for key in ("address", "internal_address"):
            address = _address(node.get(key, ""))
            for path in (API, PODS):
                if address is not None and path in found and address in found[path]:
                    title = msg(
                        "{address} lies in the cluster's own range {range}",
                        address=str(address),
                        range=str(found[path]),
                    )
                    context.say(Status.WARN, "network.node-in-range", ("nodes", str(index), key), title)


def _ingress(context: Context) -> None:
    provider = context.text("ingress", "provider")
    if provider not in ("", "nginx", "none"):
        title = msg("RKE knows no ingress provider {name}", name=provider)
        context.say(
            Status.FAIL, "network.ingress-provider", ("ingress", "provider"), title, msg("write nginx or none")
        )
    policy = context.text("ingress", "dns_policy")
    if context.since(0, 3, 0) and policy not in DNS_POLICIES:
        context.say(
            Status.FAIL,
            "network.dns-policy",
            ("ingress", "dns_policy"),
            msg("{name} is no DNS policy", name=policy),
        )


def _cloud(context: Context) -> None:
    cloud = context.get("cloud_provider") or {}
    if cloud.get("customCloudProvider") and not cloud.get("name"):
        title = msg("a custom cloud provider needs a name")
        context.say(Status.FAIL, "services.cloud-provider", ("cloud_provider", "customCloudProvider"), title)
    if cloud.get("customCloudProvider"):
        return
    for name, key in CLOUD_SETTINGS.items():
        if cloud.get("name") == name and key not in cloud:
            title = msg("the cloud provider {name} needs its settings in {key}", name=name, key=key)
            context.say(Status.FAIL, "services.cloud-provider", ("cloud_provider", "name"), title)


def has_certificate(text: str) -> bool:
    """Whether a PEM text holds a certificate that can be read."""
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return bool(load_pem_x509_certificates(text.encode()))
    except (ValueError, TypeError):
        return False
