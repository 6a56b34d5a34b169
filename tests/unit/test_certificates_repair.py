"""Repair, the CA for Rancher, a private CA made, the served chain against the file, replacing later."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from pathlib import Path

import pytest

from rancher_tui.certificates import ca, make, replace, served
from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import judge
from rancher_tui.certificates.repair import converted, repair
from tests.unit.certificates_pki import FQDN, NOW, chain_of, issue, pem, private_pem, root, server
from tests.unit.test_certificates_planted import CASES

LEAF, LOWER, UPPER, ROOT = chain_of(2)
RIGHT = pem(LEAF, LOWER, UPPER)
CA = ROOT.pem


@pytest.mark.parametrize(
    "dirty",
    [
        pem(UPPER, LEAF, LOWER),
        pem(LEAF, LOWER, UPPER, ROOT),
        pem(LEAF, LEAF, UPPER, LOWER, UPPER),
        pem(LEAF, root("Stranger Root"), LOWER, UPPER),
        b"\xef\xbb\xbf" + RIGHT.replace(b"\n", b"\r\n") + b"end",
        RIGHT.decode().encode("utf-16"),
        base64.b64encode(pem(LOWER, LEAF, UPPER)),
        RIGHT + LEAF.key_pem,
    ],
    ids=["intermediate first", "root", "copies", "stranger", "bom and crlf", "utf-16", "base64", "key"],
)
def test_any_dirty_file_becomes_the_right_chain(dirty: bytes) -> None:
    repaired = repair(Files(dirty, key=LEAF.key_pem, ca=CA, fqdn=FQDN, at=NOW))
    assert repaired.data == RIGHT and repaired.changed and not repaired.remains


def test_a_right_file_is_not_changed() -> None:
    repaired = repair(Files(RIGHT, ca=CA, at=NOW))
    assert repaired.data == RIGHT and not repaired.changed


def test_an_intermediate_that_only_the_ca_file_holds_is_put_in() -> None:
    assert repair(Files(pem(LEAF, LOWER), ca=pem(UPPER, ROOT), at=NOW)).data == RIGHT


def test_what_cannot_be_repaired_is_told() -> None:
    assert repair(Files(b"hello", at=NOW)).reason
    assert "only CAs" in repair(Files(pem(LOWER, UPPER), at=NOW)).reason.english
    still = repair(Files(pem(UPPER, LEAF), ca=CA, at=NOW))
    assert still.data is not None and "Example CA 1" in still.remains.english


def test_a_self_signed_server_certificate_stays() -> None:
    alone = server(FQDN)
    assert repair(Files(alone.pem, ca=alone.pem, at=NOW)).data == alone.pem


def test_a_repaired_chain_is_judged_right_for_every_planted_case() -> None:
    """Whatever was wrong with order, copies, strangers and form: after the repair nothing of it is told any more."""
    mended = {
        "wrong-order",
        "duplicate-certificate",
        "unrelated-certificate",
        "root-included",
        "bad-pem",
        "not-pem",
    }
    mended |= {
        "bom",
        "crlf",
        "leading-text",
        "trailing-garbage",
        "no-final-newline",
        "unsupported-label",
        "other-block",
    }
    mended |= {"truncated-pem", "bad-der", "key-in-chain-file", "multiple-leaves"}
    for case in CASES:
        fixed = repair(
            Files(case.chain, key=case.key, ca=case.ca, fqdn=case.fqdn, at=case.at, passphrase=case.passphrase)
        )
        if fixed.data is None:
            continue
        again = judge(Files(fixed.data, chain_name="fixed", key=case.key, ca=case.ca, fqdn=case.fqdn, at=case.at))
        told = {item.code for item in again.findings if item.subject.startswith("fixed")}
        assert not told & mended, (case.name, told & mended)


def test_other_forms_of_a_ca_become_pem() -> None:
    assert converted(ROOT.der) == CA
    assert converted(CA.decode().encode("utf-16")) == CA
    assert converted(b"hello") is None


def test_the_ca_is_normalised_encoded_and_summed() -> None:
    dirty = b"\xef\xbb\xbf\r\n\r\n" + CA.replace(b"\n", b"\r\n") + b"\r\n"
    encoded = ca.encode(dirty)
    assert encoded.given == base64.b64encode(dirty).decode()
    assert encoded.normalised == base64.b64encode(CA).decode()
    assert encoded.checksum == hashlib.sha256(CA).hexdigest()
    assert ca.normalised(dirty) == CA.decode()


def test_a_ca_file_with_a_key_gives_nothing_to_publish() -> None:
    with_key = CA + private_pem(ROOT.private)
    assert ca.encode(with_key) == ca.Encoded(None, None, None)
    assert ca.normalised(with_key) is None
    assert ca.normalised(ROOT.der) is None


def test_a_made_pair_is_judged_without_a_word(tmp_path: Path) -> None:
    paths = make.write_pair(FQDN, tmp_path / "new")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}
    assert modes["tls.key"] == modes["ca.key"] == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    made = {path.name: path.read_bytes() for path in paths}
    report = judge(
        Files(made["tls.crt"], chain_name="tls.crt", key=made["tls.key"], ca=made["cacerts.pem"], fqdn=FQDN)
    )
    assert {item.status.value for item in report.findings} == {"pass"}
    assert report.facts["chain_valid"] and report.facts["key_matches"] and report.facts["fqdn_covered"]


@pytest.mark.parametrize("asked", ["192.0.2.7", "2001:db8::7", "bücher.example.com", "x" * 60 + ".example.com"])
def test_a_pair_is_made_for_any_host(asked: str) -> None:
    made = make.make_pair(asked)
    report = judge(Files(made.chain, chain_name="c", key=made.key, ca=made.ca, fqdn=asked))
    assert {item.status.value for item in report.findings} == {"pass"}


@pytest.mark.parametrize("asked", ["", "https://x", "a b", "*.example.com"])
def test_no_pair_for_what_is_no_host(asked: str) -> None:
    with pytest.raises(ValueError):
        make.make_pair(asked)


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tls.key").write_text("mine")
    with pytest.raises(FileExistsError):
        make.write_pair(FQDN, tmp_path)
    assert os.listdir(tmp_path) == ["tls.key"]


def _told(there: list[bytes]) -> dict[str, str]:
    return {item.code: item.status.value for item in served.compare(there, RIGHT, endpoint="lb:443")}


def test_what_is_served_is_compared_with_the_file() -> None:
    ders = [LEAF.der, LOWER.der, UPPER.der]
    other = server(FQDN, LOWER, key_name="older")
    assert _told(ders) == {"served-as-file": "pass"}
    assert _told([other.der, *ders[1:]]) == {"served-other": "fail"}
    assert _told(ders[:2]) == {"served-incomplete": "fail"}
    assert _told([*ders, ROOT.der]) == {"served-extra": "warn"}
    assert _told([ders[0], ders[2], ders[1]]) == {"served-order": "fail"}
    assert _told([]) == {"served-nothing": "unknown"}
    assert served.as_pem(ders) == RIGHT


def test_replacing_later_is_told_for_this_install() -> None:
    paths = {"certificate_path": "/etc/lb/chain.pem", "key_path": "/etc/lb/key.pem"}
    same = replace.advice(new_ca=False, fqdn=FQDN, **paths)
    new = replace.advice(new_ca=True, fqdn=FQDN, checksum="ab" * 32, **paths)
    assert "/etc/lb/chain.pem" in same[0].command and FQDN in same[-1].command
    assert not any("cattle" in step.command for step in same)
    commands = " ".join(step.command for step in new)
    assert "cattle-keys-server" in commands and "CATTLE_CA_CHECKSUM=" + "ab" * 32 in commands


def test_the_template_follows_from_what_the_chain_is() -> None:
    from rancher_tui.certificates.certificate import Certificate

    trusted = [Certificate(ROOT.der)]
    public = judge(Files(RIGHT, chain_name="c", at=NOW, system=trusted))
    private = judge(Files(RIGHT, chain_name="c", ca=CA, at=NOW, system=[Certificate(issue("Other").der)]))
    assert public.facts["template"] == "external-recognized-ca"
    assert private.facts["template"] == "external-certificate"
    assert judge(Files(RIGHT, chain_name="c", at=NOW)).facts["template"] is None


def test_agents_words_are_told() -> None:
    def says(chain: bytes, **more: str) -> list[str]:
        found: list[str] = judge(Files(chain, chain_name="c", ca=CA, at=NOW, **more)).facts["agent_says"]  # type: ignore[arg-type]
        return found

    assert says(RIGHT, fqdn=FQDN) == []
    assert "x509: certificate signed by unknown authority" in says(pem(LEAF))
    assert says(RIGHT, fqdn="x.example.org") == [f"x509: certificate is valid for {FQDN}, not x.example.org"]
    assert says(RIGHT, fqdn="192.0.2.1") == [
        "x509: cannot validate certificate for 192.0.2.1 because it doesn't contain any IP SANs"
    ]


def test_the_second_opinion_stands_beside_ours() -> None:
    assert judge(Files(RIGHT, chain_name="c", ca=CA, at=NOW, fqdn=FQDN)).facts["verifier"] == {
        "valid": True,
        "error": "",
    }
    assert judge(Files(pem(LEAF), chain_name="c", ca=CA, at=NOW, fqdn=FQDN)).facts["verifier"]["valid"] is False


def test_edges_are_proven_one_by_one() -> None:
    facts = judge(Files(pem(LEAF, UPPER, LOWER), chain_name="c", ca=CA, at=NOW)).facts
    no, yes = (
        {"names": False, "key_ids": False, "signature": False},
        {"names": True, "key_ids": True, "signature": True},
    )
    assert facts["edges"] == {"file": [no, no], "right": [yes, yes]}
