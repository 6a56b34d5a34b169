"""Judgement of inputs: pure functions of the state that yield findings. Nothing is refused, changed or looked up.

Three depths: a field by itself, across fields (here), against the world (checks). `missing` says in a person's
words what a step still needs; `findings` judges what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from rancher_tui.finding import Finding
from rancher_tui.i18n import EMPTY, Message, msg, msg_n
from rancher_tui.install import field_rules, keeping_rules, node_rules, option_rules
from rancher_tui.install.state import InstallState

_OF_THE_FQDN: Final = (2, 3)
"""The steps that configure and look up what step 8 names."""

Judgement = Callable[[InstallState], Iterator[Finding]]


def missing(state: InstallState, step: int) -> Message:
    """What step `step` still needs from the operator; empty when its inputs are there."""
    need = _NEEDS.get(step)
    return need(state) if need else EMPTY


def upset(state: InstallState, step: int) -> Message:
    """What is wrong for step `step`, though it is entered and judged at another one; empty for nothing."""
    if step not in _OF_THE_FQDN:
        return EMPTY
    wrong = next((finding for finding in findings(state, 8) if finding.bad), None)
    return msg("step {step}: {lacking}", step=8, lacking=wrong.title) if wrong else EMPTY


def findings(state: InstallState, step: int) -> Iterator[Finding]:
    """What can be said of the inputs of step `step` without looking at the world."""
    for judgement in _JUDGEMENTS.get(step, ()):
        yield from judgement(state)


def all_findings(state: InstallState) -> Iterator[Finding]:
    """The judgements of all steps, step by step."""
    for step in _JUDGEMENTS:
        yield from findings(state, step)


def _hosts_missing(state: InstallState) -> Message:
    if not state.nodes:
        return msg("no host entered yet; rancher-tui nodes SESSION --paste FILE").or_key(
            "no host entered yet; {key:add} adds one, {key:paste} pastes a list"
        )
    without = [number for number, node in enumerate(state.nodes, 1) if not node.address.strip()]
    if without:
        return _numbered(
            msg_n("host {numbers} has no address", "hosts {numbers} have no address", len(without)), without
        )
    return EMPTY


_NAMED: Final = 5
"""Row numbers that a message names; it counts the others."""


def _numbered(counted: Message, numbers: list[int]) -> Message:
    """A counted message with the numbers named, the first few of many."""
    named = ", ".join(str(number) for number in numbers[:_NAMED])
    rest = len(numbers) - _NAMED
    shown: str | Message = msg("{named} and {rest} more", named=named, rest=rest) if rest > 0 else named
    return replace(counted, arguments={**counted.arguments, "numbers": shown})


def _nodes_missing(state: InstallState) -> Message:
    if hosts := _hosts_missing(state):
        return hosts
    without = [number for number, node in enumerate(state.nodes, 1) if not node.user.strip()]
    if not without:
        return EMPTY
    return _numbered(msg_n("node {numbers} has no user", "nodes {numbers} have no user", len(without)), without)


def _look_missing(state: InstallState) -> Message:
    """What hosts cannot be looked at without; the fields of their rows are step 6's."""
    if (lacking := _nodes_missing(state)) and not _hosts_missing(state):
        return msg("step {step}: {lacking}", step=6, lacking=lacking)
    return lacking


def _balancer_missing(state: InstallState) -> Message:
    if not state.balancer.address.strip():
        return msg("the address or name of the load balancer")
    if not state.fqdn.strip():
        return msg("the FQDN (step 8)")
    return _hosts_missing(state)


def _dns_missing(state: InstallState) -> Message:
    if not state.fqdn.strip():
        return msg("the FQDN (step 8)")
    if not state.balancer.address.strip():
        return msg("the address or name of the load balancer (step 2)")
    return EMPTY


def _template_missing(state: InstallState) -> Message:
    return EMPTY if state.template else _WHICH_TEMPLATE


_WHICH_TEMPLATE: Final = msg("which template: rancher-tui set SESSION template=NAME").or_key(
    "which template: {key:propose} proposes one from the certificate"
)


def _certificates_missing(state: InstallState) -> Message:
    files = state.certificates
    if not files.chain_path.strip():
        return msg("the file with the server certificate and its chain")
    if state.template in ("external-certificate", "ingress-certificate") and not files.ca_path.strip():
        return msg("the CA file (the template is for a private CA)")
    if state.template in ("ingress-certificate", "ingress-recognized-ca") and not files.key_path.strip():
        return msg("the private key (the template ends TLS at the ingress)")
    return EMPTY


def _fqdn_missing(state: InstallState) -> Message:
    return EMPTY if state.fqdn.strip() else msg("the name that users and agents will call")


def _version_missing(state: InstallState) -> Message:
    return EMPTY if state.rancher_version.strip() else msg("the Rancher version, for example v2.0.8")


def _export_missing(state: InstallState) -> Message:
    for step, need in ((6, _nodes_missing), (5, _template_missing), (8, _fqdn_missing), (9, _version_missing)):
        if lacking := need(state):
            return msg("step {step}: {lacking}", step=step, lacking=lacking)
    return EMPTY


_NEEDS: Final[dict[int, Callable[[InstallState], Message]]] = {
    1: _look_missing,
    2: _balancer_missing,
    3: _dns_missing,
    5: _template_missing,
    6: _nodes_missing,
    7: _certificates_missing,
    8: _fqdn_missing,
    9: _version_missing,
    10: _export_missing,
    11: _export_missing,
    12: _export_missing,
}

_JUDGEMENTS: Final[dict[int, tuple[Judgement, ...]]] = {
    1: (option_rules.bastion,),
    2: (field_rules.balancer,),
    3: (field_rules.name_servers,),
    4: (field_rules.rke,),
    5: (field_rules.template,),
    6: (node_rules.cells, node_rules.table, option_rules.labels_and_taints),
    8: (field_rules.fqdn,),
    9: (field_rules.rancher_version,),
    10: (field_rules.snapshots, field_rules.options, option_rules.more_options),
    11: (keeping_rules.notice,),
    12: (keeping_rules.copies,),
}
