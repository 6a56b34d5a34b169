"""What is written, given to the programs' own validators: ordinary installs and odd ones."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from rancher_tui.balancer.lint import lint
from rancher_tui.balancer.write import write
from rancher_tui.install.state import Balancer, InstallState, Node
from tests.conftest import require
from tests.real.balancers import FQDN, make_pair

pytestmark = pytest.mark.real


def odd_installs(folder: Path) -> dict[str, InstallState]:
    spaced = folder / "tls of @rancher, 2+ (no)".replace("(no)", "=~")
    spaced.mkdir()
    make_pair(spaced)
    make_pair(folder)

    def state(*addresses: str, where: Path = folder, fqdn: str = FQDN, **ports: str) -> InstallState:
        paths = {"certificate_path": str(where / "fullchain.pem"), "key_path": str(where / "privkey.pem")}
        nodes = tuple(Node(address=address) for address in addresses)
        return InstallState(fqdn=fqdn, nodes=nodes, balancer=Balancer(**paths, **ports))

    return {
        "three nodes": state("10.0.0.1", "10.0.0.2", "10.0.0.3"),
        "one node": state("10.0.0.1"),
        "IPv6": state("2001:db8::1", "fd00::2", "::1"),
        "two hundred nodes": state(*(f"10.0.{number // 100}.{number % 100 + 1}" for number in range(200))),
        "other ports": state("10.0.0.1", "10.0.0.2", https_port="8443", http_port="08080", node_port="30080"),
        "paths with blanks and signs": state("10.0.0.1", "10.0.0.2", where=spaced),
        "a name in capitals with its last dot": state("10.0.0.1", "10.0.0.2", fqdn="Rancher.Example.COM."),
        "the longest name": state("10.0.0.1", "10.0.0.2", fqdn=".".join(["a" * 60] * 4)),
        "a name of digits and hyphens": state("10.0.0.1", "10.0.0.2", fqdn="1-2.xn--bcher-kva.example"),
    }


def command(kind: str, folder: Path, file: Path) -> list[str]:
    if kind == "nginx":
        return ["nginx", "-t", "-c", str(file), "-e", str(folder / "error.log"), "-g", f"pid {folder}/pid;"]
    if kind == "haproxy":
        return ["haproxy", "-c", "-f", str(file)]
    return ["caddy", "validate", "--adapter", "caddyfile", "--config", str(file)]


@pytest.mark.parametrize("kind", ["nginx", "haproxy", "caddy"])
def test_the_program_takes_what_we_write_for_it(kind: str, tmp_path: Path) -> None:
    require(kind)
    for what, state in odd_installs(tmp_path).items():
        file = tmp_path / f"{kind}.conf"
        file.write_text(write(state, kind).text)
        tested = subprocess.run(
            command(kind, tmp_path, file),
            capture_output=True,
            text=True,
            env={**os.environ, "HOME": str(tmp_path)},
        )
        said = tested.stdout + tested.stderr
        assert tested.returncode == 0, f"{what}: {said}"
        if kind == "haproxy":
            assert "WARNING" not in said, f"{what}: {said}"
        if kind == "caddy":
            assert "not formatted" not in said, what


@pytest.mark.parametrize("kind", ["nginx", "haproxy"])
async def test_our_own_lint_is_content_with_odd_installs_too(kind: str, tmp_path: Path) -> None:
    require(kind)
    for what, state in odd_installs(tmp_path).items():
        file = tmp_path / f"{kind}.conf"
        file.write_text(write(state, kind).text)
        report = await lint(file)
        told = {finding.code for finding in report.findings if finding.status != "pass"}
        assert told == ({"single-backend"} if what == "one node" else set()), what


async def test_files_that_lie_on_the_balancer_only_are_no_broken_configuration(tmp_path: Path) -> None:
    require("haproxy")
    nodes = (Node(address="10.0.0.1"), Node(address="10.0.0.2"))
    state = InstallState(fqdn=FQDN, nodes=nodes, balancer=Balancer(certificate_path="/nowhere/c.pem"))
    file = tmp_path / "haproxy.cfg"
    file.write_text(write(state, "haproxy").text)
    report = await lint(file)
    assert {(finding.code, finding.status.value) for finding in report.findings} == {
        ("include-missing", "warn"),
        ("fit", "pass"),
    }


async def test_a_configuration_that_would_run_code_is_not_given_to_the_program(tmp_path: Path) -> None:
    require("haproxy")
    proof = tmp_path / "it ran"
    script = tmp_path / "x.lua"
    script.write_text(f'io.open("{proof}", "w"):close()')
    file = tmp_path / "haproxy.cfg"
    file.write_text(f"global\n  lua-load {script}\nfrontend f\n  mode http\n  bind :8080\n")
    report = await lint(file)
    assert not proof.exists()
    assert "not-validated" in {finding.code for finding in report.findings}
