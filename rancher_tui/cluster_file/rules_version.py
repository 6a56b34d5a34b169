"""Rules about versions: Kubernetes as this RKE takes it, Rancher's image, API versions, the ingress's option."""

from __future__ import annotations

import re

from rancher_tui import facts
from rancher_tui.cluster_file import objects
from rancher_tui.cluster_file.context import Context
from rancher_tui.finding import Status
from rancher_tui.i18n import msg

_IMAGES = ("etcd", "kubernetes", "pod_infra_container", "alpine", "nginx_proxy", "cert_downloader")
_PLUGIN_IMAGES = {
    "flannel": ("flannel", "flannel_cni"),
    "canal": ("canal_node", "canal_cni", "canal_flannel"),
    "calico": ("calico_cni", "calico_ctl", "calico_node", "calico_controllers"),
    "weave": ("weave_cni", "weave_node"),
}
_DNS_IMAGES = {
    "kube-dns": ("kubedns", "dnsmasq", "kubedns_sidecar", "kubedns_autoscaler"),
    "coredns": ("coredns", "coredns_autoscaler"),
}
_SEMVER = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_PATH = ("kubernetes_version",)
RANCHER_LAST = (2, 0, 8)


def check(context: Context) -> None:
    """All rules of this module."""
    _kubernetes(context)
    deployment, _container = objects.rancher(context.addons.values)
    if deployment is not None:
        _image(context)
        _rancher_on(context)
        _forwarded_headers(context)
    _api_versions(context)


def _kubernetes(context: Context) -> None:
    asked = context.text(*_PATH)
    if not asked:
        return
    strict = context.since(0, 2, 0)
    carried = facts.carried_kubernetes(context.rke)
    remedy = msg("one of: {versions}", versions=", ".join(carried[-6:]))
    if strict and not _SEMVER.fullmatch(asked):
        context.say(
            Status.FAIL, "version.kubernetes", _PATH, msg("{version} is no full version", version=asked), remedy
        )
    elif context.since(1, 4, 4) and not asked.startswith("v"):
        title = msg("RKE {rke} takes {version} only with its v", rke=context.rke, version=asked)
        context.say(Status.FAIL, "version.kubernetes", _PATH, title, msg("write v{version}", version=asked))
    elif not carried or asked in carried:
        return
    elif not strict:
        used = facts.default_kubernetes(context.rke)
        title = msg(
            "RKE {rke} does not carry {version}: it installs {used} in silence",
            rke=context.rke,
            version=asked,
            used=used,
        )
        context.say(Status.WARN, "version.kubernetes-replaced", _PATH, title, remedy)
    elif facts.rke_known(context.rke) and not _own_images(context):
        title = msg("RKE {rke} does not carry {version}", rke=context.rke, version=asked)
        context.say(Status.FAIL, "version.kubernetes", _PATH, title, remedy)


def _own_images(context: Context) -> bool:
    """Whether the file names every image by itself, so that any version is taken (RKE v0.2.8, its validation)."""
    needed = [*_IMAGES, "kubernetes_services_sidecar"]
    needed += _PLUGIN_IMAGES.get(context.text("network", "plugin") or "canal", ())
    needed += _DNS_IMAGES.get(context.text("dns", "provider"), ())
    needed += ["metrics_server"] if context.text("monitoring", "provider") != "none" else []
    needed += ["ingress", "ingress_backend"] if context.text("ingress", "provider") != "none" else []
    return all(context.text("system_images", key) for key in needed)


def _image(context: Context) -> None:
    deployment, container = objects.rancher(context.addons.values)
    addon = next(addon for addon in context.addons.documents if addon.value is deployment)
    index = str(objects.containers(deployment).index(container))
    path = ("spec", "template", "spec", "containers", index, "image")
    parts = objects.image_parts(container["image"])
    tag = parts[1] if parts else ""
    if "<" in tag:
        return
    found = facts.release(tag)
    remedy = msg("write rancher/rancher:v2.0.8")
    if found is None:
        title = msg("the tag {tag} points at another release every few weeks", tag=tag or "latest")
        context.say_inside(Status.WARN, "version.floating-tag", addon, path, title, remedy)
    elif "-" in tag:
        context.say_inside(
            Status.WARN, "version.pre-release", addon, path, msg("{tag} is a test build", tag=tag), remedy
        )
    elif found > RANCHER_LAST:
        title = msg("{tag} cannot be installed as an add-on of RKE: v2.0.8 is the last that can", tag=tag)
        context.say_inside(Status.WARN, "version.rancher-too-new", addon, path, title, remedy)
    elif "--no-cacerts" in objects.arguments(container) and found < (2, 0, 1):
        title = msg("{tag} does not know --no-cacerts", tag=tag)
        context.say_inside(Status.WARN, "version.no-cacerts", addon, path, title, remedy)


def _rancher_on(context: Context) -> None:
    used = context.kubernetes
    release = facts.release(used)
    limits = facts.table("rancher")["kubernetes"]
    if release is None:
        return
    path = _PATH if context.text(*_PATH) else ()
    if release[:2] > facts.number(limits["last"]):
        title = (
            msg("Rancher 2.0 was made for Kubernetes 1.9 to 1.11, not {version}", version=used)
            if path
            else msg(
                "without kubernetes_version RKE {rke} installs {version}; Rancher 2.0 wants 1.9 to 1.11",
                rke=context.rke,
                version=used,
            )
        )
        code = "version.kubernetes-untried" if path else "version.not-pinned"
        context.say(Status.WARN, code, path, title, msg("pin kubernetes_version"))


def _forwarded_headers(context: Context) -> None:
    template = objects.template(context.addons.values)
    provider = context.text("ingress", "provider") or "nginx"
    if (
        provider != "nginx"
        or not template.startswith("external-")
        or not facts.needs_forwarded_headers(context.kubernetes)
    ):
        return
    if (context.get("ingress", "options") or {}).get("use-forwarded-headers") != "true":
        title = msg(
            "the ingress of {version} drops X-Forwarded-Proto: Rancher redirects for ever",
            version=context.kubernetes,
        )
        remedy = msg('set ingress.options.use-forwarded-headers: "true"')
        context.say(Status.WARN, "network.forwarded-headers", ("ingress", "options"), title, remedy)


def _api_versions(context: Context) -> None:
    used = context.kubernetes
    for addon in context.addons.documents:
        kind, api = objects.kind(addon.value), objects.get(addon.value, "apiVersion")
        if isinstance(api, str) and facts.served(kind, api, used) is False:
            title = msg("Kubernetes {version} does not serve {kind} as {api}", version=used, kind=kind, api=api)
            context.say_inside(Status.WARN, "version.api-not-served", addon, ("apiVersion",), title)
