"""A login on a node, made exactly as RKE will make it, with every rung of the way told apart.

Same address, port, user, key, agent and bastion as RKE; `~/.ssh/config` plays no part (RKE ignores it). Unlike
RKE, host keys are verified. Every wait has a deadline. Nothing listens on this machine.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rancher_tui.files import read_named
from rancher_tui.install.state import Bastion, InstallState, Node
from rancher_tui.transport.ssh_credentials import Credentials
from rancher_tui.transport.ssh_dial import Banner, check_target, dial, look_at_banner
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_keys import KeyRing, PrivateKey, certified
from rancher_tui.transport.ssh_known import KnownHosts
from rancher_tui.transport.ssh_login import Login
from rancher_tui.transport.ssh_offer import nothing_in_common, read_offer
from rancher_tui.transport.ssh_verify import Verifier

if TYPE_CHECKING:
    import asyncssh

DEFAULT_KEY = "~/.ssh/id_rsa"
QUICK_KEX = "^curve25519-sha256,curve25519-sha256@libssh.org"
QUICK_CIPHERS = "^aes128-gcm@openssh.com,aes256-gcm@openssh.com"
"""Asked for first, since they cost the least with hundreds of nodes; all others that asyncssh knows follow."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each part of the way may take, in seconds."""

    connect: float = 8.0
    banner: float = 10.0
    login: float = 15.0
    command: float = 30.0
    forward: float = 6.0

    @property
    def whole(self) -> float:
        """After how long at the latest a node has answered or was given up."""
        return self.connect + self.banner + self.login + self.command + 2 * self.forward


@dataclass(frozen=True, slots=True)
class Target:
    """One SSH server and how to log in there. `key_path` as typed; `key_reference` names an inline key."""

    address: str
    port: str
    user: str
    key_path: str = DEFAULT_KEY
    key_reference: str = ""
    certificate_path: str = ""
    certificate_reference: str = ""
    agent: bool = False
    signatures: str = ""
    """Signature algorithms to log in with; empty for all that asyncssh knows."""

    @property
    def name(self) -> str:
        """The server as `user@address:port`."""
        return f"{self.user}@{self.address}:{self.port}"


_LARGEST_SECRET: Final = 64_000


def no_secret(reference: str) -> str:
    """The resolver where no secrets are at hand: `env:VAR` and `file:PATH` are read, others are a KeyError."""
    kind, _, value = reference.partition(":")
    if kind == "env":
        return os.environ[value]
    if kind == "file":
        return read_named(Path(value).expanduser(), _LARGEST_SECRET).decode()
    raise KeyError(reference)


@dataclass(slots=True)
class ConnectSettings:
    """What all nodes of an install share on the way to them.

    `folder` is where RKE will run (relative key paths start there), `pins` the session's file of host keys,
    `passphrases` open encrypted keys by their path as typed (memory only), `secret` gives the text of a reference;
    whatever it raises means that there is no key.
    """

    key_path: str = DEFAULT_KEY
    certificate_path: str = ""
    agent: bool = False
    bastion: Bastion | None = None
    folder: Path = field(default_factory=Path.cwd)
    known_hosts: Sequence[Path] = field(default_factory=lambda: operator_known_hosts())
    pins: Path | None = None
    passphrases: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: Callable[[str], str] = field(default=no_secret, repr=False)
    deadlines: Deadlines = field(default_factory=Deadlines)
    at_once: int = 256
    keys: KeyRing = field(init=False, repr=False)
    hosts: KnownHosts = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.keys = KeyRing(self.folder, self.passphrases)
        self.hosts = KnownHosts(self.known_hosts, self.pins)

    @classmethod
    def of(cls, state: InstallState, **settings: Any) -> ConnectSettings:
        """The settings of an install; `settings` are the fields that its state does not tell."""
        options = state.options
        bastion = options.bastion if options.bastion.address else None
        return cls(
            key_path=options.ssh_key_path or DEFAULT_KEY,
            certificate_path=options.ssh_cert_path,
            agent=options.ssh_agent_auth,
            bastion=bastion,
            **settings,
        )

    def target(self, node: Node) -> Target:
        """How RKE would log in to `node`."""
        return Target(
            node.address,
            node.port or "22",
            node.user,
            node.ssh_key_path or self.key_path,
            node.ssh_key,
            node.ssh_cert_path or self.certificate_path,
            node.ssh_cert,
            self.agent,
        )

    def bastion_target(self) -> Target | None:
        """How RKE would log in to the bastion; None without one."""
        if self.bastion is None:
            return None
        bastion = self.bastion
        return Target(
            bastion.address,
            bastion.port or "22",
            bastion.user,
            bastion.ssh_key_path or self.key_path,
            bastion.ssh_key,
            bastion.ssh_cert_path or self.certificate_path,
            bastion.ssh_cert,
            self.agent,
        )


