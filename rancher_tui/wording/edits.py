"""Names of edits: stored in English (state, journal), told in the operator's language.

A name is one of `EDITS` filled in; what is filled in for a path is told as the field's title where it has one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rancher_tui.i18n import N_, _
from rancher_tui.wording import subjects

EDITS: Final = (
    N_("set {path}"),
    N_("node {number}: {field}"),
    N_("added a host"),
    N_("copied node {number}"),
    N_("deleted node {number}"),
    N_("deleted nodes"),
    N_("moved node {number}"),
    N_("filled {field} down"),
    N_("pasted hosts"),
    N_("chose the proposed template"),
    N_("pinned the versions that go together"),
    N_("built the NO_PROXY list"),
    N_("read {file}"),
    N_("use the repaired chain"),
    N_("use pasted certificates"),
    N_("use made certificates"),
    N_("a private CA's template"),
    N_("took over what was learnt"),
    N_("fetched rke"),
    N_("limit of silence"),
    N_("draft of node {number}: {field}"),
    N_("draft of {path}"),
)
_SET: Final = "set "
_DRAFT: Final = "draft of "


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((edit, _pattern(edit)) for edit in EDITS)


def _pattern(edit: str) -> re.Pattern[str]:
    """What matches an edit's name, with its fields as groups."""
    parts = re.split(r"\{(\w+)\}", edit)
    texts = [re.escape(part) if index % 2 == 0 else f"(?P<{part}>.+)" for index, part in enumerate(parts)]
    return re.compile("".join(texts), re.DOTALL)


def shape(name: str) -> str:
    """The entry of `EDITS` that a name fills in; empty for a name of another program's."""
    return next((edit for edit, pattern in _patterns() if pattern.fullmatch(name)), "")


def draft(name: str) -> str:
    """The name of an edit that was still being typed when the session was left."""
    return _DRAFT + name.removeprefix(_SET)


def is_draft(name: str) -> bool:
    return name.startswith(_DRAFT)


def kept(name: str) -> str:
    """The name that a draft has once it was told: that of any other edit."""
    rest = name.removeprefix(_DRAFT)
    return rest if shape(rest) else _SET + rest


def shown(name: str) -> str:
    """An edit's name in the operator's language; one that is not known as it is."""
    for edit, pattern in _patterns():
        if match := pattern.fullmatch(name):
            told = {field: subjects.title(text) for field, text in match.groupdict().items()}
            return told["path"] if edit == EDITS[0] else _(edit).format(**told)
    return name
