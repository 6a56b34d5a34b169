"""Whether images can still be pulled: asked of the Docker engine behind a real SSH server, as the nodes see it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any
from urllib.parse import unquote

import pytest

from rancher_tui.compatibility.notices import Chosen
from rancher_tui.finding import Finding
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState, Node
from rancher_tui.proofs.images import check, judge
from tests.real.sshd import Sshd, needs_sshd

pytestmark = [pytest.mark.real, needs_sshd]

ASKED: list[tuple[str, str]] = []


class Engine(BaseHTTPRequestHandler):
    """Docker's answers about manifests: one image is gone, one needs a login."""

    GONE = "rancher/coreos-etcd"
    PRIVATE = "rancher/pause-amd64"

    def do_GET(self) -> None:
        image = unquote(self.path).removeprefix("/distribution/").removesuffix("/json")
        ASKED.append((image, self.headers.get("X-Registry-Auth", "")))
        if self.GONE in image:
            return self._answer(404, {"message": "manifest unknown: manifest unknown"})
        if self.PRIVATE in image:
            return self._answer(403, {"message": "pull access denied"})
        return self._answer(200, {"Descriptor": {"digest": "sha256:00"}})

    def _answer(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def engine(path: Path) -> Iterator[None]:
    with ThreadingUnixStreamServer(str(path), Engine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def session_of(tmp_path: Path, *nodes: Node) -> tuple[Session, InstallState]:
    state = InstallState(nodes=nodes)
    session = Home(tmp_path / "home").create("prod", state)
    session.secrets.put("registry", "hunter2")
    return session, state


async def asked(session: Session, state: InstallState) -> list[Finding]:
    facts: dict[str, Any] = {}
    chosen = Chosen(kubernetes="v1.11.6-rancher1-1")
    return [finding async for finding in check(session, state, chosen, facts)]


async def test_every_image_is_looked_up_by_the_hosts_own_engine(tmp_path: Path) -> None:
    ASKED.clear()
    with Sshd(tmp_path / "server") as server, engine(tmp_path / "docker.sock"):
        session, state = session_of(tmp_path, server.node(docker_socket=str(tmp_path / "docker.sock")))
        session.known_hosts.write_text(server.known_hosts().read_text())
        options = state.options.model_copy(
            update={
                "registry": state.options.registry.model_copy(update={"user": "u", "password": "secret:registry"})
            }
        )
        found = await asked(session, state.model_copy(update={"options": options}))
        session.close()
    codes = {(finding.code, finding.subject.rpartition(" ")[2].partition(":")[0]) for finding in found}
    assert codes == {("image-missing", Engine.GONE), ("image-refused", Engine.PRIVATE)}
    assert {image for image, _login in ASKED} == set(Chosen(kubernetes="v1.11.6-rancher1-1").images())
    assert all(login for _image, login in ASKED), "the private registry's login goes along"


async def test_a_host_that_cannot_be_reached_is_told_once_and_judges_nothing(tmp_path: Path) -> None:
    session, state = session_of(tmp_path, Node(address="127.0.0.1", port="9", user="u"))
    found = await asked(session, state)
    session.close()
    assert [(finding.code, finding.status.value) for finding in found] == [("node-not-asked", "unknown")]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"{}", "there"),
        (404, b'{"message": "manifest unknown"}', "missing"),
        (404, b'{"message": "page not found"}', "too-old"),
        (404, b"404 page not found\n", "too-old"),
        (401, b'{"message": "unauthorized"}', "refused"),
        (500, b'{"message": "Get https://registry-1.docker.io/v2/: dial tcp: i/o timeout"}', "unreached"),
        (
            500,
            b'{"message": "errors: denied: requested access to the resource is denied unauthorized"}',
            "refused",
        ),
        (400, b'{"message": "unsupported manifest format: schema version 1"}', "missing"),
        (502, b"\xff\x00", "unreached"),
    ],
)
def test_an_engines_answer_is_read(status: int, body: bytes, kind: str) -> None:
    assert judge("rancher/rancher:v2.0.8", status, body).kind == kind
