"""Whether the nodes can still pull the images of a set: each node's Docker asks the registry, nothing is pulled.

Docker's `GET /distribution/IMAGE/json` (API 1.30, Docker 17.06) looks a manifest up with the engine's own proxy,
mirrors and certificates.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from rancher_tui.compatibility.notices import Chosen
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState, Node

if TYPE_CHECKING:
    from rancher_tui.transport.ssh_login import Login

AT_ONCE: Final = 4
"""Images that one node is asked about at the same time."""
DEADLINE: Final = 30.0
"""Seconds for one answer; the engine asks a registry far away."""
_LARGEST: Final = 1 << 20


def chosen_by(session: Session, state: InstallState, given: Chosen) -> Chosen:
    """The session's versions, with what was given in their place."""
    from rancher_tui.proofs.inputs import rke_version

    registry = state.options.registry
    return Chosen(
        rancher=given.rancher or state.rancher_version.strip() or None,
        rke=given.rke or rke_version(session, state),
        kubernetes=given.kubernetes or state.kubernetes_version.strip() or None,
        plugin=given.plugin or state.options.network_plugin.strip() or None,
        registry=given.registry or (registry.url.strip() if registry.is_default else "") or None,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """An engine's word on an image: `there`, `missing`, `refused`, `unreached` or `too-old`, and its words."""

    image: str
    kind: str
    words: str = ""


def judge(image: str, status: int, body: bytes) -> Told:
    """An engine's answer. Docker wraps the registry's words in `{"message": …}`."""
    if status == 200:
        return Told(image, "there")
    try:
        words = str(json.loads(body)["message"])
    except (ValueError, TypeError, KeyError):
        words = body[:300].decode("utf-8", "replace").strip()
    low = words.lower()
    if status == 404 and ("page not found" in low or not words):
        return Told(image, "too-old", words)
    if any(sign in low for sign in ("manifest unknown", "not found", "no such manifest", "name unknown")):
        return Told(image, "missing", words)
    if status in (401, 403) or any(sign in low for sign in ("unauthorized", "access denied", "authentication")):
        return Told(image, "refused", words)
    if "unsupported" in low or "schema" in low:
        return Told(image, "missing", words)
    return Told(image, "unreached", words)


async def check(
    session: Session, state: InstallState, chosen: Chosen, facts: dict[str, Any]
) -> AsyncIterator[Finding]:
    """Findings of every node as they come: one pass a node, or what it cannot pull and why."""
    images = chosen.images()
    facts |= {"images": list(images), "nodes": {}, **chosen.as_json()}
    if not images:
        title = msg("the images of {version} are not known", version=chosen.complete().kubernetes or "-")
        yield _finding(Status.UNKNOWN, "images-unknown", "images", title)
        return
    if not state.nodes:
        yield _finding(Status.UNKNOWN, "no-nodes", "nodes", msg("there are no nodes to ask from"))
        return
    header = _credentials(session, state)
    looks = [
        asyncio.create_task(_node(session, state, number, node, images, header))
        for number, node in enumerate(state.nodes, 1)
    ]
    try:
        for done in asyncio.as_completed(looks):
            subject, told, trouble = await done
            facts["nodes"][subject] = {item.image: item.kind for item in told}
            for finding in findings_of(subject, told, trouble):
                yield finding
    finally:
        for task in looks:
            task.cancel()


def findings_of(subject: str, told: Sequence[Told], trouble: Message) -> list[Finding]:
    """The findings of one node; one cause gives one red line."""
    if trouble:
        remedy = msg("rancher-tui preflight SESSION").or_key("step 1: {key:preflight} looks at the hosts")
        return [_finding(Status.UNKNOWN, "node-not-asked", subject, trouble, remedy)]
    if any(item.kind == "too-old" for item in told):
        remedy = msg("try one on the node: docker pull IMAGE")
        title = msg("its Docker is too old to look an image up (17.06 can)")
        return [_finding(Status.UNKNOWN, "docker-cannot-look", subject, title, remedy)]
    unreached = [item for item in told if item.kind == "unreached"]
    found = [
        _finding(
            Status.FAIL,
            "image-missing" if item.kind == "missing" else "image-refused",
            f"{subject} {item.image}",
            msg("cannot be pulled any more")
            if item.kind == "missing"
            else msg("the registry wants another login for it, or does not have it"),
            msg("put it into a private registry (options)"),
            words=item.words,
        )
        for item in told
        if item.kind in ("missing", "refused")
    ]
    if unreached:
        title = msg("{number} images could not be looked up", number=len(unreached))
        remedy = msg("a way to the registry: a proxy for Docker, or a private registry")
        found.append(
            _finding(
                Status.UNKNOWN,
                "registry-unreached",
                subject,
                title,
                remedy,
                words=unreached[0].words,
                images=[item.image for item in unreached],
            )
        )
    if not found:
        found.append(
            _finding(
                Status.PASS, "images-there", subject, msg("all {number} images can be pulled", number=len(told))
            )
        )
    return found


def _finding(
    status: Status, code: str, subject: str, title: Message, remedy: Message = EMPTY, **evidence: Any
) -> Finding:
    return Finding(status, code, subject, title, remedy=remedy, evidence=evidence, check="images", step=9)


def _credentials(session: Session, state: InstallState) -> str:
    """The private registry's login as Docker's engine takes it; empty without one."""
    registry = state.options.registry
    if not (registry.user and registry.password):
        return ""
    login = {"username": registry.user, "password": session.secrets.resolve(registry.password)}
    login["serveraddress"] = registry.url.partition("/")[0]
    return base64.urlsafe_b64encode(json.dumps(login).encode()).decode()


async def _node(
    session: Session, state: InstallState, number: int, node: Node, images: Sequence[str], header: str
) -> tuple[str, list[Told], Message]:
    from rancher_tui.proofs.inputs import connect_settings
    from rancher_tui.transport.on_node import login_on

    subject = f"node {number} {node.address}"
    gate = asyncio.Semaphore(AT_ONCE)
    try:
        async with login_on(node, connect_settings(session, state)) as login:

            async def one(image: str) -> Told:
                async with gate:
                    return await _ask(login, node.docker_socket.strip() or "/var/run/docker.sock", image, header)

            return subject, list(await asyncio.gather(*map(one, images))), EMPTY
    except OSError as error:
        return subject, [], msg("it cannot be asked: {error}", error=str(error))


async def _ask(login: Login, socket: str, image: str, header: str) -> Told:
    """One question over the forwarded socket."""
    from rancher_tui.nodes.docker_api import read_answers
    from rancher_tui.transport.ssh_errors import SshError

    lines = [f"GET /distribution/{quote(image, safe='/:@')}/json HTTP/1.1", "Host: docker", "Connection: close"]
    lines += [f"X-Registry-Auth: {header}"] if header else []
    heard = b""
    try:
        async with login.unix_socket(socket, DEADLINE) as (reader, writer), asyncio.timeout(DEADLINE):
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            while piece := await reader.read(_LARGEST - len(heard)):
                heard += piece
    except TimeoutError:
        return Told(image, "unreached", f"no answer within {DEADLINE:g} s")
    except SshError as error:
        raise OSError(f"{error.rung.value}: {error.evidence.get('error', '')}") from error
    answer = next(read_answers(heard), None)
    return judge(image, answer.status, answer.body) if answer else Told(image, "unreached", "no HTTP answer")
