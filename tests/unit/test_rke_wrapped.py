"""Logs as people send them: behind times and container names, pasted, coloured, packed, in other encodings."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.rke.explain import explain
from rancher_tui.rke.lines import parse_records
from tests.unit.rke_recorded import folder

LOGS = (
    "fail-badhost-v0.1.18",
    "fail-bad-flag-v0.1.18",
    "fail-badk8s-v1.2.0",
    "fail-concurrent-two-rke-up-v0.1.18",
    "fail-network-job-v0.1.18-tty",
    "fail-plaintext-v0.2.8",
    "fail-wrongport-v1.2.0",
    "up-addon-job-failed-v0.1.18-notty",
)
SHORT = {"info": "INFO", "warning": "WARN", "error": "ERRO", "fatal": "FATA"}


def headed(head: bytes) -> Callable[[bytes], bytes]:
    return lambda log: b"".join(head + line for line in log.splitlines(keepends=True))


def pasted(log: bytes) -> bytes:
    """The log as a terminal without colours shows it."""
    shown = []
    for raw in log.splitlines():
        for record in parse_records(raw):
            head = f"{SHORT[record.level]}[{int(record.elapsed or 0):04}] " if record.level else ""
            shown.append(f"{head}{record.text}\n".encode())
    return b"".join(shown)


def numbered(log: bytes) -> bytes:
    return b"".join(b"%d:%s" % (number, line) for number, line in enumerate(log.splitlines(keepends=True), 1))


def as_json(key: str) -> Callable[[bytes], bytes]:
    def wrap(log: bytes) -> bytes:
        lines = log.decode("utf-8", "replace").splitlines(keepends=True)
        return "".join(json.dumps({key: line, "time": "2026-11-23T07:26:19Z"}) + "\n" for line in lines).encode()

    return wrap


def with_other_text(log: bytes) -> bytes:
    """Words of a shell between the lines; what they say is nobody's cause."""
    parts = []
    for number, line in enumerate(log.splitlines(keepends=True)):
        parts.append(line)
        if number % 3 == 0:
            parts.append(b"root@bastion:~# kubectl get nodes\n")
        if number % 5 == 0:
            parts.append(b"Error from server: unable to authenticate, no such host, panic in the street\n")
    return b"".join(parts)


def recorded_by_script(log: bytes) -> bytes:
    head = b'Script started on 2026-11-23 07:26:19+00:00 [TERM="xterm"]\n$ rke up --config rancher-cluster.yml\n'
    return head + log + b'\n$ exit\n\nScript done on 2026-11-23 07:27:19+00:00 [COMMAND_EXIT_CODE="0"]\n'


