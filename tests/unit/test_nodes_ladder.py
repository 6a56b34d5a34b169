"""From a login to an engine that RKE takes: what is seen of socket, client and forward gives one code."""

from __future__ import annotations

from typing import Any

import pytest

from rancher_tui.finding import Status
from rancher_tui.install.state import Node
from rancher_tui.nodes.docker_api import Ping, read_answers
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.findings import Scribe
from rancher_tui.nodes.gather import Gathered, Said, assignments, parse
from rancher_tui.nodes.groups import GROUPS, ids
from rancher_tui.nodes.ladder import Reached, judge_docker
from rancher_tui.transport.ssh import Target
from rancher_tui.transport.ssh_errors import Rung, SshError
from tests.unit.nodes_case import composed, said

ANSWERS = Reached(ping=Ping(200, "17.03.2-ce", "OK"))
CANNOT = Reached(error=SshError(Rung.FORWARDING_FAILED, error="open failed"))
REFUSED = Reached(error=SshError(Rung.FORWARDING_REFUSED, error="administratively prohibited"))
DENIED = "Got permission denied while trying to connect to the Docker daemon socket"
DOWN = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
NO_CLIENT: dict[str, Any] = {
    "docker-place": [127, ""],
    "docker-ps": [127, "sh: docker: not found"],
    "docker-server": [127, ""],
}


def verdicts(
    reached: Reached, changes: dict[str, Any] | None = None, system: str = "ubuntu-16.04", **fields: Any
) -> dict[str, Status]:
    facts = {**composed(system), **{fact: said(value) for fact, value in (changes or {}).items()}}
    expected = Expected(**{"docker_versions": ("1.12", "1.13", "17.03"), **fields})
    scribe = Scribe("node 1 n", Target("n", "22", "rancher"))
    found = list(judge_docker(reached, Gathered(facts, complete=True), "/var/run/docker.sock", expected, scribe))
    return {finding.code: finding.status for finding in found}


def red(*args: Any, **fields: Any) -> list[str]:
    return [code for code, status in verdicts(*args, **fields).items() if status in (Status.FAIL, Status.UNKNOWN)]


def test_all_is_well() -> None:
    found = verdicts(ANSWERS)
    assert set(found.values()) == {Status.PASS}
    assert {"forwarding", "docker-version-fits", "docker-ps"} <= found.keys()


@pytest.mark.parametrize(
    ("reached", "changes", "code"),
    [
        (REFUSED, {}, "forwarding-refused"),
        (CANNOT, {}, "forwarding-refused"),
        (CANNOT, {**NO_CLIENT, "socket-answer": "OK"}, "forwarding-refused"),
        (CANNOT, {"docker-ps": [1, DENIED], "socket": "denied"}, "docker-permission"),
        (CANNOT, {**NO_CLIENT, "socket": "denied"}, "docker-permission"),
        (CANNOT, {"docker-ps": [1, DENIED]}, "docker-permission"),
        (CANNOT, {"docker-ps": [1, DOWN]}, "docker-not-running"),
        (CANNOT, {"docker-ps": [1, DOWN], "socket": "missing"}, "docker-not-running"),
        (CANNOT, {**NO_CLIENT, "socket": "missing"}, "docker-missing"),
        (CANNOT, {**NO_CLIENT, "socket": "usable"}, "docker-not-running"),
        (Reached(), {"docker-ps": [137, ""]}, "docker-hung"),
        (ANSWERS, {"docker-ps": [137, ""]}, "docker-hung"),
        (Reached(ping=Ping(500, "", "HTTP/1.1 500")), {}, "docker-not-running"),
        (Reached(ping=Ping(None, "", "gibberish")), {}, "docker-not-running"),
        (
            CANNOT,
            {"docker-place": "/usr/bin/docker\n/usr/bin/podman", "docker-ps": [125, "no"], "socket": "missing"},
            "podman",
        ),
        (ANSWERS, {"docker-place": '/usr/bin/docker\n/usr/bin/docker\nexec /usr/bin/podman "$@"'}, "podman"),
    ],
)
def test_what_is_seen_gives_one_code(reached: Reached, changes: dict[str, Any], code: str) -> None:
    assert red(reached, changes) == [code]


@pytest.mark.parametrize("version", ["1.13.1", "17.03.2-ce", "17.3.0", "v1.12.6"])
def test_major_and_minor_decide(version: str) -> None:
    assert red(ANSWERS, {"docker-server": version}) == []


