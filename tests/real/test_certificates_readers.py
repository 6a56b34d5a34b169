"""Our models of the two PEM readers against the readers themselves, on every planted file and on thousands of damaged ones."""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rancher_tui.certificates import pem
from tests.unit.certificates_pki import chain_of
from tests.unit.certificates_pki import pem as pem_of
from tests.unit.test_certificates_planted import CASES

pytestmark = pytest.mark.real

Blocks = list[tuple[str, str]]
LEAF, LOWER, _ = chain_of(1)
CHAIN = pem_of(LEAF, LOWER)
PIECES = [
    b"", b"\n", b"\r", b"\r\n", b" ", b"\t", b"-", b"-----", b"=", b"==", b":", b"\xef\xbb\xbf", b"\x00", b"\x85",
    b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n", b"-----BEGIN CERTIFICATE-----",
    b"-----END CERTIFICATE-----", b"Proc-Type: 4,ENCRYPTED\n", b"A: b\n", b"QUJD\n", b"x" * 254, b"x" * 255, b"\n\n",
    b"-----BEGIN X-----\nQUJD\n-----END X-----\n", b"-----BEGIN -----\n-----END -----\n", b"Bag Attributes\n", b"QUJDR",
]  # fmt: skip


def _label(text: str) -> str:
    return text.encode("latin-1").hex()


class Openssl:
    """PEM_read_bio of the system's libcrypto."""

    def __init__(self, library: str) -> None:
        self.crypto = ctypes.CDLL(library)
        self.crypto.BIO_new_mem_buf.restype = ctypes.c_void_p
        self.crypto.BIO_new_mem_buf.argtypes = [ctypes.c_char_p, ctypes.c_int]
        self.crypto.BIO_free.argtypes = [ctypes.c_void_p]
        self.crypto.CRYPTO_free.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        pointer = ctypes.POINTER(ctypes.c_void_p)
        self.crypto.PEM_read_bio.argtypes = [
            ctypes.c_void_p,
            pointer,
            pointer,
            pointer,
            ctypes.POINTER(ctypes.c_long),
        ]
        self.crypto.ERR_peek_last_error.restype = ctypes.c_ulong

    def read(self, data: bytes) -> tuple[Blocks, bool]:
        """Blocks until none is left, and whether the end was reached without an error."""
        bio = self.crypto.BIO_new_mem_buf(data, len(data))
        found: Blocks = []
        try:
            while True:
                self.crypto.ERR_clear_error()
                name, header, body = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
                size = ctypes.c_long()
                if not self.crypto.PEM_read_bio(bio, name, header, body, size):
                    no_start_line = 108
                    return found, self.crypto.ERR_peek_last_error() & 0x7FFFFF == no_start_line
                label, headers = ctypes.string_at(name.value or 0), ctypes.string_at(header.value or 0)
                content = ctypes.string_at(body.value or 0, size.value)
                for item in (name, header, body):
                    self.crypto.CRYPTO_free(item, b"", 0)
                if headers.strip(b"\n") and not headers.startswith(b"Proc-Type:"):
                    return found, False
                found.append((label.hex(), hashlib.sha256(content).hexdigest()))
        finally:
            self.crypto.BIO_free(bio)


@pytest.fixture(scope="module")
def openssl() -> Openssl:
    library = ctypes.util.find_library("crypto")
    if library is None or not library.endswith(".3"):
        pytest.skip("no libcrypto of OpenSSL 3")
    return Openssl(library)


class Go:
    """Go's encoding/pem in a process of its own."""

    def __init__(self, program: Path) -> None:
        self.process = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, data: bytes) -> Blocks:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(struct.pack(">I", len(data)) + data)
        self.process.stdin.flush()
        words = self.process.stdout.readline().decode().split()
        return [(label, digest) for label, digest in (word.split(":") for word in words)]


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Go]:
    if shutil.which("go") is None:
        pytest.skip("go is not installed")
    folder = tmp_path_factory.mktemp("go")
    source = Path(__file__).parent / "certificates_reader.go"
    subprocess.run(
        ["go", "build", "-o", str(folder / "reader"), str(source)], check=True, capture_output=True, timeout=110
    )
    reader = Go(folder / "reader")
    yield reader
    reader.process.kill()
    reader.process.communicate()


def _ours(blocks: list[pem.Block]) -> Blocks:
    return [(_label(block.label), hashlib.sha256(block.data).hexdigest()) for block in blocks]


def _files() -> list[bytes]:
    return [data for case in CASES for data in (case.chain, case.key, case.ca) if data]


def test_openssl_reads_every_planted_file_as_our_model_says(openssl: Openssl) -> None:
    for data in _files():
        reading = pem.openssl_blocks(data)
        assert (_ours(reading.blocks), reading.complete) == openssl.read(data), data[:2000]


def test_go_reads_every_planted_file_as_our_model_says(go: Go) -> None:
    for data in _files():
        assert _ours(pem.go_blocks(data)) == go.read(data), data[:2000]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good chain with pieces put in, taken out and put over, at lines' edges more often than elsewhere."""
    data = CHAIN if draw(st.booleans()) else LEAF.pem
    for _ in range(draw(st.integers(1, 4))):
        edges = [index + 1 for index, byte in enumerate(data) if byte == 10] or [0]
        near = draw(st.sampled_from(edges)) + draw(st.integers(-3, 3))
        start = max(0, min(len(data), near if draw(st.integers(0, 3)) else draw(st.integers(0, len(data)))))
        gone = draw(st.sampled_from([0, 0, 0, 1, 2, 5, 27, 64, 65]))
        data = data[:start] + draw(st.sampled_from(PIECES)) + data[start + gone :]
    return data


@settings(
    max_examples=1500, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(damaged())
def test_both_read_damaged_files_as_our_models_say(openssl: Openssl, go: Go, data: bytes) -> None:
    reading = pem.openssl_blocks(data)
    if b"\x00" not in data:
        assert (_ours(reading.blocks), reading.complete) == openssl.read(data)
    assert _ours(pem.go_blocks(data)) == go.read(data)
