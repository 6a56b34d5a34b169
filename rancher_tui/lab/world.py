"""The lab's one process: `python -m rancher_tui.lab.world FOLDER`.

It detaches itself (own session, no terminal) and returns when every server listens: 0, or 1 with the reason on
standard error. It ends on SIGTERM, after its hours, or when its folder is gone.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from rancher_tui.files import write_atomic
from rancher_tui.lab import name_server
from rancher_tui.lab.balancer import Balancer
from rancher_tui.lab.cluster import Cluster
from rancher_tui.lab.controllers import Controllers
from rancher_tui.lab.docker_engine import Engine
from rancher_tui.lab.hosts import HostServer
from rancher_tui.lab.ingress import Ingress
from rancher_tui.lab.layout import Place, Settings, replace_text
from rancher_tui.lab.machine import Machine
from rancher_tui.lab.process import describe_self
from rancher_tui.lab.rancher import Rancher
from rancher_tui.lab.stand_ins import write_groups

_LOOK_EVERY = 1.0
_FAILING_JOB = "rke-user-addon-deploy-job"
_STALLED_IMAGE = "hyperkube"


class World:
    """All servers of one lab, with the faults that its settings name."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._place = place
        self._settings = settings
        self._faults = frozenset(settings.faults)
        self.store = Cluster(place.cluster)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Bring every server up; OSError when an address is taken."""
        settings = self._settings
        machines = [await self._start_host(index) for index in range(len(settings.hosts))]
        for machine in machines:
            machine.engine.listeners.append(lambda *_event: self._forget_removed_cluster(machines))
        failing = frozenset({_FAILING_JOB}) if "addon-job-fails" in self._faults else frozenset()
        controllers = Controllers(self.store, machines, settings.pace, failing)
        rancher = Rancher(self.store, silent="rancher-silent" in self._faults)
        for machine in machines:
            ingress = Ingress(machine, settings.ingress_port, self.store, rancher)
            self._tasks.append(asyncio.create_task(ingress.run()))
            await machine.resume()
        controllers.resume()
        await self._start_names()
        await Balancer(self._place, settings).start()

    async def _start_host(self, index: int) -> Machine:
        settings, host = self._settings, self._settings.hosts[index]
        folder = self._place.host(host.name)
        second, last = index == 1, index == len(settings.hosts) - 1
        stalls = second and "image-pull-stalls" in self._faults
        engine = Engine(folder, stalled_image=_STALLED_IMAGE if stalls else "")
        machine = Machine(settings, host, engine, self.store)
        server = HostServer(self._place, settings, host, engine)
        server.takes_the_key = not (second and "wrong-key" in self._faults)
        server.docker_access = not (second and "no-docker-access" in self._faults)
        server.drops_during_runs = last and "host-dropped" in self._faults
        write_groups(folder, settings.user, docker=server.docker_access)
        if not (last and "host-unreachable" in self._faults):
            await server.start()
        return machine

    async def _start_names(self) -> None:
        settings = self._settings
        target = settings.elsewhere if "name-elsewhere" in self._faults else settings.balancer_address
        origin = settings.domain
        names = {f"{host.name}.{origin}": host.address for host in settings.hosts} | {settings.fqdn: target}
        replace_text(self._place.names, "".join(f"{address} {name}\n" for name, address in names.items()))
        zone = name_server.Zone(origin, settings.name_server_address, names)
        await name_server.start(zone, settings.name_server_address, settings.dns_port)

    def _forget_removed_cluster(self, machines: list[Machine]) -> None:
        """Without an etcd that has data there is no cluster."""
        if not any(machine.has_etcd_data for machine in machines) and any(self.store.list("nodes")):
            self.store.clear()


async def _serve(place: Place, settings: Settings, ready: Callable[[], None]) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    loop.call_later(settings.life_hours * 3600, over.set)
    world = World(place, settings)
    await world.start()
    write_atomic(place.process, json.dumps(describe_self()).encode())
    ready()
    while not over.is_set() and place.settings.exists():
        try:
            await asyncio.wait_for(over.wait(), _LOOK_EVERY)
        except TimeoutError:
            continue
    if place.settings.exists():
        world.store.save()
        place.process.unlink(missing_ok=True)


def _become_background(place: Place) -> None:
    """A session of its own, no terminal; what is printed goes to the log."""
    os.setsid()
    os.chdir("/")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDONLY)
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _live(place: Place, report: int) -> int:
    """The background process's whole life; its first words go to `report`."""
    try:
        settings = place.read_settings()
        _become_background(place)
        lock = place.lock.open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        asyncio.run(_serve(place, settings, lambda: _tell(report, "ready")))
    except BlockingIOError:
        _tell(report, f"another process serves {place.folder}")
        return 1
    except Exception as error:
        traceback.print_exc()
        _tell(report, f"{type(error).__name__}: {error}")
        return 1
    return 0


def _tell(report: int, words: str) -> None:
    try:
        os.write(report, words.encode())
        os.close(report)
    except OSError:
        return


def main(arguments: list[str]) -> int:
    """Start the world of a folder in the background and wait until it is ready."""
    os.umask(0o077)
    place = Place(Path(arguments[0]).absolute())
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        os._exit(_live(place, writing))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        words = pipe.read().decode()
    if words == "ready":
        return 0
    sys.stderr.write(f"{words or 'the world ended before it was ready'}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
