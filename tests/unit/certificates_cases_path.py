"""Planted cases about the path and the profile: dates, flags, usages, constraints, strength."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from tests.unit.certificates_pki import DAY, FQDN, NOW, chain_of, issue, root, server
from tests.unit.certificates_planted import Planted, planted

FAIL, WARN = "fail", "warn"
LEAF, LOWER, UPPER, ROOT = chain_of(2)
SECOND = timedelta(seconds=1)
BROKEN = {"chain_valid": False, "order_ok": True}
SOUND = {"chain_valid": True, "order_ok": True}


def _leaf(
    label: str, expect: dict[str, str], facts: dict[str, Any], openssl: bool = True, **changes: Any
) -> Planted:
    """A chain whose leaf differs."""
    leaf = server(FQDN, LOWER, **{"key_name": "path leaf", **changes})
    return planted(label, leaf, LOWER, UPPER, leaf=leaf, ca=(ROOT,), expect=expect, facts=facts, openssl=openssl)


def _middle(label: str, expect: dict[str, str], facts: dict[str, Any], **changes: Any) -> Planted:
    """A chain whose intermediate below the root differs."""
    middle = issue("Odd CA", ROOT, **changes)
    leaf = server(FQDN, middle, key_name="path leaf")
    return planted(label, leaf, middle, leaf=leaf, ca=(ROOT,), expect=expect, facts=facts)


def _root(label: str, expect: dict[str, str], facts: dict[str, Any], **changes: Any) -> Planted:
    """A chain whose root, in the CA file, differs."""
    above = issue("Odd Root", **changes)
    middle = issue("CA below", above)
    leaf = server(FQDN, middle, key_name="path leaf")
    return planted(label, leaf, middle, leaf=leaf, ca=(above,), expect=expect, facts=facts)


def _dates() -> list[Planted]:
    expired, soon, early = {"expired": FAIL}, {"expires-soon": WARN}, {"not-yet-valid": FAIL}
    return [
        _leaf("leaf expired a second ago", expired, BROKEN, end=NOW - SECOND),
        _leaf("leaf in its last second", soon, SOUND, openssl=False, end=NOW),
        _leaf("leaf from this second on", {}, SOUND, begin=NOW),
        _leaf("leaf from the next second on", early, BROKEN, begin=NOW + SECOND),
        _leaf("leaf with 30 days left", {}, SOUND, end=NOW + 30 * DAY),
        _leaf("leaf with less than 30 days left", soon, SOUND, end=NOW + 30 * DAY - SECOND),
        _leaf("leaf for 825 days", {}, SOUND, begin=NOW - 25 * DAY, end=NOW + 800 * DAY),
        _leaf("leaf for longer", {"long-validity": WARN}, SOUND, begin=NOW - 25 * DAY, end=NOW + 801 * DAY),
        _middle("intermediate expired", expired, BROKEN, end=NOW - DAY),
        _middle("intermediate not yet valid", early, BROKEN, begin=NOW + DAY),
        _middle("intermediate expires soon", soon, SOUND, end=NOW + 10 * DAY),
        _root("root expired", expired, BROKEN, end=NOW - DAY),
        _root("root not yet valid", early, BROKEN, begin=NOW + DAY),
        _root("root expires soon", soon, SOUND, end=NOW + 10 * DAY),
        *_unneeded_and_over(),
    ]


def _unneeded_and_over() -> list[Planted]:
    old_root = root("Old Root", begin=NOW - 900 * DAY)
    gone = issue("Old Root", end=NOW - DAY, key_name="Old Root")
    below = issue("CA of the old", old_root)
    leaf = server(FQDN, below, key_name="old leaf")
    stale = issue("CA of the old", old_root, end=NOW - DAY)
    foreign = issue("Foreign CA", root("Foreign Root"), end=NOW - DAY)
    return [
        planted(
            "an expired stranger",
            LEAF,
            LOWER,
            UPPER,
            foreign,
            leaf=LEAF,
            ca=(ROOT,),
            expect={"unrelated-certificate": FAIL, "wrong-order": WARN, "expired-intermediate": WARN},
            facts={"chain_valid": True},
        ),
        planted(
            "the renewed intermediate and the expired one",
            leaf,
            below,
            stale,
            leaf=leaf,
            ca=(old_root,),
            expect={"cross-signed": WARN, "expired-intermediate": WARN},
            facts={"chain_valid": True, "order_ok": None},
        ),
        planted(
            "an expired CA that is not needed",
            LEAF,
            LOWER,
            UPPER,
            leaf=LEAF,
            ca=(ROOT, gone),
            expect={"expired-ca": WARN},
            facts=SOUND,
        ),
        planted(
            "the expired root served, the renewed one trusted",
            leaf,
            below,
            gone,
            leaf=leaf,
            ca=(old_root,),
            expect={"expired-ca": WARN, "root-included": WARN, "cross-signed": WARN},
            facts=SOUND,
        ),
    ]


def _flags() -> list[Planted]:
    flag, use = {"bad-ca-flag": FAIL}, {"bad-key-usage": FAIL}
    deep = issue("Deep root", path_length=1)
    shallow = issue("Shallow root", path_length=0)
    over = issue("One too many", shallow)
    under = issue("Just enough", deep)
    high, low = server(FQDN, over, key_name="high"), server(FQDN, under, key_name="low")
    return [
        _middle("intermediate marked as no CA", flag, BROKEN, ca=False),
        _middle("intermediate without basic constraints", flag, BROKEN, ca=None),
        _root("root marked as no CA", {"ca-not-ca": FAIL}, {"chain_valid": None, "order_ok": True}, ca=False),
        _middle("intermediate that may not sign certificates", use, BROKEN, key_usage=("digital_signature",)),
        _root("root that may not sign certificates", use, BROKEN, key_usage=("crl_sign",)),
        _middle("intermediate without key usage", {"missing-key-usage": WARN}, SOUND, key_usage=None),
        _leaf("leaf that may only sign CRLs", use, BROKEN, key_usage=("crl_sign",)),
        _leaf("leaf that may only agree on keys", {}, SOUND, key_usage=("key_agreement",)),
        _leaf("leaf without key usage", {"missing-key-usage": WARN}, SOUND, key_usage=None),
        planted(
            "too many CAs for the path length",
            high,
            over,
            leaf=high,
            ca=(shallow,),
            expect={"pathlen-violated": FAIL},
            facts=BROKEN,
        ),
        planted("just as many CAs as allowed", low, under, leaf=low, ca=(deep,), facts=SOUND),
    ]


def _usages() -> list[Planted]:
    without, any_usage = {"eku-no-serverauth": FAIL}, {"eku-any": WARN}
    client, anything = (Usage.CLIENT_AUTH,), (Usage.ANY_EXTENDED_KEY_USAGE,)
    return [
        _leaf("leaf for clients only", without, BROKEN, eku=client),
        _leaf("leaf for both", {}, SOUND, eku=(*client, Usage.SERVER_AUTH)),
        _leaf("leaf without extended key usage", {"missing-eku": WARN}, SOUND, eku=None),
        _leaf("leaf for anything", any_usage, SOUND, openssl=False, eku=anything),
        _middle("intermediate for clients only", without, BROKEN, eku=client),
        _middle("intermediate for servers", {}, SOUND, eku=(Usage.SERVER_AUTH,)),
        _leaf("leaf without its issuer's key identifier", {"missing-aki": WARN}, SOUND, aki=False),
        _leaf(
            "unknown critical extension",
            {"unknown-critical-extension": FAIL},
            BROKEN,
            critical="1.3.6.1.4.1.99999.1",
        ),
        _middle(
            "intermediate with an unknown critical extension",
            {"unknown-critical-extension": FAIL},
            BROKEN,
            critical="1.3.6.1.4.1.99999.1",
        ),
    ]


def _constraints() -> list[Planted]:
    broken = {"name-constraint-violated": FAIL}
    mine, other = (x509.DNSName("example.com"),), (x509.DNSName("example.org"),)
    return [
        _middle("permitted subtree holds the name", {}, SOUND, permitted=mine),
        _middle("permitted subtree is another", broken, BROKEN, permitted=other),
        _middle("excluded subtree holds the name", broken, BROKEN, excluded=mine),
        _middle("excluded subtree is another", {}, SOUND, excluded=other),
        _middle("look-alike of a permitted subtree", broken, BROKEN, permitted=(x509.DNSName("ample.com"),)),
        _root("constraint in the root", broken, BROKEN, permitted=other),
        _middle("constraint on mail only", {}, SOUND, permitted=(x509.RFC822Name("example.org"),)),
    ]


def _strength() -> list[Planted]:
    weak = {"weak-key": FAIL}
    return [
        _leaf("RSA of 1024 bits", weak, SOUND, kind="rsa1024"),
        _leaf("RSA of 2048 bits", {}, SOUND, kind="rsa2048"),
        _leaf("EC of 224 bits", weak, SOUND, kind="p224"),
        _leaf("EC of 384 bits", {}, SOUND, kind="p384"),
        _middle("intermediate with RSA of 1024 bits", weak, SOUND, kind="rsa1024"),
        _root("root with RSA of 1024 bits", weak, SOUND, kind="rsa1024"),
        _leaf("DSA", {"unsupported-key": FAIL}, SOUND, kind="dsa"),
        _leaf("Ed25519", {"unsupported-key": WARN}, SOUND, kind="ed25519", key_usage=("digital_signature",)),
        _leaf("a curve that Go cannot read", {"unsupported-key": FAIL}, SOUND, kind="brainpool"),
    ]


def _old_signatures() -> list[Planted]:
    """All but the root's own are refused by clients, which does not change whether the chain is valid."""
    above = root("RSA Root", kind="rsa2048")
    sha1_root = root("RSA Root", kind="rsa2048", digest="sha1")
    signature = {"weak-signature": FAIL}
    found = []
    for digest in ("sha1", "md5"):
        leaf = server(FQDN, above, key_name="path leaf", digest=digest)
        found.append(
            planted(
                f"leaf signed with {digest}",
                leaf,
                leaf=leaf,
                ca=(above,),
                expect=signature,
                facts=SOUND,
            )
        )
    middle = issue("CA by SHA-1", above, digest="sha1")
    leaf = server(FQDN, middle, key_name="path leaf")
    plain = server(FQDN, above, key_name="path leaf")
    unknown = server(FQDN, above, key_name="path leaf", digest="md2")
    return [
        *found,
        planted(
            "intermediate signed with SHA-1",
            leaf,
            middle,
            leaf=leaf,
            ca=(above,),
            expect=signature,
            facts=SOUND,
        ),
        planted("root signed with SHA-1, not served", plain, leaf=plain, ca=(sha1_root,), facts=SOUND),
        planted(
            "root signed with SHA-1, served",
            plain,
            sha1_root,
            leaf=plain,
            ca=(sha1_root,),
            expect={"root-included": WARN},
            facts=SOUND,
        ),
        planted(
            "signed with an algorithm that nobody can check",
            unknown,
            above,
            leaf=unknown,
            ca=(above,),
            expect={**signature, "root-included": WARN},
            facts={"chain_valid": False, "order_ok": True},
        ),
    ]


def _at() -> list[Planted]:
    later = {"at": NOW + 301 * DAY}
    return [
        planted(
            "asked about a later day",
            LEAF,
            LOWER,
            UPPER,
            leaf=LEAF,
            ca=(ROOT,),
            expect={"expired": FAIL},
            facts=BROKEN,
            **later,
        ),
    ]


CASES = [*_dates(), *_flags(), *_usages(), *_constraints(), *_strength(), *_old_signatures(), *_at()]
