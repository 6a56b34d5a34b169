"""Many SSH servers in one process, each on its own port, none forking: hosts for the nodes benchmark.

    python -m benchmarks.nodes_servers COUNT SECONDS FOLDER

Each takes the key in FOLDER/client_key.pub, answers every command SECONDS late with the facts of a healthy host,
and forwards its Docker socket to an engine that answers. Prints `READY`, then runs until its input ends.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import asyncssh
import yaml

FACTS = yaml.safe_load((Path(__file__).parents[1] / "tests/unit/nodes_composed.yml").read_text())["ubuntu-16.04"][
    "facts"
]
HEAD = b"HTTP/1.1 200 OK\r\nServer: Docker/17.03.2-ce (linux)\r\nContent-Length: %d\r\n\r\n%s"
ENGINE = {b"/_ping": b"OK", b"/info": FACTS["docker-info"].encode(), b"/containers/json": b"[]"}


def answer(script: str) -> bytes:
    """The facts that the script asks for, in its own form."""
    mark = script.split("MARK=", 1)[1].split("\n", 1)[0]
    facts = {**FACTS, "clock": str(time.time()), "end": ""}
    parts = []
    for name, value in facts.items():
        status, text = (0, value) if isinstance(value, str) else value
        parts.append(f"\n{mark} {name}\n{text}\n{mark} = {status}\n")
    return "".join(parts).encode()


class Host(asyncssh.SSHServer):
    """One host."""

    def begin_auth(self, username: str) -> bool:
        return True

    def unix_connection_requested(self, dest_path: str) -> Any:
        async def engine(reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]) -> None:
            """One stream for all questions, as Docker's engine keeps it."""
            request = b""
            while b"Connection: close" not in request:
                request = await reader.readuntil(b"\r\n\r\n")
                body = ENGINE.get(request.split()[1].partition(b"?")[0], b"")
                writer.write(HEAD % (len(body), body))
            writer.close()

        return engine


async def serve(count: int, seconds: float, folder: Path) -> None:
    """All hosts until standard input ends."""

    async def command(process: asyncssh.SSHServerProcess[bytes]) -> None:
        script = await process.stdin.read()
        await asyncio.sleep(seconds)
        process.stdout.write(answer(script.decode()))
        process.exit(0)

    ports = []
    for _ in range(count):
        server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Host,
            server_host_keys=[str(folder / "host_key")],
            authorized_client_keys=str(folder / "client_key.pub"),
            process_factory=command,
            encoding=None,
        )
        ports.append(server.get_port())
    (folder / "ports").write_text(" ".join(map(str, ports)))
    print("READY", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])))