WAYS: dict[str, Callable[[bytes], bytes]] = {
    "crlf": lambda log: log.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "crcrlf": lambda log: log.replace(b"\r\n", b"\n").replace(b"\n", b"\r\r\n"),
    "no final line feed": lambda log: log.rstrip(b"\r\n"),
    "byte order mark": lambda log: b"\xef\xbb\xbf" + log,
    "utf-16": lambda log: log.decode("utf-8", "replace").encode("utf-16"),
    "utf-16-be": lambda log: b"\xfe\xff" + log.decode("utf-8", "replace").encode("utf-16-be"),
    "ts": headed(b"Nov 23 07:26:19 "),
    "bracketed time": headed(b"[2026-11-23T07:26:19.123Z] "),
    "iso time": headed(b"2026-11-23T07:26:19.123456Z "),
    "epoch": headed(b"1763882779.123456 "),
    "journald": headed(b"Nov 23 07:26:19 bastion rke[4711]: "),
    "syslog": headed(b"<30>1 2026-11-23T07:26:19Z bastion rke 4711 - - "),
    "compose": headed(b"rke-1  | "),
    "compose in colour": headed(b"\x1b[36mrke_1  |\x1b[0m "),
    "compose with times": headed(b"rke-1  | 2026-11-23T07:26:19.123456789Z "),
    "kubectl": headed(b"[pod/rke-abc/rke] "),
    "quoted mail": headed(b"> "),
    "indented": headed(b"    "),
    "line numbers": numbered,
    "ansible": headed(b'    "stderr: '),
    "terraform": headed(b"rke_cluster.cluster (local-exec): "),
    "github actions": headed(b"2026-11-23T07:26:19.1234567Z \x1b[36;1m"),
    "gitlab": headed(b"\x1b[0K"),
    "docker json-file": as_json("log"),
    "journald json": as_json("MESSAGE"),
    "pasted": pasted,
    "pasted behind compose": lambda log: headed(b"rke-1  | ")(pasted(log)),
    "pasted behind journald": lambda log: headed(b"Nov 23 07:26:19 bastion rke[4711]: ")(pasted(log)),
    "cat -v": lambda log: log.replace(b"\x1b", b"^["),
    "escapes stripped": lambda log: log.replace(b"\x1b", b""),
    "colours stripped": lambda log: re.sub(rb"\x1b\[[0-9;]*m", b"", log),
    "line cleared": lambda log: log.replace(b"\n", b"\x1b[K\n"),
    "NUL bytes": lambda log: log.replace(b"\n", b"\n\0\0"),
    "other text between": with_other_text,
    "script": recorded_by_script,
}


def told(log: Path) -> dict[str, Any]:
    """What must not depend on how a log was brought here."""
    facts = explain(log).facts
    return {
        "outcome": facts["outcome"],
        "decisive": facts["decisive"],
        "phases": [(phase["name"], phase["hosts"]) for phase in facts["phases"]],
        "hosts": facts["hosts"],
        "problems": [(entry["level"], entry["host"], entry["cause"]) for entry in facts["problems"]],
        "rke": facts["rke"],
    }


@pytest.mark.parametrize("way", WAYS)
def test_a_log_says_the_same_however_it_was_brought_here(way: str, tmp_path: Path) -> None:
    path = tmp_path / "rke.log"
    for name in LOGS:
        recorded = folder() / f"{name}.log"
        path.write_bytes(WAYS[way](recorded.read_bytes()))
        assert told(path) == told(recorded), name


@pytest.mark.parametrize(
    ("pack", "form"),
    [(gzip.compress, "gzip"), (bz2.compress, "bzip2"), (lzma.compress, "xz")],
    ids=["gzip", "bzip2", "xz"],
)
def test_a_packed_log_is_refused_by_its_name(pack: Callable[[bytes], bytes], form: str, tmp_path: Path) -> None:
    path = tmp_path / "rke.log.packed"
    path.write_bytes(pack(b"INFO[0000] Building Kubernetes cluster\n"))
    report = explain(path)
    assert [finding.code for finding in report.findings] == ["log-packed"]
    assert form in str(report.findings[0].title)
    assert not report.ok


def test_a_log_can_come_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    recorded = folder() / "fail-badhost-v0.1.18.log"
    writer = threading.Thread(target=lambda: pipe.write_bytes(recorded.read_bytes()))
    writer.start()
    found = told(pipe)
    writer.join()
    assert found == told(recorded)


def test_every_log_cut_after_any_line_is_read_to_no_other_end_than_its_words(tmp_path: Path) -> None:
    path = tmp_path / "rke.log"
    for name in LOGS:
        lines = (folder() / f"{name}.log").read_bytes().splitlines(keepends=True)
        for end in range(0, len(lines), 7):
            path.write_bytes(b"".join(lines[:end]))
            words = b"".join(lines[:end])
            outcome = explain(path).facts["outcome"]
            if b"Finished building" in words:
                assert outcome.startswith("finished"), (name, end)
            elif b"FATA" in words or b"level=fatal" in words:
                assert outcome in ("failed", "finished-incomplete"), (name, end)
            else:
                assert outcome == "cut-off", (name, end)


