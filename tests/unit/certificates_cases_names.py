"""Planted cases about names, keys and the CA file."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, pkcs12

from tests.unit.certificates_pki import (
    FQDN,
    chain_of,
    issue,
    key,
    name,
    pem,
    pem_block,
    private_pem,
    public_pem,
    root,
    server,
)
from tests.unit.certificates_planted import Planted, planted

FAIL, WARN = "fail", "warn"
LEAF, LOWER, UPPER, ROOT = chain_of(2)
CHAIN = pem(LEAF, LOWER, UPPER)
NOT_COVERED = {"fqdn-not-covered": FAIL}


def _named(label: str, asked: str, covered: bool | None, expect: dict[str, str], **changes: Any) -> Planted:
    """A leaf with other names, asked for `asked`."""
    leaf = server("names.example.net", LOWER, **{"key_name": "named", **changes})
    return planted(
        label,
        leaf,
        LOWER,
        UPPER,
        leaf=leaf,
        ca=(ROOT,),
        fqdn=asked,
        expect=expect,
        facts={"fqdn_covered": covered, "chain_valid": True},
    )


def _names() -> list[Planted]:
    wild = ("*.example.com",)
    return [
        _named("exactly", FQDN, True, {}, san=(FQDN,)),
        _named("in capitals and with a last dot", "RANCHER.Example.COM.", True, {}, san=(FQDN,)),
        _named("entry in capitals", FQDN, True, {}, san=("Rancher.EXAMPLE.com",)),
        _named("another name", FQDN, False, NOT_COVERED, san=("rancher.example.org",)),
        _named("a wildcard covers one label", FQDN, True, {}, san=wild),
        _named("a wildcard does not cover two labels", "a.b.example.com", False, NOT_COVERED, san=wild),
        _named("a wildcard does not cover its own domain", "example.com", False, NOT_COVERED, san=wild),
        _named("part of a label", FQDN, False, {**NOT_COVERED, "bad-san": WARN}, san=("r*.example.com",)),
        _named(
            "a wildcard inside",
            "a.b.example.com",
            False,
            {**NOT_COVERED, "bad-san": WARN},
            san=("a.*.example.com",),
        ),
        _named("a U-label asked for", "bücher.example.com", True, {}, san=("xn--bcher-kva.example.com",)),
        _named("an A-label asked for", "XN--BCHER-KVA.example.com", True, {}, san=("xn--bcher-kva.example.com",)),
        _named("an address", "192.0.2.7", True, {}, san=("192.0.2.7",)),
        _named(
            "an address in a DNS entry",
            "192.0.2.7",
            False,
            {**NOT_COVERED, "bad-san": WARN},
            san=("dns:192.0.2.7",),
        ),
        _named("IPv6 in another spelling", "2001:DB8:0:0::7", True, {}, san=("2001:db8::7",)),
        _named("a wildcard and an address", "192.0.2.7", False, NOT_COVERED, san=wild),
        _named(
            "a name only in the common name",
            "names.example.net",
            False,
            {**NOT_COVERED, "cn-only": WARN, "no-san": WARN},
            san=None,
        ),
        _named(
            "in the common name, others as entries",
            "names.example.net",
            False,
            {**NOT_COVERED, "cn-only": WARN},
            san=(FQDN,),
        ),
        _named("neither entries nor common name", FQDN, False, {**NOT_COVERED, "no-san": WARN}, san=None),
        _named("an entry with a port", FQDN, False, {**NOT_COVERED, "bad-san": WARN}, san=(FQDN + ":443",)),
        _named("an entry that is a URL", FQDN, True, {"bad-san": WARN}, san=(FQDN, "https://" + FQDN)),
        _named("an entry with a last dot", FQDN, False, {**NOT_COVERED, "bad-san": WARN}, san=(FQDN + ".",)),
        _named(
            "a wildcard below a top-level domain",
            "example.com",
            True,
            {"public-suffix-wildcard": WARN},
            san=("*.com",),
        ),
        _named(
            "a wildcard below a registry's second level",
            "example.co.uk",
            True,
            {"public-suffix-wildcard": WARN},
            san=("*.co.uk",),
        ),
        _named("a name without a domain", "rancher", True, {"fqdn-not-qualified": WARN}, san=("rancher",)),
        _named("an underscore", "my_rancher.example.com", True, {}, san=("my_rancher.example.com",)),
        _named("no name asked for", FQDN, True, {}, san=(FQDN,)),
        *(
            _named(f"no name: {text!r}", text, None, {"fqdn-syntax": FAIL}, san=(FQDN,))
            for text in (
                "https://" + FQDN,
                FQDN + ":443",
                FQDN + "/x",
                "a b.example.com",
                "",
                "a..example.com",
                "x" * 64 + ".example.com",
                "*.example.com",
                "1.2.3.256",
                ".",
            )
        ),
    ]


def _with_key(
    label: str, data: bytes | None, expect: dict[str, str], state: str, matches: bool | None, **more: Any
) -> Planted:
    """A right chain with another key file."""
    facts = {"key_state": state, "key_matches": matches, "chain_valid": True}
    return Planted(label, CHAIN, expect, facts, data, pem(ROOT), **more)


def _run(command: Sequence[str], data: bytes) -> bytes:
    return subprocess.run(["openssl", *command], input=data, capture_output=True, check=True).stdout


def _ssh_key(data: bytes, secret: str = "") -> bytes:
    """The key in OpenSSH's own form."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        path.write_bytes(data)
        path.chmod(0o600)
        subprocess.run(["ssh-keygen", "-q", "-p", "-N", secret, "-f", str(path)], check=True, capture_output=True)
        return path.read_bytes()


