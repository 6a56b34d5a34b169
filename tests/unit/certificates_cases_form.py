"""Planted cases about the chain file's form: every way in which it may be no plain PEM."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    pkcs12,
)

from tests.unit.certificates_pki import chain_of, name, pem, pem_block, private_pem, public_pem
from tests.unit.certificates_planted import Planted, order

FAIL, WARN = "fail", "warn"
LEAF, LOWER, ROOT = chain_of(1)
CHAIN = pem(LEAF, LOWER)
WHOLE = order(LEAF, LOWER)
BEGIN, END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
NOTHING: dict[str, Any] = {"order_ok": None, "chain_valid": None, "correct_order": [], "certificates": []}
MARK = b"\xef\xbb\xbf"


def _form(label: str, data: bytes, form: str, expect: dict[str, str], **facts: Any) -> Planted:
    """The right chain in another form; it is recovered whole unless told otherwise."""
    wanted = {"format": form, "chain_valid": True, "order_ok": True, "correct_order": WHOLE, **facts}
    return Planted(label, data, expect, wanted, LEAF.key_pem, ROOT.pem)


def _lost(label: str, data: bytes, form: str, expect: dict[str, str]) -> Planted:
    """A file of which nothing can be recovered."""
    return Planted(label, data, expect, {"format": form, **NOTHING}, LEAF.key_pem, ROOT.pem)


def _bag(secret: bytes | None) -> bytes:
    protection = BestAvailableEncryption(secret) if secret else NoEncryption()
    return pkcs12.serialize_key_and_certificates(
        b"x", LEAF.private, LEAF.certificate, [LOWER.certificate], protection
    )


def _pkcs7(form: str) -> bytes:
    """The chain as PKCS#7, its certificates in the given order."""
    command = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin", "-outform", form]
    return subprocess.run(command, input=CHAIN, capture_output=True, check=True).stdout


def _other_forms() -> list[Planted]:
    not_pem = {"not-pem": FAIL}
    der7, pem7 = _pkcs7("DER"), _pkcs7("PEM")
    text = CHAIN.decode()
    escaped = text.replace("\n", "\\n")
    yaml = "tls:\n  crt: |\n" + "".join(f"    {line}\n" for line in text.splitlines())
    listed = "certs:\n- |-\n" + "".join(f"  {line}\n" for line in text.splitlines())
    any_order = {"order_ok": True}
    return [
        _form(
            "DER, the leaf alone",
            LEAF.der,
            "der",
            {**not_pem, "missing-intermediate": FAIL},
            chain_valid=False,
            correct_order=order(LEAF),
        ),
        _form("DER, one behind the other", LEAF.der + LOWER.der, "der", not_pem),
        _form("PKCS#7 as PEM", pem7, "pkcs7", not_pem, **any_order),
        _form("PKCS#7 as DER", der7, "pkcs7", not_pem, **any_order),
        _form("PKCS#12 without a password", _bag(None), "pkcs12", {**not_pem, "key-in-chain-file": WARN}),
        _form("UTF-16 with its mark", text.encode("utf-16"), "utf-16", not_pem),
        _form("UTF-16 big-endian without a mark", text.encode("utf-16-be"), "utf-16", not_pem),
        _form("UTF-16 little-endian without a mark", text.encode("utf-16-le"), "utf-16", not_pem),
        _form("base64 of the whole on one line", base64.b64encode(CHAIN), "base64-of-pem", not_pem),
        _form("base64 of the whole in lines", base64.encodebytes(CHAIN), "base64-of-pem", not_pem),
        _form("inside JSON", json.dumps({"crt": text}).encode(), "text", not_pem),
        _form("escaped line ends", escaped.encode(), "text", not_pem),
        _form("inside YAML", yaml.encode(), "text", not_pem),
        _form("inside a list of YAML", listed.encode(), "text", not_pem),
        _form(
            "as a value of the cluster file", b"  cacerts.pem: " + base64.b64encode(CHAIN) + b"\n", "text", not_pem
        ),
        _lost("PKCS#12 with a password that was not given", _bag(b"secret"), "pkcs12", not_pem),
        Planted(
            "PKCS#12 with its password",
            _bag(b"secret"),
            {**not_pem, "key-in-chain-file": WARN},
            {"format": "pkcs12", "correct_order": WHOLE},
            LEAF.key_pem,
            ROOT.pem,
            passphrase="secret",
        ),
    ]