def operator_known_hosts() -> list[Path]:
    """The known_hosts files that the operator's own ssh reads."""
    return [Path.home() / ".ssh/known_hosts", Path("/etc/ssh/ssh_known_hosts")]


def load_key(target: Target, settings: ConnectSettings) -> PrivateKey:
    """The key and certificate that RKE would use without an agent (blocking): inline ones win over paths.

    SshError of a `key-…` rung.
    """
    path = "" if target.certificate_reference else target.certificate_path
    if target.key_reference:
        text = _inline(target.key_reference, settings)
        key = settings.keys.inline(text, target.key_reference, path)
    else:
        key = settings.keys.file(target.key_path, path)
    if not target.certificate_reference:
        return key
    certificate = _inline(target.certificate_reference, settings)
    return certified(key, certificate.encode(), target.certificate_reference)


def _inline(reference: str, settings: ConnectSettings) -> str:
    try:
        return settings.secret(reference)
    except Exception as error:
        raise SshError(Rung.KEY_MISSING, path=reference, error=str(error)) from None


def credentials_for(target: Target, settings: ConnectSettings) -> Credentials:
    """The agent alone when it is asked for and `SSH_AUTH_SOCK` is set (RKE v0.1.18, source), else the key."""
    agent = os.environ.get("SSH_AUTH_SOCK") if target.agent else None
    return Credentials(agent or None, lambda: load_key(target, settings))


@asynccontextmanager
async def connect(target: Target, settings: ConnectSettings, through: Login | None = None) -> AsyncIterator[Login]:
    """A login on `target`, closed at the end; `through` is the bastion's login. SshError names the broken rung."""
    if not target.user.strip() or not target.user.isprintable():
        raise SshError(Rung.BAD_TARGET, field="user", value=target.user)
    verifier = Verifier(target.address, check_target(target.address, target.port), settings.hosts)
    async with handshake(target, settings, verifier, credentials_for(target, settings), through) as login:
        yield login


@asynccontextmanager
async def handshake(
    target: Target, settings: ConnectSettings, verifier: Verifier, credentials: Credentials, through: Login | None
) -> AsyncIterator[Login]:
    """The way to a login with a verifier and credentials of the caller's; else as `connect`."""
    try:
        try:
            login, tunnel = await _reach(target, settings, verifier, credentials, through)
        except SshError as error:
            if error.rung is not Rung.CONNECTION_LOST or verifier.presented or "seconds" in error.evidence:
                raise
            await _demand_common_algorithms(target, settings, verifier, through)
            login, tunnel = await _reach(target, settings, verifier, credentials, through)
    finally:
        await credentials.close()
    try:
        yield login
    finally:
        login.connection.abort()
        if tunnel:
            tunnel.cancel()
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(1):
                await login.connection.wait_closed()


async def _reach(
    target: Target, settings: ConnectSettings, verifier: Verifier, credentials: Credentials, through: Login | None
) -> tuple[Login, asyncio.Task[None] | None]:
    """One attempt."""
    port = check_target(target.address, target.port)
    began = time.monotonic()
    link, tunnel = await _link(target.address, port, settings.deadlines.connect, through)
    try:
        banner = await look_at_banner(link, settings.deadlines.banner, began)
        return await _log_in(link, target, settings, verifier, credentials, banner), tunnel
    except BaseException:
        link.close()
        if tunnel:
            tunnel.cancel()
        raise


