"""One sentence about a name from what all vantages said. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg

_REASONS: Final = {
    "bad-name": msg("cannot be asked for: it is no DNS name"),
    "cname-loop": msg("its aliases run in a circle"),
    "dnssec-bogus": msg("its DNSSEC signatures do not verify"),
    "wrong-address": msg("leads elsewhere"),
    "partly-wrong-address": msg("leads to the load balancer and elsewhere"),
    "nxdomain": msg("is not there"),
    "no-address": msg("has no address of the wanted kind"),
    "lame-delegation": msg("is delegated to a server that does not know it"),
    "servfail": msg("its servers fail"),
    "refused": msg("its servers refuse to answer"),
    "timeout": msg("not every server answers in time"),
    "unreachable": msg("not every server can be reached"),
    "expected-unresolved": msg("the load balancer's own name was not resolved"),
}
"""What is wrong, the gravest cause first."""


def verdict(findings: Sequence[Finding], facts: Mapping[str, Any]) -> Message:
    """The one verdict: who agrees on what, or the gravest reason why not."""
    vantages = [vantage for vantage in facts.get("vantages") or () if vantage.get("origin") != "search"]
    green = {finding.subject for finding in findings if finding.code == "resolves"}
    good, number = sum(vantage["vantage"] in green for vantage in vantages), len(vantages)
    codes = Counter(finding.code for finding in findings if finding.bad)
    warned = {finding.code for finding in findings if finding.status is Status.WARN}
    if not codes:
        agreed = msg("the one vantage asked says {what}", what=_said(vantages))
        if number != 1:
            agreed = msg("{good} of {number} vantages say {what}", good=good, number=number, what=_said(vantages))
        return msg("{agreed}, by IPv6 only", agreed=agreed) if "ipv6-only" in warned else agreed
    if "hosts-file-only" in warned:
        return msg("is only in a hosts file; {good} of {number} vantages know it", good=good, number=number)
    split = next((finding for finding in findings if finding.code == "differing-answers"), None)
    reason = next((words for code, words in _REASONS.items() if codes[code]), msg("not everybody agrees"))
    if split is not None and "Split" in split.detail.english:
        reason = msg("split horizon: the nodes are told something else")
    elif split is not None and good:
        reason = msg("not everywhere yet")
    return msg("{reason}; {good} of {number} vantages are right", reason=reason, good=good, number=number)


def in_order(findings: Sequence[Finding], facts: Mapping[str, Any]) -> list[Finding]:
    """Findings in the order of the vantages that they are about; what is about none comes last."""
    places = {str(vantage["vantage"]): place for place, vantage in enumerate(facts.get("vantages") or ())}
    return sorted(findings, key=lambda finding: places.get(finding.subject, len(places)))


def _said(vantages: Sequence[Mapping[str, Any]]) -> str:
    """What most vantages say: addresses, or the name that an alias leads to."""
    told = Counter(
        ", ".join(vantage["addresses"][:3]) or "".join(vantage["chain"][-1:]) or vantage["rcode"]
        for vantage in vantages
    )
    return told.most_common(1)[0][0] if told else "-"