def _nothing() -> list[Planted]:
    no = {"no-certificate": FAIL}
    request = x509.CertificateSigningRequestBuilder().subject_name(name("x")).sign(LEAF.private, hashes.SHA256())
    with_key = {**no, "key-in-chain-file": WARN}
    return [
        _lost("empty", b"", "empty", no),
        _lost("blank", b" \n\r\n\t", "empty", no),
        _lost("only a byte order mark", MARK, "empty", no),
        _lost("other text", b"<html><body>404</body></html>\n", "text", no),
        _lost("a request", request.public_bytes(Encoding.PEM), "pem-other", no),
        _lost("a public key", public_pem(LEAF.private), "pem-other", no),
        _lost("the key", private_pem(LEAF.private), "pem-other", with_key),
        _lost("binary rubbish", bytes(range(256)) * 20, "text", no),
    ]


def _markers() -> list[Planted]:
    bad, cut = {"bad-pem": FAIL}, {"truncated-pem": FAIL}
    label = {"unsupported-label": FAIL}
    one, two = LEAF.pem, LOWER.pem
    glued = one.rstrip() + two
    return [
        _form(
            "cut in the second body",
            CHAIN[:-200],
            "pem",
            {**cut, "missing-intermediate": FAIL},
            chain_valid=False,
            correct_order=order(LEAF),
        ),
        _form("only the last END line is missing", CHAIN.removesuffix(END + b"\n"), "pem", cut),
        _form("cut inside the last END line", CHAIN[:-10], "pem", cut),
        _form("the first END line is missing", one.replace(END + b"\n", b"") + two, "pem", bad),
        _form("the first BEGIN line is missing", one.replace(BEGIN + b"\n", b"") + two, "pem", bad),
        _form(
            "both markers of the first are missing",
            one.replace(BEGIN + b"\n", b"").replace(END + b"\n", b"") + two,
            "pem",
            bad,
        ),
        _form(
            "four dashes before BEGIN",
            CHAIN.replace(b"-" + BEGIN[1:], BEGIN[1:], 1).replace(BEGIN, BEGIN[1:], 1),
            "pem",
            bad,
        ),
        _form("four dashes behind END", one.replace(END, END[:-1]) + two, "pem", bad),
        _form("dashes of a word processor", one.replace(b"-----BEGIN", "—–BEGIN".encode()) + two, "pem", bad),
        _form("blocks glued together", glued, "pem", bad),
        _form("markers indented", CHAIN.replace(b"-----BEGIN", b"  -----BEGIN"), "pem", bad),
        _form("all lines indented", b"".join(b"    " + line + b"\n" for line in CHAIN.splitlines()), "pem", bad),
        _form("END of another label", one.replace(END, b"-----END RSA PRIVATE KEY-----") + two, "pem", bad),
        _form("quoted like in a mail", b"".join(b"> " + line + b"\n" for line in CHAIN.splitlines()), "pem", bad),
        _form("old Mac line ends", CHAIN.replace(b"\n", b"\r"), "pem", bad),
        _form("X509 CERTIFICATE", pem_block("X509 CERTIFICATE", LEAF.der) + two, "pem", label),
        _form("TRUSTED CERTIFICATE", pem_block("TRUSTED CERTIFICATE", LEAF.der) + two, "pem", label),
        _form("a certificate labelled as a key", pem_block("PUBLIC KEY", LEAF.der) + two, "pem", label),
        _lost("bare base64 that is no certificate", b"TUlJ" * 80 + b"\n", "text", {"no-certificate": FAIL}),
        _lost("only the BEGIN line", BEGIN + b"\n", "pem", cut),
    ]


