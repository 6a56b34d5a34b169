"""Texts for people: translated when shown, kept in English when stored.

A `Message` holds its English template and its arguments, so a finding stored today can be shown in
another language tomorrow. `_` is for texts of screens and commands, which are made when they are shown.
Templates use `str.format` fields; arguments are plain text, never markup.
"""

from __future__ import annotations

import gettext
import os
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from assets import FOLDER

DOMAIN: Final = "rancher_tui"
LANGUAGES: Final = ("en", "zh_CN")
"""The languages there are; English needs no catalogue."""
NAMES: Final = {"en": "English", "zh_CN": "简体中文"}
"""What each language calls itself."""

SCREEN: Final = "screen"
"""The argument of a message that holds what a screen says in its place."""

_SIMPLIFIED: Final = frozenset({"zh", "zh_cn", "zh_sg", "zh_hans", "zh_hans_cn", "zh_hans_sg"})
_LATIN_ONLY: Final = frozenset({"linux", "vt100", "vt102", "vt220", "ansi", "cons25"})
"""Terminals (by TERM) whose font has no Chinese: there a locale alone does not choose it."""

_language: str | None = None


def use_language(language: str | None) -> None:
    """Choose the language of texts for people: one of `LANGUAGES`, or None for the locale's."""
    global _language
    _language = language


@lru_cache(maxsize=16)
def known(name: str) -> str:
    """The language of a locale's name (`zh_CN.UTF-8`, `zh-hans`, `C`); empty where there is no catalogue of it."""
    plain = name.split(".")[0].split("@")[0].replace("-", "_")
    if plain in ("C", "POSIX") or plain.split("_")[0].lower() == "en":
        return "en"
    if plain.lower() in _SIMPLIFIED:
        return "zh_CN"
    return next((name for name in (plain, plain.split("_")[0]) if name in LANGUAGES), "")


def language() -> str:
    """The language in use: the chosen one, else the first of the locale's that there is, else English."""
    return _language or next((found for found in map(known, _wanted()) if found), "en")


def _wanted() -> list[str]:
    """What the environment asks for, as GNU gettext reads it: LANGUAGE counts unless the locale is C."""
    if os.environ.get("TERM") in _LATIN_ONLY:
        return []
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    if locale and known(locale) == "en" and not locale.lower().startswith("en"):
        return [locale]
    return [*os.environ.get("LANGUAGE", "").split(":"), locale]


@lru_cache(maxsize=4)
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(FOLDER / "locale"), languages=[language], fallback=True)


def N_(text: str) -> str:  # noqa: N802 - gettext's name for it
    """Mark a text that is translated later, when it is shown."""
    return text


def _(text: str) -> str:
    """`text` in the operator's language."""
    return "" if not text else _catalogue(language()).gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of a counted text for `number`, in the operator's language."""
    return _catalogue(language()).ngettext(singular, plural, number)


@dataclass(frozen=True, slots=True)
class Message:
    """A text for people with its arguments, not yet in any language.

    `plural` and `number` are set for counted texts. `str(message)` is the operator's language. A template that its
    arguments do not fit (a translator's slip, a damaged file) is shown in English, at worst as it is.
    """

    template: str
    arguments: dict[str, Any] = field(default_factory=dict)
    plural: str = ""
    number: int = 0

    def __str__(self) -> str:
        if not self.template:
            return ""
        text = ngettext(self.template, self.plural, self.number) if self.plural else _(self.template)
        try:
            return text.format(**self._shown())
        except _NO_FORMAT:
            return self.english

    @property
    def english(self) -> str:
        """The text in English whatever the locale; what `--json` and stored files hold."""
        text = self.plural if self.plural and self.number != 1 else self.template
        try:
            return text.format(**self._shown(english=True))
        except _NO_FORMAT:
            return text

    def __bool__(self) -> bool:
        return bool(self.template)

    def or_key(self, text: str) -> Message:
        """The same, which a screen says by `text`: a command for a shell, a key for a screen (wording/ways.py).

        `{key:NAME}` in `text` is the key of the action NAME.
        """
        return replace(self, arguments={**self.arguments, SCREEN: Message(text, self.arguments)})

    def _shown(self, english: bool = False) -> dict[str, Any]:
        """Arguments that are messages themselves are rendered in the same language."""
        return {
            name: (value.english if english else str(value)) if isinstance(value, Message) else value
            for name, value in self.arguments.items()
        }

    def record(self) -> list[Any]:
        """The message as plain data for a file; `Message.restore` reads it back."""
        arguments = {
            name: {"message": value.record()} if isinstance(value, Message) else _storable(value)
            for name, value in self.arguments.items()
        }
        return [self.template, arguments, self.plural, self.number]

    @classmethod
    def restore(cls, record: list[Any]) -> Message:
        """The message that `record` gave; ValueError, TypeError or KeyError if it is none."""
        template, arguments, plural, number = record
        if not isinstance(arguments, dict) or not isinstance(number, int):
            raise ValueError("no message")
        read = {
            name: cls.restore(value["message"]) if isinstance(value, dict) and "message" in value else value
            for name, value in arguments.items()
        }
        return cls(str(template), read, str(plural), number)


_NO_FORMAT = (KeyError, IndexError, ValueError, AttributeError, TypeError)


def _storable(value: Any) -> Any:
    """What a file can hold and shows the same after it: numbers as they are, anything else as its text."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


EMPTY = Message("")


def msg(template: str, /, **arguments: Any) -> Message:
    """A message: `msg("node {number} has no user", number=3)`."""
    return Message(template, arguments)


def msg_n(singular: str, plural: str, number: int, /, **arguments: Any) -> Message:
    """A counted message; `{number}` is filled in: `msg_n("{number} node", "{number} nodes", 3)`."""
    return Message(singular, {"number": number, **arguments}, plural, number)
