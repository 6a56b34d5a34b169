"""Reading a stored state of any schema version: older ones are brought up to date, newer ones are marked so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from rancher_tui.install.state import SCHEMA_VERSION, InstallState


class NewerStateError(Exception):
    """A state of a newer version of which this program can read nothing. Not damaged: leave it alone."""

    def __init__(self, version: int) -> None:
        super().__init__(f"state version {version}")
        self.version = version


class DamagedStateError(Exception):
    """The bytes are no state: cut off, no JSON, or of the wrong shape. The text says where."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A state as read: `version` is the stored schema; `newer` when this program is older than the file."""

    state: InstallState
    version: int
    newer: bool


def _from_0(data: dict[str, Any]) -> dict[str, Any]:
    """Version 0 named the FQDN `hostname` and kept a node's roles as one comma-separated text.

    Its undo history is left behind: the places that it names are not there any more.
    """
    if not data.keys() & {"schema_version", "hostname", "nodes"}:
        raise ValueError("no field of it is there")
    migrated = {key: value for key, value in data.items() if key not in ("hostname", "history", "future")}
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

    Of a newer version, whatever this version knows is read and the rest is passed over; NewerStateError when that
    is not even possible.
    """
    try:
        raw = json.loads(data)
        json.dumps(raw, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise DamagedStateError(f"not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise DamagedStateError(f"a JSON object was expected, found {type(raw).__name__}")
    version = raw.get("schema_version", 0)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise DamagedStateError(f"schema_version: a whole number was expected, found {version!r}")
    if version > SCHEMA_VERSION:
        return Stored(_read_newer(raw, version), version, newer=True)
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
    return Stored(state, version, newer=False)


def _read_newer(raw: dict[str, Any], version: int) -> InstallState:
    """What this version understands of a newer state: what it does not know is cut out, place by place."""
    known = {**raw, "schema_version": SCHEMA_VERSION, "history": [], "future": []}
    for _attempt in range(_CUTS):
        try:
            return InstallState.model_validate(known)
        except ValidationError as error:
            places = {item["loc"] for item in error.errors(include_url=False, include_input=False)}
            for place in sorted(places, key=_last_first, reverse=True):
                _cut(known, place)
        except (AttributeError, TypeError, ValueError, KeyError) as error:
            raise NewerStateError(version) from error
    raise NewerStateError(version)


_CUTS = 8
"""Levels of the state that can each hold something unknown."""


def _last_first(place: tuple[int | str, ...]) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _cut(data: Any, place: tuple[int | str, ...]) -> None:
    """Remove what stands at `place`, if anything does."""
    *above, last = place
    try:
        for part in above:
            data = data[part]
        del data[last]
    except (KeyError, IndexError, TypeError):
        return
