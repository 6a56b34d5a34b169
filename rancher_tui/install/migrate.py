"""Reading a stored state of any schema version: older ones are brought up to date, newer ones are marked so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from rancher_tui.install.state import SCHEMA_VERSION, InstallState


class DamagedStateError(Exception):
    """The bytes are no state: cut off, no JSON, or of the wrong shape. The text says where."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A state as read: `version` is the stored schema; `newer` when this program is older than the file."""

    state: InstallState
    version: int
    newer: bool


def _from_0(data: dict[str, Any]) -> dict[str, Any]:
    """Version 0 named the FQDN `hostname` and kept a node's roles as one comma-separated text."""
    migrated = {key: value for key, value in data.items() if key != "hostname"}
    if "hostname" in data:
        migrated["fqdn"] = data["hostname"]
    nodes = [dict(node) for node in data.get("nodes", [])]
    for node in nodes:
        if isinstance(node.get("roles"), str):
            node["roles"] = [role.strip() for role in node["roles"].split(",") if role.strip()]
    migrated["nodes"] = nodes
    return migrated


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: _from_0}
"""From each older version to the next."""


def read(data: bytes) -> Stored:
    """The state in `data`; DamagedStateError when there is none.

    Of a newer version, the fields that this version knows are read and the rest is passed over.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DamagedStateError(f"not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise DamagedStateError(f"a JSON object was expected, found {type(raw).__name__}")
    version = raw.get("schema_version", 0)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise DamagedStateError(f"schema_version: a whole number was expected, found {version!r}")
    newer = version > SCHEMA_VERSION
    if newer:
        raw = {key: value for key, value in raw.items() if key in InstallState.model_fields}
    try:
        for older in range(version, SCHEMA_VERSION):
            raw = MIGRATIONS[older](raw)
        raw["schema_version"] = SCHEMA_VERSION
        state = InstallState.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DamagedStateError(f"{place}: {first['msg']}") from error
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise DamagedStateError(f"of version {version}, but not of its shape: {error}") from error
    return Stored(state, version, newer)
