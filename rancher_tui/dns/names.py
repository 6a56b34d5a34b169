"""Names as people type them, made into names that can be sent, and back into text."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

import dns.name

from rancher_tui.i18n import Message, msg

_LABEL_OCTETS = 63
_NAME_OCTETS = 253


class BadNameError(ValueError):
    """A text that cannot be sent as a name: `typed` is the text, `reason` says why to a person."""

    def __init__(self, typed: str, reason: Message) -> None:
        super().__init__(reason.english)
        self.typed = typed
        self.reason = reason


def to_send(text: str) -> dns.name.Name:
    """The absolute name for `text`: a U-label as its A-label, everything else as typed. BadNameError if none.

    Lengths are those of the text without its last dot: 63 octets a label, 253 in all (RFC 1035 2.3.4).
    """
    mapped = text if text.isascii() else _mapped(text)
    labels = mapped.removesuffix(".").split(".")
    sent = [_label(label, text) for label in labels]
    if sum(len(label) + 1 for label in sent) - 1 > _NAME_OCTETS:
        raise BadNameError(text, msg("the name is longer than {limit} octets", limit=_NAME_OCTETS))
    return dns.name.Name([*sent, b""])


def _mapped(text: str) -> str:
    """Case, width and the dots of other scripts folded (UTS 46)."""
    import idna

    try:
        return idna.uts46_remap(text, std3_rules=False, transitional=False)
    except (idna.IDNAError, UnicodeError) as error:
        raise BadNameError(text, msg("the name has no IDNA form: {words}", words=str(error))) from error


def _label(label: str, text: str) -> bytes:
    if not label:
        raise BadNameError(text, msg("a label of the name is empty"))
    octets = label.encode("ascii") if label.isascii() else _a_label(label, text)
    if len(octets) > _LABEL_OCTETS:
        raise BadNameError(text, msg("a label of the name is longer than {limit} octets", limit=_LABEL_OCTETS))
    return octets


def _a_label(label: str, text: str) -> bytes:
    import idna

    try:
        return idna.alabel(label)
    except (idna.IDNAError, UnicodeError) as error:
        reason = msg("the label {label} has no IDNA form: {words}", label=label, words=str(error))
        raise BadNameError(text, reason) from error


def shown(name: dns.name.Name) -> str:
    """A name as text without its last dot; odd octets escaped as in a zone file."""
    return name.to_text(omit_final_dot=True)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the name should resolve to: addresses, and names whose addresses count (an ALB has only a name)."""

    addresses: frozenset[str] = frozenset()
    names: tuple[dns.name.Name, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.names)


def expected(texts: Iterable[str]) -> Expected:
    """Addresses and names among `texts`; blank ones do not count. BadNameError for what is neither."""
    addresses: set[str] = set()
    names: list[dns.name.Name] = []
    for text in texts:
        stripped = text.strip()
        if not stripped:
            continue
        try:
            addresses.add(normal_address(stripped))
        except ValueError:
            names.append(to_send(stripped))
    return Expected(frozenset(addresses), tuple(dict.fromkeys(names)))


def normal_address(text: str) -> str:
    """An IP address in its one shortest form, without brackets and zone identifier. ValueError if none."""
    bare = text.removeprefix("[").removesuffix("]").partition("%")[0]
    return str(ipaddress.ip_address(bare))


def family(address: str) -> int:
    """4 or 6."""
    return 6 if ":" in address else 4
