"""What is known of the FQDN beside its form: who calls it, where it leads, what the certificate is for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rancher_tui.i18n import _
from rancher_tui.install.state import InstallState
from rancher_tui.install.steps import StepState, StepStatus
from rancher_tui.text import clean
from screens.look.words import shown, status_ink, status_word
from screens.widgets.lines import Line, fit, wrap

_HEAD = 25
_MOST_NAMES = 4


def lines(
    state: InstallState, steps: Sequence[StepState], certificates: Mapping[str, Any], cells: int
) -> list[Line]:
    """What a name must be while there is none that is right; then what it leads to."""
    if steps[7].status in (StepStatus.TODO, StepStatus.FAILED):
        return [[("", "plain")], *_wanted(_names(certificates), cells)]
    port = state.balancer.https_port.strip()
    address = f"https://{state.fqdn.strip()}" + ("" if port in ("", "443") else f":{port}")
    covered = certificates.get("fqdn_covered") if steps[6].taken_at is not None else None
    dns = steps[2]
    rows = [
        (_("users and agents call"), clean(address), "plain"),
        (_("DNS (step 3)"), f"{status_word(dns.status)}  {shown(dns.note)}", status_ink(dns.status)),
        (_("certificate (step 7)"), *_coverage(covered, _names(certificates))),
    ]
    return [[("", "plain")], *(line for row in rows for line in _row(*row, cells))]


def _coverage(covered: bool | None, names: Sequence[str]) -> tuple[str, str]:
    """Whether the certificate is for the name, in words, and their ink; None: not judged."""
    if covered is None:
        return _("not judged for this name yet: c on step 7"), "dim"
    if covered:
        return _("is for this name"), "pass"
    return _("is for other names: {names}").format(names=", ".join(names)), "fail"


def _row(head: str, text: str, ink: str, cells: int) -> list[Line]:
    first, *rest = wrap(text, max(10, cells - _HEAD - 1))
    return [
        [(f" {fit(head, _HEAD - 1)}", "dim"), (first, ink)],
        *([(" " * _HEAD, "plain"), (more, ink)] for more in rest),
    ]


def _names(certificates: Mapping[str, Any]) -> list[str]:
    """The first names that the judged server certificate carries."""
    leaf: Mapping[str, Any] = next(
        (item for item in certificates.get("certificates") or () if item.get("role") == "leaf"), {}
    )
    return [clean(str(name)) for name in (leaf.get("names") or ())[:_MOST_NAMES]]


def _wanted(names: Sequence[str], cells: int) -> list[Line]:
    texts = [
        _("The name that users and agents will call: lower case, with its domain; no scheme, port, path or *."),
        _("Agents keep it for good: take one that will stay."),
    ]
    if names:
        texts.append(_("The certificate of step 7 is for {names}.").format(names=", ".join(names)))
    return [[(f" {line}", "dim")] for text in texts for line in wrap(text, cells - 2)]
