"""Why a finding matters (assets/help/why/AREA.yml): what goes wrong when it is left as it is."""

from __future__ import annotations

from functools import lru_cache

from assets import FOLDER
from rancher_tui.i18n import _


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """English texts by the codes of findings, area by area."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, str] = {}
    for path in sorted((FOLDER / "help" / "why").glob("*.yml")):
        for row in yaml.load(path.read_text("utf-8"), Loader=loader):  # noqa: S506 - a safe loader
            found |= dict.fromkeys(row["codes"], row["why"])
    return found


def why(code: str) -> str:
    """Why a finding of that code matters, in the operator's language; empty where nothing is written of it."""
    return _(table().get(code, ""))
