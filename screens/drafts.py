"""What was being typed when a session was left: an edit of its own, told once when the session is opened next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rancher_tui import actions
from rancher_tui.actions import shown_key
from rancher_tui.i18n import _
from rancher_tui.install import history, paths
from rancher_tui.text import clean
from rancher_tui.wording import edits
from screens.fields import text_at
from screens.look.signs import signs

if TYPE_CHECKING:
    from rancher_tui.install.state import Change, InstallState
    from screens.services import Install


def told_once(install: Install) -> str:
    """The draft that the newest edit is, with the value before it; from then on it is an edit like any other."""
    store = install.store
    last = store.state.history[-1] if store.state.history else None
    if last is None or not store.writable or not edits.is_draft(last.name):
        return ""
    told = _words(store.state, last)
    store.rename_last(edits.kept(last.name))
    return told


def _words(state: InstallState, draft: Change) -> str:
    path = ".".join(draft.splices[0].path)
    try:
        values = [text_at(each, path) for each in (state, history.apply(state, draft, backwards=True))]
    except (ValueError, paths.PathError):
        return ""
    new, old = (clean(value) or signs().empty for value in values)
    return _("{field} was being typed when the session was left: {new} (was {old}); {key} takes it back").format(
        field=edits.shown(edits.kept(draft.name)),
        new=new,
        old=old,
        key=shown_key(actions.table().action("undo").key),
    )
