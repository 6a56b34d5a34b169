"""The nginx configuration that the program writes, given to the real nginx."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rancher_tui.balancer.write import write
from rancher_tui.install.state import Balancer, InstallState, Node
from rancher_tui.transport.http import FetchError, fetch
from tests.conftest import require
from tests.real.balancers import FQDN, free_port, make_pair, nginx, pong_backend

pytestmark = pytest.mark.real


def state(folder: Path, **balancer: str) -> InstallState:
    paths = {"certificate_path": str(folder / "fullchain.pem"), "key_path": str(folder / "privkey.pem")}
    nodes = tuple(Node(address=f"127.0.0.{number}") for number in (11, 12, 13))
    return InstallState(fqdn=FQDN, nodes=nodes, balancer=Balancer(**{**paths, **balancer}))


def test_nginx_takes_what_is_written(tmp_path: Path) -> None:
    require("nginx")
    make_pair(tmp_path)
    config = tmp_path / "nginx.conf"
    config.write_text(write(state(tmp_path), "nginx").text)
    tested = subprocess.run(
        ["nginx", "-t", "-c", config, "-e", tmp_path / "error.log", "-g", f"pid {tmp_path}/pid;"],
        capture_output=True,
        text=True,
    )
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr


async def test_a_request_by_name_passes_through_to_a_node(tmp_path: Path) -> None:
    require("nginx")
    pair = make_pair(tmp_path)
    https, http = free_port(), free_port()
    async with pong_backend("127.0.0.11") as port:
        config = write(
            state(tmp_path, https_port=str(https), http_port=str(http), node_port=str(port)), "nginx"
        ).text
        with nginx(tmp_path, config, https):
            url = f"https://{FQDN}:{https}/ping"
            answer = await fetch(url, address="127.0.0.1", ca_pem=pair.ca_pem)
            assert (answer.status, answer.text, answer.http_version) == (200, "pong", "HTTP/2")
            assert answer.alpn == "h2"

            plain = await fetch(url, address="127.0.0.1", ca_pem=pair.ca_pem, http2=False)
            assert (plain.status, plain.http_version) == (200, "HTTP/1.1")

            redirect = await fetch(f"http://{FQDN}/some/path?x=1", address="127.0.0.1", port=http)
            assert redirect.status == 301
            assert redirect.headers["location"] == f"https://{FQDN}:{https}/some/path?x=1"

            with pytest.raises(FetchError) as untrusted:
                await fetch(url, address="127.0.0.1")
            assert untrusted.value.kind == "untrusted"

            with pytest.raises(FetchError) as elsewhere:
                await fetch(f"https://other.example.test:{https}/", address="127.0.0.1", ca_pem=pair.ca_pem)
            assert elsewhere.value.kind == "untrusted"


async def test_each_broken_rung_of_a_request_has_its_own_name() -> None:
    with pytest.raises(FetchError) as refused:
        await fetch(f"http://{FQDN}/", address="127.0.0.1", port=free_port())
    assert refused.value.kind == "refused"
    with pytest.raises(FetchError) as unresolved:
        await fetch("http://no-such-name.invalid/")
    assert unresolved.value.kind in ("unresolved", "timeout")
    async with pong_backend("127.0.0.1") as port:
        with pytest.raises(FetchError) as no_tls:
            await fetch(f"https://{FQDN}/", address="127.0.0.1", port=port)
        assert no_tls.value.kind in ("tls", "closed")