def _bodies() -> list[Planted]:
    bad, der = {"bad-pem": FAIL}, {"bad-der": FAIL}
    lines = LEAF.pem.splitlines()
    blank = b"\n".join([*lines[:3], b"", *lines[3:]]) + b"\n"
    one_line = b"\n".join([lines[0], b"".join(lines[1:-1]), lines[-1]]) + b"\n"
    odd = b"\n".join([lines[0], lines[1][:10], lines[1][10:], *lines[2:]]) + b"\n"
    spaced = b"\n".join([lines[0], *(line + b"  " for line in lines[1:-1]), lines[-1]]) + b"\n"
    strange = b"\n".join([*lines[:3], b"?!", *lines[3:]]) + b"\n"
    two = LOWER.pem
    request = x509.CertificateSigningRequestBuilder().subject_name(name("x")).sign(LEAF.private, hashes.SHA256())
    lost: dict[str, Any] = {"chain_valid": None, "order_ok": None, "correct_order": []}
    return [
        _form("a blank line inside the body", blank + two, "pem", bad),
        _form("a strange line inside the body", strange + two, "pem", bad),
        _form("the body on one line", one_line + two, "pem", {}),
        _form("lines of other lengths", odd + two, "pem", {}),
        _form("blanks at the ends of lines", spaced + two, "pem", {}),
        _form("bytes behind the certificate", pem_block("CERTIFICATE", LEAF.der + b"\0\0") + two, "pem", der),
        _form(
            "a request under the label CERTIFICATE",
            CHAIN + pem_block("CERTIFICATE", request.public_bytes(Encoding.DER)),
            "pem",
            der,
        ),
        _form(
            "a cut certificate, well wrapped",
            pem_block("CERTIFICATE", LEAF.der[:-40]) + two,
            "pem",
            {**der, "no-leaf": FAIL},
            **lost,
        ),
        _form("a PEM wrapped once more", pem_block("CERTIFICATE", CHAIN), "text", {"not-pem": FAIL}),
        _form(
            "PKCS#7 under the label CERTIFICATE",
            pem_block("CERTIFICATE", _pkcs7("DER")),
            "text",
            {"not-pem": FAIL},
            order_ok=True,
        ),
    ]


def _around() -> list[Planted]:
    bag = b"Bag Attributes\n    localKeyID: 01\nsubject=CN = rancher\n"
    return [
        _form("byte order mark", MARK + CHAIN, "pem", {"bom": FAIL}),
        _form("Windows line ends", CHAIN.replace(b"\n", b"\r\n"), "pem", {"crlf": WARN}),
        _form("text before the first", b"issued on Monday\n" + CHAIN, "pem", {"leading-text": WARN}),
        _form("bag attributes before each", bag + LEAF.pem + bag + LOWER.pem, "pem", {"leading-text": WARN}),
        _form("text behind the last", CHAIN + b"# end\n", "pem", {"trailing-garbage": WARN}),
        _form("no last line end", CHAIN.rstrip(), "pem", {"no-final-newline": WARN}),
        _form("blank lines around", b"\n\n" + LEAF.pem + b"\n" + LOWER.pem + b"\n\n", "pem", {}),
        _form("a public key beside", CHAIN + public_pem(LEAF.private), "pem", {"other-block": WARN}),
        _form(
            "a revocation list beside",
            CHAIN + pem_block("X509 CRL", b"\x30\x03\x02\x01\x00"),
            "pem",
            {"other-block": WARN},
        ),
    ]


CASES = [*_other_forms(), *_nothing(), *_markers(), *_bodies(), *_around()]
