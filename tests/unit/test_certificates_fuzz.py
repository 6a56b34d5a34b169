"""Readers under bad input: never an error of their own, never long, never much memory, however odd the file."""

from __future__ import annotations

import base64
import json
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rancher_tui.certificates import ca, keys, reading, repair
from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import judge
from tests.unit.certificates_pki import FQDN, NOW, chain_of, pem, private_pem

LEAF, LOWER, ROOT = chain_of(1)
CHAIN = pem(LEAF, LOWER)
LARGE = 5_000_000
SECONDS, MEGABYTES = 1.0, 100
SHARED = 2.0
"""What a second of a free processor may take while other tests share its cache and its clock."""
BEGIN, END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
PIECES = [
    b"", b"\n", b"\r", b"\r\n", b"\t", b" ", b"-", b"-----", b"=", b"\\n", b"\\", b'"', b"'", b"#", b"> ", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\x30\x82", b"\x30\x80\x02\x01\x03", BEGIN, END, BEGIN + b"\n", END + b"\n", b"-----BEGIN PRIVATE KEY-----\n", b"-----BEGIN PKCS7-----\n",
    b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n", b"-----END PRIVATE KEY-----\n", b"Proc-Type: 4,ENCRYPTED\n", b"LS0tLS1CRUdJTi", b"MIIB", b"crt: |\n  ",
]  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A good file of some form with pieces put in, taken out, cut off; or nothing but pieces."""
    text = CHAIN + (LEAF.key_pem if draw(st.booleans()) else b"")
    forms: list[Callable[[bytes], bytes]] = [
        lambda it: it,
        lambda it: b"".join(draw(st.lists(st.sampled_from(PIECES), max_size=30))),
        lambda it: LEAF.der + LOWER.der,
        base64.b64encode,
        lambda it: it.decode().encode("utf-16"),
        lambda it: json.dumps({"a": it.decode()}).encode(),
        lambda it: private_pem(LEAF.private, secret=b"x"),
    ]
    data = draw(st.sampled_from(forms))(text)
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        gone = draw(st.sampled_from([0, 0, 1, 2, 30, 64, 5000]))
        data = (
            data[:start] + draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8))) + data[start + gone :]
        )
    return data


@settings(
    max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(files(), files(), files(), st.one_of(st.text(max_size=30), st.sampled_from([FQDN, "192.0.2.1", "*.x", ""])))
def test_nothing_that_is_read_raises(chain: bytes, key: bytes, authority: bytes, fqdn: str) -> None:
    given = Files(chain, "c", key=key, key_name="k", ca=authority, ca_name="ca", fqdn=fqdn, at=NOW)
    report = judge(replace(given, passphrase="x"))
    json.dumps(report.to_json())
    assert len({(item.code, item.subject) for item in report.findings}) == len(report.findings)
    repair.repair(given)
    repair.converted(chain)
    ca.encode(authority)


def _filled(piece: bytes) -> bytes:
    return (piece * (LARGE // len(piece) + 1))[:LARGE]


LARGE_FILES: dict[str, Callable[[], bytes]] = {
    "begin lines": lambda: _filled(BEGIN + b"\n"),
    "begins on one line": lambda: _filled(BEGIN),
    "end lines": lambda: _filled(END + b"\n"),
    "empty blocks": lambda: _filled(BEGIN + b"\n" + END + b"\n"),
    "indented begins": lambda: _filled(b"   " + BEGIN + b"\n"),
    "begins ever deeper": lambda: _filled(b"".join(b" " * margin + BEGIN + b"\n" for margin in range(2000))),
    "quoted begins": lambda: _filled(b'"' + BEGIN + b"\\nMIIB\\n"),
    "begins of keys": lambda: _filled(b"-----BEGIN PRIVATE KEY-----\n"),
    "dashes": lambda: b"-" * LARGE,
    "line ends": lambda: b"a\n" * (LARGE // 2),
    "escaped line ends": lambda: _filled(b"\\n"),
    "one letter": lambda: b"A" * LARGE,
    "the letters of DER": lambda: b"MI" * (LARGE // 2),
    "lines that look like bodies": lambda: _filled(b"MIIB" + b"A" * 60 + b"\n"),
    "base64 of begins": lambda: _filled(b"LS0tLS1CRUdJTi"),
    "DER headers": lambda: _filled(b"\x30\x82\x01\x00"),
    "zeros": lambda: bytes(LARGE),
    "headers": lambda: _filled(b"a: b\n"),
    "a block without end": lambda: BEGIN + b"\n" + _filled(b"A" * 64 + b"\n"),
    "the same chain": lambda: _filled(CHAIN),
    "the same chain as JSON": lambda: json.dumps({"a": _filled(CHAIN).decode()}).encode(),
    "the same chain, double spaced": lambda: _filled(CHAIN.replace(b"\n", b"\n\n")),
    "the same chain as UTF-16": lambda: _filled(CHAIN)[: LARGE // 2].decode().encode("utf-16"),
    "the same key": lambda: _filled(LEAF.key_pem),
}


WORST = (
    "begin lines", "indented begins", "quoted begins", "begins of keys", "base64 of begins", "the same chain",
    "the same chain as JSON", "escaped line ends",
)  # fmt: skip
"""Those that cost most; the others are soaked."""


@pytest.mark.parametrize("name", WORST)
def test_five_megabytes_are_read_in_a_moment(name: str) -> None:
    _is_quick(LARGE_FILES[name](), SHARED)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(LARGE_FILES))
def test_every_large_file_is_read_in_a_second(name: str) -> None:
    _is_quick(LARGE_FILES[name]())


def _is_quick(data: bytes, seconds: float = SECONDS) -> None:
    """Time is the processor's, of two runs where the first was too long."""
    for read in (reading.read, keys.read):
        assert _seconds(read, data) < seconds or _seconds(read, data) < seconds, read.__module__


def test_five_megabytes_take_a_hundred_more_at_most() -> None:
    _takes_little(LARGE_FILES["headers"]())


@pytest.mark.soak
@pytest.mark.parametrize("name", LARGE_FILES)
def test_every_large_file_takes_a_hundred_megabytes_more_at_most(name: str) -> None:
    _takes_little(LARGE_FILES[name]())


def _takes_little(data: bytes) -> None:
    """Memory is what Python asked for while reading."""
    for read in (reading.read, keys.read):
        tracemalloc.start()
        try:
            read(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < MEGABYTES * 1_000_000, read.__module__


def _seconds(read: Callable[[bytes], object], data: bytes) -> float:
    begin = time.process_time()
    read(data)
    return time.process_time() - begin
