"""A server's offer of algorithms, of Debian's sshd and of what is none."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rancher_tui.transport.ssh_offer import nothing_in_common, parse_offer, read_offer
from tests.real.sshd import Sshd, needs_sshd

pytestmark = [pytest.mark.real, needs_sshd]


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("Ciphers", "3des-cbc", "cipher out"),
        ("MACs", "umac-64@openssh.com", ""),
        ("KexAlgorithms", "curve25519-sha256", ""),
    ],
)
async def test_what_a_server_offers_is_read_without_negotiating(
    tmp_path: Path, option: str, value: str, part: str
) -> None:
    with (
        Sshd(tmp_path / "old", **{option: value}) as server,
        socket.create_connection((server.address, server.port)) as link,
    ):
        link.setblocking(False)
        offer = await read_offer(link, 5)
    assert value in {name for names in offer.values() for name in names}
    lacking = nothing_in_common(offer, ["ssh-ed25519"])
    assert (list(lacking)[:1] == [part]) if part else (lacking == {})


def test_an_offer_that_is_none_is_empty() -> None:
    for seen in (
        b"",
        b"SSH-2.0-x\r\n",
        b"SSH-2.0-x\r\n\0\0\0\x08\x04\x01ssss",
        b"HTTP/1.1 400 Bad\r\n\r\n",
        b"\xff" * 99,
    ):
        assert parse_offer(seen) == {}
