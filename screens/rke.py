"""Step 4: the rke binary."""

from __future__ import annotations

from textual.worker import Worker

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.ask import Ask
from screens.form_screen import FormScreen
from screens.look.words import shown
from screens.panels import rke
from screens.widgets.lines import Line


class RkeScreen(FormScreen):
    """Which binary, which version; a release can be fetched."""

    PLACE = "rke"
    _fetching: Worker[None] | None = None

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.install is None:
            return []
        facts = self.facts("rke")
        return rke.lines(self.rancher.session.rke.found(str(facts.get("version") or "")), facts, cells)

    @property
    def fetching(self) -> bool:
        return self._fetching is not None and self._fetching.is_running

    def holding(self) -> set[str]:
        return super().holding() - ({"nothing-runs"} if self.fetching else set())

    def do_fetch(self) -> None:
        question = _(
            "Which release of rke? A mirror's address may follow: v0.1.16 https://mirror/rke/releases/download"
        )
        if self.fetching:
            self.note(_("a release is being fetched; x stops it"), "warn")
        else:
            self.app.push_screen(Ask(question, self.rancher.session.rke.proposed(), _wrong), self._fetch)

    def _fetch(self, answer: str | None) -> None:
        if answer:
            version, _blank, mirror = answer.strip().partition(" ")
            self._fetching = in_background(self.app, self._fetched, version, mirror.strip(), group="fetch")

    async def _fetched(self, version: str, mirror: str) -> None:
        """What came so far goes on from there the next time."""
        trouble = await self.rancher.session.rke.fetch(
            version, mirror, lambda text: self.rancher.tell(clean(text))
        )
        if trouble:
            self.rancher.tell(shown(trouble), "fail")
            return
        self.rancher.tell(
            _("rke {version} is in the session and will be run; c judges it").format(version=version)
        )

    def do_stop(self) -> None:
        if self._fetching is not None and self.fetching:
            self._fetching.cancel()
            self.note(_("stopped; what came is kept, and fetching goes on from there"))
        else:
            super().do_stop()


def _wrong(text: str) -> str:
    """Why an answer is none; empty when it is one."""
    version, _blank, mirror = text.strip().partition(" ")
    if not version.startswith("v"):
        return _("a release is called as v0.1.16 is")
    if mirror.strip() and not mirror.strip().startswith(("http://", "https://")):
        return _("a mirror's address begins with http:// or https://")
    return ""
