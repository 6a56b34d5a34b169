"""This machine as the one that RKE will run on (W01): the way to port 6443, room, proxy settings, file modes."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.nodes.cross import HERE
from rancher_tui.nodes.findings import Scribe
from rancher_tui.nodes.read import is_address, network
from rancher_tui.transport.ssh_dial import dial
from rancher_tui.transport.ssh_errors import Rung, SshError

API_PORT = 6443
LEAST_MIB = 200


async def judge_workstation(
    addresses: Sequence[str], folder: Path, deadline: float, direct: bool
) -> AsyncIterator[Finding]:
    """`addresses` are the control plane's; `direct` is false with a bastion (RKE then skips this port)."""
    scribe = Scribe(HERE)
    if direct and addresses:
        answers = await asyncio.gather(*(_blocked(address, deadline) for address in addresses))
        blocked = [address for address, shut in zip(addresses, answers, strict=True) if shut]
        yield scribe.write(
            Status.WARN if blocked else Status.PASS,
            "api-port",
            "W01",
            msg("no way to port {port} of {addresses}", port=API_PORT, addresses=", ".join(blocked[:4]))
            if blocked
            else msg("nothing stands between here and port {port}", port=API_PORT),
            msg("open TCP {port} from here to the control plane: RKE and kubectl need it", port=API_PORT)
            if blocked
            else EMPTY,
            EMPTY,
            blocked=blocked,
        )
    for finding in judge_surroundings(addresses, folder, os.environ):
        yield finding


async def _blocked(address: str, deadline: float) -> bool:
    """True when packets to the port vanish. A refusal is well: nothing listens there yet."""
    try:
        (await dial(address, API_PORT, deadline)).close()
    except SshError as error:
        return error.rung is not Rung.TCP_REFUSED
    return False


def judge_surroundings(
    addresses: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[Finding]:
    """Room in the session's folder, a proxy that would catch RKE's calls to the nodes."""
    scribe = Scribe(HERE)
    free = shutil.disk_usage(folder).free >> 20
    small = free < LEAST_MIB
    yield scribe.write(
        Status.WARN if small else Status.PASS,
        "workstation-disk",
        "W01",
        msg("{free} MiB free in the session's folder", free=free),
        msg("make room in {folder}", folder=str(folder)) if small else EMPTY,
        EMPTY,
    )
    proxy = next((environment[name] for name in ("HTTPS_PROXY", "https_proxy") if environment.get(name)), "")
    if proxy:
        spared = [
            part.strip() for part in (environment.get("NO_PROXY") or environment.get("no_proxy") or "").split(",")
        ]
        caught = [address for address in addresses if not any(_spares(part, address) for part in spared)]
        yield scribe.write(
            Status.WARN if caught else Status.PASS,
            "workstation-proxy",
            "W01",
            msg("a proxy would catch calls to the nodes") if caught else msg("the proxy spares the nodes"),
            msg("export NO_PROXY=$NO_PROXY,{addresses}", addresses=",".join(caught)) if caught else EMPTY,
            EMPTY,
            caught=caught,
        )
    tools = [name for name in ("kubectl", "openssl") if shutil.which(name)]
    yield scribe.good(
        "workstation-tools", "W01", msg("at hand: {tools}", tools=", ".join(tools) or "-"), tools=tools
    )


def _spares(part: str, address: str) -> bool:
    """True when an entry of NO_PROXY holds this address: a name, a suffix, or a range (Go's rules)."""
    if not part:
        return False
    if part in ("*", address) or address.endswith("." + part.lstrip(".")):
        return True
    outer, inner = network(part), network(address)
    return bool(
        is_address(address)
        and outer
        and inner
        and outer.version == inner.version
        and inner.network_address in outer
    )
