"""Reading a cluster file of any hand: asked for, shown where it must be mended, taken in after a typed yes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rancher_tui.finding import Finding, Status, count_line
from rancher_tui.i18n import Message, _
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.ask import Ask, TypedWord
from screens.dialogs.details import finding_lines
from screens.dialogs.reading import Reading
from screens.look.words import shown
from screens.widgets.lines import Line

if TYPE_CHECKING:
    from rancher_tui.cluster_file.read import ReadFile
    from screens.app import RancherApp

Taken = Callable[["ReadFile", str], None]


def into_session(app: RancherApp) -> None:
    """Ask for a file and put what it says in place of what was entered, as one edit."""

    def take(found: ReadFile, file: str) -> None:
        trouble = app.session.cluster.take_in(found, file)
        if trouble:
            app.tell(trouble, "fail")
        else:
            app.tell(
                _("{file} is read: {told}; u takes it back").format(file=clean(Path(file).name), told=_told(found))
            )

    _ask(app, take)


def into_new_session(app: RancherApp) -> None:
    """Ask for a file and for a name, and begin a session with it."""

    def take(found: ReadFile, file: str) -> None:
        question = _("A name for the session that begins with this file")
        app.push_screen(Ask(question, _name_for(file)), lambda name: _begin(app, name, found, file))

    _ask(app, take)


def _name_for(file: str) -> str:
    stem = Path(file).stem
    kept = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "-" for sign in stem)
    return kept.strip("._-")[:64]


def _begin(app: RancherApp, name: str | None, found: ReadFile, file: str) -> None:
    if not name or not name.strip():
        return

    async def begin() -> None:
        opened = app.engine.create(name.strip())
        if not isinstance(opened, Message) and (trouble := opened.cluster.take_in(found, file)):
            opened.close()
            app.tell(trouble, "fail")
            return
        if await app.use(opened):
            app.tell(_("{file} is read: {told}").format(file=clean(Path(file).name), told=_told(found)))

    app.call_later(begin)


def _told(found: ReadFile) -> str:
    nodes = len(found.state.nodes) if found.state else 0
    told = shown(count_line(found.findings)) if found.findings else _("nothing against it")
    return _("{number} hosts, {told}").format(number=nodes, told=told)


def _ask(app: RancherApp, take: Taken) -> None:
    question = _("The cluster file to read (rancher-cluster.yml, of any guide or hand)")
    app.push_screen(Ask(question), lambda file: _chosen(app, file, take))


def _chosen(app: RancherApp, file: str | None, take: Taken) -> None:
    if file and file.strip():
        in_background(app, _read, app, file.strip(), take, group="read-in")


async def _read(app: RancherApp, file: str, take: Taken) -> None:
    from rancher_tui.desks.cluster import read_file

    found = await asyncio.to_thread(read_file, file)
    if isinstance(found, Message):
        app.tell(found, "fail")
    elif found.state is None:
        heading = _("{file} cannot be taken in; nothing was changed").format(file=clean(Path(file).name))
        app.push_screen(Reading(heading, _findings(found.findings)))
    elif found.diff:
        title = _("{file} is no YAML as it stands. Take it in mended like this?").format(
            file=clean(Path(file).name)
        )
        lines: list[Line] = [[(clean(line), _ink(line))] for line in found.diff.splitlines()[2:]]
        app.push_screen(TypedWord(title, lines, "yes"), lambda agreed: take(found, file) if agreed else None)
    else:
        take(found, file)


def _findings(findings: tuple[Finding, ...]) -> list[Line]:
    lines: list[Line] = []
    for finding in findings:
        if finding.status is not Status.PASS:
            lines += [*finding_lines(finding), [("", "plain")]]
    return lines


def _ink(line: str) -> str:
    return {"+": "pass", "-": "fail", "@": "dim"}.get(line[:1], "plain")
