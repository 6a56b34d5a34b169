"""The hosts of an open session: looked at, their keys trusted, the ways between them tried, leftovers cleared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import Message, msg, msg_n

if TYPE_CHECKING:
    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store
    from rancher_tui.nodes.cleanup import CleanupPlan
    from rancher_tui.nodes.host_keys import HostKeyState
    from rancher_tui.operations.node_offers import Offer
    from rancher_tui.proofs.hosts import Asked


@dataclass(slots=True)
class HostDesk:
    """What the host screens ask for."""

    session: Session
    store: Store
    _keys: list[HostKeyState] = field(default_factory=list)
    _left_locked: set[str] = field(default_factory=set)

    def _settings(self) -> Any:
        from rancher_tui.proofs.inputs import connect_settings

        return connect_settings(self.session, self.store.state)

    def patience(self, nodes: int) -> float:
        """After how many seconds at the latest everything is answered, by the deadlines of every rung."""
        settings = self._settings()
        each = settings.deadlines.whole * (2 if settings.bastion else 1)
        return float(each * ceil(max(1, nodes) / settings.at_once))

    async def keys(self) -> Sequence[Finding]:
        """Every host's key: pass where it is known, unknown where it is new, fail where it changed or hides."""
        from rancher_tui.nodes.host_keys import scan

        self._keys = await scan(self.store.state.nodes, self._settings())
        self._left_locked.clear()
        return [key_finding(key) for key in self._keys]

    def replaceable(self) -> int:
        """How many of the keys that `keys` saw last are others than this session has pinned."""
        from rancher_tui.nodes.host_keys import replaceable

        return sum(replaceable(key, self.session.known_hosts) for key in self._keys)

    async def trust(self, replace_changed: bool = False) -> Message:
        """Pin the new keys that `keys` saw last, or only those that changed against the session's; how many."""
        from rancher_tui.nodes.host_keys import pin

        taken = await asyncio.to_thread(pin, self.session.known_hosts, self._keys, replace_changed)
        self.session.journal("trust", hosts=[key.subject for key in self._keys], taken=taken)
        return msg_n("{number} key is trusted now", "{number} keys are trusted now", taken)

    async def locked(self) -> list[str]:
        """Keys that need a passphrase which was neither given nor declined."""
        from rancher_tui.nodes.passphrases import locked

        found = await asyncio.to_thread(locked, self.store.state.nodes, self._settings())
        return [key for key in found if key not in self._left_locked]

    def open_key(self, key: str, passphrase: str) -> None:
        """Hold a key's passphrase in memory; an empty one leaves it locked."""
        if passphrase:
            self.session.memory.passphrases[key] = passphrase
        else:
            self._left_locked.add(key)

    def ask_again(self, numbers: Sequence[int], ids: frozenset[str] | None = None) -> Asked:
        """What a look at these nodes has to take in."""
        from rancher_tui.proofs.hosts import Asked, asked_again

        return asked_again(self.session, self.store.state, Asked(tuple(numbers), ids))

    def look_again(self, asked: Asked) -> AsyncIterator[Finding]:
        """Look at these nodes anew; the reports of steps 1 and 6 are put right."""
        from rancher_tui.proofs.hosts import look_again

        return look_again(self.session, self.store.state, asked)

    def between(self) -> AsyncIterator[Finding]:
        """Try the ways from each node to each, with listeners that are removed again."""
        from rancher_tui.proofs.hosts import look_between

        return look_between(self.session, self.store.state, {})

    def plan(self, number: int) -> CleanupPlan:
        """What could be cleared from node `number` (from 1), by the last preflight."""
        from rancher_tui.nodes.cleanup import plan
        from rancher_tui.nodes.findings import subject_of
        from rancher_tui.proofs.hosts import expected

        state = self.store.state
        node, report = state.nodes[number - 1], self.session.reports().get("preflight")
        learnt = (report.facts.get("nodes", {}) if report else {}).get(subject_of(number, node), {})
        return plan(node, learnt, expected(self.session, state).installed)

    def export_script(self, number: int) -> Path:
        """Write that node's script into the session's folder, for reading."""
        from rancher_tui.files import keep_existing, make_folder, write_atomic

        path = make_folder(self.session.path / "cleanup") / f"node-{number}.sh"
        keep_existing(path)
        write_atomic(path, self.plan(number).script().encode(), 0o700)
        return path

    async def clean(self, number: int) -> AsyncIterator[Finding]:
        """Run that node's script there."""
        from rancher_tui.nodes.cleanup import clean
        from rancher_tui.rke.runs import newest

        run = newest(self.session.path)
        if run is not None and run.status().state == "running":
            title = msg("a run is under way on these nodes; nothing was cleared")
            yield Finding(Status.FAIL, "run-live", "nodes", title, check="cleanup", step=1)
            return
        rows = [(number, self.store.state.nodes[number - 1], self.plan(number))]
        async for finding in clean(rows, self._settings(), {}):
            self.session.journal("cleanup", node=finding.subject, outcome=finding.code)
            yield finding

    async def offers(self) -> list[Offer]:
        """What the nodes and the SSH configuration offer to the node table."""
        from rancher_tui.operations.node_offers import offers

        report = self.session.reports().get("preflight")
        learnt = report.facts.get("nodes", {}) if report else {}
        return await asyncio.to_thread(offers, self.store.state, learnt)

    def take(self, chosen: Sequence[Offer]) -> None:
        """Take these over, as one edit."""
        from rancher_tui.operations.node_offers import taken

        self.store.edit("took over what was learnt", lambda state: taken(state, chosen))

    def write_report(self, name: str) -> Path:
        """The last preflight as text, Markdown or JSON, by the suffix; OSError, ValueError for another suffix."""
        from rancher_tui.files import keep_existing, write_atomic
        from rancher_tui.nodes.report import written

        report = self.session.reports().get("preflight") or Report("preflight", ())
        path = Path(name).expanduser()
        text = written(report, path.name)
        keep_existing(path)
        write_atomic(path, text.encode())
        self.session.journal("write-report", file=str(path))
        return path


def key_finding(key: HostKeyState) -> Finding:
    """A host's key as it is shown for a yes."""
    from rancher_tui.transport.ssh_known import Trust

    detail = msg("{kind} {fingerprint}", kind=key.key_type, fingerprint=key.fingerprint)
    if key.trust is Trust.KNOWN:
        return Finding(Status.PASS, "host-key-known", key.subject, msg("known"), detail)
    if key.trust is Trust.UNKNOWN:
        return Finding(Status.UNKNOWN, "host-key-unknown", key.subject, msg("new key"), detail)
    if key.trust is None:
        why = str(key.error.evidence.get("error") or key.error.rung.value) if key.error else "-"
        code = key.error.rung.value if key.error else "host-key-unseen"
        return Finding(Status.FAIL, code, key.subject, msg("no key seen: {why}", why=why))
    known = ", ".join(key.known)
    title = msg("CHANGED: it was {known}; whoever answers may not be the host", known=known)
    return Finding(Status.FAIL, "host-key-changed", key.subject, title, detail)
