"""Placeholders of the guide and its templates that nobody filled in."""

from __future__ import annotations

import re

_NAMED = re.compile(
    r"<(?:IP|USER|PEM_FILE|BASE64_CA|BASE64_CRT|BASE64_KEY|FQDN|RANCHER_VERSION)>|\bIP_ADDRESS_\w+"
    r"|HOSTNAME\.DOMAIN\.COM|\byourdomain\.com\b|\byour_proxy_address\b"
)
_ANY = re.compile(r"<[A-Z][A-Z0-9_]*>")


_VARIABLE = re.compile(r"\$\{[\w.-]+\}|\{\{[^{}]*\}\}")


def unfilled_in(text: str) -> str:
    """A placeholder, or a variable of a template (`${IP}`, `{{ user }}`), in a text of a node."""
    found = _VARIABLE.search(text)
    return placeholder_in(text) or (found[0] if found else "")


def placeholder_in(text: str) -> str:
    """The placeholder in a text: one that the guide names anywhere, any other `<NAME>` only as the whole text."""
    found = _NAMED.search(text)
    if found:
        return found[0]
    return text if _ANY.fullmatch(text.strip()) else ""


def is_placeholder(text: str) -> bool:
    """Whether a text still holds a placeholder."""
    return bool(unfilled_in(text))