@pytest.mark.parametrize(
    ("text", "outcome", "decisive", "phases"),
    [
        (
            "INFO[0000] Building Kubernetes cluster\nFATA[0001] one\nINFO[0000] Building Kubernetes cluster\n"
            "INFO[0000] [dialer] Setup tunnel for host [10.0.0.1]\n",
            "cut-off",
            None,
            ["start", "dial"],
        ),
        (
            "INFO[0000] Building Kubernetes cluster\nINFO[0000] [etcd] Building up etcd plane..\n"
            "INFO[0000] Building Kubernetes cluster\nINFO[0009] Finished building Kubernetes cluster successfully\n",
            "finished",
            None,
            ["start", "end"],
        ),
        (
            "INFO[0000] Initiating Kubernetes cluster\nINFO[0000] [dialer] Setup tunnel for host [10.0.0.1]\n"
            "INFO[0000] Building Kubernetes cluster\nINFO[0001] [dialer] Setup tunnel for host [10.0.0.1]\n",
            "cut-off",
            None,
            ["start", "dial"],
        ),
        (
            "INFO[0000] Building Kubernetes cluster\nFATA[0001] one\n\nINFO[0001] something after it\n",
            "failed",
            "unknown",
            ["start"],
        ),
    ],
    ids=["a second run", "a run after a killed one", "one run of two beginnings", "words after the end"],
)
def test_the_last_run_of_a_log_is_judged(
    text: str, outcome: str, decisive: str | None, phases: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "rke.log"
    path.write_text(text)
    facts = explain(path).facts
    assert (facts["outcome"], facts["decisive"]) == (outcome, decisive)
    assert [phase["name"] for phase in facts["phases"]] == phases


OBSERVED = {
    "connection-lost": "Failed to set up SSH tunneling for host [10.77.1.13]: Can't retrieve Docker Info: error during"
    ' connect: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/info": Failed to dial to /var/run/docker.sock: ssh:'
    " unexpected packet in response to channel open: <nil>",
    "tcp-unreachable": "Failed to set up SSH tunneling for host [10.0.0.3]: Can't retrieve Docker Info: error during"
    " connect: Get http://%2Fvar%2Frun%2Fdocker.sock/v1.24/info: Unable to access node with address [10.0.0.3:2222]"
    " using SSH. Please check if the node is up and is accepting SSH connections or check network policies and"
    " firewall rules. Error: dial tcp 10.0.0.3:2222: getsockopt: no route to host",
    "key-unreadable": "Failed to set up SSH tunneling for host [10.0.0.1]: Can't establish dialer connection: Error"
    " while reading SSH key file: open /home/op/.ssh/id_rsa: permission denied",
    "unknown": "Something about Docker, SSH and etcd that no rke says",
}


@pytest.mark.parametrize("code", OBSERVED)
def test_words_of_rke_are_given_their_cause(code: str, tmp_path: Path) -> None:
    """Said by a real v0.1.18 and v1.2.0 on nodes with the fault, or written in rke's source."""
    path = tmp_path / "rke.log"
    path.write_text(f"INFO[0000] Building Kubernetes cluster\nWARN[0000] {OBSERVED[code]}\n")
    assert [problem["cause"] for problem in explain(path).facts["problems"]] == [code]


def test_lines_after_a_problem_change_its_cause_only_when_they_belong_to_it(tmp_path: Path) -> None:
    path = tmp_path / "rke.log"
    begin = "INFO[0000] Building Kubernetes cluster\n"
    path.write_text(f"{begin}FATA[0001] odd\nssh: unable to authenticate\n")
    assert explain(path).facts["decisive"] == "unknown"
    path.write_text(f"{begin}FATA[0001] Failed to parse cluster file: yaml: unmarshal errors:\n  line 3: cannot"
                    " unmarshal !!str `worker` into []string\n")  # fmt: skip
    assert explain(path).facts["decisive"] == "config-type"
