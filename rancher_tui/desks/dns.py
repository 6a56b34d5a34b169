"""DNS of an open session: the record to create, and the watch until every vantage agrees."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rancher_tui.desks.operate import failed, operate, written
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import Message, msg

if TYPE_CHECKING:
    from rancher_tui.dns.records import Creation
    from rancher_tui.dns.watch import Round
    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store

CHECK = "dns"


@dataclass(slots=True)
class DnsDesk:
    """What the DNS screen asks for."""

    session: Session
    store: Store

    def record(self) -> Creation | Message:
        """The record that leads the FQDN to the balancer; or why there is none."""
        from rancher_tui.dns.names import BadNameError
        from rancher_tui.dns.records import creation

        state = self.store.state
        if not state.fqdn.strip():
            return msg("the FQDN is not entered yet")
        try:
            return creation(state.fqdn.strip(), state.balancer.address)
        except BadNameError as error:
            return error.reason
        except ValueError as error:
            return msg("{words}", words=str(error))

    def file(self) -> str:
        """Where the record is written when nothing else is said."""
        return str(self.session.path / "record.zone")

    def write(self, path: str) -> Sequence[Finding]:
        """Write the record: as Route 53 takes it where the name ends in .json, else as zone lines."""
        from pathlib import Path

        record = self.record()
        if isinstance(record, Message):
            return [failed(CHECK, "cannot-write", record)]
        text = record.route53 if path.endswith(".json") else record.bind
        return operate(CHECK, lambda: written(Path(path).expanduser(), text))

    async def watch(self) -> AsyncGenerator[Round, None]:
        """Look from all vantages again and again; each round is kept as the step's report."""
        import asyncio

        from rancher_tui.checks import Look, node_vantages
        from rancher_tui.dns.watch import Round
        from rancher_tui.dns.watch import watch as rounds
        from rancher_tui.install import steps

        state = self.store.state
        digest = steps.inputs_digest(state, CHECK)
        found = rounds(
            state.fqdn.strip(),
            expected=[state.balancer.address.strip()],
            servers=state.dns.servers,
            more=lambda: node_vantages(Look(self.session, state)),
        )
        async for told in found:
            if isinstance(told, Round):
                kept = _kept(told.report, state.fqdn.strip(), digest)
                await asyncio.to_thread(self.session.save_report, kept)
                yield replace(told, report=kept)


def _kept(report: Report, name: str, digest: str) -> Report:
    """As the check of step 3 keeps it, with the one verdict where all agree."""
    from rancher_tui.dns.verdict import in_order, verdict

    findings = tuple(in_order(report.findings, report.facts))
    if report.ok:
        findings = (*findings, Finding(Status.PASS, "agreed", name, verdict(findings, report.facts)))
    stamped = tuple(replace(finding, check=CHECK, step=3) for finding in findings)
    return replace(report, check=CHECK, findings=stamped, digest=digest, step=3)
