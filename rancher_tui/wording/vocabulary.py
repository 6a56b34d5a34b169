"""Stable names that people see too: statuses, states, verdicts, phases, purposes; in the operator's language.

JSON and files hold the names as they are; screens and commands show `word(name)`.
"""

from __future__ import annotations

from typing import Final

from rancher_tui.i18n import N_, _

STEP_STATUSES: Final = (N_("todo"), N_("ready"), N_("done"), N_("stale"), N_("failed"))
RUN_STATES: Final = (N_("none"), N_("running"), N_("exited"), N_("signalled"), N_("stopped"), N_("lost"))
VERDICTS: Final = (N_("up"), N_("not-up"), N_("unknown"))
PHASES: Final = (
    *(N_("start"), N_("dial"), N_("state"), N_("port-check"), N_("certificates"), N_("reconcile")),
    *(N_("deploy-certificates"), N_("images"), N_("etcd"), N_("controlplane"), N_("authz"), N_("worker")),
    *(N_("sync"), N_("network"), N_("dns"), N_("metrics"), N_("ingress"), N_("addons"), N_("end")),
)
RUN_FIELDS: Final = (
    *(N_("run"), N_("exit_code"), N_("signal"), N_("verdict"), N_("phase"), N_("elapsed_s"), N_("quiet_s")),
    *(N_("lines"), N_("problems")),
)
PURPOSES: Final = (N_("config"), N_("result"), N_("before-run"), N_("after-run"))
TRUST: Final = (N_("known"), N_("changed"), N_("unreachable"))

HOPS: Final = {
    "dns": N_("DNS"),
    "tls": N_("the TLS handshake"),
    "balancer": N_("load balancer"),
    "ingress": N_("the nodes' ingress"),
    "rancher": N_("Rancher's pod"),
    "overlay": N_("the overlay network"),
    "behind-the-balancer": N_("something behind the load balancer"),
}
"""Places on the way from a client to Rancher, by the names that probes give them."""


def word(name: str) -> str:
    """A stable name in the operator's language; one that is not known as it is."""
    return _(name)


def hop(name: str) -> str:
    """A place on the way from a client to Rancher, in words; one that is not known as it is."""
    return _(HOPS.get(name, name))