def _keys() -> list[Planted]:
    good, other = LEAF.key_pem, private_pem(key("another"))
    request = x509.CertificateSigningRequestBuilder().subject_name(name(FQDN)).sign(LEAF.private, hashes.SHA256())
    der = LEAF.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, _none())
    locked_der = LEAF.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    locked = private_pem(LEAF.private, secret=b"secret")
    old_locked = private_pem(LEAF.private, PrivateFormat.TraditionalOpenSSL, b"secret")
    parameters = _run(["ecparam", "-name", "prime256v1"], b"")
    sec1 = private_pem(LEAF.private, PrivateFormat.TraditionalOpenSSL)
    unusable, encrypted, form = {"key-unusable": FAIL}, {"key-encrypted": FAIL}, {"key-not-pem": FAIL}
    bag = pkcs12.serialize_key_and_certificates(b"x", LEAF.private, LEAF.certificate, None, _none())
    middle = good.replace(b"\n", b"\n#", 2)
    return [
        _with_key("no key", None, {"key-missing": WARN}, "absent", None),
        _with_key("SEC1", sec1, {}, "ok", True),
        _with_key("SEC1 with its parameters before it", parameters + sec1, {}, "ok", True),
        _with_key("another key", other, {"key-mismatch": FAIL}, "ok", False),
        _with_key("two keys", good + other, {"several-keys": FAIL}, "ok", True),
        _with_key("encrypted PKCS#8", locked, encrypted, "encrypted", None),
        _with_key("encrypted PKCS#8, passphrase given", locked, encrypted, "encrypted", True, passphrase="secret"),
        _with_key("encrypted PKCS#8, wrong passphrase", locked, encrypted, "encrypted", None, passphrase="no"),
        _with_key("encrypted the old way", old_locked, encrypted, "encrypted", None),
        _with_key("DER", der, form, "der", True),
        _with_key("encrypted DER", locked_der, {**form, **encrypted}, "encrypted", None),
        _with_key("OpenSSH", _ssh_key(sec1), form, "openssh", True),
        _with_key("PKCS#12 as a key", bag, form, "der", True),
        _with_key("empty", b"", unusable, "not-a-private-key", None),
        _with_key("blank lines", b"\n \n", unusable, "not-a-private-key", None),
        _with_key("text", b"hello\n", unusable, "not-a-private-key", None),
        _with_key("the certificate", LEAF.pem, unusable, "not-a-private-key", None),
        _with_key("a public key", public_pem(LEAF.private), unusable, "not-a-private-key", None),
        _with_key("a request", request.public_bytes(Encoding.PEM), unusable, "not-a-private-key", None),
        _with_key("cut off", good[:120], unusable, "unparseable", None),
        _with_key("body damaged", middle, unusable, "unparseable", None),
        _with_key("key and certificate in one file", good + LEAF.pem, {}, "ok", True),
        _with_key("byte order mark", b"\xef\xbb\xbf" + good, {"bom": FAIL}, "ok", True),
        _with_key("Windows line ends", good.replace(b"\n", b"\r\n"), {"crlf": WARN}, "ok", True),
        _with_key("text before it", b"Bag Attributes\n" + good, {"leading-text": WARN}, "ok", True),
        _with_key("something behind it", good + b"rest\n", {"trailing-garbage": WARN}, "ok", True),
        _with_key("no last line end", good.rstrip(), {"no-final-newline": WARN}, "ok", True),
        Planted(
            "key in the chain file", CHAIN + good, {"key-in-chain-file": WARN}, {"order_ok": True}, good, pem(ROOT)
        ),
    ]


