"""Refusals that came with RKE v1.1.11 and later: ingress ports, dual stack, cri-dockerd, pod security, weave, aci.

Source: the validation of RKE's release tags, read; the four observed binaries are older than most of them.
"""

from __future__ import annotations

from rancher_tui import facts
from rancher_tui.cluster_file.context import Context
from rancher_tui.finding import Status
from rancher_tui.i18n import msg

NETWORK_MODES = ("", "none", "hostPort", "hostNetwork")
DUAL_STACK_PLUGINS = ("calico", "aci")
POD_SECURITY_LEVELS = ("privileged", "restricted")


def check(context: Context) -> None:
    """All rules of this module."""
    _ingress_mode(context)
    _dual_stack(context)
    _cri_dockerd(context)
    _pod_security(context)
    _plugins(context)


def _at_least(context: Context, minor: int) -> bool:
    """Whether the Kubernetes that would be installed is at least 1.`minor`; False where it is not known."""
    found = facts.release(context.kubernetes)
    return found is not None and found[:2] >= (1, minor)


def _ingress_mode(context: Context) -> None:
    """Ports are looked at in the mode hostPort only, which Kubernetes 1.21 made the default (RKE v1.3.0)."""
    if not context.since(1, 1, 11):
        return
    mode = context.text("ingress", "network_mode")
    if mode not in NETWORK_MODES:
        title = msg("{name} is no network mode", name=mode)
        remedy = msg("one of: hostNetwork, hostPort, none")
        context.say(Status.FAIL, "network.ingress-mode", ("ingress", "network_mode"), title, remedy)
    by_default = not mode and context.since(1, 3, 0) and _at_least(context, 21)
    fatal = Status.FAIL if mode == "hostPort" or by_default else Status.WARN
    ports = {key: context.get("ingress", key) or 0 for key in ("http_port", "https_port")}
    for key, port in ports.items():
        if not 0 <= port <= 65535:
            looked_at = key == "http_port" or context.since(1, 4, 0)
            status = fatal if looked_at else Status.WARN
            context.say(status, "network.ingress-port", ("ingress", key), msg("{port} is no port", port=port))
    if ports["http_port"] and ports["http_port"] == ports["https_port"]:
        title = msg("HTTP and HTTPS cannot have the same port")
        context.say(fatal, "network.ingress-port", ("ingress", "https_port"), title)


def _dual_stack(context: Context) -> None:
    if not context.since(1, 3, 0):
        return
    plugin = context.text("network", "plugin") or "canal"
    plugins = DUAL_STACK_PLUGINS if context.since(1, 4, 15) else DUAL_STACK_PLUGINS[:1]
    for path in (
        ("services", "kube-api", "service_cluster_ip_range"),
        ("services", "kube-controller", "cluster_cidr"),
    ):
        if "," in context.text(*path) and plugin not in plugins:
            title = msg("the plugin {plugin} takes no second network", plugin=plugin)
            context.say(Status.FAIL, "network.dual-stack", path, title, msg("write one network, or use calico"))


def _cri_dockerd(context: Context) -> None:
    path = ("enable_cri_dockerd",)
    if context.get(*path) is True and not _at_least(context, 21) and facts.release(context.kubernetes):
        title = msg("Kubernetes {version} cannot be used with cri-dockerd", version=context.kubernetes)
        context.say(Status.FAIL, "services.cri-dockerd", path, title, msg("delete it, or use 1.21 or later"))


def _pod_security(context: Context) -> None:
    if not context.since(1, 4, 4):
        return
    rbac = context.text("authorization", "mode") in ("", "rbac")
    policy = ("services", "kube-api", "pod_security_policy")
    level = ("services", "kube-api", "pod_security_configuration")
    if context.get(*policy) is True and not rbac:
        title = msg("pod security policies need authorization.mode rbac")
        context.say(Status.FAIL, "services.pod-security", policy, title)
    elif context.get(*policy) is True and _at_least(context, 25):
        title = msg("Kubernetes {version} has no pod security policies", version=context.kubernetes)
        context.say(Status.FAIL, "services.pod-security", policy, title, msg("delete it"))
    wanted = context.text(*level)
    if wanted and not rbac:
        title = msg("pod security needs authorization.mode rbac")
        context.say(Status.FAIL, "services.pod-security", level, title)
    elif wanted and not _at_least(context, 23):
        title = msg("pod security needs Kubernetes 1.23 or later")
        context.say(Status.FAIL, "services.pod-security", level, title)
    elif wanted and wanted not in POD_SECURITY_LEVELS:
        title = msg("{level} is no level of pod security", level=wanted)
        remedy = msg("one of: {all}", all=", ".join(POD_SECURITY_LEVELS))
        context.say(Status.FAIL, "services.pod-security", level, title, remedy)


def _plugins(context: Context) -> None:
    plugin = context.text("network", "plugin")
    path = ("network", "plugin")
    if plugin == "weave" and context.since(1, 6, 0) and _at_least(context, 30):
        title = msg("weave ended with Kubernetes 1.29; this is {version}", version=context.kubernetes)
        context.say(Status.FAIL, "network.plugin", path, title, msg("one of: canal, calico, flannel"))
    if plugin == "aci" and context.since(1, 2, 4):
        settings = context.get("network", "aci_network_provider") or context.get("network", "options")
        if not settings:
            title = msg("the plugin aci needs its settings in aci_network_provider")
            context.say(Status.FAIL, "network.plugin", path, title)
