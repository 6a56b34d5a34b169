"""The command `dns` against real BIND servers and odd ones: its JSON, its exit code, every planted fault."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from rancher_tui.cli import main
from rancher_tui.commands.schemas import load
from tests.conftest import require
from tests.real.named import world
from tests.real.odd_servers import odd_servers

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("named")]

PLANTED: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "dns_zones.yml").read_text())
QUIET = {"silent", "half_deaf", "tcp_only"}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    require("named", "dnssec-keygen", "dnssec-signzone")
    with world(tmp_path_factory.mktemp("zones")) as made, odd_servers() as odd:
        yield made.servers | odd


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["dns", *arguments, "--json"])
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, load("dns"))
    return code, document


@pytest.mark.parametrize("planted", PLANTED, ids=[planted["id"] for planted in PLANTED])
def test_what_is_planted_is_told(
    planted: dict[str, Any], places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    servers = [places[name] for name in planted["at"]]
    patience = "0.8" if QUIET & set(planted["at"]) else "4"
    arguments = [planted["ask"], "--timeout", patience]
    arguments += [word for server in servers for word in ("--server", server)]
    arguments += [word for expected in planted["expect"] for word in ("--expect", expected)]
    code, document = run(capsys, *arguments)

    findings, facts = document["findings"], document["facts"]
    assert Counter(f["code"] for f in findings if f["code"] != "resolves") == Counter(planted["codes"]), findings
    assert code == planted["exit"]
    assert document["ok"] == (code == 0)
    red = Counter(f["subject"] for f in findings if f["status"] in ("fail", "unknown"))
    assert all(number == 1 for number in red.values())
    assert facts["name"] == planted["ask"]
    assert facts["expected"] == planted["expect"]
    if planted["codes"] != ["bad-name"]:
        assert [vantage["vantage"] for vantage in facts["vantages"]] == servers
        green = {f["subject"] for f in findings if f["code"] == "resolves"}
        assert green == set(servers) - set(red), "resolves stands for every vantage without a fail or unknown"
    for key, value in planted.get("facts", {}).items():
        assert facts["vantages"][0][key] == value, key


def test_differing_answers_are_about_the_name_as_it_was_typed(
    places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    servers = [word for name in ("auth", "second") for word in ("--server", places[name])]
    _code, document = run(capsys, "Six-More.odd.test.", *servers)
    (finding,) = [found for found in document["findings"] if found["code"] == "differing-answers"]
    assert finding["subject"] == "Six-More.odd.test."
    assert set(finding["evidence"]["answers"]) == {places["auth"], places["second"]}


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.test", "--server", "127.0.0.1:0"],
        ["a.test", "--server", "127.0.0.1:"],
        ["a.test", "--server", "ns1.example.test"],
        ["a.test", "--timeout", "0"],
        ["a.test", "--timeout", "soon"],
        [],
    ],
    ids=["port 0", "no port", "a name as server", "no time", "a word as time", "no name"],
)
def test_a_call_that_is_no_use_exits_2_and_prints_no_json(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dns", *arguments, "--json"]) == 2
    assert capsys.readouterr().out == ""


def test_strict_counts_warnings(places: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["zero.odd.test", "--server", places["auth"]]
    assert run(capsys, *asked)[0] == 0
    assert run(capsys, *asked, "--strict")[0] == 4
    assert run(capsys, "good.odd.test", "--server", places["auth"], "--strict")[0] == 0


def test_a_watch_prints_answers_as_they_come_and_the_report_last(
    places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["good.odd.test", "--server", places["auth"], "--expect", "203.0.113.10", "--watch", "--json"]
    assert main(["dns", *asked]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for line in lines:
        jsonschema.validate(line, load("dns"))
    assert [line.get("code", "report") for line in lines] == ["resolves", "report"]


def test_people_get_the_answer_as_nslookup_prints_it_and_the_record_to_create(
    places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dns", "absent.odd.test", "--server", places["auth"], "--expect", "203.0.113.10"]) == 3
    out = capsys.readouterr().out
    assert "** server can't find absent.odd.test: NXDOMAIN" in out
    assert "absent.odd.test. 300 IN A 203.0.113.10" in out
