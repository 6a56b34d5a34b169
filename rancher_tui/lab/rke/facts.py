"""What the stand-in knows: assets/lab/rke.yml."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def facts() -> dict[str, Any]:
    """The whole table."""
    text = (resources.files("assets") / "lab" / "rke.yml").read_text()
    loaded: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return loaded