@pytest.mark.parametrize("version", ["18.09.9", "1.130.0", "20.10.24+dfsg1", "not a version", "17"])
def test_other_versions_and_what_is_none_are_refused(version: str) -> None:
    assert red(Reached(ping=Ping(200, "", "OK")), {"docker-server": version}) == ["docker-version"]


def test_the_override_makes_it_a_warning() -> None:
    found = verdicts(ANSWERS, {"docker-server": "24.0.7"}, ignore_docker_version=True)
    assert found["docker-version"] is Status.WARN


def test_an_engine_that_no_longer_speaks_the_api_of_old_rke() -> None:
    too_old = Ping(
        400, "29.0.0", '{"message":"client version 1.24 is too old. Minimum supported API version is 1.44"}'
    )
    reached = Reached(ping=Ping(200, "29.0.0", "OK"), pinned=too_old)
    assert red(reached, {"docker-server": "29.0.0"}, docker_api="1.24", ignore_docker_version=True) == [
        "docker-version"
    ]


def test_root_on_red_hat_is_told_to_use_another_user() -> None:
    found = verdicts(REFUSED, {"user": "root"}, system="centos-7")
    assert list(found) == ["forwarding-refused"]


def test_the_remedy_names_the_sockets_own_group() -> None:
    facts = {**composed("centos-7"), "socket": Said("denied", 0), "docker-ps": Said(DENIED, 1)}
    scribe = Scribe("node 1 n", Target("n", "22", "rancher"))
    (finding,) = judge_docker(CANNOT, Gathered(facts, complete=True), "/var/run/docker.sock", Expected(), scribe)
    assert "dockerroot" in finding.remedy.english


def test_answers_on_one_stream_are_told_apart_and_unfinished_ones_left_out() -> None:
    ping = b"HTTP/1.1 200 OK\r\nServer: Docker/20.10.24+dfsg1 (linux)\r\nContent-Length: 2\r\n\r\nOK"
    info = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    last = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nto the end"
    first, second, third = read_answers(ping + info + last)
    assert (first.status, first.server, first.body) == (200, "Docker/20.10.24+dfsg1 (linux)", b"OK")
    assert (second.body, third.status, third.body) == (b"{}", 400, b"to the end")
    assert len([*read_answers(ping + info[:-9])]) == 1
    assert len([*read_answers(ping[:-1])]) == 0
    for junk in (
        b"",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"\x00" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"a" * 70_000,
    ):
        assert [*read_answers(junk)] == []


def test_facts_are_read_between_marks_and_nothing_else_is() -> None:
    output = (
        b"Welcome!\n\nM user\nroot\n\nM = 0\nnoise\n\nM os\nM = x\nID=debian\n\nM = 3\n\nM links\ncut off here"
    )
    facts = parse(output, "M")
    assert facts["user"] == Said("root", 0)
    assert facts["links"] == Said("cut off here", None)
    assert "noise" not in "".join(fact.text for fact in facts.values())


def test_values_given_to_the_script_can_be_nothing_but_values() -> None:
    import subprocess

    hostile = "x'; touch /tmp/owned; echo $(id) `id` \"\n#"
    script = assignments(SOCKET=hostile) + 'printf %s "$SOCKET"'
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout == hostile


def test_a_node_without_an_address_has_a_subject_too() -> None:
    from rancher_tui.nodes.findings import subject_of

    assert subject_of(2, Node()) == "node 2 -"


def test_every_check_stands_in_one_group() -> None:
    """N19 is told beside N18, N40 and N41 are the ways between the nodes."""
    told = [number for numbers in GROUPS.values() for number in numbers]
    assert sorted(told) == sorted({*range(1, 51)} - {40, 41})
    assert ids("clean") == {"N35", "N36", "N37"}


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ("srw-rw---- 1 root docker 0 Jan 1 00:00 /var/run/docker.sock", "docker-socket-group"),
        ("srw-rw---- 1 root dockerroot 0 Jan 1 00:00 /var/run/docker.sock", "docker-socket-group"),
        ("srw-rw-rw- 1 root docker 0 Jan 1 00:00 /var/run/docker.sock", "docker-socket-open"),
    ],
)
def test_who_may_use_the_socket_is_told(listed: str, code: str) -> None:
    told = {name for name in verdicts(ANSWERS, {"socket-owner": listed}) if name.startswith("docker-socket")}
    assert told == {code}


def test_nothing_is_said_of_a_socket_that_was_not_seen() -> None:
    assert not {name for name in verdicts(ANSWERS, {"socket-owner": [2, "ls: no such file"]}) if "socket" in name}
