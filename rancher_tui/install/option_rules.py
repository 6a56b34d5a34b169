"""Judgement of what is entered beyond the guide: bastion, registry, proxy, audit log, S3, labels, taints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install import names
from rancher_tui.install.references import INLINE_KEYS, is_reference
from rancher_tui.install.state import InstallState

_RELEASE: Final = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})")
_LABEL_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_WHOLE_HOURS: Final = re.compile(r"[1-9][0-9]*h(0m)?(0s)?")
_REGISTRY: Final = re.compile(r"(?P<host>[^\s/:@]+)(:(?P<port>[0-9]+))?(/[^\s]*)?")
_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_INTERFACE_PLUGINS: Final = ("", "canal", "flannel")
FIRST_S3: Final = (0, 2, 0)
FIRST_TAINTS: Final = (0, 3, 0)
FIRST_FLAG_ONLY: Final = (1, 1, 3)
"""From this RKE on the file's `ignore_docker_version` does nothing; the option of `rke up` does (observed)."""


def _finding(status: Status, code: str, subject: str, title: Message, remedy: Message = EMPTY) -> Finding:
    return Finding(status, code, subject, title, remedy=remedy, check="cluster-file", step=10)


def _fail(code: str, field: str, title: Message, remedy: Message = EMPTY) -> Finding:
    return _finding(Status.FAIL, code, field, title, remedy)


def _warn(code: str, field: str, title: Message, remedy: Message = EMPTY) -> Finding:
    return _finding(Status.WARN, code, field, title, remedy)


