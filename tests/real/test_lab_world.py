"""The lab's process: private, on loopback alone, the same again after a restart, gone when it should be."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rancher_tui.lab import layout, session
from rancher_tui.lab.faults import UnknownFaultError
from tests.real.lab_world import World, until, world

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def one_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world") / "lab") as made:
        yield made


@pytest.fixture
def lab(one_lab: World) -> World:
    """A running world without faults, whatever an earlier test did to it."""
    one_lab.start()
    return one_lab


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_lab_is_private_and_is_not_started(tmp_path: Path) -> None:
    state = session.create(tmp_path / "lab")
    assert mode(tmp_path / "lab") == 0o700
    private = [
        Path(state.nodes[0].ssh_key_path),
        Path(state.certificates.key_path),
        tmp_path / "lab" / "world.json",
    ]
    assert {mode(path) for path in private} == {0o600}
    assert not session.alive(tmp_path / "lab")
    with pytest.raises(session.LabError, match="already"):
        session.create(tmp_path / "lab")


def test_the_operator_s_entries_are_ordinary_fields(tmp_path: Path) -> None:
    state = session.create(tmp_path / "lab")
    assert (state.label, state.template) == ("REHEARSAL", "external-certificate")
    assert len({node.address for node in state.nodes}) == 3
    assert all(node.address.startswith("127.") and node.ssh_key_path for node in state.nodes)
    assert os.access(state.rke.binary, os.X_OK)
    assert state == session.install_state(tmp_path / "lab")


def test_every_server_listens_on_loopback_only(lab: World) -> None:
    connections = psutil.Process(lab.pid()).net_connections(kind="inet")
    local = [item.laddr.ip for item in connections]
    assert len(local) >= 3 + 2 + 2
    assert all(address.startswith("127.") and address != "127.0.0.1" for address in local)


def test_the_process_has_a_session_of_its_own_and_no_terminal(lab: World) -> None:
    process = psutil.Process(lab.pid())
    assert os.getsid(process.pid) == process.pid
    assert process.terminal() is None
    assert process.ppid() != os.getpid()


async def test_two_worlds_stand_side_by_side(lab: World, tmp_path: Path) -> None:
    with world(tmp_path / "other") as other:
        assert not {node.address for node in lab.state.nodes} & {node.address for node in other.state.nodes}
        assert (await lab.run("hostname")).stdout == (await other.run("hostname")).stdout == "rancher-1\n"


def test_an_occupied_port_is_passed_over(tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        preferred = dict.fromkeys(layout.PREFERRED_PORTS, port)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(layout, "PREFERRED_PORTS", preferred)
            settings = layout.choose_settings("rancher.rehearsal.test", "operator", ("a", "b", "c"))
    used = {settings.http_port, settings.https_port, settings.dns_port, settings.api_port, settings.ingress_port}
    assert port not in used | {host.ssh_port for host in settings.hosts}


def test_starting_twice_changes_nothing(lab: World) -> None:
    before = lab.pid()
    session.ensure(lab.folder)
    assert lab.pid() == before


async def test_a_restarted_world_has_the_same_addresses_and_keys(lab: World) -> None:
    async def key() -> str:
        async with lab.login() as connection:
            known = connection.get_server_host_key()
            assert known is not None
            return known.get_fingerprint()

    before = (session.settings_of(lab.folder), await key())
    lab.stop()
    assert not session.alive(lab.folder)
    session.ensure(lab.folder)
    assert (session.settings_of(lab.folder), await key()) == before


def test_faults_stay_until_others_are_asked_for(lab: World) -> None:
    lab.start("wrong-key")
    first = lab.pid()
    session.ensure(lab.folder)
    assert (lab.pid(), session.settings_of(lab.folder).faults) == (first, ("wrong-key",))
    lab.start()
    assert session.settings_of(lab.folder).faults == ()
    with pytest.raises(UnknownFaultError):
        session.start(lab.folder, faults=["no-such"])


async def test_a_killed_world_is_not_alive_and_can_be_started_again(lab: World) -> None:
    os.kill(lab.pid(), signal.SIGKILL)

    async def ended() -> bool:
        return not session.alive(lab.folder)

    await until(ended)
    session.ensure(lab.folder)
    assert session.alive(lab.folder)


async def test_a_world_whose_folder_is_gone_ends(tmp_path: Path) -> None:
    session.create(tmp_path / "lab")
    session.ensure(tmp_path / "lab")
    process = psutil.Process(int(json.loads((tmp_path / "lab" / "process.json").read_text())["pid"]))
    shutil.rmtree(tmp_path / "lab")

    async def ended() -> bool:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE

    await until(ended)


def test_a_process_that_merely_has_the_number_is_not_the_world(lab: World) -> None:
    process = json.loads((lab.folder / "process.json").read_text())
    lab.stop()
    (lab.folder / "process.json").write_text(json.dumps({**process, "pid": os.getpid()}))
    assert not session.alive(lab.folder)
    session.stop(lab.folder)


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"pid": "x"}'])
def test_a_damaged_record_of_the_process_reads_as_not_alive(tmp_path: Path, damage: str) -> None:
    (tmp_path / "process.json").write_text(damage)
    assert not session.alive(tmp_path)


def test_programs_that_name_a_python_that_has_moved_are_written_anew(lab: World) -> None:
    binary = Path(lab.state.rke.binary)
    good = binary.read_text()
    binary.write_text("#!/bin/sh\nexec /moved/python -m rancher_tui.lab.rke\n")
    session.ensure(lab.folder)
    assert (binary.read_text(), mode(binary)) == (good, 0o700)


def test_what_a_broken_off_creation_left_is_no_hindrance(tmp_path: Path) -> None:
    session.create(tmp_path / "lab")
    (tmp_path / "lab" / "world.json").unlink()
    assert session.create(tmp_path / "lab").nodes


def test_a_folder_without_a_lab_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(session.LabError, match=str(tmp_path)):
        session.start(tmp_path)


def test_a_taken_address_is_told(lab: World, tmp_path: Path) -> None:
    second = tmp_path / "second"
    session.create(second)
    settings = session.settings_of(lab.folder)
    (second / "world.json").write_text(json.dumps(settings.to_json()))
    for host in settings.hosts:
        assert (second / "hosts" / host.name).exists()
    with pytest.raises(session.LabError, match="address already in use"):
        session.start(second)
    assert not session.alive(second)


async def test_the_world_ends_after_its_hours(tmp_path: Path) -> None:
    session.create(tmp_path / "lab")
    path = tmp_path / "lab" / "world.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "life_hours": 0.2 / 3600}))
    session.ensure(tmp_path / "lab")

    async def ended() -> bool:
        return not session.alive(tmp_path / "lab")

    await until(ended)


async def test_an_interrupted_world_takes_its_record_away(lab: World) -> None:
    os.kill(lab.pid(), signal.SIGTERM)

    async def cleared() -> bool:
        return not (lab.folder / "process.json").exists()

    await until(cleared)
    assert not session.alive(lab.folder)
