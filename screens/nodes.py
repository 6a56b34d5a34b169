"""Step 6: the node table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from textual.widget import Widget

from rancher_tui.finding import Finding, Status, by_gravity
from rancher_tui.i18n import _, msg_n
from rancher_tui.install import paths, steps
from rancher_tui.install.secrets import SecretError
from rancher_tui.install.state import ROLES, Cursor, InstallState, Node
from rancher_tui.install.store import ReadOnlyError
from rancher_tui.text import clean
from rancher_tui.wording import edits
from screens.fields import fields_of
from screens.form_screen import EDIT_KEYS
from screens.frame import Frame, bindings
from screens.look.words import shown
from screens.rows import blank_like, copied, filled, inserted, moved, pasted, toggled, with_cell, without
from screens.widgets.bars import Bar, Rule
from screens.widgets.editing import EditingLines
from screens.widgets.findings import Findings
from screens.widgets.node_table import Judged, NodeTable, cell_text

ROLE_SETS: Final = (
    ("controlplane", "etcd", "worker"),
    ("controlplane", "etcd"),
    ("worker",),
    ("controlplane",),
    ("etcd",),
    ("controlplane", "worker"),
    ("etcd", "worker"),
)
_GRAVITY: Final = {Status.PASS: 0, Status.WARN: 1, Status.UNKNOWN: 2, Status.FAIL: 3}


class NodesScreen(Frame):
    """A table editor with two modes: in MOVE letters are commands, in EDIT they are text."""

    PLACE = "nodes"
    RAIL_FROM = 120
    BINDINGS = bindings("nodes")
    AUTO_FOCUS = "NodeTable"

    def body(self) -> Iterator[Widget]:
        yield NodeTable(fields_of("nodes"))
        yield Bar(id="cell")
        yield Rule(id="findings-rule")
        yield Findings()

    @property
    def table(self) -> NodeTable:
        return self.query_one(NodeTable)

    def draw(self) -> None:
        state, item = self.rancher.state, self.step_state
        if state is None or item is None:
            return
        findings = item.findings
        if self.rancher.live and self.rancher.checks.step == 6:
            findings = self.rancher.live
        self.table.read_only = not self.rancher.session.store.writable
        self.table.show(state.nodes, judged_cells(findings), looked_at(findings), self._changed(state))
        self.show_findings(findings)
        self._draw_cell()

    def _changed(self, state: InstallState) -> frozenset[int]:
        """Rows (from 0) whose line is another than the last `docker ps` was run for."""
        report = self.rancher.reports.get("docker-ps")
        if report is None or "lines" not in report.facts:
            return frozenset()
        return frozenset(row - 1 for row in steps.changed_rows(state, report))

    def _draw_cell(self) -> None:
        """The line below the table: the cell in full, and what belongs there."""
        table, state = self.table, self.rancher.state
        if state is None or not state.nodes:
            self.query_one("#cell", Bar).show([(_(" Paste addresses here, or press a."), "dim")], [])
            return
        text = clean(cell_text(state.nodes[table.row], table.field.path))
        self.query_one("#cell", Bar).show(
            [
                (f" {table.row + 1} {table.field.shown}  ", "dim"),
                (text, "plain"),
                (f"  {table.field.hinted}", "dim"),
            ],
            [],
        )

    def mode(self) -> str:
        return _("EDIT") if self.table.editing else _("MOVE")

    def edit_keys(self) -> list[tuple[str, str, bool]]:
        return [(key, _(title), able) for key, title, able in EDIT_KEYS] if self.table.editing else []

    def holding(self) -> set[str]:
        held = super().holding()
        if self.is_mounted:
            if self.table.field.path == "address":
                held.add("no-address-fill")
            if self.problem_here() is None:
                held.add("no-finding")
        return held

    def cursor(self) -> Cursor:
        table = self.table
        return Cursor(screen=self.PLACE, row=table.row, column=table.column, scroll=table.top)

    def place_cursor(self, cursor: Cursor) -> None:
        self.table.top = cursor.scroll
        self.table.move_to(cursor.row, cursor.column)

    def help_topic(self) -> str:
        return self.table.field.path

    def problem_here(self) -> Finding | None:
        return self.query_one(Findings).current

    def show_problem(self, finding: Finding) -> None:
        self.query_one(Findings).choose(finding)
        cell = cell_of(finding)
        if cell is not None:
            columns = [field.path for field in self.table.fields]
            self.table.move_to(cell[0], columns.index(cell[1]) if cell[1] in columns else None)

    def show_field(self, path: str) -> None:
        columns = [field.path for field in self.table.fields]
        if path in columns:
            self.table.move_to(self.table.row, columns.index(path))

    def keep_draft(self) -> None:
        if self.table.editor is not None and self.rancher.session.store.writable:
            self._keep(self.table.editor.text, self.table.row, self.table.column, edits.draft)

    def on_editing_lines_moved(self) -> None:
        self._draw_cell()
        self.rancher.remember()

    def on_editing_lines_mode_changed(self) -> None:
        self.draw_keys()

    def on_editing_lines_kept(self, event: EditingLines.Kept) -> None:
        if self.stands:
            self._keep(event.text, event.row, event.column)

    async def on_editing_lines_begun(self, event: EditingLines.Begun) -> None:
        if not self.stands:
            return
        if not self.table.read_only:
            await self.do_add()
            self.table.edit(event.text)

    def on_editing_lines_pasted(self, event: EditingLines.Pasted) -> None:
        if not self.stands:
            return
        self.take_paste(event.text)

    def take_paste(self, text: str | None) -> None:
        """Add the hosts that a pasted text names; an empty row that was begun takes the first one."""
        if not text or not text.strip():
            return
        if self.table.read_only:
            self.note(
                _("looked on only: {holder} holds this session").format(holder=self.rancher.holder_text()), "warn"
            )
            return
        self.table.leave(keep=False)
        state = self.rancher.session.store.state
        hosts, told = pasted(text, state.nodes, state.options.user)
        if hosts:
            self._edit("pasted hosts", lambda nodes: (*(node for node in nodes if node.address), *hosts))
            state = self.rancher.session.store.state
            self.table.move_to(max(0, len(state.nodes) - len(hosts)), 0)
        self.note(told, "strong" if hosts else "warn")

    def _keep(self, text: str, row: int, column: int, named: Callable[[str], str] = str) -> None:
        field = self.table.fields[column]
        name = named(f"node {row + 1}: {field.title}")
        try:
            value = _roles(text) if field.path == "roles" else text
            self._edit_state(name, lambda state: with_cell(state, row, field.path, value))
        except (paths.PathError, SecretError) as error:
            self.note(error.message, "fail")
        except ReadOnlyError:
            self.note(_("looked on only: nothing is kept here"), "warn")

    def _edit(self, name: str, change: Callable[[tuple[Node, ...]], tuple[Node, ...]]) -> None:
        self._edit_state(name, lambda state: state.model_copy(update={"nodes": change(state.nodes)}))

    def _edit_state(self, name: str, change: Callable[[InstallState], InstallState]) -> None:
        self.rancher.session.store.edit(name, change)

    async def do_open(self) -> None:
        if self.table.read_only:
            self.note(
                _("looked on only: {holder} holds this session").format(holder=self.rancher.holder_text()), "warn"
            )
        elif not self.table.editable():
            await self.do_add()
        else:
            self.table.edit()

    async def do_edit(self) -> None:
        await self.do_open()

    async def do_add(self) -> None:
        state = self.rancher.session.store.state
        row = self.table.row + 1 if state.nodes else 0
        self._edit("added a host", lambda nodes: inserted(nodes, row, blank_like(nodes, state.options.user)))
        self.table.move_to(row, 0)
        self.table.edit()

    def do_copy(self) -> None:
        row = self.table.row
        self._edit(f"copied node {row + 1}", lambda nodes: inserted(nodes, row + 1, copied(nodes[row])))
        self.table.move_to(row + 1, 0)

    def do_delete(self) -> None:
        row = self.table.row
        self._edit(f"deleted node {row + 1}", lambda nodes: without(nodes, row))
        self.table.move_to(row)
        self.note(_("node {number} is deleted; u brings it back").format(number=row + 1))

    def do_move_up(self) -> None:
        self._move(-1)

    def do_move_down(self) -> None:
        self._move(1)

    def _move(self, distance: int) -> None:
        row = self.table.row
        target = row + distance
        if 0 <= target < len(self.rancher.session.store.state.nodes):
            self._edit(f"moved node {row + 1}", lambda nodes: moved(nodes, row, target))
            self.table.move_to(target)

    def do_roles(self) -> None:
        row = self.table.row
        roles = self.rancher.session.store.state.nodes[row].roles
        held = tuple(role for role in ROLES if role in roles)
        following = ROLE_SETS[(ROLE_SETS.index(held) + 1) % len(ROLE_SETS)] if held in ROLE_SETS else ROLE_SETS[0]
        self._edit_state(f"node {row + 1}: roles", lambda state: with_cell(state, row, "roles", following))

    def do_role_controlplane(self) -> None:
        self._toggle("controlplane")

    def do_role_etcd(self) -> None:
        self._toggle("etcd")

    def do_role_worker(self) -> None:
        self._toggle("worker")

    def _toggle(self, role: str) -> None:
        row = self.table.row
        roles = toggled(self.rancher.session.store.state.nodes[row].roles, role)
        self._edit_state(f"node {row + 1}: roles", lambda state: with_cell(state, row, "roles", roles))

    def do_fill(self) -> None:
        row, field = self.table.row, self.table.field
        below = len(self.rancher.session.store.state.nodes) - row - 1
        self._edit(f"filled {field.title} down", lambda nodes: filled(nodes, row, field.path))
        told = msg_n(
            "{column} of {number} row below filled",
            "{column} of {number} rows below filled",
            below,
            column=field.shown,
        )
        self.note(told)

    def do_propose(self) -> object:
        from screens.dialogs.offers import offer_what_was_learnt

        return offer_what_was_learnt(self)

    async def do_paste(self) -> None:
        from screens.dialogs.paste import Paste

        def told(text: str) -> str:
            state = self.rancher.session.store.state
            return shown(pasted(text, state.nodes, state.options.user)[1])

        self.app.push_screen(Paste(judge=told), self.take_paste)


def _roles(text: str) -> tuple[str, ...]:
    """Roles as typed: their letters (`cew`, `c e`) or their names with commas or blanks between."""
    words = text.replace(",", " ").split()
    if all(set(word) <= {"c", "e", "w"} for word in words):
        letters = "".join(words)
        return tuple(role for role in ROLES if role[0] in letters)
    return tuple(words)


def cell_of(finding: Finding) -> tuple[int, str] | None:
    """Row (from 0) and field that a finding is about; None for what is about the table.

    Rules speak of a cell, `N FIELD`; checks of a row, `node N ADDRESS`: then the field is empty.
    """
    first, _, rest = finding.subject.partition(" ")
    if first.isdigit():
        return int(first) - 1, rest
    number = rest.partition(" ")[0]
    return (int(number) - 1, "") if first == "node" and number.isdigit() else None


def looked_at(findings: tuple[Finding, ...]) -> frozenset[int]:
    """Rows (from 0) that a check has something to say of."""
    return frozenset(
        int(finding.subject.split(" ")[1]) - 1 for finding in findings if finding.subject.startswith("node ")
    )


def judged_cells(findings: tuple[Finding, ...]) -> Judged:
    """The gravest status of each cell and row; findings of checks are about a row, `node N ADDRESS`."""
    judged: dict[tuple[int, str], Status] = {}
    for finding in by_gravity(findings):
        if finding.status is Status.PASS:
            continue
        cell = cell_of(finding)
        for key in {cell, (cell[0], "")} if cell else ():
            if _GRAVITY[finding.status] > _GRAVITY[judged.get(key, Status.PASS)]:
                judged[key] = finding.status
    return judged