def release(state: InstallState) -> tuple[int, int, int] | None:
    """The RKE that is wanted, as numbers; None where none is entered."""
    match = _RELEASE.match(state.rke.version.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def more_options(state: InstallState) -> Iterator[Finding]:
    """Step 10: everything of the options that `field_rules.options` does not judge."""
    yield from _registry(state)
    yield from _proxy(state)
    yield from _audit(state)
    yield from _names(state)
    yield from _ingress(state)
    yield from _releases(state)


def bastion(state: InstallState) -> Iterator[Finding]:
    """Step 1: the host through which all others are reached."""
    for finding in _bastion(state):
        yield replace(finding, check="preflight", step=1)


def _bastion(state: InstallState) -> Iterator[Finding]:
    bastion = state.options.bastion
    address = bastion.address.strip()
    if not address:
        if any(text.strip() for name, text in bastion if name not in ("address", "port")):
            title = msg("without an address the bastion is not used")
            yield _warn("bastion-incomplete", "options.bastion.address", title)
        return
    if names.ip_address(address) is None and not names.is_dns_name(address.lower().rstrip(".")):
        title = msg("{address} is neither an IP address nor a name", address=address)
        yield _fail("bad-address", "options.bastion.address", title, msg("the port goes into its own field"))
    if not bastion.user.strip():
        yield _fail("bastion-incomplete", "options.bastion.user", msg("a bastion needs a user"))
    if bastion.port.strip() and names.port_number(bastion.port.strip()) is None:
        title = msg("{port} is no port", port=bastion.port)
        yield _fail("bad-port", "options.bastion.port", title, msg("a number from 1 to 65535"))
    for name in INLINE_KEYS:
        if (text := getattr(bastion, name)) and not is_reference(text):
            title = msg("a key itself does not belong into the state")
            yield _fail(
                "key-inline", f"options.bastion.{name}", title, msg("secret:NAME, env:VARIABLE or file:PATH")
            )
    if len(bastion.ssh_key_path.strip()) == 1:
        title = msg("a key path of one character makes RKE panic")
        yield _fail("bad-key-path", "options.bastion.ssh_key_path", title, msg("write the whole path"))


def _registry(state: InstallState) -> Iterator[Finding]:
    registry = state.options.registry
    url = registry.url.strip()
    if not url:
        if registry.user.strip() or registry.password.strip():
            yield _warn("registry-incomplete", "options.registry.url", msg("a login without a registry"))
        return
    match = _REGISTRY.fullmatch(url)
    if "://" in url:
        plain = url.partition("://")[2]
        title = msg("RKE takes a registry without {scheme}://", scheme=url.partition("://")[0])
        yield _fail("registry-scheme", "options.registry.url", title, msg("{url}", url=plain))
    elif match is None or (match["port"] and names.port_number(match["port"]) is None):
        title = msg("{url} is no registry like registry.example.com:5000", url=url)
        yield _fail("bad-registry", "options.registry.url", title)
    if bool(registry.user.strip()) != bool(registry.password.strip()):
        missing = "password" if registry.user.strip() else "user"
        title = msg("user and password go together")
        yield _fail("registry-incomplete", f"options.registry.{missing}", title, msg("enter both or neither"))


def _proxy(state: InstallState) -> Iterator[Finding]:
    proxy = state.options.proxy
    for name in ("http", "https"):
        text = getattr(proxy, name).strip()
        if not text or is_reference(text):
            continue
        yield from _proxy_address(f"options.proxy.{name}", text)
    if not (proxy.http.strip() or proxy.https.strip()):
        if proxy.no_proxy.strip():
            title = msg("without a proxy this list is not used")
            yield _warn("no-proxy-unused", "options.proxy.no_proxy", title)
        return
    if proxy.no_proxy.strip():
        spared = {entry.strip() for entry in proxy.no_proxy.split(",")}
        needed = ["localhost", "127.0.0.1", state.options.service_cluster_ip_range.strip() or "10.43.0.0/16"]
        lacking = [entry for entry in needed if entry not in spared]
        if lacking:
            title = msg("the list lacks {entries}", entries=", ".join(lacking))
            remedy = msg("empty it is built by itself").or_key(
                "{key:propose} builds it anew; empty it is built by itself"
            )
            yield _warn("no-proxy-lacks", "options.proxy.no_proxy", title, remedy)
        if any(" " in entry for entry in spared):
            title = msg("entries are separated by commas, without blanks inside")
            yield _fail("bad-no-proxy", "options.proxy.no_proxy", title)


def _proxy_address(field: str, text: str) -> Iterator[Finding]:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https", "socks5") and bool(parts.hostname)
        port = parts.port
    except ValueError:
        good, port = False, None
    if not good or any(sign.isspace() for sign in text) or port == 0:
        title = msg(
            "{text} is no proxy like http://proxy.example.com:3128", text=text if "@" not in text else "this"
        )
        remedy = msg("write signs of a password as %40 (@), %3A (:), %2F (/)") if "@" in text else EMPTY
        yield _fail("bad-proxy", field, title, remedy)


def _audit(state: InstallState) -> Iterator[Finding]:
    audit = state.options.audit
    if audit.level.strip() in ("", "0"):
        return
    for name, title in (
        ("max_age", msg("a number of days")),
        ("max_backup", msg("a number of files")),
        ("max_size", msg("a number of megabytes")),
    ):
        text = getattr(audit, name).strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            yield _fail(
                "bad-number", f"options.audit.{name}", msg("{text} is no number", text=text or "''"), title
            )
    if not audit.host_path.startswith("/"):
        title = msg("{text} is no absolute path", text=audit.host_path or "''")
        yield _fail("bad-path", "options.audit.host_path", title, msg("for example /var/log/rancher/auditlog"))


def _names(state: InstallState) -> Iterator[Finding]:
    options = state.options
    for index, name in enumerate(options.authentication_sans):
        text = name.strip()
        if names.ip_address(text) is None and not names.is_dns_name(text.lower().removeprefix("*.")):
            title = msg("{name} is neither an IP address nor a name", name=text)
            yield _fail("bad-name", f"options.authentication_sans.{index}", title)
    if len(options.ssh_key_path.strip()) == 1:
        title = msg("a key path of one character makes RKE panic")
        yield _fail("bad-key-path", "options.ssh_key_path", title, msg("write the whole path"))
    if options.network_interface.strip() and options.network_plugin.strip() not in _INTERFACE_PLUGINS:
        title = msg("the plugin {plugin} takes no interface", plugin=options.network_plugin.strip())
        yield _fail("interface-not-taken", "options.network_interface", title, msg("canal and flannel do"))


def _ingress(state: InstallState) -> Iterator[Finding]:
    for index, pair in enumerate(state.options.ingress_options):
        key, equals, _value = pair.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z0-9._-]+", key.strip()):
            title = msg("{text} is no key=value", text=pair)
            yield _fail("bad-pair", f"options.ingress_options.{index}", title, msg("map-hash-bucket-size=128"))


