"""The temporary program on a node that listens and probes for as long as the SSH channel is open."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_login import Login

if TYPE_CHECKING:
    import asyncssh

_START = """CODE={code}
for name in python3 python python2 platform-python /usr/libexec/platform-python; do
    if command -v "$name" >/dev/null 2>&1; then exec "$name" -u -c "$CODE"; fi
done
exit 127
"""

Place = tuple[str, str, int]
"""Protocol (`tcp`, `udp`), address, port."""


@cache
def _code() -> str:
    return (resources.files("assets") / "nodes" / "ports_agent.py").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Agent:
    """A running agent. It ends with its channel."""

    _process: asyncssh.SSHClientProcess[bytes]

    async def listen(self, places: Sequence[Place], token: str, deadline: float) -> list[str]:
        """`listening`, or why not (`EADDRINUSE`, `EACCES`), for each place."""
        answer = await self._ask({"listen": places, "token": token}, deadline)
        return [str(state) for state in answer["states"]]

    async def probe(self, places: Sequence[Place], token: str, seconds: float) -> list[dict[str, Any]]:
        """For each place its `result` (`open`: our listener answered, `other`: another program did, `refused`,
        `timeout`, `unreachable`, an errno's name), for UDP the way's `mtu` and whether a `large` one came back."""
        batches = len(places) // 200 + 1
        answer = await self._ask({"probe": places, "token": token, "seconds": seconds}, seconds * batches + 15)
        return list(answer["results"])

    async def ready(self, deadline: float) -> None:
        """Wait for its first line; SshError (`command-failed`) where the node has no Python."""
        await self._ask({}, deadline)

    async def _ask(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        import asyncssh

        try:
            async with asyncio.timeout(deadline):
                if request:
                    self._process.stdin.write(json.dumps(request).encode() + b"\n")
                line = await self._process.stdout.readline()
            answer = json.loads(line)
        except TimeoutError:
            raise SshError(Rung.COMMAND_FAILED, error=f"the agent gave no answer within {deadline:g} s") from None
        except (asyncssh.Error, OSError) as error:
            raise SshError(Rung.CONNECTION_LOST, error=str(error)) from None
        except ValueError:
            said = (await self._process.stderr.read(2000)).decode("utf-8", "replace")
            raise SshError(Rung.COMMAND_FAILED, error="the agent did not run", stderr=said) from None
        if not isinstance(answer, dict):
            raise SshError(
                Rung.COMMAND_FAILED, error="the agent did not run", stdout=line[:200].decode("utf-8", "replace")
            )
        return answer


@asynccontextmanager
async def agent(login: Login, deadline: float) -> AsyncIterator[Agent]:
    """Start the agent with the node's Python; SshError (`command-failed`) without one."""
    import asyncssh

    try:
        process = await login.connection.create_process("sh -s", encoding=None)
    except asyncssh.ChannelOpenError as error:
        raise SshError(Rung.COMMAND_FAILED, error=error.reason) from None
    except (asyncssh.Error, OSError) as error:
        raise SshError(Rung.CONNECTION_LOST, error=str(error)) from None
    try:
        process.stdin.write(_START.format(code=shlex.quote(_code())).encode())
        started = Agent(process)
        await started.ready(deadline)
        yield started
    finally:
        process.close()
