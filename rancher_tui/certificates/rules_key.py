"""Rules about the private key: its form, whether it is the server certificate's, where it should not be."""

from __future__ import annotations

from collections.abc import Iterator

from rancher_tui.certificates.case import Case
from rancher_tui.certificates.rule import Rule, finding, name_of
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg


def key_missing(case: Case) -> Iterator[Finding]:
    if case.key.state == "absent":
        yield finding(
            Status.WARN,
            "key-missing",
            case.chain_name,
            msg("no key was given: whether it matches is not proven"),
            remedy=msg("name its file with --key; it is read, never copied").or_key(
                "{key:open} on the key's field names its file; it is read, never copied"
            ),
        )


def key_unusable(case: Case) -> Iterator[Finding]:
    if case.key.state not in ("not-a-private-key", "unparseable"):
        return
    damaged = case.key.state == "unparseable"
    yield finding(
        Status.FAIL,
        "key-unusable",
        case.key_name,
        msg("the private key in it cannot be read") if damaged else msg("no private key in it"),
        detail=msg("it holds: {what}", what=case.key.held),
        remedy=msg("give the file with the private key of the server's certificate"),
    )


def key_not_pem(case: Case) -> Iterator[Finding]:
    if case.key.form not in ("der", "openssh"):
        return
    openssh = case.key.form == "openssh"
    yield finding(
        Status.FAIL,
        "key-not-pem",
        case.key_name,
        msg("a key in OpenSSH's own form") if openssh else msg("a key in binary form (DER)"),
        remedy=msg("ssh-keygen -p -m PEM -f KEY, on a copy")
        if openssh
        else msg("openssl pkey -inform der -in KEY"),
    )


def key_encrypted(case: Case) -> Iterator[Finding]:
    if case.key.encrypted:
        yield finding(
            Status.FAIL,
            "key-encrypted",
            case.key_name,
            msg("the key is encrypted: a load balancer cannot start with it"),
            remedy=msg("openssl pkey -in KEY -out PLAIN, then chmod 600 PLAIN").or_key(
                "{key:unlock} opens it here to compare; for the load balancer: openssl pkey -in KEY -out PLAIN, "
                "then chmod 600 PLAIN"
            ),
        )


def several_keys(case: Case) -> Iterator[Finding]:
    if case.key.keys > 1:
        yield finding(
            Status.FAIL,
            "several-keys",
            case.key_name,
            msg("{number} private keys in one file", number=case.key.keys),
            remedy=msg("leave only the server certificate's key in it"),
        )


def key_mismatch(case: Case) -> Iterator[Finding]:
    leaf = case.leaf
    if leaf is None or case.key.public is None or case.matches_key(leaf):
        return
    owner = next((item for item in [*case.distinct, *case.held] if case.matches_key(item)), None)
    yield finding(
        Status.FAIL,
        "key-mismatch",
        case.key_name,
        msg("not the key of {name}", name=name_of(leaf)),
        detail=msg("it is the key of {subject}", subject=case.subject(owner))
        if owner
        else msg("no certificate here has this key; it may belong to an earlier or later request"),
        remedy=msg("give the key that the certificate was requested with"),
    )


def key_in_chain_file(case: Case) -> Iterator[Finding]:
    if case.chain.private_key:
        yield finding(
            Status.WARN,
            "key-in-chain-file",
            case.chain_name,
            msg("a private key stands in the chain file"),
            remedy=msg("keep it in a file of its own, mode 0600"),
        )


RULES: tuple[Rule, ...] = (
    key_missing,
    key_unusable,
    key_not_pem,
    key_encrypted,
    several_keys,
    key_mismatch,
    key_in_chain_file,
)
