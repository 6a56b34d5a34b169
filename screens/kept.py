"""What is told of a field that was just stored."""

from __future__ import annotations

from rancher_tui import actions
from rancher_tui.actions import shown_key
from rancher_tui.i18n import _, msg_n
from rancher_tui.install.state import InstallState
from rancher_tui.text import clean
from screens.fields import Field, is_chosen, shown_value, text_at
from screens.look.signs import signs


def words(field: Field, before: str, typed: str, stored: str, state: InstallState) -> str:
    """What a choice was and is; a path that was made whole; hosts that a login for new ones does not reach."""
    if is_chosen(field):
        now = text_at(state, field.path)
        return changed(field, before, now) if now != before else ""
    if stored != typed:
        return _("{field}: stored as {path}").format(field=field.shown, path=clean(stored))
    if field.path == "options.user" and stored.strip():
        return _without_user(state)
    return ""


def changed(field: Field, before: str, after: str) -> str:
    """A field's old and new value, and the key that takes the change back."""
    old, new = (clean(shown_value(field, text)) or field.hinted or signs().empty for text in (before, after))
    return _("{field}: {old} → {new}; {key} takes it back").format(
        field=field.shown, old=old, new=new, key=_key("undo")
    )


def _without_user(state: InstallState) -> str:
    bare = sum(1 for node in state.nodes if not node.user.strip())
    told = msg_n(
        "{number} host has no user; {key} on step 6 fills the column",
        "{number} hosts have no user; {key} on step 6 fills the column",
        bare,
        key=_key("fill"),
    )
    return str(told) if bare else ""


def _key(action: str) -> str:
    return shown_key(actions.table().action(action).key)
