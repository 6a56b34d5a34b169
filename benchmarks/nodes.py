"""Preflight of nodes: how long, how much memory, how many channels; the like task done by its peers.

One preflight of the first COUNT servers that run already: python -m benchmarks.nodes FOLDER COUNT
"""

from __future__ import annotations

import asyncio
import getpass
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, Limit, Measurement, Peer, Row, absence, needs
from benchmarks.timing import clocked, command, in_turn
from rancher_tui.install.state import Node
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.preflight import preflight
from rancher_tui.transport.ssh import ConnectSettings
from tests.real.healthy_host import healthy_path
from tests.real.sshd import DockerSocket, Sshd, make_key, relay

EXPECTED = Expected(docker_versions=("17.03", "18.09"), kubernetes="1.11", registry="")
FLEET = 20
FAN_OUT = 64
ROUNDS = 5

CHANNELS = Row(
    "preflight-channels",
    "preflight: exec channels a node",
    "",
    f"what {FLEET} real sshds logged during one preflight, and during one `docker ps` by clush",
    Limit(3),
)
PEERS = Row(
    "preflight-clush",
    f"preflight of {FLEET} real sshds",
    "ms",
    f"all checks in the running program; `docker ps` by the peers' processes; fan-out {FAN_OUT}, in turn",
    Limit(1.2, "ratio"),
)
MANY = Row(
    "preflight-200",
    "preflight of 200 hosts that answer after 300 ms",
    "ms",
    "SSH servers in one process, a preflight in a process each; the time of the preflight alone",
    Limit(3, "ratio"),
)
PEAK = Row("preflight-memory", "memory of that preflight", "MB", "the process's peak by the kernel", Limit(300))
LATENCY = Row(
    "preflight-latency",
    "preflight of 3 hosts, 100 ms there and back",
    "ms",
    "a real sshd behind relays that hold every byte back for 50 ms",
    Limit(3000),
)


class RedError(Exception):
    """A host that is healthy was judged red."""


async def one_preflight(nodes: Sequence[Node], settings: ConnectSettings) -> float:
    """Milliseconds of a preflight; RedError when anything is red."""
    began = time.perf_counter()
    findings = [found async for found in preflight(nodes, settings, facts={}, expected=EXPECTED)]
    taken = (time.perf_counter() - began) * 1000
    if red := sorted({found.code for found in findings if found.bad}):
        raise RedError(f"a healthy host was judged {', '.join(red)}")
    return taken


def behind_latency(folder: Path) -> Iterator[Figure]:
    """Three ways to one server."""
    needs("sshd", "openssh-server")
    with ExitStack() as stack:
        server = stack.enter_context(Sshd(folder / "one", path=healthy_path(folder / "programs")))
        stack.enter_context(DockerSocket(folder / "one/docker.sock"))
        kind = server.known_hosts().read_text().split(" ", 1)[1]
        fronts = [stack.enter_context(relay((server.address, server.port), delay=0.05)) for _ in range(3)]
        known = folder / "known"
        known.write_text("".join(f"[127.0.0.1]:{front.port} {kind}" for front in fronts))
        nodes = [server.node(port=str(front.port)) for front in fronts]
        settings = ConnectSettings(known_hosts=[known])
        times = [asyncio.run(one_preflight(nodes, settings)) for _ in range(3)]
    yield Figure(LATENCY, median(times), "3 preflights")


def preflight_of_servers(folder: Path, count: int) -> float:
    """One preflight of the first `count` servers in FOLDER/ports."""
    ports = (folder / "ports").read_text().split()[:count]
    nodes = [
        Node(address="127.0.0.1", port=port, user="rancher", ssh_key_path=str(folder / "client_key"))
        for port in ports
    ]
    return asyncio.run(one_preflight(nodes, ConnectSettings(known_hosts=[folder / "known_hosts"])))


