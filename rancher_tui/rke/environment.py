"""What rke gets from our environment, and what of it would break the run: proxies between us and the API server.

Go's HTTP client obeys HTTP_PROXY, HTTPS_PROXY and NO_PROXY in both cases; RKE speaks with the API server by it,
but reaches the nodes' Docker over SSH. `ignore_proxy_env_vars` is for bastions only (RKE v1.3.0).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
_SHOWN = (*_PROXIES, "NO_PROXY", "no_proxy", "SSH_AUTH_SOCK", "RKE_CONFIG", "RANCHER_METADATA_URL", "HOME")


def shown(env: Mapping[str, str]) -> dict[str, str]:
    """The variables that change what rke does, passwords in proxy addresses masked."""
    return {name: _masked(env[name]) for name in _SHOWN if env.get(name)}


def _masked(value: str) -> str:
    try:
        parts = urlsplit(value)
        if parts.password is None:
            return value
    except ValueError:
        return value
    return urlunsplit(parts._replace(netloc=f"{parts.username}:…@{parts.netloc.rpartition('@')[2]}"))


def judge(env: Mapping[str, str], controlplane: Iterable[str]) -> list[Finding]:
    """Warnings about variables that would break a run on these control plane addresses."""
    found: list[Finding] = []
    proxy = next((name for name in ("HTTPS_PROXY", "https_proxy") if env.get(name)), "")
    no_proxy = env.get("NO_PROXY") or env.get("no_proxy") or ""
    through = [address for address in controlplane if proxy and not bypassed(address, no_proxy)]
    if through:
        title = msg("{name} sends rke's calls to {address}:6443 through a proxy", name=proxy, address=through[0])
        addresses = ",".join(through)
        remedy = msg("export NO_PROXY={addresses}", addresses=f"{no_proxy},{addresses}".strip(","))
        evidence = {"variable": proxy, "addresses": through, "no_proxy": no_proxy}
        found.append(
            Finding(
                Status.WARN,
                "proxy-in-the-way",
                proxy,
                title,
                remedy=remedy,
                evidence=evidence,
                check="plan",
                step=11,
            )
        )
    return found


def bypassed(host: str, no_proxy: str) -> bool:
    """True when NO_PROXY takes `host` (port 6443) out, by Go's rules (golang.org/x/net/http/httpproxy)."""
    host = host.strip().rstrip(".").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    return any(_entry_fits(entry.strip().lower(), host, address) for entry in no_proxy.split(",") if entry.strip())


def _entry_fits(entry: str, host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
    if entry == "*":
        return True
    if address is not None:
        try:
            return address in ipaddress.ip_network(entry, strict=False)
        except (ValueError, TypeError):
            return entry in (f"{host}:6443", f"[{host}]:6443")
    name, _, port = entry.partition(":")
    if port and port != "6443":
        return False
    name = name.removeprefix("*")
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")
