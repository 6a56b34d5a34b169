"""Rules about what stands in `addons`: YAML that kubectl cannot apply, and Rancher's objects filled in wrongly."""

from __future__ import annotations

import ipaddress
from typing import Any

from rancher_tui.cluster_file import objects
from rancher_tui.cluster_file.addons import Addon
from rancher_tui.cluster_file.context import Context
from rancher_tui.cluster_file.placeholders import placeholder_in
from rancher_tui.cluster_file.rules_yaml import duplicate_keys, nodes_below
from rancher_tui.cluster_file.tree import Kind
from rancher_tui.finding import Status
from rancher_tui.i18n import msg

NAMESPACED = frozenset(
    {"ServiceAccount", "Secret", "Service", "Ingress", "Deployment", "ConfigMap", "DaemonSet", "Role"}
)
_SECRET = ("data", objects.CA_KEY)
_HOST = ("spec", "rules", "0", "host")


def check(context: Context) -> None:
    """All rules of this module."""
    addons = context.addons
    if addons.problem is not None:
        place = context.placement.outer(addons.problem.line, addons.problem.column)
        title = msg("the add-ons are no YAML from here on: {words}", words=addons.problem.problem)
        remedy = msg("kubectl would apply nothing; mend the indentation here")
        context.sink.add(Status.FAIL, "addons.syntax", place, "addons", title, remedy)
    for addon in addons.documents:
        _document(context, addon)
    _rancher(context)


def _document(context: Context, addon: Addon) -> None:
    root = addon.root
    if root is None:
        return
    if root.target.kind is not Kind.MAPPING:
        title = msg("this document is no Kubernetes object")
        context.say_inside(Status.FAIL, "addons.not-an-object", addon, (), title)
        return
    for problem in addon.decoded.problems:
        title = msg("kubectl refuses this: {words}", words=problem.text)
        context.say_inside(Status.FAIL, "addons.syntax", addon, problem.path, title, at=problem.node)
    for key in ("kind", "apiVersion"):
        if not isinstance(objects.get(addon.value, key), str):
            title = msg("an object without {key} is not applied", key=key)
            context.say_inside(
                Status.FAIL, f"addons.no-{key.lower()}", addon, (), title, msg("add {key}:", key=key)
            )
    for path, node, _flow in nodes_below(root):
        if node.kind is Kind.MAPPING and node.alias_of is None:
            for first, again in duplicate_keys(node):
                title = msg(
                    "{key} stands twice (first in line {line})", key=again.text, line=_outer(context, first.line)
                )
                context.say_inside(
                    Status.WARN, "addons.duplicate-key", addon, (*path, again.text), title, at=again
                )
        elif node.kind is Kind.SCALAR and (found := placeholder_in(node.text)):
            title = msg("the placeholder {text} is not filled in", text=found)
            context.say_inside(Status.FAIL, "addons.placeholder", addon, path, title, at=node, placeholder=found)
    _namespace(context, addon)


def _outer(context: Context, line: int) -> int:
    return context.placement.outer(line, 1)[0]


def _namespace(context: Context, addon: Addon) -> None:
    kind = objects.kind(addon.value)
    if kind in NAMESPACED and not objects.get(addon.value, "metadata", "namespace"):
        title = msg("{kind} without a namespace goes to the namespace default", kind=kind)
        context.say_inside(
            Status.WARN, "addons.no-namespace", addon, ("metadata",), title, msg("add namespace: cattle-system")
        )


def _find(context: Context, value: Any) -> Addon:
    return next(addon for addon in context.addons.documents if addon.value is value)


def _rancher(context: Context) -> None:
    """Rules that apply only where Rancher's own Deployment is."""
    items = context.addons.values
    deployment, _container = objects.rancher(items)
    if deployment is None:
        return
    template = objects.template(items)
    _ca(context, items, template)
    _tls_secret(context, items, template)
    _ingress(context, items, template)
    replicas = objects.get(deployment, "spec", "replicas")
    if isinstance(replicas, int) and replicas != 1:
        title = msg("Rancher 2.0 answers agents from one replica only, not {number}", number=replicas)
        context.say_inside(Status.WARN, "addons.replicas", _find(context, deployment), ("spec", "replicas"), title)


def _ca(context: Context, items: list[Any], template: str) -> None:
    secret = objects.find(items, "Secret", objects.CA_SECRET)
    if secret is None:
        if template.endswith("-certificate"):
            _missing_ca(context, items)
        return
    addon = _find(context, secret)
    value = objects.get(secret, *_SECRET)
    if value is None:
        title = msg("the Secret has no {key}", key=objects.CA_KEY)
        context.say_inside(Status.FAIL, "addons.ca-missing", addon, ("data",), title, msg("certificates: step 7"))
        return
    if isinstance(value, str) and placeholder_in(value):
        return
    _ca_value(context, addon, value)


