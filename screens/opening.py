"""What is to be said of a session when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rancher_tui import settings
from rancher_tui.i18n import _
from screens import drafts

if TYPE_CHECKING:
    from screens.services import Install


def words(install: Install | None) -> tuple[str, str]:
    """The gravest news and its ink: held elsewhere, damaged, newer, a run meanwhile, bad settings; or none."""
    if install is None:
        return "", "strong"
    opened = install.opened
    if opened.held_by is not None:
        text = _("looked on only: {holder} holds this session; T takes it over")
        return text.format(holder=opened.held_by), "warn"
    if opened.recovered_from is not None:
        text = _("the saved state was damaged ({damage}); {name} was loaded instead")
        return text.format(damage=opened.damage, name=opened.recovered_from.name), "warn"
    if opened.newer_version:
        return _("saved by a newer rancher-tui; looked on only"), "warn"
    meanwhile = install.meanwhile()
    news = [_("meanwhile: {what}").format(what=meanwhile)] if meanwhile else []
    if draft := drafts.told_once(install):
        news.append(draft)
    if news:
        return " · ".join(news), "strong"
    if wrong := settings.wrong():
        first, rest = wrong[0], len(wrong) - 1
        text = _("{place}: {problem}; `rancher-tui keys` tells all") if rest else _("{place}: {problem}")
        return text.format(place=first.subject, problem=first.title), "warn"
    return "", "strong"