@contextmanager
def servers(folder: Path, count: int, seconds: float) -> Iterator[None]:
    """The servers' process."""
    make_key(folder / "host_key")
    make_key(folder / "client_key")
    words = [sys.executable, "-m", "benchmarks.nodes_servers", str(count), str(seconds), str(folder)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    process.stdout.readline()
    public = " ".join((folder / "host_key.pub").read_text().split()[:2])
    ports = (folder / "ports").read_text().split()
    (folder / "known_hosts").write_text("".join(f"[127.0.0.1]:{port} {public}\n" for port in ports))
    try:
        yield
    finally:
        process.stdin.close()
        process.wait(10)


def apart(folder: Path, count: int) -> tuple[float, float]:
    """Milliseconds of one preflight in a process of its own, and its peak memory in MB by the kernel."""
    words = [sys.executable, "-m", "benchmarks.nodes", str(folder), str(count)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as status:
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read())
            peak = max(peak, int(found[1]) if found else 0)
        time.sleep(0.02)
    assert process.stdout
    return float(process.stdout.read()), peak / 1000


def many_hosts(folder: Path) -> Iterator[Figure]:
    """One host and 200 of the same kind, in turn."""
    needs("ssh-keygen", "openssh-client")
    with servers(folder, 200, 0.3):
        pairs = [(apart(folder, 1), apart(folder, 200)) for _ in range(3)]
    one, many = (median(pair[at][0] for pair in pairs) for at in (0, 1))
    yield Figure(MANY, many, "3 preflights", (Peer("one such host", one),))
    yield Figure(PEAK, max(pair[1][1] for pair in pairs), "3 preflights")


@dataclass(frozen=True, slots=True)
class Fleet:
    """Real sshds with a Docker socket each, as the program and as ssh know them."""

    servers: tuple[Sshd, ...]
    known: Path
    config: Path

    @property
    def nodes(self) -> list[Node]:
        return [server.node() for server in self.servers]

    @property
    def settings(self) -> ConnectSettings:
        return ConnectSettings(known_hosts=[self.known], at_once=FAN_OUT)

    @property
    def names(self) -> list[str]:
        return [f"n{number}" for number in range(len(self.servers))]

    @property
    def docker_ps(self) -> str:
        return f"DOCKER_HOST=unix://{self.servers[0].folder}/docker.sock docker ps"

    @property
    def clush(self) -> tuple[str, ...]:
        return ("clush", "-f", str(FAN_OUT), "-o", f"-F {self.config}", "-w", ",".join(self.names), self.docker_ps)

    @property
    def loop(self) -> tuple[str, ...]:
        return ("sh", "-c", "; ".join(f"ssh -F {self.config} {name} '{self.docker_ps}'" for name in self.names))

    def commands_logged(self) -> int:
        """Commands that the servers have started so far (sshd's own words at LogLevel VERBOSE)."""
        return sum(server.log().count("Starting session: command") for server in self.servers)


@contextmanager
def fleet(folder: Path) -> Iterator[Fleet]:
    """FLEET servers on addresses of their own."""
    needs("sshd", "openssh-server")
    needs("docker", "docker.io")
    with ExitStack() as stack:
        path = healthy_path(folder / "programs")
        host, key = make_key(folder / "host"), make_key(folder / "client")
        servers = []
        for number in range(FLEET):
            server = Sshd(folder / str(number), f"127.9.0.{number + 1}", path=path)
            server.host_key, server.key = host, key
            servers.append(stack.enter_context(server))
            stack.enter_context(DockerSocket(server.folder / "docker.sock"))
        known, config = folder / "known", folder / "ssh_config"
        known.write_text("".join(server.known_hosts().read_text() for server in servers))
        config.write_text(
            "".join(f"Host n{i}\n  HostName {s.address}\n  Port {s.port}\n" for i, s in enumerate(servers))
            + f"Host *\n  User {getpass.getuser()}\n  IdentityFile {key}\n"
            + f"  UserKnownHostsFile {known}\n  BatchMode yes\n"
        )
        yield Fleet(tuple(servers), known, config)


def beside_peers(folder: Path) -> Iterator[Figure]:
    """The preflight and clush in turn; a loop of ssh once."""
    with fleet(folder) as hosts:
        asyncio.run(one_preflight(hosts.nodes, hosts.settings))
        channels = hosts.commands_logged() / FLEET
        looped = Peer("ssh in a loop", clocked(command(*hosts.loop)))

        def ours() -> None:
            asyncio.run(one_preflight(hosts.nodes, hosts.settings))

        if shutil.which("clush") is None:
            absent = Peer("clush", absent=absence("clush", "clustershell"))
            yield Figure(CHANNELS, channels, "1 preflight", (absent,))
            yield Figure(PEERS, in_turn(ROUNDS, ours)[0], f"{ROUNDS} preflights", (absent, looped))
            return
        before = hosts.commands_logged()
        command(*hosts.clush)()
        theirs = (hosts.commands_logged() - before) / FLEET
        yield Figure(CHANNELS, channels, "1 preflight", (Peer("clush", theirs),))
        mine, clush, start = in_turn(ROUNDS, ours, command(*hosts.clush), command("clush", "--version"))
        note = f"clush's process alone starts in {start:.0f} ms; the loop of ssh ran once"
        yield Figure(PEERS, mine, f"{ROUNDS} preflights", (Peer("clush", clush), looped), note)


MEASUREMENTS = (
    Measurement((CHANNELS, PEERS), beside_peers),
    Measurement((MANY, PEAK), many_hosts),
    Measurement((LATENCY,), behind_latency),
)

if __name__ == "__main__":
    print(preflight_of_servers(Path(sys.argv[1]), int(sys.argv[2])))