def _ca_value(context: Context, addon: Addon, value: Any) -> None:
    text = value if isinstance(value, str) else ""
    remedy = msg("write the output of: base64 -w0 cacerts.pem")
    if objects.decode_base64(value) is None or any(blank in text.strip() for blank in " \t") or not text.strip():
        title = msg("the CA is no base64 text")
        context.say_inside(Status.FAIL, "addons.ca-not-base64", addon, _SECRET, title, remedy)
        return
    if "\n" in text or "\r" in text:
        title = msg("the CA's base64 has line breaks")
        context.say_inside(Status.WARN, "addons.ca-line-breaks", addon, _SECRET, title, remedy)
    data = objects.decode_base64(value) or b""
    if b"PRIVATE KEY-----" in data:
        title = msg("this holds a private key: it would be published as the CA")
        context.say_inside(
            Status.FAIL, "addons.ca-is-key", addon, _SECRET, title, msg("encode the CA's certificate")
        )
    elif not _certificates(data):
        title = msg("this is no certificate: agents would trust nothing")
        context.say_inside(Status.FAIL, "addons.ca-none", addon, _SECRET, title, remedy)


def _certificates(data: bytes) -> bool:
    """Whether a PEM text holds certificates that can be read, all of them."""
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return bool(load_pem_x509_certificates(data))
    except (ValueError, TypeError):
        return False


def _missing_ca(context: Context, items: list[Any]) -> None:
    for item in items:
        if objects.kind(item) == "Secret" and objects.get(item, *_SECRET) is not None:
            title = msg(
                "the CA stands in {name}; Rancher reads it from cattle-keys-server", name=objects.name(item)
            )
            remedy = msg("write name: cattle-keys-server")
            context.say_inside(
                Status.WARN, "addons.secret-name", _find(context, item), ("metadata", "name"), title, remedy
            )
            _ca_value(context, _find(context, item), objects.get(item, *_SECRET))
            return
    deployment, _container = objects.rancher(items)
    title = msg("neither a CA in cattle-keys-server nor --no-cacerts: agents will trust no one")
    context.say_inside(
        Status.WARN, "addons.ca-missing", _find(context, deployment), (), title, msg("certificates: step 7")
    )


def _tls_secret(context: Context, items: list[Any], template: str) -> None:
    if not template.startswith("ingress-"):
        return
    secret = objects.find(items, "Secret", objects.TLS_SECRET)
    ingress = objects.ingress(items)
    if secret is None:
        if ingress is not None:
            title = msg("the Ingress ends TLS, but the Secret cattle-keys-ingress is missing")
            context.say_inside(Status.WARN, "addons.tls-missing", _find(context, ingress), ("spec", "tls"), title)
        return
    for key in ("tls.crt", "tls.key"):
        value = objects.get(secret, "data", key)
        if isinstance(value, str) and placeholder_in(value):
            continue
        if b"-----BEGIN" not in (objects.decode_base64(value) or b""):
            title = msg("{key} is no base64 of a PEM", key=key)
            context.say_inside(Status.WARN, "addons.tls-value", _find(context, secret), ("data", key), title)


def _ingress(context: Context, items: list[Any], template: str) -> None:
    ingress = objects.ingress(items)
    deployment, _container = objects.rancher(items)
    if ingress is None:
        title = msg("Rancher has no Ingress: nothing leads to it")
        context.say_inside(Status.WARN, "addons.no-ingress", _find(context, deployment), (), title)
        return
    addon = _find(context, ingress)
    redirect = objects.get(ingress, "metadata", "annotations", objects.SSL_REDIRECT)
    if template.startswith("external-") and str(redirect).lower() != "false":
        title = msg('without ssl-redirect: "false" every request is redirected for ever')
        remedy = msg('add the annotation {key}: "false"', key=objects.SSL_REDIRECT)
        context.say_inside(Status.WARN, "addons.ssl-redirect", addon, ("metadata", "annotations"), title, remedy)
    _host(context, addon, objects.get(ingress, "spec", "rules", 0, "host"))


def _host(context: Context, addon: Addon, host: Any) -> None:
    if not isinstance(host, str) or not host.strip():
        title = msg("the Ingress has no host: it answers to every name")
        context.say_inside(Status.WARN, "addons.no-host", addon, _HOST, title, msg("fqdn: step 8"))
        return
    if placeholder_in(host):
        return
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        title = msg("the Ingress's host must be a name, not the address {host}", host=host)
        context.say_inside(Status.WARN, "addons.host-is-address", addon, _HOST, title, msg("fqdn: step 8"))
        return
    if context.fqdn and host.rstrip(".").lower() != context.fqdn.rstrip(".").lower():
        title = msg("the Ingress is for {host}, not for {fqdn}", host=host, fqdn=context.fqdn)
        context.say_inside(Status.WARN, "addons.host-differs", addon, _HOST, title, msg("fqdn: step 8"))
