"""FormScreen: a step with fields to fill in, a panel of what is known, and the findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from textual import events
from textual.widget import Widget

from rancher_tui.actions import Action
from rancher_tui.finding import Finding, Report, Status, worst
from rancher_tui.i18n import N_, _
from rancher_tui.install import file_fields, paths
from rancher_tui.install.secrets import SecretError
from rancher_tui.install.state import Cursor
from rancher_tui.install.store import ReadOnlyError
from rancher_tui.wording import edits
from screens import kept
from screens.fields import Field, fields_of, next_choice, text_at
from screens.frame import Frame, bindings
from screens.look.words import shown
from screens.widgets.bars import Rule
from screens.widgets.editing import EditingLines
from screens.widgets.findings import Findings
from screens.widgets.form import Form
from screens.widgets.lines import Line, Lines, Text

EDIT_KEYS = (
    ("enter", N_("keep"), True),
    ("tab", N_("keep, next"), True),
    ("esc", N_("restore"), True),
    ("ctrl+u", N_("clear"), True),
    ("f1", N_("help"), True),
)

LONG = 12
"""Fields from which on a form takes the whole screen."""


class Panel(Text):
    """What is known, below the fields; page keys scroll it."""

    SCROLLED = True


class FormScreen(Frame):
    """Base of the steps that are forms. A subclass may give a panel of its own (`panel_lines`)."""

    _refused = False
    """The note tells why the text that is being edited was not stored."""

    def __init_subclass__(cls) -> None:
        if "BINDINGS" not in cls.__dict__ and cls.PLACE:
            cls.BINDINGS = bindings(cls.PLACE)
        super().__init_subclass__()

    def body(self) -> Iterator[Widget]:
        yield Form(fields_of(self.PLACE))
        yield from self.panel()
        yield Rule(id="findings-rule")
        yield Findings()

    def on_mount(self) -> None:
        """A short form leaves the rest to its panel; a long one takes all and scrolls."""
        long = len(self.form.fields) > LONG
        self.form.styles.height = "1fr" if long else len(self.form.fields)
        self.query("#panel").set(display=not long)
        super().on_mount()

    def panel(self) -> Iterator[Widget]:
        """The area below the fields: by default lines of text."""
        yield Panel(id="panel")

    def panel_lines(self, cells: int) -> list[Line]:
        """What the panel shows in so many columns; nothing by default."""
        return []

    def facts(self, check: str) -> Mapping[str, Any]:
        """What the last report of a check learnt; empty before the first."""
        report = self.report(check)
        return report.facts if report else {}

    def findings_of(self, check: str) -> tuple[Finding, ...]:
        """The findings of a check's last report, or those that come just now."""
        if self.rancher.live and self.step and self.rancher.checks.step == self.step.number:
            return self.rancher.live
        report = self.report(check)
        return report.findings if report else ()

    @property
    def form(self) -> Form:
        return self.query_one(Form)

    def report(self, check: str) -> Report | None:
        """The last report of a check, whatever inputs it judged."""
        return self.rancher.reports.get(check)

    def findings_here(self) -> tuple[Finding, ...]:
        """The findings of this step; while it is being checked, those that have come so far."""
        if self.rancher.live and self.step and self.rancher.checks.step == self.step.number:
            return self.rancher.live
        item = self.step_state
        return item.findings if item else ()

    def about(self, finding: Finding, field: Field) -> bool:
        """Whether a finding is about that field."""
        return finding.subject == field.path or finding.subject.startswith(f"{field.path}.")

    def findings_told(self) -> tuple[Finding, ...]:
        """The findings of this step, and a warning for each field with a missing file, where none tells it."""
        findings = self.findings_here()
        bad = [finding for finding in findings if finding.bad]
        paths = [
            field.path
            for field in self.form.fields
            if field.kind == "path" and not any(self.about(finding, field) for finding in bad)
        ]
        return (*findings, *self.rancher.session.absent_files(paths))

    def draw(self) -> None:
        state = self.rancher.state
        if state is None:
            return
        form = self.form
        findings = self.findings_told()
        form.read_only = not self.rancher.session.store.writable
        values = [text_at(state, field.path) for field in form.fields]
        by_path = {
            field.path: worst(finding for finding in findings if self.about(finding, field))
            for field in form.fields
        }
        form.show(values, {path: status for path, status in by_path.items() if status is not Status.PASS})
        self.show_findings(findings)
        self.draw_panel()

    def draw_panel(self) -> None:
        """Draw what is known for the width that there is."""
        try:
            for text in self.query("#panel").results(Text):
                text.show(self.panel_lines(max(20, text.content_size.width - 1)))
        except Exception as error:
            self.rancher.unexpected(error)

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw_panel)

    def on_key(self, event: events.Key) -> None:
        """Page keys scroll the panel, where there is one to scroll."""
        forward = {"pageup": -1, "pagedown": 1}.get(event.key)
        for panel in self.query("#panel").results(Lines):
            if forward is not None and panel.display:
                event.stop()
                panel.scroll_by(forward * max(1, panel.content_size.height - 1))

    def mode(self) -> str:
        if not self.form.fields:
            return ""
        return _("EDIT") if self.form.editing else _("MOVE")

    def edit_keys(self) -> list[tuple[str, str, bool]]:
        return [(key, _(title), able) for key, title, able in EDIT_KEYS] if self.form.editing else []

    def holding(self) -> set[str]:
        held = super().holding()
        if not self.is_mounted:
            return held
        if self.problem_here() is None:
            held.add("no-finding")
        if not self.form.chosen_from:
            held.add("no-field")
        return held

    def cursor(self) -> Cursor:
        return Cursor(screen=self.PLACE, row=self.form.row, scroll=self.form.top)

    def place_cursor(self, cursor: Cursor) -> None:
        self.form.move_to(cursor.row)

    def title_of(self, action: Action) -> str:
        """Enter by what it does to the field under the cursor."""
        if action.id != "open" or not self.form.chosen_from:
            return super().title_of(action)
        yes_or_no = self.form.here is not None and self.form.here.kind == "yes"
        return _("yes or no") if yes_or_no else _("next value")

    def help_topic(self) -> str:
        return self.form.here.path if self.form.here else ""

    def problem_here(self) -> Finding | None:
        return self.query_one(Findings).current

    def show_problem(self, finding: Finding) -> None:
        self.query_one(Findings).choose(finding)
        for row, field in enumerate(self.form.fields):
            if self.about(finding, field):
                self.form.move_to(row)
                break

    def show_field(self, path: str) -> None:
        for row, field in enumerate(self.form.fields):
            if field.path == path:
                self.form.move_to(row)

    def keep_draft(self) -> None:
        for form in self.query(Form):
            if form.editor is not None and self.rancher.session.store.writable:
                self._keep(form.editor.text, form.row, edits.draft)

    def do_open(self) -> None:
        if self.form.read_only:
            self.note(
                _("looked on only: {holder} holds this session").format(holder=self.rancher.holder_text()), "warn"
            )
        elif self.form.chosen_from:
            self.do_next_choice()
        else:
            self.form.edit()

    def do_edit(self) -> None:
        self.form.edit()

    def do_next_choice(self) -> None:
        field = self.form.here
        choice = next_choice(field, self.form.text_here()) if field else None
        if choice is not None:
            self._keep(choice, self.form.row)

    def on_editing_lines_mode_changed(self) -> None:
        if not self.form.editing:
            self._forget_refusal()
        self.draw_keys()
        self.query_one("#title").refresh()

    def on_editing_lines_moved(self) -> None:
        self.rancher.remember()
        self.draw_keys()

    def on_editing_lines_kept(self, event: EditingLines.Kept) -> None:
        if self.stands:
            self._keep(event.text, event.row)

    def on_editing_lines_pasted(self, event: EditingLines.Pasted) -> None:
        if not self.stands:
            return
        field = self.form.here
        if field is None or self.form.read_only:
            return
        self.form.leave(keep=False)
        self._keep(event.text.strip().replace("\n", ", " if field.kind == "list" else " "), self.form.row)

    def _keep(self, text: str, row: int, named: Callable[[str], str] = str) -> None:
        """Store a field as it was typed; what cannot be such a value is told and stays in its field.

        `named` makes the edit's name of that of a field that is set.
        """
        field = self.form.fields[row]
        path = file_fields.whole(field.path, text)
        self._forget_refusal()
        store = self.rancher.session.store
        before = text_at(store.state, field.path)
        try:
            store.edit(named(f"set {field.path}"), lambda state: paths.put(state, field.path, path))
        except paths.ValueRefusedError as error:
            self._refuse(_("{field}: {reason}").format(field=field.shown, reason=shown(error.reason)), text)
        except (paths.PathError, SecretError) as error:
            self._refuse(shown(error.message), text)
        except ReadOnlyError:
            self.note(_("looked on only: nothing is kept here"), "warn")
        else:
            if told := kept.words(field, before, text, path, store.state):
                self.note(told)

    def _forget_refusal(self) -> None:
        if self._refused:
            self._refused = False
            self.note("")

    def _refuse(self, reason: str, text: str) -> None:
        """Tell why a text was not stored, and leave it where it was typed."""
        self._refused = True
        self.note(reason, "fail")
        self.form.edit(text)
