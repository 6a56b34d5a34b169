"""Every planted fault on real BIND servers gives its code; dig and nslookup tell the same."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rancher_tui.dns.check import check
from rancher_tui.dns.names import to_send
from rancher_tui.dns.system import System
from rancher_tui.finding import Finding
from rancher_tui.transport.name_servers import parse_server
from tests.conftest import require
from tests.real.named import World, world

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("named")]

FAULTS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "dns_faults.yml").read_text())


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    require("named", "dnssec-keygen", "dnssec-signzone")
    with world(tmp_path_factory.mktemp("named")) as made:
        yield made


async def asked(
    name: str, expected: list[str], vantages: list[str], limit: float = 1.0
) -> tuple[list[Finding], dict[str, Any]]:
    facts: dict[str, Any] = {}
    findings = [
        finding async for finding in check(name, expected=expected, servers=vantages, timeout=limit, facts=facts)
    ]
    return findings, facts


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["id"] for fault in FAULTS])
async def test_a_planted_fault_gives_its_code(servers: World, fault: dict[str, Any]) -> None:
    vantages = [servers.servers[server] for server in fault["at"]]
    waits = {"silent", "hangs_up", "half_deaf", "blackhole"} & set(fault["at"])
    findings, facts = await asked(fault["ask"], fault["expect"], vantages, limit=0.8 if waits else 5.0)
    told = sorted(finding.code for finding in findings if finding.code != "resolves")
    assert told == sorted(fault["codes"]), [finding.to_json() for finding in findings]
    for finding in findings:
        for text in (finding.title, finding.detail, finding.remedy):
            text.template.format(**text.arguments)
        json.dumps(finding.to_json())

    bad = any(finding.bad for finding in findings)
    green = sum(finding.code == "resolves" for finding in findings)
    assert green == fault.get("green", 0 if bad else len(vantages))
    red_lines = Counter(finding.subject for finding in findings if finding.bad and finding.subject in vantages)
    assert all(number == 1 for number in red_lines.values())
    if "addresses" in fault:
        assert facts["vantages"][0]["addresses"] == fault["addresses"]


AGREED = [
    ("good.lab.test", "auth"),
    ("both.lab.test", "auth"),
    ("alias.lab.test", "auth"),
    ("far.lab.test", "auth"),
    ("six.lab.test", "auth"),
    ("text.lab.test", "auth"),
    ("hollow.lab.test", "auth"),
    ("nothing.lab.test", "auth"),
    ("dangling.lab.test", "auth"),
    ("www.unknown.test", "auth"),
    ("www.broken.test", "auth"),
    ("good.lab.test", "resolver"),
    ("far.lab.test", "resolver"),
    ("six.lab.test", "resolver"),
    ("nothing.lab.test", "resolver"),
    ("www.bogus.test", "resolver"),
    ("c9.lab.test", "auth"),
    ("hostile.lab.test", "auth"),
    *[(name, "auth") for name in ("www.child.lab.test", "circle.lab.test", "self.lab.test", "any.alias.odd.test")],
    *[(name, "auth") for name in ("mixed.odd.test", "MIXED.odd.test", "good.moved.lab.test")],
    *[(name, "resolver") for name in ("text.lab.test", "good.moved.lab.test", "mixed.odd.test")],
    *[(name, "closed_shop") for name in ("good.lab.test", "far.lab.test")],
    ("good.lab.test", "nobody"),
]
NAMES = [f"{name} at {server}" for name, server in AGREED]
FOLLOWED = ("near.lab.test", "gone-near.odd.test", "bare-near.odd.test", "to-signed.odd.test", "to-root.odd.test")
"""Aliases that the server does not follow by itself: the check asks it for the target too."""


@pytest.mark.parametrize(
    ("name", "server"), [*AGREED, *((name, "auth") for name in FOLLOWED)], ids=[*NAMES, *FOLLOWED]
)
async def test_the_text_is_what_nslookup_prints(servers: World, name: str, server: str) -> None:
    require("nslookup")
    _findings, facts = await asked(name, [], [servers.servers[server]], limit=2.0)
    told = subprocess.run(
        ["nslookup", f"-port={servers.port(server)}", name, "127.0.0.1"], capture_output=True, text=True
    )
    assert facts["vantages"][0]["nslookup"] == told.stdout


@pytest.mark.parametrize(("name", "server"), AGREED[:-1], ids=NAMES[:-1])
async def test_dig_gives_the_same_answer(servers: World, name: str, server: str) -> None:
    require("dig")
    _findings, facts = await asked(name, [], [servers.servers[server]], limit=2.0)
    (vantage,) = facts["vantages"]
    told: set[str] = set()
    for kind in ("A", "AAAA"):
        answer = subprocess.run(
            ["dig", "@127.0.0.1", "-p", str(servers.port(server)), name, kind, "+noall", "+answer", "+comments"],
            capture_output=True,
            text=True,
        ).stdout
        records = [line.split() for line in answer.splitlines() if line and not line.startswith(";")]
        told |= {record[4] for record in records if record[3] == kind}
        if kind == "A":
            assert f"status: {vantage['rcode']}" in answer
            assert (" aa" in answer.partition("flags:")[2].partition(";")[0]) == vantage["authoritative"]
            assert [record[4].rstrip(".") for record in records if record[3] == "CNAME"] == vantage["chain"]
    assert set(vantage["addresses"]) == told


def own_system(servers: World, resolver: str, **settings: Any) -> System:
    """A machine whose resolver is one of the servers; the delegation's addresses lead to loopback ports."""
    listeners = {"127.0.2.1": "auth", "127.0.2.2": "closed_shop", "127.0.2.3": "parent"}
    return System(
        (parse_server(servers.servers[resolver]),),
        locate=lambda address: parse_server(servers.servers[listeners[address]]),
        **settings,
    )


