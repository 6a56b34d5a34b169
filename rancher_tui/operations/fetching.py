"""Fetching a release of rke into its place: progress told, what was there before kept under a dated name."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any, Protocol

from rancher_tui.files import keep_existing
from rancher_tui.i18n import _
from rancher_tui.rke.fetch import RELEASES, Fetching, fetch

TELL_EVERY_S = 0.2


class Tell(Protocol):
    """How progress is shown: a line that replaces the one before it."""

    def __call__(self, text: str, *, last: bool) -> None: ...


async def fetched(
    version: str, target: Path, *, mirror: str, sha256: str, facts: dict[str, Any], tell: Tell
) -> Path | None:
    """Fetch rke to `target`; where an earlier one was kept. FetchError, OSError: why it is as it was.

    `mirror` stands in for the release address, `sha256` for its sum file. facts: `url`, `sha256`, `bytes`.
    """
    base = mirror or RELEASES
    facts["url"] = f"{base.rstrip('/')}/{version}"
    waiting = target.with_name(f"{target.name}.fetched")
    told = 0.0
    async for moment in fetch(version, waiting, base=base, sha256=sha256):
        facts |= {"bytes": moment.done, "sha256": moment.sha256 or facts.get("sha256", "")}
        last = moment.step in ("installed", "resumed")
        if last or time.monotonic() - told >= TELL_EVERY_S:
            told = time.monotonic()
            tell(line_of(version, moment), last=last)
    kept = keep_existing(target)
    shutil.move(waiting, target)
    return kept


def line_of(version: str, moment: Fetching) -> str:
    """One moment in a line: what is done, how much of how much."""
    size = _size(moment.done, moment.total)
    match moment.step:
        case "sum":
            return _("rke {version}: the release's sum is there").format(version=version)
        case "resumed":
            return _("rke {version}: goes on at {size}").format(version=version, size=size)
        case "download":
            return f"rke {version}: {_bar(moment)}{size}"
        case "verified":
            return _("rke {version}: the sum fits").format(version=version)
        case "installed":
            return _("rke {version}: {size}, installed").format(version=version, size=size)


def _size(done: int, total: int | None) -> str:
    here = f"{done / 1e6:.1f} MB"
    return f"{here} / {total / 1e6:.1f} MB" if total and total != done else here


def _bar(moment: Fetching) -> str:
    """Twenty places, filled by what came; nothing while the whole is not known."""
    if not moment.total:
        return ""
    filled = min(20, 20 * moment.done // moment.total)
    return f"[{'#' * filled}{'.' * (20 - filled)}] {100 * moment.done // moment.total:3}% "
