"""Rancher's objects in the add-ons, filled from the state: CA, certificate, host, image, environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from rancher_tui.cluster_file import objects
from rancher_tui.cluster_file.errors import ComposeError
from rancher_tui.cluster_file.no_proxy import no_proxy
from rancher_tui.i18n import msg
from rancher_tui.install.state import InstallState

Secret = Callable[[str], str]
_PROXY_NAMES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_AUDIT_NAMES: Final = {
    "AUDIT_LEVEL": "level",
    "AUDIT_LOG_MAXAGE": "max_age",
    "AUDIT_LOG_MAXBACKUP": "max_backup",
    "AUDIT_LOG_MAXSIZE": "max_size",
}
_AUDIT_VOLUME: Final = "audit-log-dir"
_AUDIT_MOUNT: Final = "/var/log/auditlog"
_OWN: Final = frozenset(
    {
        ("Namespace", objects.NAMESPACE),
        ("ServiceAccount", "cattle-admin"),
        ("ClusterRoleBinding", "cattle-crb"),
        ("Secret", objects.CA_SECRET),
        ("Secret", objects.TLS_SECRET),
        ("Service", "cattle-service"),
        ("Ingress", "cattle-ingress-http"),
        ("Deployment", "cattle"),
    }
)


def is_ranchers(item: Any) -> bool:
    """True for an object of Rancher's own add-on templates."""
    return (objects.kind(item), objects.name(item)) in _OWN


def put(documents: list[Any], state: InstallState, known: InstallState | None, secret: Secret) -> None:
    """Fill in what the state says and `known`, the state that the objects stood for, does not.

    ComposeError when something that the template needs is missing.
    """
    _secrets(documents, state, secret)
    _ingress(documents, state)
    deployment, container = objects.rancher(documents)
    image = (state.options.registry.url.strip(), state.rancher_version.strip())
    if known is None or image != (known.options.registry.url, known.rancher_version):
        _image(container, state)
    wanted = _wanted_environment(state, secret)
    present = _wanted_environment(known, secret) if known is not None else {}
    same = all(wanted.get(name) == present.get(name) for name in _PROXY_NAMES[:2])
    if same and "NO_PROXY" not in objects.environment(container):
        wanted.pop("NO_PROXY", None)
        present.pop("NO_PROXY", None)
    if known is None or wanted != present:
        _environment(container, wanted)
    if known is None or state.options.audit != known.options.audit:
        _audit_volume(deployment, container, state)


def _set(mapping: Any, key: str, value: Any) -> None:
    if mapping.get(key) != value:
        mapping[key] = value


def _secrets(documents: list[Any], state: InstallState, secret: Secret) -> None:
    if state.template.endswith("-certificate"):
        if not state.certificates.ca_text.strip():
            raise ComposeError(msg("the CA's certificate is missing (step 7)"))
        found = objects.find(documents, "Secret", objects.CA_SECRET)
        _set(found["data"], objects.CA_KEY, objects.encode_base64(state.certificates.ca_text))
    if state.template.startswith("ingress-"):
        found = objects.find(documents, "Secret", objects.TLS_SECRET)
        for key, path in (("tls.crt", state.certificates.chain_path), ("tls.key", state.certificates.key_path)):
            if path.strip():
                _set(found["data"], key, objects.encode_base64(secret(f"file:{path.strip()}") + "\n"))
            elif not objects.decode_base64(found["data"].get(key)):
                raise ComposeError(msg("the template ends TLS at the ingress and needs chain and key (step 7)"))


def _ingress(documents: list[Any], state: InstallState) -> None:
    found = objects.ingress(documents)
    if found is None:
        raise ComposeError(msg("the add-ons have no Ingress for Rancher"))
    name = state.fqdn.strip()
    _set(found["spec"]["rules"][0], "host", name)
    for entry in found["spec"].get("tls") or []:
        if list(entry.get("hosts") or []) != [name]:
            entry["hosts"] = CommentedSeq([name])


def _image(container: Any, state: InstallState) -> None:
    present = objects.image_parts(container.get("image"))
    repository = present[0] if present else "rancher/rancher"
    registry = state.options.registry.url.strip()
    if registry and not repository.startswith(f"{registry}/"):
        repository = f"{registry}/rancher/rancher"
    _set(container, "image", f"{repository}:{state.rancher_version.strip()}")


def _wanted_environment(state: InstallState, secret: Secret) -> dict[str, str]:
    """The variables that the proxy and the audit log ask for."""
    proxy, audit = state.options.proxy, state.options.audit
    wanted: dict[str, str] = {}
    if proxy.http.strip() or proxy.https.strip():
        texts = (
            secret(proxy.http.strip()),
            secret(proxy.https.strip()),
            proxy.no_proxy.strip() or no_proxy(state),
        )
        wanted |= {name: text for name, text in zip(_PROXY_NAMES, texts, strict=True) if text}
    if audit.level.strip() not in ("", "0"):
        wanted |= {name: getattr(audit, field).strip() for name, field in _AUDIT_NAMES.items()}
    return wanted


def _environment(container: Any, wanted: dict[str, str]) -> None:
    """Have exactly these of our variables, each in its place where it is there; variables of others stay."""
    managed = {*_PROXY_NAMES, *_AUDIT_NAMES}
    kept = CommentedSeq()
    left = dict(wanted)
    for item in container.get("env") or ():
        name = str(objects.get(item, "name"))
        if name not in managed:
            kept.append(item)
        elif name in left:
            _set(item, "value", DoubleQuotedScalarString(left.pop(name)))
            kept.append(item)
    for name, text in left.items():
        kept.append(CommentedMap({"name": name, "value": DoubleQuotedScalarString(text)}))
    if kept:
        container["env"] = kept
    else:
        container.pop("env", None)


def _audit_volume(deployment: Any, container: Any, state: InstallState) -> None:
    audit = state.options.audit
    pod = deployment["spec"]["template"]["spec"]
    on = audit.level.strip() not in ("", "0")
    volume = CommentedMap(
        {"name": _AUDIT_VOLUME, "hostPath": CommentedMap({"path": audit.host_path, "type": "DirectoryOrCreate"})}
    )
    _replace(
        container, "volumeMounts", CommentedMap({"mountPath": _AUDIT_MOUNT, "name": _AUDIT_VOLUME}) if on else None
    )
    _replace(pod, "volumes", volume if on else None)


def _replace(parent: Any, key: str, entry: Any) -> None:
    """Have exactly `entry` (or none) under the audit volume's name in a list that may not exist."""
    present = parent.get(key) or CommentedSeq()
    same = [item for item in present if objects.get(item, "name") == _AUDIT_VOLUME]
    if (entry is None and not same) or (entry is not None and len(same) == 1 and dict(same[0]) == dict(entry)):
        return
    kept = CommentedSeq(item for item in present if objects.get(item, "name") != _AUDIT_VOLUME)
    if entry is not None:
        kept.append(entry)
    if kept:
        parent[key] = kept
    else:
        parent.pop(key, None)
