"""Sessions copied, renamed, put away in one file and taken in again, on the list of sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from rancher_tui.finding import Finding, by_gravity
from rancher_tui.i18n import Message, _
from rancher_tui.install import paths
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.ask import Ask, TypedWord
from screens.dialogs.reading import Reading
from screens.dialogs.secret_asking import AskSecret
from screens.frame import Frame
from screens.look.words import finding_ink, finding_text, finding_word, shown
from screens.widgets.lines import Line, wrap

if TYPE_CHECKING:
    from rancher_tui.engine import SessionLine
    from screens.services import Install

T = TypeVar("T")


class SessionMoves(Frame):
    """What moves a session, for the screen that knows which one is `here`."""

    def here(self) -> SessionLine | None:
        """The session under the cursor; None on the rehearsal."""
        raise NotImplementedError

    def _named(self, question: str, name: str, act: Callable[[str], Message], done: str) -> None:
        """Ask for a name, then do something with it."""

        def go(answer: str | None) -> None:
            new = (answer or "").strip()
            if new:
                self._do(lambda: act(new), done.format(new=clean(new)))

        self.app.push_screen(Ask(question, name, self.rancher.engine.wrong_name), go)

    def _do(self, act: Callable[[], Message], done: str) -> None:
        async def doing() -> None:
            trouble = await asyncio.to_thread(act)
            self.draw()
            self.note(trouble or done, "fail" if trouble else "strong")

        in_background(self, doing, group="moves")

    def do_copy(self) -> None:
        here = self.here()
        if here is not None:
            question = _("A name for the copy of {name}: what was entered is copied, runs and backups are not")
            self._named(
                question.format(name=clean(here.name)),
                f"{here.name}-2",
                lambda new: self.rancher.engine.copy(here.name, new),
                _("{new} is made"),
            )

    def is_free(self, here: SessionLine) -> bool:
        """True for a session that nobody holds; of another, who does is told."""
        if here.held_by:
            told = _("{name} is held by {holder}; leave it there first")
            self.note(told.format(name=clean(here.name), holder=clean(here.held_by)), "warn")
        return not here.held_by

    def do_rename(self) -> None:
        here = self.here()
        if here is not None and self.is_free(here):
            self._named(
                _("Another name for {name}").format(name=clean(here.name)),
                here.name,
                lambda new: self.rancher.engine.rename(here.name, new),
                _("it is {new} now"),
            )

    def do_archive(self) -> None:
        here = self.here()
        if here is None or not self.is_free(here):
            return
        folder = clean(self.rancher.engine.archives())
        told = _("All of it goes into one file in {folder}, and off this list; + takes it in again.")
        lines: list[Line] = [[(text, "plain")] for text in wrap(told.format(folder=folder), 72)]
        title = _("Archive the session {name}?").format(name=clean(here.name))
        self.app.push_screen(TypedWord(title, lines, here.name), lambda agreed: self._archive(here.name, agreed))

    def _archive(self, name: str, agreed: bool | None) -> None:
        async def doing() -> None:
            self.note(_("putting {name} into one file").format(name=clean(name)))
            done, told = await asyncio.to_thread(self.rancher.engine.archive, name)
            self.draw()
            if not done:
                self.note(told, "fail")
                return
            self.note(_("{name} is archived; + takes it in again").format(name=clean(name)))
            lines: list[Line] = [[(text, "plain")] for text in wrap(shown(told), 72)]
            self.app.push_screen(Reading(_("Archived"), lines))

        if agreed:
            in_background(self, doing, group="moves")

    def do_take_in(self) -> None:
        question = _(
            "A backup's folder, an archive's file (in {folder}), or the cluster file of a cluster that stands"
        )
        folder = self.rancher.engine.archives()
        judge = self.rancher.engine.wrong_source
        self.app.push_screen(Ask(question.format(folder=clean(folder)), judge=judge), self._source_given)

    def _source_given(self, source: str | None) -> None:
        wanted = (source or "").strip()
        if wanted:
            question = _("A name for the session that is made from it")
            ask = Ask(question, judge=self.rancher.engine.wrong_name)
            self.app.push_screen(ask, lambda name: self._name_given(wanted, (name or "").strip()))

    def _name_given(self, source: str, name: str) -> None:
        if not name:
            return
        if self.rancher.engine.is_cluster_file(source):
            self._adopt(source, name)
        elif self.rancher.engine.is_encrypted(source):
            ask = AskSecret(_("The passphrase that it was encrypted with"), twice=False)
            self.app.push_screen(ask, lambda secret: self._restore(source, name, secret) if secret else None)
        else:
            self._restore(source, name, "")

    def _adopt(self, source: str, name: str) -> None:
        engine = self.rancher.engine
        in_background(self, self._make, lambda: engine.adopt(source, name), self._use_adopted, group="moves")

    async def _make(
        self, make: Callable[[], tuple[Install | Message, T]], use: Callable[[Install, T], Awaitable[None]]
    ) -> None:
        """Make a session off the keys' thread: the refusal told, or what was made used."""
        opened, told = await asyncio.to_thread(make)
        if isinstance(opened, Message):
            self.draw()
            self.note(opened, "fail")
        else:
            self.app.call_later(use, opened, told)

    async def _use_adopted(self, opened: Install, findings: Sequence[Finding]) -> None:
        app = self.rancher
        await app.use(opened)
        told = _(
            "Its files are copied here, nothing is run. Step 11 asks whether Rancher is up (V), step 12 keeps "
            "copies."
        )
        lines: list[Line] = [[(text, "plain")] for text in wrap(told, 72)] + [[]]
        for finding in by_gravity(findings):
            first, *rest = wrap(finding_text(finding), 62)
            lines.append([(f"{finding_word(finding.status):<9}", finding_ink(finding.status)), (first, "plain")])
            lines += [[(" " * 9 + text, "plain")] for text in rest]
        app.push_screen(Reading(_("Adopted"), lines))

    def _restore(self, source: str, name: str, passphrase: str) -> None:
        self.note(_("restoring; every file is compared with its SHA-256"))
        engine = self.rancher.engine
        in_background(self, self._make, lambda: engine.restore(source, name, passphrase), self._use, group="moves")

    async def _use(self, opened: Install, again: dict[str, str]) -> None:
        app = self.rancher
        await app.use(opened)
        self._ask_next(list(again.items()))

    def _ask_next(self, again: list[tuple[str, str]]) -> None:
        """Each path that is not on this machine is asked for once; Escape keeps the rest as they are."""
        if not again:
            return
        (path, text), *rest = again
        question = _("{path} is not on this machine; where is it here?").format(path=clean(path))

        def given(answer: str | None) -> None:
            if answer is None:
                return
            if answer.strip() != text:
                app.session.store.edit(f"set {path}", lambda state: paths.put(state, path, answer.strip()))
            self._ask_next(rest)

        app = self.rancher
        app.push_screen(Ask(question, text), given)
