"""Step 7: the certificate chain, its key and its CA."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from textual.widget import Widget

from rancher_tui import actions
from rancher_tui.finding import Finding
from rancher_tui.i18n import _
from rancher_tui.install import rules
from rancher_tui.install.input_files import CHANGED
from rancher_tui.text import clean
from screens import heading
from screens.certificate_actions import CertificateActions
from screens.dialogs.reading import Reading
from screens.fields import Field, fields_of, text_at
from screens.form_screen import FormScreen
from screens.look.signs import signs
from screens.look.words import finding_ink, moment, shown
from screens.panels import certificate, certificates
from screens.widgets.bars import Rule
from screens.widgets.chain_view import ChainView
from screens.widgets.editing import EditingLines
from screens.widgets.findings import Findings
from screens.widgets.form import Form
from screens.widgets.lines import Line, fit, wrap


def _key(name: str) -> str:
    """The key of an action, as it is shown."""
    return actions.table().action(name).key


SHOWN_PATHS = 40
"""Paths that are offered while one is typed."""


class CertificatesScreen(CertificateActions, FormScreen):
    """Three files, what they hold, and the right order; the arrow keys go on from fields to certificates."""

    PLACE = "certificates"

    def __init__(self) -> None:
        super().__init__()
        self._judged_again: datetime | None = None

    def body(self) -> Iterator[Widget]:
        yield Form(fields_of(self.PLACE))
        yield Rule(id="chain-rule")
        yield ChainView()
        yield Rule(id="findings-rule")
        yield Findings()

    @property
    def chain(self) -> ChainView:
        return self.query_one(ChainView)

    def draw(self) -> None:
        if self.rancher.install is None:
            return
        self.form.completer = self.rancher.session.certificates.completions
        super().draw()
        self._judge_again()

    def _judge_again(self) -> None:
        """Judge anew, once, where a file that was judged is another one now."""
        report = self.report("certificates")
        if report is None or report.digest != CHANGED or report.taken_at == self._judged_again:
            return
        if self.is_current and not self.rancher.checks.running:
            self._judged_again = report.taken_at
            self.rancher.start_checks([7])

    def draw_panel(self) -> None:
        """The paths that can be typed, else the chain, else how to begin."""
        try:
            cells = max(20, self.chain.content_size.width - 1)
            offered = self.form.completions()
            self.chain.show(self._offered(offered, cells) if offered else self._chain_rows(cells))
        except Exception as error:
            self.rancher.unexpected(error)

    def _chain_rows(self, cells: int) -> list[certificates.Row]:
        state = self.rancher.state
        named = state is not None and state.certificates.chain_path.strip()
        facts = self.facts("certificates") if named else {}
        rows = certificates.chain_rows(facts, cells)
        if not rows:
            return [
                certificates.Row([(f" {line}", "dim")]) for line in wrap(self._without(bool(named)), cells - 2)
            ]
        if self._before():
            told = _(" as last judged, before something changed; {check} judges again").format(check=_key("check"))
            rows[0] = certificates.Row([(fit(told, cells), "warn")])
        return [*rows, *(certificates.Row(line) for line in self._on_the_wire(cells))]

    def _without(self, named: bool) -> str:
        """What to do where no chain can be drawn."""
        if not named:
            told = _(
                "Name the three files above; they are judged at once. {paste} pastes a chain, {make} makes a CA."
            )
            return told.format(paste=_key("paste"), make=_key("make"))
        if self.report("certificates") is None or self._before():
            return _("{check} reads and judges the files.").format(check=_key("check"))
        return _("No certificate was found to draw; below stands why.")

    def _before(self) -> bool:
        """Whether what is known was judged for other inputs."""
        item = self.step_state
        return item is None or item.taken_at is None

    def _on_the_wire(self, cells: int) -> list[Line]:
        """What the load balancer was seen to serve, in a line."""
        report = self.report("served")
        if report is None or not report.findings:
            return [
                [
                    (_(" served  "), "dim"),
                    (_("not looked at yet; {key} asks the load balancer").format(key=_key("served")), "dim"),
                ]
            ]
        first = report.findings[0]
        when = moment(report.taken_at, self.rancher.utc)
        text = f"{when}: {clean(first.subject)} {shown(first.title)}"
        return certificates.beside(_(" served  "), text, finding_ink(first.status), cells)

    def _offered(self, paths: list[str], cells: int) -> list[certificates.Row]:
        names = [path.rstrip("/").rpartition("/")[2] + ("/" if path.endswith("/") else "") for path in paths]
        shown = [certificates.Row([(f"   {fit(name, cells - 4)}", "plain")]) for name in names[:SHOWN_PATHS]]
        head = _(" {number} paths begin so; the key to the right takes what they share").format(number=len(paths))
        return [certificates.Row([(fit(head, cells), "dim")]), *shown]

    def title_line(self) -> tuple[Line, Line]:
        left, right = super().title_line()
        state = self.rancher.state
        if state is None:
            return left, right
        files = state.certificates
        parts = certificates.summary(self.facts("certificates"), files.chain_path, files.ca_path)
        if not parts or self.step is None or self._before():
            return left, right
        return [*left[:2], *parts], right if self.rail_stands else heading.neighbours(self.step.number)

    def here(self) -> dict[str, Any] | None:
        """The certificate under the cursor, while the chain has the keys."""
        found = self.facts("certificates").get("certificates") or []
        if not self.chain.has_focus or self.chain.chosen >= len(found):
            return None
        return dict(found[self.chain.chosen])

    def about(self, finding: Finding, field: Field) -> bool:
        """Findings are about files: those of a field's file are about the field."""
        state = self.rancher.state
        file = text_at(state, field.path).strip() if state is not None and field.kind == "path" else ""
        named = bool(file) and (finding.subject == file or finding.subject.startswith(f"{file} certificate "))
        return named or super().about(finding, field)

    def on_editing_lines_kept(self, event: EditingLines.Kept) -> None:
        """A file that is named is judged at once."""
        before = self.rancher.state
        super().on_editing_lines_kept(event)
        state = self.rancher.state
        if state is not None and state is not before and not rules.missing(state, 7):
            self.rancher.start_checks([7])

    def on_editing_lines_pasted(self, event: EditingLines.Pasted) -> None:
        """Certificates that are pasted are taken as such; anything else goes into the field."""
        if "BEGIN" in event.text or event.text.count("\n") > 1:
            event.prevent_default()
            self.form.leave(keep=False)
            self.take_pasted(event.text)

    def on_form_typed(self) -> None:
        self.draw_panel()

    def on_editing_lines_mode_changed(self) -> None:
        self.draw_panel()

    def on_editing_lines_below(self) -> None:
        if self.chain.certificates:
            self.chain.focus()

    def on_chain_view_above(self) -> None:
        self.form.focus()

    def on_chain_view_moved(self) -> None:
        self.draw_keys()

    def edit_keys(self) -> list[tuple[str, str, bool]]:
        keys = super().edit_keys()
        if keys and self.form.here is not None and self.form.here.kind == "path":
            return [keys[0], ("->" if signs().done == "+" else "→", _("complete"), True), *keys[1:]]
        return keys

    def holding(self) -> set[str]:
        held = super().holding()
        if self.is_mounted and self.here() is not None:
            held.discard("no-finding")
        return held

    def show_problem(self, finding: Finding) -> None:
        super().show_problem(finding)
        _file, found, place = finding.subject.rpartition(" certificate ")
        if found and place.isdigit() and self.chain.certificates:
            self.chain.choose(int(place) - 1)

    def do_open(self) -> None:
        if self.here() is None:
            super().do_open()
        else:
            self.do_details()

    def do_details(self) -> None:
        chosen = self.here()
        if chosen is None:
            super().do_details()
        else:
            lines = certificate.lines(chosen, utc=self.rancher.utc)
            self.app.push_screen(Reading(certificate.heading(chosen), lines))
