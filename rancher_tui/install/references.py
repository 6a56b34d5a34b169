"""The form of references to secrets: `secret:NAME`, `env:VARIABLE`, `file:PATH`. `secrets` resolves them."""

from __future__ import annotations

import re
from typing import Final

REFERENCE: Final = re.compile(r"(secret|env|file):(.+)", re.DOTALL)

INLINE_KEYS: Final = ("ssh_key", "ssh_cert")
"""Fields of a node or bastion that refer to a key or certificate itself, not to its file."""


def is_reference(value: str) -> bool:
    """True for `secret:…`, `env:…` and `file:…`."""
    return REFERENCE.fullmatch(value) is not None
