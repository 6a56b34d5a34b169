"""The form of references to secrets: `secret:NAME`, `env:VARIABLE`, `file:PATH`. `secrets` resolves them."""

from __future__ import annotations

import re
from typing import Final

REFERENCE: Final = re.compile(r"(secret|env|file):(.+)", re.DOTALL)


def is_reference(value: str) -> bool:
    """True for `secret:…`, `env:…` and `file:…`."""
    return REFERENCE.fullmatch(value) is not None
