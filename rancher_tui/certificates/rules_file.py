"""Rules about the form of the three files: what is not PEM, what is damaged, what stands around the blocks."""

from __future__ import annotations

from collections.abc import Iterator

from rancher_tui.certificates import pem
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.reading import EDGES, Reading, edges
from rancher_tui.certificates.rule import Rule, finding
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg

_FIX = msg("rancher-tui cert CHAIN --fix OUT writes a plain PEM file").or_key(
    "{key:write} writes a plain PEM file"
)


def _chain_rule(code: str, status: Status, title: Message, remedy: Message = _FIX) -> Rule:
    """A rule that tells one kind of damage in the chain file, with the lines where it shows."""

    def rule(case: Case) -> Iterator[Finding]:
        if code in case.chain.damage:
            yield finding(status, code, case.chain_name, title, remedy=remedy, lines=case.chain.damage[code])

    rule.__name__ = code.replace("-", "_")
    return rule


def not_pem(case: Case) -> Iterator[Finding]:
    if "not-pem" not in case.chain.damage:
        return
    locked = case.chain.form == "pkcs12" and not case.chain.certificates
    yield finding(
        Status.FAIL,
        "not-pem",
        case.chain_name,
        msg("certificates in another form: {form}", form=case.chain.form),
        detail=msg("it opens with its password only") if locked else EMPTY,
        remedy=msg("give its password") if locked else _FIX,
        form=case.chain.form,
    )


no_certificate = _chain_rule(
    "no-certificate",
    Status.FAIL,
    msg("no certificate in it"),
    msg("choose the file with the server's certificate"),
)
truncated_pem = _chain_rule(
    "truncated-pem", Status.FAIL, msg("cut off: a BEGIN line without its END"), msg("copy the file again")
)
bad_der = _chain_rule(
    "bad-der", Status.FAIL, msg("a CERTIFICATE block that holds no whole certificate"), msg("copy the file again")
)
unsupported_label = _chain_rule(
    "unsupported-label", Status.FAIL, msg("a certificate under another label than CERTIFICATE: Go skips it")
)
bad_pem = _chain_rule("bad-pem", Status.FAIL, msg("damaged PEM: a marker or a body that is not read"))
other_block = _chain_rule("other-block", Status.WARN, msg("blocks that are no certificates"))


def _edge_rule(code: str, title: Message) -> Rule:
    """A rule about what stands around the blocks of any of the three files."""

    def rule(case: Case) -> Iterator[Finding]:
        for name, lines, published in _edged(case):
            if code in lines:
                grave = code == "bom" and not published
                status = Status.FAIL if grave else Status.WARN
                yield finding(status, code, name, title, remedy=_FIX, lines=lines[code])

    rule.__name__ = code.replace("-", "_")
    return rule


def _edged(case: Case) -> Iterator[tuple[str, dict[str, list[int]], bool]]:
    """Each PEM file: its name, the lines of each kind of dirt, and whether it is the CA file."""
    yield case.chain_name, _dirt(case.chain), False
    if case.ca is not None and case.ca.form == "pem":
        yield case.ca_name, _dirt(case.ca), True
    if case.key_data is not None and case.key.marks and case.key.state != "not-a-private-key":
        noted = Reading("pem", body=case.key_data.removeprefix(pem.BOM))
        edges(noted, case.key_data, case.key.marks)
        told = ("bom", "crlf") if case.key.state == "unparseable" else EDGES
        yield case.key_name, {code: lines for code, lines in noted.damage.items() if code in told}, False


def _dirt(reading: Reading) -> dict[str, list[int]]:
    return {code: lines for code, lines in reading.damage.items() if code in EDGES}


bom = _edge_rule("bom", msg("begins with a byte order mark: Go's TLS loses the first block"))
crlf = _edge_rule("crlf", msg("has Windows line ends"))
leading_text = _edge_rule("leading-text", msg("text before a block, which readers skip"))
trailing_garbage = _edge_rule("trailing-garbage", msg("something after the last block, which readers skip"))
no_final_newline = _edge_rule(
    "no-final-newline", msg("its last line has no end: joined to another file it breaks")
)

RULES: tuple[Rule, ...] = (
    not_pem,
    no_certificate,
    truncated_pem,
    bad_der,
    unsupported_label,
    bad_pem,
    bom,
    crlf,
    leading_text,
    trailing_garbage,
    no_final_newline,
    other_block,
)
