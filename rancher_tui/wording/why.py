"""Why a finding matters (assets/help/why.yml): what goes wrong when it is left as it is."""

from __future__ import annotations

from functools import lru_cache

from assets import FOLDER
from rancher_tui.i18n import _


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """English texts by the codes of findings."""
    import yaml

    text = (FOLDER / "help" / "why.yml").read_text("utf-8")
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    return {str(code): str(why) for code, why in loaded["why"].items()}


def why(code: str) -> str:
    """Why a finding of that code matters, in the operator's language; empty where nothing is written of it."""
    return _(table().get(code, ""))