async def _demand_common_algorithms(
    target: Target, settings: ConnectSettings, verifier: Verifier, through: Login | None
) -> None:
    """A server that finds no common algorithm may hang up before its offer has been read, which then looks like a
    lost connection: its offer tells. SshError (`no-common-algorithm`); the way there may be broken by now."""
    link, tunnel = await _link(
        target.address, check_target(target.address, target.port), settings.deadlines.connect, through
    )
    try:
        offer = await read_offer(link, settings.deadlines.banner)
    finally:
        link.close()
        if tunnel:
            tunnel.cancel()
    lacking = nothing_in_common(offer, await asyncio.to_thread(verifier.algorithms))
    if lacking:
        said = "; ".join(f"{part}: the server offers {', '.join(names)}" for part, names in lacking.items())
        raise SshError(Rung.NO_COMMON_ALGORITHM, user=target.user, offered=lacking, error=said[:400])


async def _link(
    address: str, port: int, deadline: float, through: Login | None
) -> tuple[socket.socket, asyncio.Task[None] | None]:
    if through is None:
        return await dial(address, port, deadline), None
    return await through.socket_to(address, port, deadline)


async def _log_in(
    link: socket.socket,
    target: Target,
    settings: ConnectSettings,
    verifier: Verifier,
    credentials: Credentials,
    banner: Banner,
) -> Login:
    import asyncssh

    evidence = {"server": banner.version, "user": target.user}
    host_keys = verifier.algorithms() if settings.hosts.loaded else await asyncio.to_thread(verifier.algorithms)
    try:
        async with asyncio.timeout(settings.deadlines.login):
            connection = await asyncssh.connect(
                target.address,
                int(target.port),
                sock=link,
                config=None,
                username=target.user,
                client_factory=lambda: verifier.client(credentials),
                known_hosts=verifier.trusted,
                server_host_key_algs=host_keys,
                client_keys=None,
                agent_path=None,
                public_key_auth=True,
                password_auth=False,
                kbdint_auth=False,
                host_based_auth=False,
                gss_auth=False,
                gss_kex=False,
                preferred_auth="publickey",
                signature_algs=target.signatures or (),
                compression_algs=None,
                kex_algs=QUICK_KEX,
                encryption_algs=QUICK_CIPHERS,
                x509_trusted_certs=None,
                keepalive_interval=5,
                login_timeout=0,
                utf8_decode_errors="replace",
            )
    except TimeoutError:
        seconds = settings.deadlines.login
        said = f"no answer within {seconds:g} s of logging in"
        raise SshError(Rung.CONNECTION_LOST, **evidence, seconds=seconds, error=said) from None
    except asyncssh.HostKeyNotVerifiable as error:
        raise verifier.error(error.reason) from None
    except asyncssh.KeyExchangeFailed as error:
        raise SshError(Rung.NO_COMMON_ALGORITHM, **evidence, error=error.reason) from None
    except asyncssh.Error as error:
        raise _login_error(error, evidence, credentials, verifier) from None
    except (OSError, ValueError) as error:
        raise SshError(Rung.CONNECTION_LOST, **evidence, error=str(error)) from None
    return Login(connection, target.name, banner, verifier.presented, credentials.key, verifier.said)


def _login_error(
    error: asyncssh.Error, evidence: dict[str, Any], credentials: Credentials, verifier: Verifier
) -> SshError:
    """Whether nothing could be offered, the server refused, or the connection broke.

    OpenSSH calls too many refused keys a protocol error; its words tell.
    """
    import asyncssh

    reason = getattr(error, "reason", str(error))
    refused = isinstance(error, (asyncssh.PermissionDenied, asyncssh.IllegalUserName))
    if refused or "authentication failures" in reason:
        if credentials.error:
            return credentials.error
        said = {"banner": verifier.said} if verifier.said else {}
        return SshError(Rung.LOGIN_REFUSED, **evidence, offered=credentials.offered, **said, error=reason)
    return SshError(Rung.CONNECTION_LOST, **evidence, error=reason)