def _none() -> Any:
    from cryptography.hazmat.primitives.serialization import NoEncryption

    return NoEncryption()


def _with_ca(label: str, data: bytes | None, expect: dict[str, str], valid: bool | None, **facts: Any) -> Planted:
    """A right chain with another CA file."""
    return Planted(label, CHAIN, expect, {"chain_valid": valid, **facts}, LEAF.key_pem, data)


def _cas() -> list[Planted]:
    good = ROOT.pem
    crlf = good.replace(b"\n", b"\r\n")
    none = {"ca_base64_normalised": None, "ca_checksum": None}
    unrelated = root("Stranger Root")
    host = server("other.example.com", UPPER)
    no_certificate, not_pem, bad = {"ca-no-certificate": FAIL}, {"ca-not-pem": FAIL}, {"ca-bad-pem": FAIL}
    published = {"ca_base64": None, **none}
    return [
        _with_ca("two roots", good + unrelated.pem, {}, True),
        _with_ca("twice the same root", good + good, {"ca-duplicate": WARN}, True),
        _with_ca("an intermediate beside the root", good + UPPER.pem, {"intermediate-in-ca": WARN}, True),
        _with_ca("a server's certificate beside the root", good + host.pem, {"leaf-in-ca": WARN}, True),
        _with_ca("a server's certificate only", host.pem, {"ca-not-ca": FAIL}, None),
        _with_ca("the leaf itself", LEAF.pem, {"ca-not-ca": FAIL}, None),
        _with_ca("an intermediate only", UPPER.pem, {"ca-not-root": WARN, "intermediate-in-ca": WARN}, True),
        _with_ca("a key in it", good + ROOT.key_pem, {"key-in-ca-file": FAIL}, True, **published),
        _with_ca(
            "an encrypted key in it",
            good + private_pem(ROOT.private, secret=b"x"),
            {"key-in-ca-file": FAIL},
            True,
            **published,
        ),
        _with_ca("empty", b"", no_certificate, None, ca_base64="", **none),
        _with_ca("text", b"hello\n", no_certificate, None, ca_base64="aGVsbG8K", **none),
        _with_ca("a public key", public_pem(ROOT.private), no_certificate, None, **none),
        _with_ca("DER", ROOT.der, not_pem, True, **none),
        _with_ca("UTF-16", good.decode().encode("utf-16"), not_pem, True, **none),
        _with_ca("trusted certificate's label", pem_block("TRUSTED CERTIFICATE", ROOT.der), not_pem, True),
        _with_ca("cut off", good[:-100], bad, None),
        _with_ca("damaged beside a good one", good + unrelated.pem[:-60], bad, True),
        _with_ca("byte order mark", b"\xef\xbb\xbf" + good, {"bom": WARN}, True, ca_checksum=_sum(good)),
        _with_ca("Windows line ends", crlf, {"crlf": WARN}, True, ca_checksum=_sum(good)),
        _with_ca("no last line end", good.rstrip(), {"no-final-newline": WARN}, True, ca_checksum=_sum(good)),
        _with_ca("blank lines around", b"\n\n" + good + b"\n\n", {}, True, ca_checksum=_sum(good)),
        _with_ca("text before it", b"# our CA\n" + good, {"leading-text": WARN}, True),
        _with_ca("something behind it", good + b"end\n", {"trailing-garbage": WARN}, True),
        _with_ca(
            "as it should be",
            good,
            {},
            True,
            ca_checksum=_sum(good),
            ca_base64=_base64(good),
            ca_base64_normalised=_base64(good),
        ),
    ]


def _sum(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _base64(data: bytes) -> str:
    return _run(["base64", "-A"], data).decode()


def _old_root() -> list[Planted]:
    from tests.unit.certificates_pki import v1_root

    old = v1_root()
    below = issue("Below v1", old)
    leaf = server(FQDN, below, key_name="below v1")
    return [
        planted("a root of X.509 v1", leaf, below, leaf=leaf, ca=(old,), facts={"chain_valid": True}),
        planted(
            "a root of X.509 v1 as a stranger",
            LEAF,
            LOWER,
            UPPER,
            old,
            leaf=LEAF,
            ca=(ROOT,),
            expect={"unrelated-certificate": FAIL, "wrong-order": WARN},
            facts={"chain_valid": True},
        ),
    ]


CASES = [*_names(), *_keys(), *_cas(), *_old_root()]
