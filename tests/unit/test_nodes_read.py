"""What programs print is read into values, and no text at all makes the reading fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rancher_tui.nodes import read
from rancher_tui.nodes.gather import parse

READERS: list[Callable[[str], Any]] = [
    read.version_of,
    read.os_release,
    read.meminfo_kib,
    read.disks,
    read.settings,
    lambda text: list(read.listeners(text)),
    read.links,
    read.macs,
    read.addresses,
    read.routes,
    read.network,
    read.nameservers,
    read.ip_addresses,
    read.web_status,
    lambda text: parse(text.encode("utf-8", "replace"), "M"),
]
WORDS = st.sampled_from(
    [
        "tcp",
        "udp",
        "LISTEN",
        ":",
        "*:80",
        "[::]:443",
        "M ",
        "M = ",
        "=",
        "1:",
        "eth0:",
        "<UP>",
        "mtu",
        "inet",
        "/24",
        "dev",
        "10.0.0.1",
        "::1",
        "999.1.1.1",
        "nameserver",
        "HTTP/1.1",
        "200",
        "000",
        "\n",
        "\t",
        " ",
        "\x1b[2J",
        "²",
        "%",
        "kB",
    ]
)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=25))
def test_no_text_makes_a_reader_fail(reader: Callable[[str], Any], words: list[str]) -> None:
    reader(" ".join(words))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tcp   LISTEN 0  128   0.0.0.0:22   0.0.0.0:*", ("tcp", "0.0.0.0", 22, "")),
        ("tcp    LISTEN     0      128      :::22        :::*", ("tcp", "::", 22, "")),
        ("udp  UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*", ("udp", "127.0.0.53%lo", 53, "")),
        ('tcp LISTEN 0 1 *:80 *:* users:(("nginx",pid=1,fd=6))', ("tcp", "*", 80, "nginx")),
        ("tcp        0      0 0.0.0.0:22      0.0.0.0:*      LISTEN", ("tcp", "0.0.0.0", 22, "")),
        ("tcp6       0      0 :::443          :::*           LISTEN", ("tcp", "::", 443, "")),
        ("udp        0      0 0.0.0.0:8472    0.0.0.0:*", ("udp", "0.0.0.0", 8472, "")),
    ],
)
def test_listening_sockets_of_ss_and_netstat(line: str, expected: tuple[str, str, int, str]) -> None:
    (found,) = read.listeners(f"Netid State\n{line}\n")
    assert (found.protocol, found.address, found.port, found.program) == expected


def test_the_disk_of_a_path_is_the_nearest_mount_above_it() -> None:
    text = (
        "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 9 1 8 1% /\n/dev/b 9 1 7 1% /var/lib\n"
    )
    known = read.disks(text + "df: /nowhere: No such file or directory\n")
    found = {
        path: disk.device
        for path in ("/var/lib/docker", "/var/library", "/opt")
        if (disk := read.disk_for(path, known))
    }
    assert found == {"/var/lib/docker": "/dev/b", "/var/library": "/dev/a", "/opt": "/dev/a"}


def test_statuses_of_curl_and_wget() -> None:
    assert read.web_status("401\n") == 401
    assert read.web_status("000\n") is None
    assert read.web_status("  HTTP/1.1 301 Moved\n  HTTP/1.1 200 OK\n") == 200
    assert read.web_status("curl: (6) Could not resolve host") is None
