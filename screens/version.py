"""Step 9: the versions that go together, why others do not, what to know today, and the images."""

from __future__ import annotations

from typing import Any

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import _
from screens.dialogs.images import Images
from screens.form_screen import FormScreen
from screens.look.words import finding_ink, finding_text, finding_word, shown
from screens.widgets.lines import Line, wrap


class VersionScreen(FormScreen):
    """The versions that must fit."""

    PLACE = "version"

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.install is None:
            return []
        report = self.rancher.session.cluster.versions()
        rows: list[Line] = [[("", "plain")], *_set_lines(report, self._pinned(report.facts))]
        for finding in report.findings:
            if finding.status is not Status.PASS:
                rows += _refusal(finding, cells)
        rows += [[("", "plain")], [(_(" What to know today"), "title")]]
        for notice in self.rancher.session.cluster.notices():
            first, *rest = wrap(_(notice.text), max(20, cells - 5))
            rows += [[(f" - {first}", "plain")], *([(f"   {line}", "plain")] for line in rest)]
        return rows

    def _pinned(self, facts: dict[str, Any]) -> bool:
        """Whether the set that goes together is what is entered."""
        state = self.rancher.state
        if state is None or not facts["works"]:
            return False
        entered = (state.rke.version.strip(), state.kubernetes_version.strip())
        return entered == (facts["rke"], facts["kubernetes_version"])

    def do_propose(self) -> None:
        self.note(self.rancher.session.cluster.pin())

    def do_images(self) -> None:
        self.app.push_screen(Images())


def _set_lines(report: Report, pinned: bool) -> list[Line]:
    facts = report.facts
    if facts["works"]:
        told = _("pinned") if pinned else _("t pins it")
        return [[(_(" These go together"), "title"), (f"  {told}", "dim")], *_versions(facts)]
    instead = facts.get("instead")
    rows: list[Line] = [[(_(" These do not go together"), "fail")]]
    if instead:
        rows += [[(_(" This set does"), "title"), (_("  t pins it"), "dim")], *_versions({**facts, **instead})]
    return rows


def _versions(facts: dict[str, Any]) -> list[Line]:
    ingress = _("  ingress {version}").format(version=facts["ingress"]) if facts["ingress"] else ""
    headers = _(", use-forwarded-headers") if facts["use_forwarded_headers"] else ""
    return [
        [(f"   Rancher {facts['rancher']}  RKE {facts['rke']}", "plain")],
        [(f"   kubernetes_version {facts['kubernetes_version']}{ingress}{headers}", "plain")],
        [(f"   Docker {', '.join(facts['docker']) or '?'}", "plain")],
    ]


def _refusal(finding: Finding, cells: int) -> list[Line]:
    """A refusal's sentence and remedy, and below it the row of the table that it rests on."""
    word = finding_word(finding.status)
    first, *rest = wrap(finding_text(finding), max(20, cells - len(word) - 5))
    rows: list[Line] = [[(f" {word}  ", finding_ink(finding.status)), (first, "plain")]]
    rows += [[(" " * (len(word) + 3) + line, "plain")] for line in rest]
    row = finding.evidence.get("row") or {
        key: value for key, value in finding.evidence.items() if isinstance(value, str)
    }
    told = ", ".join(f"{key} {value}" for key, value in row.items())
    if told:
        lines = wrap(_("row: {row}").format(row=shown(told)), max(20, cells - len(word) - 5))
        rows += [[(" " * (len(word) + 3) + line, "dim")] for line in lines]
    return rows
