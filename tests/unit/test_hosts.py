"""What a look at some hosts changes in what is known of all: nothing of the others, and never to green unseen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.checks import run
from rancher_tui.finding import Finding
from rancher_tui.install import steps
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState, Node
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.cross import judge_together
from rancher_tui.nodes.findings import Scribe
from rancher_tui.proofs import hosts
from rancher_tui.proofs.hosts import Asked, asked_again, look_again
from rancher_tui.transport.ssh_errors import Rung, SshError
from tests.unit.nodes_case import case, judged

STATE = InstallState(nodes=tuple(Node(address=f"192.0.2.1{last}", user="rancher") for last in (1, 2, 3)))


class Fleet:
    """Three hosts that answer with facts; `facts` are changes by row, `down` rows that refuse connections."""

    def __init__(self) -> None:
        self.facts: dict[int, dict[str, Any]] = {}
        self.down: set[int] = set()
        self.asked: list[tuple[int, ...]] = []

    def case(self, number: int, node: Node) -> Case:
        own = {
            "hostname": f"node{number}",
            "machine-id": str(number) * 32,
            "links": f"2: eth0: <BROADCAST,UP> mtu 1500 state UP\\    link/ether 02:00:00:00:00:0{number} brd ff",
            "addresses": f"2: eth0    inet {node.address}/24 brd 192.0.2.255 scope global eth0",
        }
        return case({**own, **self.facts.get(number, {})}, node=node, number=number)

    async def preflight(
        self,
        nodes: list[Node],
        _settings: Any,
        *,
        facts: dict[str, Any],
        cases: dict[int, Case],
        numbers: Any = None,
        only: Any = None,
        expected: Any = None,
    ) -> AsyncIterator[Finding]:
        self.asked.append(tuple(numbers or range(1, len(nodes) + 1)))
        found: list[Finding] = []
        for number, node in zip(self.asked[-1], nodes, strict=True):
            subject = f"node {number} {node.address}"
            facts.setdefault("nodes", {})[subject] = {"address": node.address}
            if number in self.down:
                from rancher_tui.transport.ssh import Target

                found.append(Scribe(subject, Target(node.address, "22", "x")).broken(SshError(Rung.TCP_REFUSED)))
                continue
            cases[number] = self.case(number, node)
            found += judged(cases[number]).values()
        found += judge_together([cases[number] for number in sorted(cases)])
        for finding in found:
            if only is None or finding.evidence.get("id") in only or finding.code == "tcp-refused":
                yield finding


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    made = Fleet()
    monkeypatch.setattr("rancher_tui.nodes.preflight.preflight", made.preflight)
    return made


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Home(tmp_path / "home").create("prod", STATE)


async def look(session: Session, asked: Asked | None = None, state: InstallState = STATE) -> None:
    findings = run("preflight", session, state) if asked is None else look_again(session, state, asked)
    async for _finding in findings:
        continue


def known(session: Session) -> set[tuple[str, str]]:
    """All fails: code and row."""
    findings = session.reports()["preflight"].findings
    return {(each.code, each.subject.split(" ")[1]) for each in findings if each.status.value == "fail"}


def standing(session: Session, state: InstallState = STATE) -> str:
    from datetime import UTC, datetime

    return steps.judge(steps.STEPS[0], state, session.reports(), datetime.now(UTC)).status.value


async def test_looking_at_one_host_again_leaves_what_is_known_of_the_others(
    fleet: Fleet, session: Session
) -> None:
    fleet.facts = {1: {"memory": "MemTotal: 1000000 kB"}, 2: {"hostname": "localhost", "memory": "MemTotal: 1 kB"}}
    await look(session)
    assert known(session) == {("memory", "1"), ("memory", "2"), ("hostname", "2")}
    fleet.facts.pop(1)
    await look(session, Asked((1,)))
    assert fleet.asked[-1] == (1,)
    assert known(session) == {("memory", "2"), ("hostname", "2")}
    assert standing(session) == "failed"


async def test_looking_at_one_group_leaves_the_hosts_other_groups(fleet: Fleet, session: Session) -> None:
    fleet.facts = {2: {"memory": "MemTotal: 1 kB", "leftovers": "/etc/kubernetes"}}
    await look(session)
    fleet.facts = {}
    await look(session, Asked((2,), frozenset({"N16"})))
    assert known(session) == {("leftovers", "2")}
    codes = [(each.code, each.subject) for each in session.reports()["preflight"].findings]
    assert len(codes) == len(set(codes)), "a code appears once a subject"


async def test_hosts_are_held_side_by_side_with_those_seen_before(fleet: Fleet, session: Session) -> None:
    fleet.facts = {3: {"machine-id": "1" * 32}}
    await look(session)
    assert known(session) == {("same-machine-id", "3")}
    await look(session, Asked((2,)))
    assert known(session) == {("same-machine-id", "3")}, "a host that was not asked again is compared all the same"
    fleet.facts = {}
    await look(session, Asked((3,)))
    assert known(session) == set() and standing(session) == "done"


async def test_a_host_that_goes_away_has_only_that(fleet: Fleet, session: Session) -> None:
    await look(session)
    fleet.down = {2}
    await look(session, Asked((2,)))
    findings = session.reports()["preflight"].findings
    assert {each.code for each in findings if each.subject.startswith("node 2")} == {"tcp-refused"}
    assert [each.code for each in session.reports()["docker-ps"].findings if each.bad] == ["tcp-refused"]


async def test_what_must_be_asked_so_that_the_answer_is_whole(fleet: Fleet, session: Session) -> None:
    one = Asked((1,), frozenset({"N16"}))
    assert asked_again(session, STATE, one) == Asked((1, 2, 3)), "nothing was seen yet"
    fleet.down = {1}
    await look(session)
    assert asked_again(session, STATE, one) == Asked((1,)), "it was out of reach: all of it"
    assert asked_again(session, STATE, Asked((2,), one.ids)) == Asked((2,), one.ids)
    session.memory.cases.clear()
    assert asked_again(session, STATE, Asked((1,))) == Asked((1, 2, 3)), "another program looked at the others"


async def test_a_changed_line_is_looked_at_alone_and_then_all_is_proven(fleet: Fleet, session: Session) -> None:
    await look(session)
    changed = STATE.model_copy(
        update={"nodes": (*STATE.nodes[:2], STATE.nodes[2].model_copy(update={"user": "x"}))}
    )
    assert standing(session, changed) == "stale"
    asked = asked_again(session, changed, Asked((3,)))
    assert asked == Asked((3,))
    await look(session, asked, changed)
    assert fleet.asked[-1] == (3,) and standing(session, changed) == "done"


async def test_rows_that_are_gone_are_forgotten(fleet: Fleet, session: Session) -> None:
    fleet.facts = {3: {"memory": "MemTotal: 1 kB"}}
    await look(session)
    fewer = STATE.model_copy(update={"nodes": STATE.nodes[:2]})
    await look(session, Asked((1,)), fewer)
    assert known(session) == set() and standing(session, fewer) == "done"


def test_keys_of_a_file_are_kept_beside_it(tmp_path: Path) -> None:
    assert hosts.pins_beside(tmp_path / "c.yml") == tmp_path / "c.yml.known_hosts"
