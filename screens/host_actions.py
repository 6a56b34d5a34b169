"""What the keys of step 1 do: look at hosts anew, keys, ways, leftovers, reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import _, ngettext
from rancher_tui.nodes.groups import ids
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.ask import Ask, TypedWord
from screens.dialogs.details import finding_lines
from screens.dialogs.passphrases import with_open_keys
from screens.dialogs.reading import Reading
from screens.form_screen import FormScreen
from screens.look.words import shown, subject_words
from screens.panels import preflight, ways
from screens.widgets.lines import Line, wrap

if TYPE_CHECKING:
    from rancher_tui.nodes.cleanup import CleanupPlan
    from screens.widgets.host_matrix import HostMatrix

_CELLS = 72


class HostActions(FormScreen):
    """The actions of step 1; the screen gives what is under the cursor."""

    @property
    def matrix(self) -> HostMatrix:
        raise NotImplementedError

    def cell_findings(self) -> list[Finding]:
        raise NotImplementedError

    def login_findings(self) -> list[Finding]:
        raise NotImplementedError

    def until(self, nodes: int) -> str:
        raise NotImplementedError

    def rows_not_well(self) -> list[int]:
        raise NotImplementedError

    def do_open(self) -> None:
        """Enter: a field is changed, a cell is told in full."""
        if not self.matrix.has_focus:
            super().do_open()
            return
        findings, here = self.cell_findings(), self.matrix.here
        if findings and here is not None:
            lines = [line for finding in findings for line in [*finding_lines(finding), [("", "plain")]]]
            if self.matrix.column == preflight.PORTS:
                lines = [*ways.lines(self.facts("ports").get("ports", []), here.subject), *lines]
            self.app.push_screen(Reading(_("What is behind this cell"), lines))
        else:
            self._tell_not_looked_at()

    def do_details(self) -> None:
        if self.matrix.has_focus and not self.cell_findings():
            self._tell_not_looked_at()
        else:
            super().do_details()

    def _tell_not_looked_at(self) -> None:
        if self.login_findings():
            self.note(_("the login failed, so this was not looked at; left goes to the login"), "warn")
        else:
            self.note(_("nothing was looked at here; p looks at every host"))

    def do_check(self) -> None:
        self.do_preflight()

    def do_preflight(self) -> None:
        in_background(self.app, with_open_keys, self.rancher, self._start, group="passphrases", exclusive=False)

    def _start(self) -> None:
        state = self.rancher.state
        self.rancher.checks.until = self.until(len(state.nodes) if state else 0)
        self.rancher.start_checks([1])
        self.redraw()

    async def do_again_failed(self) -> None:
        rows = self.rows_not_well()
        if rows:
            await self._again(rows)
        else:
            self.note(_("nothing failed, nothing is unknown"))

    async def do_again_host(self) -> None:
        here = self.matrix.here
        await self._again([here.number] if here else [])

    async def do_again_cell(self) -> None:
        here = self.matrix.here
        if self.matrix.column == preflight.PORTS:
            self.do_ways()
        else:
            await self._again([here.number] if here else [], ids(preflight.COLUMNS[self.matrix.column]))

    async def _again(self, rows: Sequence[int], ids: frozenset[str] | None = None) -> None:
        desk = self.rancher.session.hosts

        def start() -> None:
            asked = desk.ask_again(rows, ids)
            self.rancher.checks.until = self.until(len(asked.numbers))
            told = _("looking again at {hosts}; x stops").format(hosts=", ".join(map(str, asked.numbers[:8])))
            looked = None if asked.ids else asked.numbers
            self.rancher.checks.look(1, "again", desk.look_again(asked), told, looked or ())
            self.redraw()

        await with_open_keys(self.rancher, start)

    def do_ways(self) -> None:
        """The ports between the hosts, after a typed yes."""
        lines: list[Line] = [
            [(line, "plain")]
            for line in wrap(
                _(
                    "For a few seconds small listeners run on every host, on free ports and on UDP 8472, which "
                    "RKE never tests. They end with their connection, also if this program is killed."
                ),
                _CELLS,
            )
        ]
        title = _("Start listeners on the hosts and try every way between them?")
        self.app.push_screen(TypedWord(title, lines, "yes"), self._try_ways)

    def _try_ways(self, agreed: bool | None) -> None:
        if agreed:
            in_background(self.app, with_open_keys, self.rancher, self._start_ways, group="ways", exclusive=False)

    def _start_ways(self) -> None:
        findings = self.rancher.session.hosts.between()
        self.rancher.checks.look(1, "ports", findings, _("trying the ways between the hosts; x stops"))
        self.redraw()

    def do_clear_host(self) -> None:
        """What an earlier cluster left on this host; its script, run only after the host's name was typed."""
        here = self.matrix.here
        if here is None or not here.number:
            return
        desk = self.rancher.session.hosts
        plan = desk.plan(here.number)
        if not plan:
            self.note(_("nothing of an earlier cluster is known there; p looks"))
            return
        try:
            path = desk.export_script(here.number)
        except OSError as error:
            self.note(_("the script cannot be written: {error}").format(error=str(error)), "fail")
            return
        number, title = here.number, _("Clear this host? What is deleted there is gone.")
        self.app.push_screen(
            TypedWord(title, _plan_lines(plan, str(path)), plan.name), lambda agreed: self._clear(agreed, number)
        )

    def _clear(self, agreed: bool | None, number: int) -> None:
        if agreed:
            findings = self.rancher.session.hosts.clean(number)
            told = _("clearing node {number}").format(number=number)
            self.rancher.checks.look(1, "cleanup", findings, told, ())

    def do_propose(self) -> object:
        from screens.dialogs.offers import offer_what_was_learnt

        return offer_what_was_learnt(self)

    def do_write(self) -> None:
        """The report as a file: text, Markdown or JSON by its suffix."""
        if self.report("preflight") is None:
            self.note(_("nothing was looked at yet; p looks at every host"), "warn")
            return
        question = _("Write the report to which file? Its suffix says the form: .txt, .md or .json.")
        name = f"~/preflight-{clean(self.rancher.session.name)}.md"
        self.app.push_screen(Ask(question, name, _wrong_suffix), self._written)

    def _written(self, name: str | None) -> None:
        if not name:
            return
        try:
            path = self.rancher.session.hosts.write_report(name.strip())
        except (OSError, ValueError) as error:
            self.note(_("not written: {error}").format(error=clean(str(error))), "fail")
        else:
            self.note(_("{path} is written").format(path=clean(str(path))))

    def do_host_keys(self) -> None:
        self.note(_("looking at the hosts' keys"))
        in_background(self.app, self._look_at_keys, group="keys")

    async def _look_at_keys(self) -> None:
        """Show all hosts' keys at once; a typed yes pins those that are new."""
        keys = await self.rancher.session.hosts.keys()
        fresh = [finding for finding in keys if finding.status is Status.UNKNOWN]
        self.note("")
        lines = [line for finding in keys for line in _key_lines(finding)]
        changed = self.rancher.session.hosts.replaceable()
        if not fresh and changed:
            title = _("{number} keys are others than were trusted. Take the new ones only if you know why.")
            self.app.push_screen(TypedWord(title.format(number=changed), lines, "replace"), self._replace)
            return
        if not fresh:
            self.app.push_screen(Reading(_("The hosts' keys"), lines))
            return
        title = ngettext(
            "Trust this key from now on? Compare it on the host.",
            "Trust these {number} keys from now on? Compare them on the hosts.",
            len(fresh),
        )
        self.app.push_screen(TypedWord(title.format(number=len(fresh)), lines, "yes"), self._pin)

    def _pin(self, agreed: bool | None) -> None:
        if agreed:
            in_background(self.app, self._pinning, group="keys")

    def _replace(self, agreed: bool | None) -> None:
        if agreed:
            in_background(self.app, self._pinning, True, group="keys")

    async def _pinning(self, replace_changed: bool = False) -> None:
        told = await self.rancher.session.hosts.trust(replace_changed)
        self.note(_("{told}; p looks at the hosts").format(told=shown(told)))


def _wrong_suffix(name: str) -> str:
    from rancher_tui.nodes.report import SUFFIXES

    return "" if name.strip().lower().endswith(SUFFIXES) else _("the name must end in .txt, .md or .json")


def _plan_lines(plan: CleanupPlan, path: str) -> list[Line]:
    """What a new run would do with what is there, and the script."""
    lines: list[Line] = []
    for message in plan.consequences():
        lines += [[(line, "warn")] for line in wrap(f"- {shown(message)}", _CELLS)]
    lines += [
        [("", "plain")],
        *([(line, "strong")] for line in wrap(_("The script, also in {path}:").format(path=clean(path)), _CELLS)),
    ]
    for text in plan.script().splitlines():
        lines += [[(line, "plain")] for line in wrap(clean(text), _CELLS)]
    return lines


def _key_lines(finding: Finding) -> list[Line]:
    """A host, whether its key is known, and the key's fingerprint."""
    ink = {Status.PASS: "pass", Status.UNKNOWN: "warn"}.get(finding.status, "fail")
    return [
        [(f"{subject_words(finding)}  ", "strong"), (shown(finding.title), ink)],
        [(f"  {shown(finding.detail)}", "plain")],
    ]
