"""Is Rancher's Ingress there for the name that people will use? With another host nginx answers 404 for it."""

from __future__ import annotations

from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.kubernetes.client import ApiError, Client

NAMESPACE = "cattle-system"
_GROUPS = ("extensions/v1beta1", "networking.k8s.io/v1beta1", "networking.k8s.io/v1")


async def ingress_host(client: Client, fqdn: str, facts: dict[str, Any]) -> Finding:
    """An Ingress of Rancher's namespace has `fqdn` as host; facts: `ingress_hosts`."""
    subject = f"{NAMESPACE}/ingress"
    try:
        hosts = await _hosts(client)
    except ApiError as error:
        title = msg("Whether the Ingress is for {name} is not known", name=fqdn)
        evidence = error.evidence()
        return Finding(Status.UNKNOWN, "ingress-host", subject, title, error.message, evidence=evidence)
    facts["ingress_hosts"] = hosts
    evidence = {"hosts": hosts, "fqdn": fqdn}
    if fqdn.lower() in (host.lower() for host in hosts):
        title = msg("The Ingress is for {name}", name=fqdn)
        return Finding(Status.PASS, "ingress-host", subject, title, evidence=evidence)
    title = (
        msg("The Ingress is for {hosts}, not for {name}", hosts=", ".join(hosts), name=fqdn)
        if hosts
        else msg("There is no Ingress for {name}", name=fqdn)
    )
    detail = msg("nginx then answers `default backend - 404`")
    remedy = msg("correct the FQDN in step 8, export and run again")
    return Finding(Status.FAIL, "ingress-host", subject, title, detail, remedy, evidence)


async def _hosts(client: Client) -> list[str]:
    """The hosts of all Ingresses in Rancher's namespace, from the first API group that has any."""
    found: list[str] = []
    for group in _GROUPS:
        try:
            answer = await client.get(f"/apis/{group}/namespaces/{NAMESPACE}/ingresses")
        except ApiError as error:
            if error.reason != "api-not-found":
                raise
            continue
        found += [host for item in _mappings(answer.get("items")) for host in _rule_hosts(item)]
        if found:
            break
    return list(dict.fromkeys(found))


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _rule_hosts(ingress: dict[str, Any]) -> list[str]:
    spec = ingress.get("spec")
    rules = _mappings(spec.get("rules")) if isinstance(spec, dict) else []
    return [str(rule["host"]) for rule in rules if rule.get("host")]
