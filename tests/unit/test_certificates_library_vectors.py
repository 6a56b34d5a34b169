"""The vectors of the library's own tests: NIST's PKITS paths, and certificate files with every kind of dirt.

PKITS asks for revocation lists and policies too, which neither Go, browsers' TLS nor we look at by a file alone.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from rancher_tui.certificates import keys, reading
from rancher_tui.certificates.certificate import READ_ERRORS, Certificate, NotACertificateError
from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import judge
from rancher_tui.certificates.repair import to_pem

vectors = pytest.importorskip("cryptography_vectors")
FOLDER = Path(vectors.__file__).parent
AT = datetime(2016, 1, 1, tzinfo=UTC)

NOT_JUDGED = {
    "revocation": r"CRL|cRLSign|Revoked|[dD]istributionPoint|onlyContains|onlySomeReasons|SerialNumber|NewWithOld|OldWithNew"
    r"|cRLIssuer|SeparateCertificate",
    "policies": r"[pP]olic|inhibit|requireExplicit|CPSPointer|UserNotice|AnyPolicy",
}
"""Why a path that PKITS refuses is none of ours to refuse, by the name of its test."""
UNREADABLE = {"DSAParametersInheritedCACert", "ValidDSAParameterInheritanceTest5EE"}
"""Keys whose parameters stand in the issuer's certificate: no TLS program takes them."""


@cache
def _pkits() -> dict[str, Certificate]:
    found = {}
    for path in sorted((FOLDER / "x509" / "PKITS_data" / "certs").glob("*.crt")):
        try:
            found[path.stem] = Certificate(path.read_bytes())
        except NotACertificateError:
            assert path.stem in UNREADABLE
    return found


def _above(leaf: Certificate) -> list[Certificate]:
    """The CAs whose names lead up from `leaf`."""
    by_name: dict[object, list[Certificate]] = {}
    for name, certificate in _pkits().items():
        if not name.endswith("EE") and name != "TrustAnchorRootCertificate":
            by_name.setdefault(certificate.subject_key, []).append(certificate)
    found: dict[Certificate, None] = {}
    queue = [leaf]
    while queue:
        for issuer in by_name.get(queue.pop().issuer_key, []):
            if issuer not in found:
                found[issuer] = None
                queue.append(issuer)
    return list(found)


def test_pkits_is_answered_as_it_asks_but_for_what_a_file_cannot_tell() -> None:
    """A path that is valid must be; one that is not must be refused, unless revocation or policy is the reason."""
    ca, answers, wrong = to_pem([_pkits()["TrustAnchorRootCertificate"]]), Counter[str](), []
    for name, leaf in _pkits().items():
        if not name.endswith("EE") or leaf.marked_ca:
            continue
        report = judge(Files(to_pem([leaf, *_above(leaf)]), chain_name="c", ca=ca, at=AT))
        valid, wanted = report.facts["chain_valid"], name.startswith("Valid")
        topic = next((topic for topic, words in NOT_JUDGED.items() if re.search(words, name)), "")
        answers["agree" if valid is wanted else topic or "disagree"] += 1
        if valid is not wanted and (wanted or not topic):
            wrong.append(name)
    print(dict(answers))
    assert wrong == []
    assert answers["agree"] >= 125


def _files() -> list[Path]:
    folders = [FOLDER / "x509", FOLDER / "pkcs7", FOLDER / "pkcs12", FOLDER / "asymmetric"]
    found = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "PKITS" not in str(path)
    ]
    return [path for path in found if path.stat().st_size < 200_000 and path.suffix != ".txt"]


def test_every_file_of_the_library_is_read_without_an_error_and_no_certificate_is_lost() -> None:
    """What the library reads of a file as PEM, we read too, whatever stands around it."""
    compared = 0
    for path in _files():
        data = path.read_bytes()
        found = {item.der for item in reading.read(data).certificates}
        keys.read(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                theirs = x509.load_pem_x509_certificates(data)
            except READ_ERRORS:
                continue
            for certificate in theirs:
                compared += 1
                assert certificate.public_bytes(Encoding.DER) in found, path
    assert compared >= 60
