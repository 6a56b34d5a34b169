"""The host keys of nodes: seen without logging in, shown for a yes, pinned to the session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rancher_tui.install.state import Node
from rancher_tui.nodes.bastion import bastion_login
from rancher_tui.nodes.findings import subject_of
from rancher_tui.transport.ssh import ConnectSettings, Target, handshake
from rancher_tui.transport.ssh_credentials import Credentials
from rancher_tui.transport.ssh_dial import check_target
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_known import Trust, write_pins
from rancher_tui.transport.ssh_login import Login
from rancher_tui.transport.ssh_verify import Verifier

BASTION = "bastion"


@dataclass(frozen=True, slots=True)
class HostKeyState:
    """One server's key: `trust` is `known`, `unknown`, `changed`, `revoked`, or None where none was seen (`error`
    says why). `fingerprint` is OpenSSH's (`SHA256:…`), `line` the public key as known_hosts holds it, `known` the
    fingerprints expected instead, `source` the file that has them."""

    subject: str
    address: str
    port: int
    trust: Trust | None
    key_type: str = ""
    fingerprint: str = ""
    line: str = ""
    known: tuple[str, ...] = ()
    source: str = ""
    error: SshError | None = None


async def scan(
    nodes: Sequence[Node], settings: ConnectSettings, numbers: Sequence[int] | None = None
) -> list[HostKeyState]:
    """The key of every node (`numbers`: their rows, from 1), and of the bastion first where there is one."""
    gate = asyncio.Semaphore(settings.at_once)
    rows = list(numbers or range(1, len(nodes) + 1))
    states: list[HostKeyState] = []
    bastion = settings.bastion_target()
    if bastion:
        states.append(await look(f"{BASTION} {bastion.address}", bastion, settings, None))
        if states[0].trust is not Trust.KNOWN:
            return states

    async def one(number: int, node: Node, through: Login | None) -> HostKeyState:
        async with gate:
            return await look(subject_of(number, node), settings.target(node), settings, through)

    try:
        async with bastion_login(settings) as through:
            return [*states, *await asyncio.gather(*map(one, rows, nodes, [through] * len(nodes)))]
    except SshError as error:
        return [replace(states[0], trust=None, error=error)]


async def look(subject: str, target: Target, settings: ConnectSettings, through: Login | None) -> HostKeyState:
    """The key that one server shows, and what is known of it."""
    try:
        port = check_target(target.address, target.port)
    except SshError as error:
        return HostKeyState(subject, target.address, 0, None, error=error)
    verifier = Verifier(target.address, port, settings.hosts, only_look=True)
    try:
        async with handshake(target, settings, verifier, Credentials(None, None), through):
            pass
    except SshError as error:
        if verifier.presented is None:
            by_authority = error.rung is Rung.LOGIN_REFUSED
            return HostKeyState(
                subject,
                target.address,
                port,
                Trust.KNOWN if by_authority else None,
                error=None if by_authority else error,
            )
    key = verifier.presented
    if key is None:
        return HostKeyState(subject, target.address, port, Trust.KNOWN)
    vouched = verifier.vouched
    return HostKeyState(
        subject,
        target.address,
        port,
        verifier.trust,
        key.get_algorithm(),
        key.get_fingerprint(),
        key.export_public_key("openssh").decode("ascii").strip(),
        tuple(known.get_fingerprint() for known in vouched.keys) if vouched else (),
        vouched.source if vouched else "",
    )


def pin(path: Path, states: Iterable[HostKeyState], replace_changed: bool = False) -> int:
    """Trust the keys of `states` that are `unknown` from now on: written to the session's file (atomic, 0600,
    blocking); how many.

    With `replace_changed` those are taken instead that are `changed` against this very file: a host set up anew.
    """
    entries = [
        (state.address, state.port, state.line)
        for state in states
        if (replaceable(state, path) if replace_changed else state.trust is Trust.UNKNOWN)
    ]
    if entries:
        write_pins(path, entries)
    return len(entries)


def replaceable(state: HostKeyState, path: Path) -> bool:
    """True for a changed key whose old one is pinned in `path`, not known from elsewhere."""
    return state.trust is Trust.CHANGED and state.source == str(path)
