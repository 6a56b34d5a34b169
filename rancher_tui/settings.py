"""Settings in use: how the program looks and speaks, and the operator's keys.

They come from a file (`settings_file.py`); options before a command (`--language zh_CN`, `--theme light`,
`--ascii`, `--slow`, `--plain`) go before it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rancher_tui.i18n import LANGUAGES, use_language

if TYPE_CHECKING:
    from rancher_tui.finding import Finding

Keys = tuple[tuple[str, tuple[str, ...]], ...]
"""Pairs of an action's id and its keys."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "language": ("auto", *LANGUAGES),
    "theme": ("dark", "light"),
    "times": ("local", "utc"),
    "signs": ("auto", "ascii", "unicode"),
    "pace": ("auto", "slow", "fast"),
    "plain": ("no", "yes"),
}
"""What may be set, with its choices; the usual one first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the program looks and speaks."""

    language: str = "auto"
    theme: str = ""
    times: str = "local"
    signs: str = "auto"
    pace: str = "auto"
    plain: str = "no"
    keys: Keys = ()

    @property
    def ascii(self) -> bool | None:
        """Whether signs are ASCII only; None where the terminal decides."""
        if self.signs == "auto":
            return True if self.plain == "yes" or os.environ.get("RANCHER_TUI_ASCII") else None
        return self.signs == "ascii"

    @property
    def light(self) -> bool:
        return (self.theme or os.environ.get("RANCHER_TUI_THEME")) == "light"

    @property
    def repaints(self) -> float:
        """Repaints of a growing log a second: 10 here, 4 over SSH, 2 where it was asked to be slow."""
        if self.pace == "slow":
            return 2.0
        return 4.0 if self.pace == "auto" and os.environ.get("SSH_CONNECTION") else 10.0


_chosen = Settings()
_wrong: tuple[Finding, ...] = ()


def chosen() -> Settings:
    """The settings in use."""
    return _chosen


def use(settings: Settings) -> None:
    """Use these from now on."""
    global _chosen
    _chosen = settings
    use_language(None if settings.language == "auto" else settings.language)


def change(**fields: Any) -> Settings:
    """Change some of the settings in use, for this run of the program."""
    use(replace(_chosen, **fields))
    return _chosen


def there_is_a_file() -> bool:
    """Whether settings were written; no where the folder may not be looked into."""
    return os.path.exists(file())  # noqa: PTH110 - never raises


def file() -> Path:
    """Where the settings lie."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(folder) if folder.startswith("/") else Path.home() / ".config"
    return base / "rancher-tui" / "settings.toml"


def wrong() -> tuple[Finding, ...]:
    """What is wrong with the file that was loaded."""
    return _wrong


def note_wrong(found: Iterable[Finding]) -> None:
    """Keep what is wrong with the file that was loaded."""
    global _wrong
    _wrong = tuple(found)
