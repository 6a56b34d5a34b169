"""`cert` and `cert-make` as a pipeline calls them: exit codes, the document, files written, what is refused."""

from __future__ import annotations

import asyncio
import json
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from tests.unit.certificates_pki import FQDN, NOW, Issued, chain_of, pem
from tests.unit.test_commands import Call, call, document

__all__ = ["call"]

LEAF, LOWER, UPPER, ROOT = chain_of(2)
AT = ("--at", NOW.strftime("%Y-%m-%dT%H:%M:%SZ"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files: chain.pem in order, swapped.pem not, ca.pem, key.pem."""
    contents = {
        "chain": pem(LEAF, LOWER, UPPER),
        "swapped": pem(LEAF, UPPER, LOWER),
        "ca": ROOT.pem,
        "key": LEAF.key_pem,
    }
    for name, data in contents.items():
        (tmp_path / f"{name}.pem").write_bytes(data)
    return tmp_path


def _cert(call: Call, *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = call("cert", *arguments, "--json")
    return code, document("cert", out)


def test_a_right_chain_exits_with_0_and_warnings_with_4_when_strict(call: Call, folder: Path) -> None:
    files = (f"{folder}/chain.pem", "--ca", f"{folder}/ca.pem", "--fqdn", FQDN, *AT)
    code, report = _cert(call, *files, "--key", f"{folder}/key.pem", "--strict")
    assert (code, report["ok"]) == (0, True)
    assert report["facts"]["correct_order"] == [item.sha256 for item in (LEAF, LOWER, UPPER)]
    assert call("cert", *files)[0] == 0
    assert call("cert", *files, "--strict")[0] == 4


def test_a_wrong_order_exits_with_3_and_is_mended_into_a_new_file(call: Call, folder: Path) -> None:
    files = (f"{folder}/swapped.pem", "--ca", f"{folder}/ca.pem", *AT)
    code, report = _cert(call, *files, "--fix", f"{folder}/fixed.pem")
    assert code == 3 and report["facts"]["order_ok"] is False
    assert [item["code"] for item in report["findings"] if item["status"] == "fail"] == ["wrong-order"]
    assert (folder / "fixed.pem").read_bytes() == pem(LEAF, LOWER, UPPER)
    assert call("cert", *files, "--fix", f"{folder}/fixed.pem")[0] == 2
    assert call("cert", *files, "--fix", f"{folder}/nowhere/fixed.pem")[0] == 2


def test_a_ca_in_another_form_is_mended_too(call: Call, folder: Path) -> None:
    (folder / "ca.der").write_bytes(ROOT.der)
    assert call("cert", f"{folder}/ca.der", "--fix", f"{folder}/new.pem")[0] == 3
    assert (folder / "new.pem").read_bytes() == ROOT.pem


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("{folder}/gone.pem",),
        ("{folder}",),
        ("{folder}/chain.pem", "--connect", "localhost:443"),
        ("{folder}/chain.pem", "--key", "{folder}/gone.pem"),
        ("{folder}/chain.pem", "--ca", "{folder}/gone.pem"),
        ("{folder}/chain.pem", "--at", "yesterday"),
        ("{folder}/chain.pem", "--at", "2026-11-23"),
        ("{folder}/chain.pem", "--at", "2026-11-23T02:00:00"),
        ("{folder}/chain.pem", "--at", "20261123T020000Z"),
        ("{folder}/chain.pem", "--passphrase", "hunter2"),
        ("{folder}/chain.pem", "--passphrase", "env:NOT_SET_ANYWHERE"),
        ("--connect", "localhost"),
        ("--connect", "localhost:x"),
        ("--connect", "localhost:0"),
        ("--connect", "a..b:443"),
    ],
    ids=lambda arguments: " ".join(arguments).replace("{folder}/", "") or "nothing",
)
def test_a_call_that_cannot_be_used_exits_with_2_and_prints_nothing(
    call: Call, folder: Path, arguments: tuple[str, ...]
) -> None:
    code, out, err = call("cert", *(text.format(folder=folder) for text in arguments), "--json")
    assert (code, out) == (2, "") and err


@pytest.mark.parametrize(
    "content", [b"", b"hello\n", b"\x00\x01\x02", LEAF.pem[:200]], ids=["empty", "text", "binary", "cut"]
)
def test_bad_content_is_a_finding(call: Call, folder: Path, content: bytes) -> None:
    (folder / "bad.pem").write_bytes(content)
    code, report = _cert(call, f"{folder}/bad.pem", "--key", f"{folder}/bad.pem", "--ca", f"{folder}/bad.pem")
    assert code == 3 and report["facts"]["correct_order"] == []


def test_the_time_asked_about_decides(call: Call, folder: Path) -> None:
    files = (f"{folder}/chain.pem", "--ca", f"{folder}/ca.pem")
    end = LEAF.certificate.not_valid_after_utc
    assert _cert(call, *files, "--at", end.strftime("%Y-%m-%dT%H:%M:%SZ"))[1]["facts"]["chain_valid"] is True
    late = end.strftime("%Y-%m-%dT%H:%M:%S") + "-00:01"
    code, report = _cert(call, *files, "--at", late)
    assert code == 3 and report["facts"]["chain_valid"] is False
    assert report["facts"]["judged_at"] > end.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_locked_container_opens_with_a_passphrase_from_a_variable(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    above = [LOWER.certificate, UPPER.certificate]
    locked = pkcs12.serialize_key_and_certificates(
        b"x", LEAF.private, LEAF.certificate, above, BestAvailableEncryption(b"sesame")
    )
    (folder / "chain.p12").write_bytes(locked)
    files = (f"{folder}/chain.p12", "--ca", f"{folder}/ca.pem", *AT)
    assert _cert(call, *files)[1]["facts"]["certificates"] == []
    monkeypatch.setenv("CHAIN_PASSPHRASE", "sesame")
    _, report = _cert(call, *files, "--passphrase", "env:CHAIN_PASSPHRASE", "--fix", f"{folder}/open.pem")
    assert report["facts"]["format"] == "pkcs12" and report["facts"]["chain_valid"] is True
    assert (folder / "open.pem").read_bytes() == pem(LEAF, LOWER, UPPER)


@contextmanager
def _serving(folder: Path, *chain: Issued) -> Iterator[int]:
    """A TLS server on loopback in a thread of its own, for a command has its own event loop."""
    (folder / "served.pem").write_bytes(pem(*chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "served.pem", folder / "key.pem")
    loop = asyncio.new_event_loop()
    starting = asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    started = loop.run_until_complete(starting)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield int(started.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(started.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_a_served_chain_is_judged_like_a_file(call: Call, folder: Path) -> None:
    with _serving(folder, LEAF, UPPER, LOWER) as port:
        code, report = _cert(
            call, "--connect", f"127.0.0.1:{port}", "--ca", f"{folder}/ca.pem", "--fqdn", FQDN, *AT
        )
    assert code == 3 and report["facts"]["order_ok"] is False and report["facts"]["fqdn_covered"] is True
    assert [item["sha256"] for item in report["facts"]["certificates"]] == [
        it.sha256 for it in (LEAF, UPPER, LOWER)
    ]
    code, report = _cert(call, "--connect", f"127.0.0.1:{port}", "--fqdn", "no name at all")
    told = {item["code"]: item["status"] for item in report["findings"]}
    assert code == 3 and told["not-served"] == "unknown" and told["fqdn-syntax"] == "fail"
    assert "no-certificate" not in told


def test_a_pair_is_made_and_judged_right(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("cert-make", "--fqdn", FQDN, "-o", f"{tmp_path}/new", "--json")
    files = document("cert-make", out)["files"]
    assert code == 0
    assert stat.S_IMODE(Path(files["tls.key"]).stat().st_mode) == 0o600
    code, out, _ = call(
        "cert",
        files["tls.crt"],
        "--key",
        files["tls.key"],
        "--ca",
        files["cacerts.pem"],
        "--fqdn",
        FQDN,
        "--strict",
        "--json",
    )
    assert code == 0 and json.loads(out)["facts"]["chain_valid"] is True
    assert call("cert-make", "--fqdn", FQDN, "-o", f"{tmp_path}/new")[0] == 2
    assert call("cert-make", "--fqdn", "https://x/", "-o", f"{tmp_path}/other")[0] == 2
    assert not (tmp_path / "other").exists()
