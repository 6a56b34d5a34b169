"""Step 1: the hosts, looked at over SSH."""

from __future__ import annotations

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import _
from screens.ask import TypedWord
from screens.form_screen import FormScreen
from screens.panels import preflight
from screens.widgets.lines import Line
from screens.words import shown


class HostsScreen(FormScreen):
    """How the hosts are reached, and what the preflight saw."""

    PLACE = "hosts"

    def panel_lines(self, cells: int) -> list[Line]:
        state = self.rancher.state
        if state is None:
            return []
        if not state.nodes:
            return [
                [("", "plain")],
                [(_(" No host entered yet: a adds one, v pastes a list (step 6 is their table)."), "dim")],
            ]
        rows = preflight.lines(state.nodes, self.findings_of("preflight"), self.facts("preflight"), cells)
        return [[("", "plain")], *rows]

    def do_host_keys(self) -> None:
        self.note(_("looking at the hosts' keys"))
        self.app.run_worker(self._look_at_keys(), group="keys", exclusive=True, exit_on_error=False)

    async def _look_at_keys(self) -> None:
        """Show all hosts' keys at once; a typed yes pins those that are new."""
        keys = await self.rancher.session.hosts.keys()
        fresh = [finding for finding in keys if finding.status is Status.UNKNOWN]
        self.note("")
        lines = [line for finding in keys for line in _key_lines(finding)]
        if not fresh:
            from screens.reading import Reading

            self.app.push_screen(Reading(_("The hosts' keys"), lines))
            return
        title = _("Trust these {number} keys from now on? Compare them on the hosts.").format(number=len(fresh))
        self.app.push_screen(TypedWord(title, lines, "yes"), self._pin)

    def _pin(self, agreed: bool | None) -> None:
        if agreed:
            self.app.run_worker(self._pinning(), group="keys", exclusive=True, exit_on_error=False)

    async def _pinning(self) -> None:
        self.note(await self.rancher.session.hosts.trust())


def _key_lines(finding: Finding) -> list[Line]:
    """A host, whether its key is known, and the key's fingerprint."""
    ink = {Status.PASS: "pass", Status.UNKNOWN: "warn"}.get(finding.status, "fail")
    return [
        [(f"{shown(finding.subject)}  ", "strong"), (shown(finding.title), ink)],
        [(f"  {shown(finding.detail)}", "plain")],
    ]