def _releases(state: InstallState) -> Iterator[Finding]:
    """What the RKE that is wanted cannot do."""
    etcd, wanted = state.etcd, release(state)
    if etcd.s3_bucket.strip():
        if wanted is not None and wanted < FIRST_S3:
            title = msg("rke {rke} cannot copy snapshots to S3", rke=state.rke.version)
            yield _fail("s3-too-old-rke", "etcd.s3_bucket", title, msg("v0.2.0 and later can"))
        if not etcd.s3_endpoint.strip():
            title = msg("RKE refuses S3 without an endpoint")
            yield _fail("s3-incomplete", "etcd.s3_endpoint", title, msg("for example s3.amazonaws.com"))
        if etcd.enabled and not _WHOLE_HOURS.fullmatch(etcd.creation.strip()):
            title = msg("with S3 RKE takes snapshots every so many whole hours")
            yield _fail("s3-interval", "etcd.creation", title, msg("for example 6h"))
    elif etcd.s3_endpoint.strip() or etcd.s3_access_key.strip():
        yield _warn("s3-incomplete", "etcd.s3_bucket", msg("without a bucket nothing is copied to S3"))
    if state.options.ignore_docker_version and wanted is not None and wanted >= FIRST_FLAG_ONLY:
        title = msg(
            "rke {rke} ignores this in the file; `rke up` is given --ignore-docker-version", rke=state.rke.version
        )
        yield _finding(Status.PASS, "docker-override", "options.ignore_docker_version", title)


def labels_and_taints(state: InstallState) -> Iterator[Finding]:
    """Step 6: labels and taints of the nodes, in Kubernetes' own form."""
    wanted = release(state)
    for number, node in enumerate(state.nodes, 1):
        for text in node.labels:
            if (problem := _label_problem(text)) is not None:
                yield _node("bad-label", f"{number} labels", problem, Status.FAIL)
        for text in node.taints:
            if (problem := _taint_problem(text)) is not None:
                yield _node("bad-taint", f"{number} taints", problem, Status.FAIL)
        if node.taints and wanted is not None and wanted < FIRST_TAINTS:
            title = msg("rke {rke} ignores taints; v0.3.0 and later do not", rke=state.rke.version)
            yield _node("taints-ignored", f"{number} taints", title, Status.WARN)


def _node(code: str, subject: str, title: Message, status: Status) -> Finding:
    return Finding(status, code, subject, title, check="nodes", step=6)


def _is_key(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    return bool(_LABEL_NAME.fullmatch(name)) and (not slash or names.is_dns_name(prefix))


def _label_problem(text: str) -> Message | None:
    key, equals, value = text.partition("=")
    if not equals or not _is_key(key):
        return msg("{text} is no key=value", text=text)
    if value and not _LABEL_NAME.fullmatch(value):
        return msg("{value} is no value of a label: letters, digits, - _ . only, at most 63", value=value)
    return None


def _taint_problem(text: str) -> Message | None:
    head, colon, effect = text.rpartition(":")
    key, _equals, value = head.partition("=")
    if not colon or effect not in _EFFECTS:
        return msg("{text} is no key=value:effect; effects are {effects}", text=text, effects=", ".join(_EFFECTS))
    if not _is_key(key) or (value and not _LABEL_NAME.fullmatch(value)):
        return msg("{text}: key or value has signs that Kubernetes refuses", text=text)
    return None
