"""When an error that nobody foresaw ends the program: what was entered is saved, the report is written, both told.

The report is a plain traceback without the values of variables, in which secrets could stand.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.i18n import _
from rancher_tui.text import clean

if TYPE_CHECKING:
    from screens.app import RancherApp


def save_and_tell(app: RancherApp, error: BaseException) -> str:
    """Save, write the report, give the words for the terminal."""
    details = "".join(traceback.format_exception(error))
    name = app.install.name if app.install is not None else ""
    place = _report(app, details)
    trouble = ""
    try:
        app.save_and_close()
        if app.install is not None and app.install.store.unsaved is not None:
            trouble = str(app.install.store.unsaved)
    except Exception as second:
        trouble = f"{type(second).__name__}: {second}"
    what = clean(f"{type(error).__name__}: {error}", 300)
    lines = [_("rancher-tui stopped by an error of its own: {error}").format(error=what)]
    if trouble:
        lines.append(_("The last edit could not be saved: {error}").format(error=clean(trouble, 300)))
    elif name:
        lines.append(_("Everything that was entered is saved; a run goes on."))
    if place:
        lines.append(_("The report is in {file}").format(file=clean(place)))
    else:
        lines.append(clean(details[-600:], 600))
    again = f"rancher-tui {name}".strip()
    lines.append(_("Start again: {command}").format(command=again))
    return "\n".join(lines)


def _report(app: RancherApp, details: str) -> str:
    """The file that the report was written into; empty where none can be written."""
    from rancher_tui.files import make_folder, timestamp, write_atomic

    if app.install is not None:
        with suppress(Exception):
            return app.install.note_error(details)
    with suppress(Exception):
        folder = make_folder(Path(app.engine.home).parent / "crashes")
        file = folder / f"{timestamp()}.txt"
        write_atomic(file, details.encode("utf-8", "replace"))
        return str(file)
    return ""
