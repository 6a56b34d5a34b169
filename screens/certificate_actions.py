"""What can be done on the certificate screen: write, paste, make, open, ask the wire, plan ahead."""

from __future__ import annotations

from collections.abc import Sequence

from rancher_tui.finding import Finding, Report, by_gravity
from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.background import in_background
from screens.dialogs.ask import Ask
from screens.dialogs.paste import Paste
from screens.dialogs.reading import Reading
from screens.dialogs.secret_asking import AskSecret
from screens.frame import Frame
from screens.look.signs import signs
from screens.look.words import finding_ink, finding_text, finding_word, shown
from screens.outcome import tell_findings
from screens.panels import certificates
from screens.widgets.lines import Line, wrap

CELLS = 74


class CertificateActions(Frame):
    """The actions of step 7."""

    def do_write(self) -> None:
        self._told_and_judged(self.rancher.session.certificates.repair_chain())

    def _judge(self) -> None:
        """Judge the files that are used from now on."""
        if not self.rancher.checks.running:
            self.rancher.start_checks([7])

    def do_propose(self) -> None:
        tell_findings(self.rancher, self.rancher.session.certificates.propose_template())

    async def do_paste(self) -> None:
        about = _("A chain or a CA as text, in any form: PEM with dirt around it, YAML, JSON, base64.")
        self.app.push_screen(Paste(about, _("take these certificates")), self.take_pasted)

    def take_pasted(self, text: str | None) -> None:
        """Keep the certificates of a text that was pasted, and judge them."""
        if text and text.strip():
            self._told_and_judged(self.rancher.session.certificates.paste(text))

    def _told_and_judged(self, told: Sequence[Finding]) -> None:
        tell_findings(self.rancher, told)
        if not any(finding.bad for finding in told):
            self._judge()

    def do_make(self) -> None:
        name = self.rancher.state.fqdn.strip() if self.rancher.state else ""
        if not name:
            self.note(_("needed first: {what}").format(what=_("the FQDN (step 8)")), "warn")
            return
        question = _("Make a private CA and a server certificate for {name}, in which folder?").format(
            name=clean(name)
        )
        self.app.push_screen(Ask(question, self.rancher.session.certificates.made_in()), self._make)

    def _make(self, folder: str | None) -> None:
        if folder and folder.strip():
            self._told_and_judged(self.rancher.session.certificates.make(folder))

    def do_unlock(self) -> None:
        locked = self.rancher.session.certificates.locked()
        if not locked:
            self.note(_("nothing is locked, or it was not judged yet (c)"), "warn")
            return
        question = _("The password of {what}. It is used once and kept nowhere.").format(what=shown(locked))
        self.app.push_screen(AskSecret(question, twice=False), self._unlock)

    def _unlock(self, passphrase: str | None) -> None:
        if not passphrase:
            return
        store = self.rancher.session.store
        before = store.state.certificates
        told = self.rancher.session.certificates.unlock(passphrase)
        if store.state.certificates != before:
            self._told_and_judged(told)
            return
        tell_findings(self.rancher, told)
        self.rancher.session.look()
        self.rancher.reports = dict(self.rancher.session.reports())

    def do_served(self) -> None:
        self.note(_("asking the load balancer for its chain"))
        in_background(self.app, self._served, group="served")

    async def _served(self) -> None:
        answer = await self.rancher.session.certificates.served()
        if isinstance(answer, Finding):
            self.note(finding_text(answer), "fail")
            return
        self.rancher.session.look()
        self.rancher.reports = dict(self.rancher.session.reports())
        self.note("")
        endpoint = clean(str(answer.facts.get("endpoint") or answer.findings[0].subject))
        heading = _("served at {endpoint}").format(endpoint=endpoint)
        self.app.push_screen(Reading(heading, served_lines(answer)))

    def do_later(self) -> None:
        desk = self.rancher.session.certificates
        lines: list[Line] = []
        parts = (
            (_("A renewed certificate of the same CA: agents need nothing"), False),
            (_("Another CA: it must reach Rancher, then every agent"), True),
        )
        for title, new_ca in parts:
            lines += [[(title, "title")], [("", "plain")]]
            for number, step in enumerate(desk.later(new_ca=new_ca), 1):
                lines += [[(line, "plain")] for line in wrap(f"{number}. {shown(step.text)}", CELLS)]
                lines += [[(f"   {line}", "strong")] for line in wrap(shown(step.command), CELLS - 3) if line]
                lines += [[(f"   {line}", "dim")] for line in wrap(shown(step.why), CELLS - 3) if line]
            lines.append([("", "plain")])
        self.app.push_screen(Reading(_("Replacing them later"), lines))


def served_lines(report: Report) -> list[Line]:
    """The findings about a served chain, then the chain drawn like a file's."""
    lines: list[Line] = []
    for finding in by_gravity(report.findings):
        first, *rest = wrap(finding_text(finding), CELLS - 9)
        lines.append([(f"{finding_word(finding.status):<7}  ", finding_ink(finding.status)), (first, "plain")])
        lines += [[(" " * 9, "plain"), (text, "plain")] for text in rest]
    rows = certificates.chain_rows(report.facts, CELLS)
    return [*lines, [(signs().rule * CELLS, "dim")], *(row.line for row in rows)] if rows else lines
