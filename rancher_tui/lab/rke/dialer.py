"""Reaching a host as rke does: one SSH connection, host keys unchecked, Docker's API through its socket."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncssh

from rancher_tui.lab.http import Request, Response, exchange
from rancher_tui.lab.rke.config import HostConfig

API = "v1.24"
"""The Docker API version that RKE up to v1.2 asks for."""


class DialError(Exception):
    """A host cannot be used; `str()` is what rke prints after `Failed to set up SSH tunneling for host [X]: `."""


class DockerError(Exception):
    """A call of the Docker API failed; `str()` is the engine's own message."""


class Host:
    """One connected host."""

    def __init__(self, config: HostConfig) -> None:
        self.config = config
        self.address = config.address
        self.info: dict[str, Any] = {}
        self._connection: asyncssh.SSHClientConnection | None = None
        self._images: set[str] = set()

    async def connect(self, *, agent: bool) -> None:
        """Log in and ask for Docker's information; DialError when that cannot be done."""
        through = self._through()
        try:
            if agent:
                async with asyncssh.connect_agent(os.environ.get("SSH_AUTH_SOCK", "")) as keys:
                    await self._log_in(await keys.get_keys())
            else:
                await self._log_in([self._key()])
        except ConnectionRefusedError as error:
            raise DialError(
                "Can't retrieve Docker Info: Cannot connect to the Docker daemon at "
                f"unix://{self.config.docker_socket}. Is the docker daemon running?"
            ) from error
        except asyncssh.PermissionDenied as error:
            raise DialError(f"{through}{self._access()}{_NO_LOGIN}") from error
        except (OSError, asyncssh.Error) as error:
            target = f"{self.address}:{self.config.port}"
            words = f"Failed to dial ssh using address [{target}]: {_dial_words(error, target)}"
            raise DialError(f"{through}{words}") from error
        try:
            self.info = await self.ask("GET", "/info")
        except asyncssh.ChannelOpenError as error:
            raise DialError(f"{through}{self._socket_words(error)}") from error
        except DockerError as error:
            raise DialError(f"Can't retrieve Docker Info: Error response from daemon: {error}") from error

    async def _log_in(self, keys: Sequence[asyncssh.SSHKey | asyncssh.SSHKeyPair]) -> None:
        self._connection = await asyncssh.connect(
            self.address,
            int(self.config.port),
            username=self.config.user,
            client_keys=keys,
            agent_path=None,
            known_hosts=None,
            config=None,
            preferred_auth="publickey",
        )

    def _through(self) -> str:
        """How rke begins what happened on the way to Docker's information."""
        path = quote(self.config.docker_socket, safe="")
        return f'Can\'t retrieve Docker Info: error during connect: Get "http://{path}/{API}/info": '

    def _access(self) -> str:
        return f"Unable to access node with address [{self.address}:{self.config.port}] using SSH. "

    def _socket_words(self, error: asyncssh.ChannelOpenError) -> str:
        name = self.config.docker_socket
        if error.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED:
            return (
                f"Unable to access the Docker socket ({name}). Please check if the configured user can execute "
                "`docker ps` on the node, and if the SSH server version is at least version 6.7 or higher. "
                "Error: ssh: rejected: administratively prohibited (open failed)"
            )
        return (
            f"Unable to access the service on {name}. The service might be still starting up. "
            "Error: ssh: rejected: connect failed (open failed)"
        )

    def _key(self) -> asyncssh.SSHKey:
        path = self.config.ssh_key_path
        try:
            data = self.config.ssh_key.encode() or Path(path).read_bytes()
        except OSError as error:
            words = (error.strerror or "").lower()
            raise DialError(
                f"Can't establish dialer connection: Error while reading SSH key file: open {path}: {words}"
            ) from error
        through = self._through()
        try:
            return asyncssh.import_private_key(data)
        except asyncssh.KeyEncryptionError as error:
            raise DialError(f"{through}{self._access()}{_ENCRYPTED_KEY}") from error
        except asyncssh.KeyImportError as error:
            encrypted = "passphrase" in str(error).lower()
            raise DialError(f"{through}{self._access()}{_ENCRYPTED_KEY if encrypted else _NO_KEY}") from error

    async def call(self, method: str, path: str, body: Any = None) -> Response:
        """One request of the Docker API on a stream of its own."""
        if self._connection is None:
            raise DockerError("not connected")
        reader, writer = await self._connection.open_unix_connection(self.config.docker_socket)
        headers = [("host", "docker"), ("connection", "close"), ("user-agent", "rke")]
        data = b"" if body is None else json.dumps(body).encode()
        if data:
            headers.append(("content-type", "application/json"))
        answer = await exchange(reader, writer, Request(method, f"/{API}{path}", headers, data))
        writer.close()
        return answer

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer (None without any); DockerError when it is an error."""
        answer = await self.call(method, path, body)
        if answer.status >= 400:
            raise DockerError(str(json.loads(answer.body).get("message", "")))
        return json.loads(answer.body) if answer.body.startswith((b"{", b"[")) else None

    async def has_image(self, image: str) -> bool:
        """True when the host holds an image."""
        if image not in self._images and (await self.call("GET", f"/images/{image}/json")).status == 200:
            self._images.add(image)
        return image in self._images

    async def pull(self, image: str) -> None:
        """Fetch an image; it waits for as long as the engine does."""
        name, _colon, tag = image.rpartition(":")
        answer = await self.call("POST", f"/images/create?fromImage={quote(name, safe='')}&tag={tag}")
        if answer.status >= 400:
            raise DockerError(answer.body.decode(errors="replace"))
        self._images.add(image)

    async def running(self, name: str) -> bool | None:
        """Whether a container runs; None where there is none of that name."""
        answer = await self.call("GET", f"/containers/{name}/json")
        return bool(json.loads(answer.body)["State"]["Running"]) if answer.status == 200 else None

    async def start(self, name: str, image: str, command: list[str], environment: list[str]) -> None:
        """Create and start a container; DockerError, also for a name that is taken."""
        body = {"Image": image, "Cmd": command, "Env": environment}
        made = await self.ask("POST", f"/containers/create?name={name}", body)
        await self.ask("POST", f"/containers/{made['Id']}/start")

    async def remove(self, name: str) -> bool:
        """Remove a container; False where there is none."""
        return (await self.call("DELETE", f"/containers/{name}?force=1")).status < 400

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()


_NO_LOGIN = (
    "Please check if you are able to SSH to the node using the specified SSH Private Key and if you have "
    "configured the correct SSH username. Error: ssh: handshake failed: ssh: unable to authenticate, "
    "attempted methods [none publickey], no supported methods remain"
)
_NO_KEY = (
    "Please check if the configured key or specified key file is a valid SSH Private Key. "
    "Error: Error configuring SSH: ssh: no key found"
)
_ENCRYPTED_KEY = (
    "Using encrypted private keys is only supported using ssh-agent. Please configure the option "
    "`ssh_agent_auth: true` in the configuration file or use --ssh-agent-auth as a parameter when running RKE. "
    "This will use the `SSH_AUTH_SOCK` environment variable. "
    "Error: Error configuring SSH: ssh: cannot decode encrypted private keys"
)


def _dial_words(error: Exception, target: str) -> str:
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return f"dial tcp {target}: connect: {(error.strerror or '').lower()}"
    if isinstance(error, OSError):
        return f"dial tcp: lookup {target.rpartition(':')[0]}: no such host"
    return "ssh: handshake failed: EOF"
