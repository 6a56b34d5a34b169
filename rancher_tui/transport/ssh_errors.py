"""What can go wrong on the way to a shell on a node: one error, the rung that broke, and what was seen there."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Rung(StrEnum):
    """The rungs of the ladder to a node by what breaks them, lowest first. The values are stable codes."""

    BAD_TARGET = "bad-target"
    """Address, port or user cannot be used at all."""
    KEY_MISSING = "key-missing"
    """There is no private key where one should be."""
    KEY_UNREADABLE = "key-unreadable"
    """The private key's file is there but cannot be read."""
    KEY_ENCRYPTED = "key-encrypted"
    """The private key needs a passphrase, and the right one was not given."""
    KEY_NOT_PRIVATE = "key-not-private"
    """No private key: a public key, a certificate, PuTTY's format, damage."""
    AGENT_UNREACHABLE = "agent-unreachable"
    """An SSH agent is asked for, and it does not answer or holds no key."""
    NAME_UNRESOLVED = "name-unresolved"
    """The address is a name that this machine cannot resolve."""
    TCP_REFUSED = "tcp-refused"
    """The port is closed: the host answered with a reset."""
    TCP_TIMEOUT = "tcp-timeout"
    """Nothing answered before the deadline: host down, or a filter drops the packets."""
    TCP_UNREACHABLE = "tcp-unreachable"
    """The network says that there is no way to the host."""
    NO_BANNER = "no-banner"
    """The port took the connection and closed it, or stayed silent, before any SSH banner."""
    NOT_SSH = "not-ssh"
    """The port speaks, but not SSH 2."""
    NO_COMMON_ALGORITHM = "no-common-algorithm"
    """Client and server share no key exchange, host key, cipher or MAC."""
    HOST_KEY_UNKNOWN = "host-key-unknown"
    """Nobody has vouched for the server's host key yet."""
    HOST_KEY_CHANGED = "host-key-changed"
    """The server's host key is not the one that is known for it, or is revoked."""
    LOGIN_REFUSED = "login-refused"
    """The server refuses this user with this key."""
    CONNECTION_LOST = "connection-lost"
    """The connection ended, or fell silent, after the banner."""
    COMMAND_FAILED = "command-failed"
    """The server runs no command for this user."""
    FORWARDING_REFUSED = "forwarding-refused"
    """The server's settings forbid to forward this."""
    FORWARDING_FAILED = "forwarding-failed"
    """The server may forward, but what is behind cannot be reached from there."""


class SshError(Exception):
    """A broken rung. `evidence` is plain JSON data with the peer's or the system's own words, uncleaned."""

    def __init__(self, rung: Rung, **evidence: Any) -> None:
        super().__init__(rung.value, evidence)
        self.rung = rung
        self.evidence = evidence

    def __str__(self) -> str:
        return f"{self.rung.value}: {self.evidence}"
