"""Tables of facts (assets/facts/*.yml) about Rancher, RKE, Kubernetes and Docker releases, and their versions.

Each table names its source and the day it was taken. Versions are texts as the peers write them (`v0.1.16`,
`v1.11.6-rancher1-1`); they are compared by `number`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any, Final

RECOMMENDED_RKE: Final = "v0.1.16"
"""The release that the add-on install of Rancher v2.0.8 goes with; judged for where no other is named."""
RECOMMENDED_KUBERNETES: Final = "v1.11.6-rancher1-1"
RECOMMENDED_RANCHER: Final = "v2.0.8"

Number = tuple[int, ...]

_RELEASE = re.compile(r"v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:[-+][0-9A-Za-z.+-]*)?")
_FORWARDED_HEADERS_SINCE = (0, 22)
_FORWARDED_HEADERS_FROM = {13: 11, 14: 7, 15: 4}


@lru_cache(maxsize=32)
def table(name: str) -> dict[str, Any]:
    """The table `assets/facts/NAME.yml`: `source`, `taken`, `rows` and what else it holds."""
    import yaml

    text = (resources.files("assets") / "facts" / f"{name}.yml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    return loaded


def rows(name: str) -> list[Any]:
    """The rows of a table."""
    found: list[Any] = table(name)["rows"]
    return found


def release(text: str) -> Number | None:
    """(major, minor, patch) of a full version with or without `v` and suffix, None for anything else."""
    match = _RELEASE.fullmatch(text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


@lru_cache(maxsize=4096)
def number(text: str) -> Number:
    """Every number in a version, for sorting: `v1.11.6-rancher1-2` is (1, 11, 6, 1, 2)."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", text))


def minor(text: str) -> str:
    """`1.11` of `v1.11.6-rancher1-1`; empty for what is no version."""
    found = release(text)
    return f"{found[0]}.{found[1]}" if found else ""


def in_span(span: str, version: Number) -> bool:
    """Whether a release lies in one of the spans `a..b c..`, ends included."""
    for part in span.split():
        first, _, last = part.partition("..")
        if number(first) <= version and (not last or version <= number(last)):
            return True
    return False


@lru_cache(maxsize=1)
def _rke_rows() -> dict[Number, dict[str, Any]]:
    return {number(row["version"]): row for row in rows("rke")}


def rke_known(rke: str) -> bool:
    """Whether the table of RKE releases has a row for `rke`."""
    return release(rke) in _rke_rows()


def rke_nearest(rke: str) -> Number | None:
    """The release itself where the table has it, else the newest older one; None below it or for no version."""
    wanted = release(rke)
    older = [known for known in _rke_rows() if wanted is not None and known <= wanted]
    return max(older) if older else None


def default_kubernetes(rke: str) -> str:
    """What this RKE installs where the cluster file names no Kubernetes version; empty if not known."""
    nearest = rke_nearest(rke)
    return str(_rke_rows()[nearest]["kubernetes"]) if nearest else ""


@lru_cache(maxsize=512)
def carried_kubernetes(rke: str) -> tuple[str, ...]:
    """The Kubernetes versions that this RKE carries images for, oldest first."""
    nearest = rke_nearest(rke)
    if nearest is None:
        return ()
    found = [row["version"] for row in rows("kubernetes") if any(in_span(span, nearest) for span in row["rke"])]
    return tuple(sorted(found, key=number))


def used_kubernetes(rke: str, asked: str) -> str:
    """The version that really gets installed: RKE 0.1 replaces one it does not carry by its default, silently."""
    if not asked:
        return default_kubernetes(rke)
    found = release(rke)
    if found and found < (0, 2, 0) and asked not in carried_kubernetes(rke):
        return default_kubernetes(rke)
    return asked


@lru_cache(maxsize=1)
def _ingress_versions() -> dict[str, str]:
    return {row["version"]: str(row["ingress"]) for row in rows("kubernetes")}


def ingress_version(kubernetes: str) -> str:
    """The ingress-nginx that RKE deploys with this Kubernetes version; empty if not known."""
    return _ingress_versions().get(kubernetes, "")


def needs_forwarded_headers(kubernetes: str) -> bool:
    """Whether this version's ingress drops X-Forwarded-* unless told otherwise (ingress-nginx 0.22 and later)."""
    ingress = ingress_version(kubernetes)
    if ingress:
        return number(ingress) >= _FORWARDED_HEADERS_SINCE
    found = release(kubernetes)
    if not found or found[0] != 1:
        return False
    first = _FORWARDED_HEADERS_FROM.get(found[1])
    return found[1] >= 16 or (first is not None and found[2] >= first)


@lru_cache(maxsize=4096)
def accepted_docker(rke: str, kubernetes: str) -> tuple[str, ...]:
    """The Docker versions (`17.03`) that this RKE takes for this Kubernetes; empty if not known."""
    wanted = release(rke)
    older = [row for row in rows("docker") if wanted is not None and number(row["rke"]) <= wanted]
    if not older:
        return ()
    newest = max(older, key=lambda row: number(row["rke"]))
    return tuple(newest["kubernetes"].get(minor(kubernetes), ()))


def api_row(kind: str, api_version: str) -> dict[str, Any] | None:
    """The row on when Kubernetes serves this kind under this API version; None where nothing is recorded."""
    for row in rows("api_versions"):
        if row["kind"] == kind and row["api_version"] == api_version:
            found: dict[str, Any] = row
            return found
    return None


def served(kind: str, api_version: str, kubernetes: str) -> bool | None:
    """Whether this Kubernetes serves the kind under that API version; None where the table does not say."""
    row = api_row(kind, api_version)
    version = release(kubernetes)
    if row is None or version is None:
        return None
    first, last = row.get("first"), row.get("last")
    return not (first and version[:2] < number(first)) and not (last and version[:2] > number(last))
