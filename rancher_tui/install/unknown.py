"""A session that is not there: said, with the one that was probably meant."""

from __future__ import annotations

from pathlib import Path

from rancher_tui.i18n import Message, msg

NAMED = 6
"""Sessions that are named where none is near the name that was given."""


def no_session(name: str, folder: Path) -> Message:
    """That `name` is no session in `folder`, the nearest name, else some of those that are there."""
    from difflib import get_close_matches

    there = [path.name for path in folder.glob("*") if path.is_dir() and not path.name.startswith(".")]
    if near := get_close_matches(name, there, 1):
        return msg(
            "there is no session named {name}; is it {near}? ({home})", name=name, near=near[0], home=str(folder)
        )
    if there:
        names = ", ".join(sorted(there)[:NAMED])
        return msg(
            "there is no session named {name}; there are {names} ({home})",
            name=name,
            names=names,
            home=str(folder),
        )
    return msg("there is no session named {name} in {home}", name=name, home=str(folder))
