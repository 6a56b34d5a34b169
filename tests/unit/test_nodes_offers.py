"""What is on offer for the node table, and the report as a file to hand on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install.state import Bastion, InstallState, Node, Options
from rancher_tui.nodes.report import written
from rancher_tui.operations.node_offers import offers, taken

STATE = InstallState(nodes=(Node(address="203.0.113.11", user="rancher"), Node(address="alpha", user="rancher")))


def config(folder: Path, text: str) -> Path:
    file = folder / "config"
    file.write_text(text)
    return file


def told(state: InstallState, learnt: Mapping[str, Mapping[str, object]], file: Path) -> dict[str, str]:
    return {offer.path: offer.value for offer in offers(state, learnt, file)}


def test_the_hosts_own_address_and_name_are_offered(tmp_path: Path) -> None:
    learnt = {"node 1 203.0.113.11": {"internal_address": "10.0.0.11", "hostname": "Node-A"}}
    assert told(STATE, learnt, config(tmp_path, "")) == {
        "nodes.0.internal_address": "10.0.0.11",
        "nodes.0.hostname_override": "node-a",
    }


@pytest.mark.parametrize("hostname", ["localhost", "localhost.localdomain", "no good", "", None, "alpha"])
def test_a_name_that_names_no_node_is_not_offered(tmp_path: Path, hostname: str | None) -> None:
    assert told(STATE, {"node 2 alpha": {"hostname": hostname}}, config(tmp_path, "")) == {}


def test_what_was_learnt_of_another_line_is_not_offered(tmp_path: Path) -> None:
    assert told(STATE, {"node 1 10.9.9.9": {"internal_address": "10.0.0.11"}}, config(tmp_path, "")) == {}


def test_the_ssh_configuration_is_offered_with_its_jump_host_as_bastion(tmp_path: Path) -> None:
    text = (
        "Host alpha\n  HostName 10.0.0.12\n  Port 2222\n  User deploy\nHost *\n  ProxyJump gate@192.0.2.9:2200\n"
    )
    assert told(STATE, {}, config(tmp_path, text)) == {
        "nodes.1.address": "10.0.0.12",
        "nodes.1.port": "2222",
        "nodes.1.user": "deploy",
        "options.bastion.address": "192.0.2.9",
        "options.bastion.user": "gate",
        "options.bastion.port": "2200",
    }


@pytest.mark.parametrize("jump", ["one,two", "none"])
def test_a_chain_of_jump_hosts_is_no_bastion_of_rke(tmp_path: Path, jump: str) -> None:
    assert told(STATE, {}, config(tmp_path, f"Host *\n  ProxyJump {jump}\n")) == {}


def test_a_bastion_that_was_entered_stays(tmp_path: Path) -> None:
    entered = STATE.model_copy(update={"options": Options(bastion=Bastion(address="gate.example.com"))})
    assert told(entered, {}, config(tmp_path, "Host *\n  ProxyJump other\n")) == {}


def test_only_what_is_chosen_is_taken(tmp_path: Path) -> None:
    found = offers(STATE, {}, config(tmp_path, "Host alpha\n  Port 2222\n  User deploy\n"))
    port = next(offer for offer in found if offer.path.endswith("port"))
    assert taken(STATE, [port]).nodes == (STATE.nodes[0], STATE.nodes[1].model_copy(update={"port": "2222"}))
    assert taken(STATE, []) == STATE


HOSTILE = "\x1b[2J<b>|x|</b> `rm` [a](b)"
REPORT = Report(
    "preflight",
    (
        Finding(Status.PASS, "login", "node 1 a", msg("logs in")),
        Finding(Status.FAIL, "docker-hung", "node 1 a", msg("{said}", said=HOSTILE), remedy=msg("restart docker")),
    ),
)


def test_text_from_a_host_stays_text_in_every_form_of_the_report() -> None:
    for name in ("r.txt", "r.md", "R.JSON"):
        text = written(REPORT, name)
        assert "\x1b" not in text and "docker-hung" in text and "restart docker" in text
    (row,) = (line for line in written(REPORT, "r.md").splitlines() if "docker-hung" in line)
    assert row.replace(r"\|", "").count("|") == 5 and "<b>" not in row and "`rm`" not in row.replace(r"\`", "")
    assert json.loads(written(REPORT, "r.json"))["ok"] is False


def test_what_failed_stands_first_in_the_text() -> None:
    lines = written(REPORT, "r.txt").splitlines()
    assert [
        line.split()[1] for line in lines if line.startswith("  ") and line.split()[0] in ("fail", "pass")
    ] == [
        "docker-hung",
        "login",
    ]


def test_another_suffix_is_refused() -> None:
    with pytest.raises(ValueError, match="pdf"):
        written(REPORT, "r.pdf")
