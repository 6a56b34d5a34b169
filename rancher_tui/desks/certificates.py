"""The certificates of an open session: repaired, pasted, made, unlocked, compared with what is served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rancher_tui.desks.operate import failed, operate
from rancher_tui.finding import Finding, Report
from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import Certificates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rancher_tui.certificates.replace import Step
    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store


@dataclass(slots=True)
class CertificateDesk:
    """What the certificate screen asks for."""

    session: Session
    store: Store

    def _use(self, name: str, work: Callable[[], tuple[Certificates, Message]]) -> Sequence[Finding]:
        """Do something that gives other files, and let the state name them."""

        def told() -> Message:
            files, done = work()
            self.store.update(name, certificates=files)
            return done

        return operate("certificates", told)

    def repair_chain(self, passphrase: str | None = None) -> Sequence[Finding]:
        """Write chain and CA as they should be, beside the originals, and use them."""
        from rancher_tui.operations.certificates import write_repaired

        return self._use(
            "use the repaired chain", lambda: write_repaired(self.session, self.store.state, passphrase)
        )

    def paste(self, text: str) -> Sequence[Finding]:
        """Keep pasted certificates and use them."""
        from rancher_tui.operations.certificates import take_pasted

        return self._use("use pasted certificates", lambda: take_pasted(self.session, self.store.state, text))

    def make(self, folder: str) -> Sequence[Finding]:
        """Make a private CA and a server certificate, and use them; the template becomes the one for that."""
        from rancher_tui.operations.certificates import make_pair
        from rancher_tui.proofs.certificates import RECOGNIZED

        template = self.store.state.template
        made = self._use("use made certificates", lambda: make_pair(self.session, self.store.state, folder))
        if not any(finding.bad for finding in made) and (not template or template in RECOGNIZED):
            place = template.partition("-")[0] or "external"
            self.store.update("a private CA's template", template=f"{place}-certificate")
        return made

    def made_in(self) -> str:
        """The folder that is proposed for a made pair."""
        from rancher_tui.operations.certificates import FOLDER

        return str(self.session.path / FOLDER)

    def locked(self) -> Message:
        """What needs a password before it can be judged; empty where nothing does."""
        from rancher_tui.proofs.certificates import locked

        return locked(self.session.reports().get("certificates"))

    def unlock(self, passphrase: str) -> Sequence[Finding]:
        """Judge with a password once: its report is kept, the password is not. PKCS#12 is written as PEM."""
        from rancher_tui.checks import kept
        from rancher_tui.proofs.certificates import judge

        report = judge(self.store.state, passphrase)
        opened = bool(report.facts.get("certificates")) and report.facts.get("key_matches") is not None
        if report.facts.get("format") == "pkcs12" and report.facts.get("certificates"):
            return self.repair_chain(passphrase)
        if not opened:
            return [failed("certificates", "wrong-password", msg("it does not open with that password"))]
        self.session.save_report(kept(report, self.session, self.store.state))
        return operate("certificates", lambda: msg("opened and compared; the password is forgotten again"))

    async def served(self) -> Report | Finding:
        """The chain on the wire, judged and compared with the file; why it could not be looked at."""
        from rancher_tui.proofs.certificates import served
        from rancher_tui.proofs.inputs import OperationError

        try:
            return await served(self.session, self.store.state)
        except OperationError as error:
            return failed("certificates", error.code, error.message)

    def later(self, *, new_ca: bool) -> Sequence[Step]:
        """How certificate or CA are replaced later."""
        from rancher_tui.operations.certificates import later

        return later(self.store.state, self.session.reports().get("certificates"), new_ca=new_ca)

    def propose_template(self) -> Sequence[Finding]:
        """Choose the template that the judged chain asks for, where TLS ends as it is chosen."""
        from rancher_tui.proofs.inputs import OperationError

        def told() -> Message:
            report = self.session.reports().get("certificates")
            proposed = str(report.facts.get("template") or "") if report else ""
            if not proposed:
                raise OperationError(
                    "not-judged", msg("nothing to propose: the chain is not judged yet; c checks")
                )
            if self.store.state.template.startswith("ingress-"):
                proposed = proposed.replace("external-", "ingress-")
            self.store.update("chose the proposed template", template=proposed)
            return msg("{name}, as the certificate asks for", name=proposed)

        return operate("template", told)

    def completions(self, text: str) -> list[str]:
        """Paths on this machine that begin with `text`."""
        from rancher_tui.operations.certificates import completions

        return completions(text)

    def changed_on_disk(self) -> bool:
        """Whether a file that was judged is another one since."""
        from rancher_tui.install.input_files import CHANGED

        report = self.session.reports().get("certificates")
        return report is not None and report.digest == CHANGED
