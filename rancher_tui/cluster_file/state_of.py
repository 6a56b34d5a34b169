"""The install state that a cluster file describes: what RKE and Rancher make of it, as an operator types it."""

from __future__ import annotations

from typing import Any

from rancher_tui import facts
from rancher_tui.cluster_file import objects
from rancher_tui.cluster_file.bindings import (
    BINDINGS,
    NODE_BINDINGS,
    Binding,
    interface_key,
    pairs_of,
    taint_text,
)
from rancher_tui.cluster_file.no_proxy import no_proxy
from rancher_tui.install.state import (
    Audit,
    Certificates,
    InstallState,
    Node,
    Proxy,
    Registry,
    Snapshots,
)

_AUDIT_VARIABLES = {
    "level": ("AUDIT_LEVEL", "--audit-level"),
    "max_age": ("AUDIT_LOG_MAXAGE", "--audit-log-maxage"),
    "max_backup": ("AUDIT_LOG_MAXBACKUP", "--audit-log-maxbackup"),
    "max_size": ("AUDIT_LOG_MAXSIZE", "--audit-log-maxsize"),
}


def state_of(values: dict[str, Any], items: list[Any], base: InstallState | None = None) -> InstallState:
    """The state behind a decoded cluster file and its add-on objects; `base` supplies what no file holds."""
    base = base or InstallState()
    found: dict[str, Any] = {}
    for binding in BINDINGS:
        _put(found, binding.field, _read(binding, objects.get(values, *binding.path)))
    options = {**found.pop("options"), **_option_parts(values, items)}
    options["bastion"] = base.options.bastion.model_copy(update=options["bastion"])
    state = base.model_copy(
        update={
            **found,
            "nodes": tuple(node_of(node) for node in values.get("nodes") or []),
            "etcd": snapshots_of(objects.get(values, "services", "etcd")),
            "options": base.options.model_copy(update=options),
            **_rancher_fields(items, base),
        }
    )
    interface = objects.get(values, "network", "options", interface_key(state) or "-")
    state = _with_options(state, network_interface=interface or "")
    return _without_defaults(state)


def node_of(values: dict[str, Any]) -> Node:
    """One node of the file as a row of the table."""
    return Node(**{binding.field: _read(binding, values.get(binding.path[0])) for binding in NODE_BINDINGS})


def _put(tree: dict[str, Any], dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    for parent in parents:
        tree = tree.setdefault(parent, {})
    tree[last] = value


def _read(binding: Binding, value: Any) -> Any:
    if binding.kind == "flag":
        return value is True
    if binding.kind == "list":
        return tuple(str(item) for item in value or ())
    if binding.kind == "pairs":
        return pairs_of(value)
    if binding.kind == "taints":
        return tuple(taint_text(item) for item in value or ())
    if binding.kind == "port":
        return str(value or "22")
    return "" if value is None else str(value)


def snapshots_of(etcd: Any) -> Snapshots:
    """The snapshots that RKE would take: its own defaults where the file is silent (12 h, kept for 72 h)."""
    backup = objects.get(etcd, "backup_config")
    if isinstance(backup, dict):
        hours, count = int(backup.get("interval_hours") or 12), int(backup.get("retention") or 6)
        s3 = backup.get("s3backupconfig") or {}
        return Snapshots(
            enabled=backup.get("enabled") is not False,
            creation=f"{hours}h",
            retention=f"{hours * count}h",
            s3_bucket=s3.get("bucket_name", ""),
            s3_region=s3.get("region", ""),
            s3_endpoint=s3.get("endpoint", ""),
            s3_folder=s3.get("folder", ""),
            s3_access_key=s3.get("access_key", ""),
            s3_secret_key=s3.get("secret_key", ""),
        )
    etcd = etcd if isinstance(etcd, dict) else {}
    return Snapshots(
        enabled=etcd.get("snapshot") is not False,
        creation=etcd.get("creation") or "12h",
        retention=etcd.get("retention") or "72h",
    )


def _option_parts(values: dict[str, Any], items: list[Any]) -> dict[str, Any]:
    registry = objects.get(values, "private_registries", 0)
    deployment, container = objects.rancher(items)
    variables = objects.environment(container)
    parts: dict[str, Any] = {
        "proxy": Proxy(
            http=variables.get("HTTP_PROXY", ""),
            https=variables.get("HTTPS_PROXY", ""),
            no_proxy=variables.get("NO_PROXY", ""),
        ),
        "audit": _audit_of(deployment, container, variables),
        "registry": Registry(),
    }
    if isinstance(registry, dict):
        parts["registry"] = Registry(
            url=registry.get("url", ""),
            user=registry.get("user", ""),
            password=registry.get("password", ""),
            is_default=registry.get("is_default") is True,
        )
    return parts


def _audit_of(deployment: Any, container: Any, variables: dict[str, str]) -> Audit:
    arguments = dict(_flags(objects.arguments(container)))
    given = {
        field: variables.get(variable) or arguments.get(flag)
        for field, (variable, flag) in _AUDIT_VARIABLES.items()
    }
    for volume in objects.get(deployment, "spec", "template", "spec", "volumes") or []:
        if objects.get(volume, "name") == "audit-log-dir":
            given["host_path"] = objects.get(volume, "hostPath", "path")
    return Audit(**{field: str(value) for field, value in given.items() if value})


def _flags(arguments: list[str]) -> list[tuple[str, str]]:
    """`--flag=value` and `--flag value` pairs."""
    found = []
    for index, argument in enumerate(arguments):
        flag, equals, value = argument.partition("=")
        if equals:
            found.append((flag, value))
        elif index + 1 < len(arguments):
            found.append((flag, arguments[index + 1]))
    return found


def _rancher_fields(items: list[Any], base: InstallState) -> dict[str, Any]:
    _deployment, container = objects.rancher(items)
    image = objects.image_parts(objects.get(container, "image"))
    ca = objects.decode_base64(
        objects.get(objects.find(items, "Secret", objects.CA_SECRET), "data", objects.CA_KEY)
    )
    ca_text = ca.decode("utf-8", "replace") if ca is not None else ""
    host = objects.get(objects.ingress(items), "spec", "rules", 0, "host")
    certificates = base.certificates.model_dump() | ({"ca_text": ca_text} if ca_text else {"ca_text": ""})
    return {
        "template": objects.template(items),
        "fqdn": str(host) if host is not None else "",
        "rancher_version": image[1] if image else base.rancher_version,
        "certificates": Certificates(**certificates),
    }


def _with_options(state: InstallState, **fields: Any) -> InstallState:
    return state.model_copy(update={"options": state.options.model_copy(update=fields)})


def _without_defaults(state: InstallState) -> InstallState:
    """Without what composing adds by itself: the built NO_PROXY, and the ingress option that the version needs."""
    options = state.options
    needed = facts.needs_forwarded_headers(state.kubernetes_version) and state.template.startswith("external-")
    if needed:
        kept = tuple(pair for pair in options.ingress_options if pair != "use-forwarded-headers=true")
        state = _with_options(state, ingress_options=kept)
    if options.proxy.no_proxy and options.proxy.no_proxy == no_proxy(state):
        state = _with_options(state, proxy=options.proxy.model_copy(update={"no_proxy": ""}))
    return state
