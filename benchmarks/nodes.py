"""Preflight of nodes: how long, how large, and the like task done by its peers.

    python -m benchmarks.nodes             all figures
    python -m benchmarks.nodes preflight FOLDER COUNT      one preflight of servers that run already

1. Three nodes behind 100 ms of latency.
2. 200 hosts that answer after 300 ms, against one, and the peak memory of the process, read from outside.
3. `docker ps` on real loopback sshds: the preflight's ladder beside clush and ssh in a loop, at equal fan-out.
"""

from __future__ import annotations

import asyncio
import getpass
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from rancher_tui.install.state import Node
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.preflight import preflight
from rancher_tui.transport.ssh import ConnectSettings
from tests.real.healthy_host import healthy_path
from tests.real.sshd import DockerSocket, Sshd, make_key, relay

EXPECTED = Expected(docker_versions=("17.03", "18.09"), kubernetes="1.11", registry="")
RUNS = 5


async def one_preflight(nodes: list[Node], settings: ConnectSettings) -> tuple[float, list[str]]:
    """Seconds, and the codes that were red."""
    began = time.perf_counter()
    findings = [found async for found in preflight(nodes, settings, facts={}, expected=EXPECTED)]
    return time.perf_counter() - began, sorted({found.code for found in findings if found.bad})


def timed(nodes: list[Node], settings: ConnectSettings, runs: int = RUNS) -> tuple[float, str]:
    """The median of several preflights in seconds, and what was red."""
    results = [asyncio.run(one_preflight(nodes, settings)) for _ in range(runs)]
    return median(seconds for seconds, _ in results), f"median of {runs}; red: {results[0][1] or 'none'}"


def three_behind_latency(folder: Path) -> None:
    """The way there and back takes 100 ms, then 200 ms."""
    with ExitStack() as stack:
        server = stack.enter_context(Sshd(folder / "one", path=healthy_path(folder / "programs")))
        stack.enter_context(DockerSocket(folder / "one/docker.sock"))
        kind = server.known_hosts().read_text().split(" ", 1)[1]
        for trip in (0.1, 0.2):
            fronts = [stack.enter_context(relay((server.address, server.port), delay=trip / 2)) for _ in range(3)]
            known = folder / f"known_{trip}"
            known.write_text("".join(f"[127.0.0.1]:{front.port} {kind}" for front in fronts))
            nodes = [server.node(port=str(front.port)) for front in fronts]
            seconds, told = timed(nodes, ConnectSettings(known_hosts=[known]))
            print(f"three nodes, {trip * 1000:.0f} ms round trip: {seconds:.2f} s ({told}), at most 3 s at 100 ms")


def preflight_of_servers(folder: Path, count: int) -> None:
    """One preflight of the first `count` servers in FOLDER/ports; the time alone is printed."""
    ports = (folder / "ports").read_text().split()[:count]
    nodes = [
        Node(address="127.0.0.1", port=port, user="rancher", ssh_key_path=str(folder / "client_key"))
        for port in ports
    ]
    seconds, red = asyncio.run(one_preflight(nodes, ConnectSettings(known_hosts=[folder / "known_hosts"])))
    print(f"{seconds:.3f} {','.join(red)}")


@contextmanager
def servers(folder: Path, count: int, seconds: float) -> Iterator[None]:
    """The servers' process."""
    make_key(folder / "host_key")
    make_key(folder / "client_key")
    command = [sys.executable, "-m", "benchmarks.nodes_servers", str(count), str(seconds), str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
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


def measured(folder: Path, count: int) -> tuple[float, float, str]:
    """Seconds of one preflight in a process of its own, its peak memory in MB by the kernel, the red codes."""
    command = [sys.executable, "-m", "benchmarks.nodes", "preflight", str(folder), str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as status:
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read())
            peak = max(peak, int(found[1]) if found else 0)
        time.sleep(0.02)
    assert process.stdout
    seconds, _, red = process.stdout.read().strip().partition(" ")
    return float(seconds), peak / 1000, red


def many_hosts(folder: Path) -> None:
    """One host and 200 of the same kind."""
    with servers(folder, 200, 0.3):
        ones = [measured(folder, 1) for _ in range(RUNS)]
        many = [measured(folder, 200) for _ in range(3)]
    one, all_of_them = median(each[0] for each in ones), median(each[0] for each in many)
    peak = max(each[1] for each in many)
    ratio = f"{all_of_them:.2f} s = {all_of_them / one:.1f} x (at most 3 x); peak {peak:.0f} MB (at most 300)"
    print(f"one host: {one:.2f} s, 200 hosts: {ratio}; red: {many[0][2] or 'none'}")


def beside_peers(folder: Path, count: int = 20) -> None:
    """`docker ps` on `count` real sshds: clush, a loop of ssh, the preflight with all its checks."""
    with ExitStack() as stack:
        path = healthy_path(folder / "programs")
        host, key = make_key(folder / "host"), make_key(folder / "client")
        fleet = []
        for number in range(count):
            server = Sshd(folder / str(number), f"127.9.0.{number + 1}", path=path)
            server.host_key, server.key = host, key
            fleet.append(stack.enter_context(server))
            stack.enter_context(DockerSocket(server.folder / "docker.sock"))
        known = folder / "known"
        known.write_text("".join(server.known_hosts().read_text() for server in fleet))
        config = folder / "ssh_config"
        config.write_text(
            "".join(f"Host n{i}\n  HostName {s.address}\n  Port {s.port}\n" for i, s in enumerate(fleet))
            + f"Host *\n  User {getpass.getuser()}\n  IdentityFile {key}\n"
            + f"  UserKnownHostsFile {known}\n  BatchMode yes\n"
        )
        names = ",".join(f"n{i}" for i in range(count))
        remote = f"DOCKER_HOST=unix://{fleet[0].folder}/docker.sock docker ps"
        nodes = [server.node() for server in fleet]
        ours, told = timed(nodes, ConnectSettings(known_hosts=[known], at_once=64))
        print(f"{count} sshds, preflight with all its checks: {ours:.2f} s ({told})")
        if shutil.which("clush"):
            clush = clocked(["clush", "-f", "64", "-o", f"-F {config}", "-w", names, remote])
            print(
                f"{count} sshds, clush -f 64 docker ps: {clush:.2f} s; "
                f"preflight / clush = {ours / clush:.2f} (at most 1.2)"
            )
        else:
            print("clush: not installed (apt install clustershell)")
        loop = "; ".join(f"ssh -F {config} n{i} '{remote}'" for i in range(count))
        looped = clocked(["sh", "-c", loop], 1)
        print(f"{count} sshds, ssh docker ps in a loop: {looped:.2f} s; preflight / loop = {ours / looped:.2f}")


def clocked(command: list[str], runs: int = RUNS) -> float:
    """The median time of a command."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True
        )
        times.append(time.perf_counter() - began)
    return median(times)


def main() -> None:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        three_behind_latency(folder / "latency")
        many_hosts(folder / "many")
        beside_peers(folder / "peers")


if __name__ == "__main__":
    if sys.argv[1:2] == ["preflight"]:
        preflight_of_servers(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
