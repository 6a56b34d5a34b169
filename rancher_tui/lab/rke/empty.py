"""`rke config`: an empty cluster file from the table of keys, and the images of the default Kubernetes version."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from rancher_tui.lab.rke.facts import facts

_HEAD = (
    "# If you intened to deploy Kubernetes in an air-gapped environment,\n"
    "# please consult the documentation on how to configure custom RKE images.\n"
)


def _empty(wanted: Any) -> Any:
    if isinstance(wanted, dict):
        return {name: _empty(value) for name, value in wanted.items()}
    if isinstance(wanted, list):
        return [_empty(wanted[0])] if isinstance(wanted[0], dict) else []
    return {"string": "", "bool": False, "int": 0}.get(wanted, {})


def write_empty(path: Path, *, printed: bool) -> None:
    """Write an empty cluster file, or print it after rke's own first line, which is no YAML."""
    text = _HEAD + yaml.safe_dump(_empty(facts()["cluster_file"]), sort_keys=False)
    if printed:
        sys.stdout.write(f"Configuration File: \n{text}")
    else:
        path.write_text(text)


def system_images() -> str:
    """The images of the default Kubernetes version, one a line."""
    images = facts()["kubernetes"][facts()["default_kubernetes"]].values()
    return "\n".join([*images, facts()["tools"], facts()["pause"], *facts()["network"]]) + "\n"
