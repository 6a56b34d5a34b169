"""A rehearsal's session: lay out a lab, say what the operator would have entered, start and stop its world."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from rancher_tui.files import make_folder
from rancher_tui.install.state import Balancer, Certificates, Dns, InstallState, Node, Rke
from rancher_tui.lab import faults as lab_faults
from rancher_tui.lab.layout import Place, Settings, choose_settings
from rancher_tui.lab.process import is_alive

LABEL = "REHEARSAL"
FQDN = "rancher.rehearsal.test"
USER = "operator"
HOSTS = ("rancher-1", "rancher-2", "rancher-3")
RANCHER_VERSION = "v2.0.8"
RKE_VERSION = "v0.1.16"
KUBERNETES_VERSION = "v1.11.6-rancher1-1"
PACE = 0.08
"""Lab seconds for a real second: a run of a minute and a half takes seven seconds."""

_START_LIMIT = 20.0
_STOP_LIMIT = 5.0


class LabError(OSError):
    """The lab cannot be made or started; `str()` says why."""


def create(folder: Path, *, fqdn: str = FQDN, pace: float = PACE) -> InstallState:
    """Lay out a new lab in `folder` (made, 0700) and give the rehearsal's install state.

    `pace` is lab seconds for a real second. Nothing is started. LabError when there is one already or the machine
    has no free loopback addresses.
    """
    place = Place(folder.absolute())
    if place.settings.exists():
        raise LabError(f"there is a lab in {folder} already")
    try:
        settings = choose_settings(fqdn, USER, HOSTS, pace=pace)
        make_folder(place.folder)
        for remains in ("keys", "certificates", "hosts"):
            shutil.rmtree(place.folder / remains, ignore_errors=True)
        _make_keys(place, settings)
        _make_certificates(place, settings)
        _make_hosts(place, settings)
        _make_programs(place, settings)
        place.write_settings(settings)
    except OSError as error:
        raise LabError(str(error)) from error
    return install_state(place.folder)


def install_state(folder: Path) -> InstallState:
    """What the operator enters for the lab in `folder`; ordinary fields throughout."""
    place = Place(folder.absolute())
    settings = _settings(place)
    nodes = tuple(
        Node(
            address=host.address,
            port=str(host.ssh_port),
            user=settings.user,
            ssh_key_path=str(place.user_key),
            hostname_override=host.name,
            docker_socket=str(place.host(host.name) / "docker.sock"),
        )
        for host in settings.hosts
    )
    return InstallState(
        label=LABEL,
        template="external-certificate",
        nodes=nodes,
        balancer=Balancer(
            address=settings.balancer_address,
            http_port=str(settings.http_port),
            https_port=str(settings.https_port),
            node_port=str(settings.ingress_port),
        ),
        dns=Dns(servers=(f"{settings.name_server_address}:{settings.dns_port}",)),
        fqdn=settings.fqdn,
        certificates=Certificates(
            chain_path=str(place.chain),
            key_path=str(place.chain_key),
            ca_path=str(place.ca),
            ca_text=place.ca.read_text(),
        ),
        rancher_version=RANCHER_VERSION,
        rke=Rke(binary=str(place.rke), version=RKE_VERSION, quiet_limit="15"),
        kubernetes_version=KUBERNETES_VERSION,
    )


def start(folder: Path, faults: Iterable[str] | None = None, pace: float | None = None) -> Settings:
    """Start the world of a lab, or start it again where `faults` or `pace` are others than it has.

    None keeps what the lab has. Returns when every server listens (within 20 s). LabError when it cannot.
    """
    place = Place(folder.absolute())
    settings = _settings(place)
    wanted = settings
    if faults is not None:
        wanted = replace(wanted, faults=lab_faults.check_names(faults))
    if pace is not None:
        wanted = replace(wanted, pace=pace)
    try:
        if not place.rke.exists() or place.rke.read_text() != _rke_script(place):
            _make_programs(place, settings)
        if alive(folder):
            if wanted == settings:
                return settings
            stop(folder)
        if wanted != settings:
            place.write_settings(wanted)
    except OSError as error:
        raise LabError(f"the lab cannot be written: {error}") from error
    command = [sys.executable, "-P", "-m", "rancher_tui.lab.world", str(place.folder)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_START_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError(f"the lab did not start: {error} (see {place.log})") from error
    if done.returncode:
        raise LabError(f"the lab did not start: {done.stderr.strip()} (see {place.log})")
    return wanted


def ensure(folder: Path) -> Settings:
    """Start the world of a lab if it does not run."""
    return start(folder)


def stop(folder: Path) -> None:
    """End the world of a lab and wait for its end; nothing if it does not run. LabError when it does not end."""
    place = Place(folder.absolute())
    record = _process(place)
    if record is None or not is_alive(record):
        return
    with suppress(ProcessLookupError):
        os.kill(record["pid"], signal.SIGTERM)
    deadline = time.monotonic() + _STOP_LIMIT
    while is_alive(record):
        if time.monotonic() > deadline:
            raise LabError(f"the lab's process {record['pid']} does not end")
        time.sleep(0.01)


def alive(folder: Path) -> bool:
    """True when the world of a lab runs."""
    record = _process(Place(folder.absolute()))
    return record is not None and is_alive(record)


def settings_of(folder: Path) -> Settings:
    """The addresses, ports and faults of a lab; LabError where there is none."""
    return _settings(Place(folder.absolute()))


def _settings(place: Place) -> Settings:
    try:
        return place.read_settings()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabError(f"there is no lab in {place.folder}: {error}") from error


def _process(place: Place) -> dict[str, Any] | None:
    try:
        record = json.loads(place.process.read_text())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _write_private(path: Path, text: str, mode: int = 0o600) -> None:
    make_folder(path.parent)
    path.touch(mode=mode)
    path.write_text(text)


def _make_keys(place: Place, settings: Settings) -> None:
    import asyncssh

    for path, comment in [
        (place.user_key, f"{settings.user}@rehearsal"),
        *((place.host_key(host.name), host.name) for host in settings.hosts),
    ]:
        key = asyncssh.generate_private_key("ssh-ed25519", comment=comment)
        _write_private(path, key.export_private_key().decode())
        _write_private(path.with_suffix(".pub"), key.export_public_key().decode())


def _make_certificates(place: Place, settings: Settings) -> None:
    from rancher_tui.lab import authority

    root = authority.make_root("Rehearsal Root CA", "Rehearsal")
    intermediate = authority.make_intermediate(root, "Rehearsal Issuing CA", "Rehearsal")
    server = authority.make_server(intermediate, settings.fqdn, [settings.fqdn], "Rehearsal")
    _write_private(place.chain, server.pem + intermediate.pem)
    _write_private(place.chain_key, server.key_pem)
    _write_private(place.ca, root.pem)


def _make_hosts(place: Place, settings: Settings) -> None:
    from rancher_tui.lab import stand_ins

    described = stand_ins.description()
    for host in settings.hosts:
        make_folder(place.host(host.name))
        stand_ins.lay_out(place, settings, host, described)


def _rke_script(place: Place) -> str:
    command = [sys.executable, "-P", "-m", "rancher_tui.lab.rke", str(place.folder)]
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'


def _make_programs(place: Place, settings: Settings) -> None:
    """The programs that name this Python: rke and the hosts' own; written anew where that has moved."""
    from rancher_tui.lab import stand_ins

    described = stand_ins.description()
    for host in settings.hosts:
        stand_ins.write_programs(place, settings, host, described)
    _write_private(place.rke, _rke_script(place), 0o700)