async def seen_by(system: System, name: str, expected: list[str]) -> tuple[set[tuple[str, str]], dict[str, Any]]:
    facts: dict[str, Any] = {}
    found = check(name, expected=expected, servers=[], timeout=2.0, facts=facts, system=system)
    return {(finding.code, finding.subject) async for finding in found}, facts


async def test_the_delegation_is_walked_and_its_lame_servers_are_named(servers: World) -> None:
    codes, facts = await seen_by(own_system(servers, "walker"), "good.lab.test", ["203.0.113.10"])
    assert facts["delegation"]["zone"] == "lab.test"
    assert ("resolves", "system resolver 127.0.0.1") in codes
    assert ("resolves", "ns1.lab.test (127.0.2.1)") in codes
    assert ("lame-delegation", "ns2.lab.test (127.0.2.2)") in codes, "refuses to answer"
    assert ("lame-delegation", "ns3.lab.test (127.0.2.3)") in codes, "sends back to itself"
    assert ("lame-delegation", "ns4.gone.test") in codes, "has no address"
    assert ("differing-answers", "good.lab.test") not in codes


async def test_a_name_that_only_the_hosts_file_knows(servers: World) -> None:
    hosts = "127.0.0.1 localhost\n203.0.113.10\tonly-here.lab.test other # the balancer\n"
    codes, facts = await seen_by(
        own_system(servers, "walker", hosts=hosts), "only-here.lab.test", ["203.0.113.10"]
    )
    assert ("hosts-file-only", "/etc/hosts") in codes
    assert ("resolves", "/etc/hosts") in codes
    assert ("nxdomain", "system resolver 127.0.0.1") in codes
    assert "differing-answers" not in {code for code, _subject in codes}, "that follows from the missing record"
    assert [vantage["vantage"] for vantage in facts["vantages"]][:2] == ["system resolver 127.0.0.1", "/etc/hosts"]


async def test_a_hosts_file_that_leads_elsewhere(servers: World) -> None:
    codes, _facts = await seen_by(
        own_system(servers, "walker", hosts="203.0.113.99 GOOD.lab.test"), "good.lab.test", ["203.0.113.10"]
    )
    assert ("wrong-address", "/etc/hosts") in codes
    assert ("differing-answers", "good.lab.test") in codes


async def test_a_search_suffix_with_a_wildcard_is_named(servers: World) -> None:
    suffix = (to_send("wild.lab.test"),)
    codes, facts = await seen_by(own_system(servers, "walker", search=suffix), "good.lab.test", [])
    assert ("search-suffix", "search suffix wild.lab.test") in codes
    assert ("resolves", "search suffix wild.lab.test") in codes, "every vantage without a fault has its green line"
    assert facts["vantages"][-1]["vantage"] == "search suffix wild.lab.test"
    assert "good.lab.test.wild.lab.test" in facts["vantages"][-1]["nslookup"]
    codes, _facts = await seen_by(own_system(servers, "walker", search=suffix), "good.lab.test.", [])
    assert not {code for code, _subject in codes} & {"search-suffix"}, "an absolute name takes no suffix"


async def test_a_resolver_on_loopback_is_named_only_where_the_system_uses_it(servers: World) -> None:
    codes, _facts = await seen_by(own_system(servers, "walker"), "good.lab.test", [])
    assert ("loopback-resolver", "system resolver 127.0.0.1") in codes
    findings, _facts = await asked("good.lab.test", [], [servers.servers["walker"]])
    assert "loopback-resolver" not in {finding.code for finding in findings}
