"""The images that a set of versions needs, and whether the hosts can still pull them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from textual import events
from textual.widget import Widget

from rancher_tui.finding import Finding, by_gravity, count_line
from rancher_tui.i18n import _
from screens.background import in_background
from screens.dialogs.details import finding_lines
from screens.dialogs.dialog import Dialog, Pager
from screens.look.words import shown
from screens.widgets.lines import Line, Text

if TYPE_CHECKING:
    from screens.app import RancherApp


class Images(Dialog[None]):
    """The list, as for a mirror; c asks every host, w writes it into a file."""

    TALL = True

    @property
    def rancher(self) -> RancherApp:
        return cast("RancherApp", self.app)

    def body(self) -> Iterator[Widget]:
        yield Text([[("", "plain")]], id="heading", classes="short")
        yield Pager([])

    def keys(self) -> list[tuple[str, str, bool]]:
        return [
            ("c", _("can the hosts pull them?"), True),
            ("w", _("write the list"), True),
            *self.scroll_key("↑↓"),
            ("esc", _("close"), True),
        ]

    def on_mount(self) -> None:
        super().on_mount()
        chosen = self.rancher.session.cluster.chosen()
        images = chosen.images()
        whole = chosen.complete()
        if images:
            heading = _("{number} images for Rancher {rancher} on {kubernetes}, {plugin}").format(
                number=len(images), rancher=whole.rancher, kubernetes=whole.kubernetes, plugin=whole.plugin
            )
        else:
            heading = _("the images of {kubernetes} are not known").format(kubernetes=whole.kubernetes or "-")
        self._images: list[Line] = [[(shown(image), "plain")] for image in images]
        self._show(heading, self._images)

    def on_key(self, event: events.Key) -> None:
        if event.key == "c":
            event.stop()
            in_background(self, self._ask_hosts, group="work")
        elif event.key == "w":
            event.stop()
            self._write()

    def _write(self) -> None:
        path = self.rancher.session.cluster.write_images()
        self.query_one("#heading", Text).show([[(self._heading, "strong")], [(shown(path), "plain")]])

    async def _ask_hosts(self) -> None:
        """Findings as they come; nothing is pulled."""
        found: list[Finding] = []
        self._show(_("asking every host's Docker; nothing is pulled"), [])
        async for finding in self.rancher.session.cluster.look_for_images():
            found.append(finding)
            lines: list[Line] = []
            for item in by_gravity(sorted(found, key=_node)):
                lines += [*finding_lines(item), [("", "plain")]]
            listed: Line = [(_("The images"), "title")]
            self._show(shown(count_line(found)), [*lines, listed, *self._images])

    def _show(self, heading: str, lines: list[Line]) -> None:
        self._heading = heading
        self.query_one("#heading", Text).show([[(heading, "strong")]])
        self.query_one(Pager).show(lines)
        self.call_after_refresh(self.draw_keys)


def _node(finding: Finding) -> int:
    """The row of the node table that a finding is about (`node 2 10.0.1.12`)."""
    number = finding.subject.removeprefix("node ").partition(" ")[0]
    return int(number) if number.isdecimal() else 0
