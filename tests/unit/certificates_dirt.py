"""What may befall a chain file without loss of a certificate, and what must then be told of it."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable

from tests.unit.certificates_pki import pem_block


def _lines(data: bytes, before: str) -> bytes:
    return "".join(f"{before}{line}\n" for line in data.decode().splitlines()).encode()


def _pkcs7(data: bytes) -> bytes:
    command = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin", "-outform"]
    return subprocess.run([*command, "DER"], input=data, capture_output=True, check=True).stdout


END = b"-----END CERTIFICATE-----\n"
BEGIN = b"-----BEGIN CERTIFICATE-----\n"

DIRT: dict[str, tuple[Callable[[bytes], bytes], str, dict[str, str]]] = {
    "bom": (lambda it: b"\xef\xbb\xbf" + it, "pem", {"bom": "fail"}),
    "a bom in the middle": (
        lambda it: it.replace(END + BEGIN, END + b"\xef\xbb\xbf" + BEGIN, 1),
        "pem",
        {"bom": "fail"},
    ),
    "crlf": (lambda it: it.replace(b"\n", b"\r\n"), "pem", {"crlf": "warn"}),
    "bom and crlf": (
        lambda it: b"\xef\xbb\xbf" + it.replace(b"\n", b"\r\n"),
        "pem",
        {"bom": "fail", "crlf": "warn"},
    ),
    "text before": (lambda it: b"issued for us\n" + it, "pem", {"leading-text": "warn"}),
    "bags": (lambda it: it.replace(BEGIN, b"subject=CN = x\n" + BEGIN), "pem", {"leading-text": "warn"}),
    "text behind": (lambda it: it + b"that was all\n", "pem", {"trailing-garbage": "warn"}),
    "text around, last line open": (
        lambda it: b"a\n" + it + b"z",
        "pem",
        {"leading-text": "warn", "trailing-garbage": "warn", "no-final-newline": "warn"},
    ),
    "no last line end": (lambda it: it.rstrip(), "pem", {"no-final-newline": "warn"}),
    "blank lines between": (lambda it: it.replace(END, END + b"\n\n"), "pem", {}),
    "blanks behind markers": (lambda it: it.replace(b"-----\n", b"-----  \n"), "pem", {}),
    "the first END is gone": (lambda it: it.replace(END, b"", 1), "pem", {"bad-pem": "fail"}),
    "the first BEGIN is gone": (lambda it: it.replace(BEGIN, b"", 1), "pem", {"bad-pem": "fail"}),
    "the last END is gone": (lambda it: it[: -len(END)], "pem", {"truncated-pem": "fail"}),
    "cut in the last END": (lambda it: it[:-9], "pem", {"truncated-pem": "fail"}),
    "four dashes": (lambda it: it[1:], "pem", {"bad-pem": "fail"}),
    "long dashes": (lambda it: it.replace(b"-----BEGIN", "——BEGIN".encode(), 1), "pem", {"bad-pem": "fail"}),
    "glued": (lambda it: it.replace(END + BEGIN, END.strip() + BEGIN), "pem", {"bad-pem": "fail"}),
    "indented": (lambda it: _lines(it, "   "), "pem", {"bad-pem": "fail"}),
    "from a mail": (lambda it: _lines(it, "> "), "pem", {"bad-pem": "fail"}),
    "commented out": (lambda it: _lines(it, "# "), "pem", {"bad-pem": "fail"}),
    "old Mac": (lambda it: it.replace(b"\n", b"\r"), "pem", {"bad-pem": "fail"}),
    "double spaced": (lambda it: it.replace(b"\n", b"\n\n"), "pem", {"bad-pem": "fail"}),
    "another label": (
        lambda it: it.replace(b" CERTIFICATE-", b" X509 CERTIFICATE-"),
        "pem",
        {"unsupported-label": "fail"},
    ),
    "a request beside": (
        lambda it: it + pem_block("X509 CRL", b"\x30\x03\x02\x01\x00"),
        "pem",
        {"other-block": "warn"},
    ),
    "nothing in a block": (
        lambda it: it + pem_block("CERTIFICATE", b"no certificate"),
        "pem",
        {"bad-der": "fail"},
    ),
    "utf-16": (lambda it: it.decode().encode("utf-16"), "utf-16", {"not-pem": "fail"}),
    "utf-16 without mark": (lambda it: it.decode().encode("utf-16-be"), "utf-16", {"not-pem": "fail"}),
    "base64": (lambda it: base64.b64encode(it) + b"\n", "base64-of-pem", {"not-pem": "fail"}),
    "base64 in lines": (base64.encodebytes, "base64-of-pem", {"not-pem": "fail"}),
    "base64 twice": (lambda it: base64.b64encode(base64.b64encode(it)), "base64-of-pem", {"not-pem": "fail"}),
    "json": (lambda it: json.dumps({"tls": {"crt": it.decode()}}).encode(), "text", {"not-pem": "fail"}),
    "yaml": (lambda it: b"tls:\n  crt: |\n" + _lines(it, "    "), "text", {"not-pem": "fail"}),
    "escaped": (lambda it: b'CERT="' + it.replace(b"\n", b"\\n") + b'"\n', "text", {"not-pem": "fail"}),
    "a Secret": (lambda it: b"data:\n  tls.crt: " + base64.b64encode(it) + b"\n", "text", {"not-pem": "fail"}),
    "pkcs7": (_pkcs7, "pkcs7", {"not-pem": "fail"}),
    "pkcs7 as bare base64": (lambda it: base64.encodebytes(_pkcs7(it)), "pkcs7", {"not-pem": "fail"}),
}
"""What may befall a file without loss of a certificate: how, the format it then has, and what must be told of it."""
