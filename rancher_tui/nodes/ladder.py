"""From a login to an engine that RKE takes, judged by pure functions; only the first broken rung is red."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg
from rancher_tui.nodes.docker_api import Ping
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.findings import Scribe
from rancher_tui.nodes.gather import TIMED_OUT, Gathered, Said
from rancher_tui.transport.ssh_errors import Rung, SshError

_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.\d+)?")
_DENIED = "permission denied"


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of forwarding the socket: an answer, an error of the transport, or silence (both None).

    `pinned` is the answer to the API version that RKE speaks, where it was asked."""

    ping: Ping | None = None
    error: SshError | None = None
    pinned: Ping | None = None


def judge_docker(
    reached: Reached, gathered: Gathered, socket: str, expected: Expected, scribe: Scribe
) -> Iterator[Finding]:
    """The findings of socket, permission, group, engine and version; ends after the first fail."""
    broken = _podman(gathered, scribe) or _socket_rung(reached, gathered, socket, scribe)
    if broken:
        yield broken
        return
    yield scribe.good("forwarding", "N04", msg("the Docker socket answers through SSH"), socket=socket)
    yield from _socket_owner(gathered, scribe)
    version = docker_version(reached, gathered)
    yield _version_rung(version, reached, expected, scribe)
    if (said := gathered.get("docker-ps")) is None or said.status is not None:
        yield _docker_ps(said, gathered, scribe)


def _socket_owner(gathered: Gathered, scribe: Scribe) -> Iterator[Finding]:
    """Who may use the socket, from `ls -l`; nothing where that was not told."""
    fields = (gathered.text("socket-owner") or "").split()
    if len(fields) < 4 or not fields[0].startswith("s"):
        return
    mode, owner, group = fields[0][:10], fields[2], fields[3]
    seen: dict[str, Any] = {
        "mode": mode,
        "owner": owner,
        "group": group,
        "groups": (gathered.text("groups") or "").split(),
    }
    if mode[8] == "w":
        yield scribe.warn(
            "docker-socket-open",
            "N11",
            msg("everybody on the host may use the Docker socket, and so be root"),
            msg('chmod 660 the socket; "group": "docker" in /etc/docker/daemon.json'),
            **seen,
        )
        return
    title = msg("the Docker socket is for {owner} and the group {group}", owner=owner, group=group)
    yield scribe.good("docker-socket-group", "N11", title, **seen)


def _podman(gathered: Gathered, scribe: Scribe) -> Finding | None:
    """Podman under Docker's name (a link, or a script that calls it): RKE cannot work with it."""
    said = "\n".join(gathered.text(fact) or "" for fact in ("docker-place", "docker-server"))
    if "podman" not in said.lower():
        return None
    return scribe.bad(
        "podman",
        "N13",
        msg("docker is podman here"),
        msg("remove podman-docker; install Docker itself"),
        said=said.strip()[:400],
    )


def _socket_rung(reached: Reached, gathered: Gathered, socket: str, scribe: Scribe) -> Finding | None:
    if reached.ping and reached.ping.good:
        return None
    if reached.error and (reached.error.rung is Rung.FORWARDING_REFUSED or _answers_there(gathered)):
        return _forwarding(reached.error, gathered, scribe)
    seen = _docker_words(gathered)
    if reached.ping:
        return scribe.bad(
            "docker-not-running",
            "N09",
            msg("something answers at the Docker socket, but it is no working engine"),
            msg("systemctl status docker; journalctl -u docker -e"),
            answer=reached.ping.text,
            **seen,
        )
    if reached.error is None:
        return scribe.bad(
            "docker-hung",
            "N09",
            msg("Docker takes the connection and does not answer"),
            msg("systemctl restart docker; journalctl -u docker -e"),
            socket=socket,
        )
    return _behind_the_socket(reached.error, gathered, socket, seen, scribe)


def _forwarding(error: SshError, gathered: Gathered, scribe: Scribe) -> Finding:
    """Root on the RHEL family may not forward a Unix socket (bugzilla 1527565); else it is a setting."""
    family = os_words(gathered)
    root = (gathered.text("user") or "").strip() == "root"
    if root and family & {"rhel", "centos", "fedora", "ol", "rocky", "almalinux"}:
        return scribe.bad(
            "forwarding-refused",
            "N05",
            msg("root may not forward the Docker socket on this system"),
            msg("use another user: useradd -m -G docker rancher"),
            **error.evidence,
        )
    return scribe.broken(SshError(Rung.FORWARDING_REFUSED, **error.evidence))


def _answers_there(gathered: Gathered) -> bool:
    """True when the engine answers on the node itself: then only the forwarding can be what fails.

    OpenSSH says "open failed" both for a forbidden forward and for a dead socket (9.2, observed).
    """
    return gathered.text("docker-ps") is not None or bool(gathered.text("socket-answer"))


def _behind_the_socket(
    error: SshError, gathered: Gathered, socket: str, seen: dict[str, Any], scribe: Scribe
) -> Finding:
    access = (gathered.text("socket") or "").strip()
    installed = gathered.text("docker-place") is not None
    evidence = {**error.evidence, **seen}
    if access == "denied" or _DENIED in seen.get("docker_ps", "").lower():
        group = socket_group(gathered)
        user = (gathered.text("user") or "").strip()
        return scribe.bad(
            "docker-permission",
            "N10",
            msg("{user} may not use the Docker socket", user=user or "-"),
            _join_group(group, user),
            groups=(gathered.text("groups") or "").split(),
            socket_owner=(gathered.text("socket-owner") or "").strip(),
            **evidence,
        )
    if access == "missing" and not installed:
        return scribe.bad(
            "docker-missing",
            "N09",
            msg("Docker is not installed"),
            msg("install a Docker that RKE takes; is {socket} the right path?", socket=socket),
            **evidence,
        )
    return scribe.bad(
        "docker-not-running",
        "N09",
        msg("the Docker engine is not running"),
        msg("systemctl enable --now docker; is {socket} the right path?", socket=socket),
        socket_state=access,
        **evidence,
    )


def _join_group(group: str, user: str) -> Message:
    if group in ("", "root"):
        return msg(
            '"group": "docker" in /etc/docker/daemon.json, restart docker, add {user} to that group',
            user=user,
        )
    return msg("sudo usermod -aG {group} {user}; then log in anew", group=group, user=user)


def socket_group(gathered: Gathered) -> str:
    """The group that owns the socket, from `ls -l`; empty when unknown."""
    fields = (gathered.text("socket-owner") or "").split()
    return fields[3] if len(fields) > 3 else ""


def os_words(gathered: Gathered) -> set[str]:
    """The words of ID and ID_LIKE in os-release."""
    words: set[str] = set()
    for line in (gathered.text("os") or "").splitlines():
        name, _, value = line.partition("=")
        if name in ("ID", "ID_LIKE"):
            words |= set(value.strip("\"'").lower().split())
    return words


def _docker_words(gathered: Gathered) -> dict[str, Any]:
    """What `docker ps` said, for evidence."""
    said = gathered.get("docker-ps")
    return {"docker_ps": said.shown} if said else {}


def docker_version(reached: Reached, gathered: Gathered) -> str:
    """The engine's version, from the client's answer or the engine's own header; empty when neither tells."""
    told = (gathered.text("docker-server") or "").strip().splitlines()
    if told and _VERSION.match(told[-1]):
        return told[-1].strip()
    return reached.ping.version if reached.ping and reached.ping.version else (told[-1] if told else "")


def _version_rung(version: str, reached: Reached, expected: Expected, scribe: Scribe) -> Finding:
    """RKE compares major and minor only; a text that is no version is another error (RKE v0.1.10, source)."""
    if not version:
        return scribe.unseen(
            "docker-version",
            "N09",
            msg("the engine does not tell its version"),
            msg("docker version"),
        )
    seen: dict[str, Any] = {"version": version, "accepted": list(expected.docker_versions)}
    if reached.pinned and reached.pinned.status == 400:
        return scribe.bad(
            "docker-version",
            "N09",
            msg("Docker {version} no longer speaks the API of this RKE", version=version),
            msg("install Docker 28 or older, or RKE v1.3 or newer"),
            msg("RKE up to v1.2 speaks API {api} only", api=expected.docker_api),
            answer=reached.pinned.text,
            **seen,
        )
    match = _VERSION.match(version)
    if not match:
        return scribe.bad(
            "docker-version",
            "N09",
            msg("RKE cannot read the Docker version {version}", version=version),
            msg("install a Docker release of {accepted}", accepted=", ".join(expected.docker_versions) or "-"),
            **seen,
        )
    taken = {_minor(accepted) for accepted in expected.docker_versions}
    if not taken or (int(match[1]), int(match[2])) in taken:
        return scribe.good("docker-version-fits", "N09", msg("Docker {version}", version=version), **seen)
    status = Status.WARN if expected.ignore_docker_version else Status.FAIL
    return scribe.write(
        status,
        "docker-version",
        "N09",
        msg("RKE does not take Docker {version}", version=version),
        msg("install one of {accepted}; or ignore_docker_version", accepted=", ".join(expected.docker_versions)),
        msg("RKE compares major and minor with its list for the Kubernetes version"),
        **seen,
    )


def _minor(version: str) -> tuple[int, int] | None:
    match = _VERSION.match(version)
    return (int(match[1]), int(match[2])) if match else None


def _docker_ps(said: Said | None, gathered: Gathered, scribe: Scribe) -> Finding:
    """`docker ps` as that user, as the guide asks."""
    if said is None or said.missing or gathered.text("docker-place") is None:
        return scribe.warn(
            "docker-client-missing",
            "N10",
            msg("there is no docker command for docker ps"),
            msg("RKE does not need it; for looking around, install the Docker client"),
        )
    if said.good:
        return scribe.good("docker-ps", "N10", msg("docker ps works as this user"), docker_ps=said.shown)
    if said.status == TIMED_OUT:
        return scribe.bad(
            "docker-hung",
            "N10",
            msg("docker ps does not end"),
            msg("systemctl restart docker"),
            docker_ps=said.shown,
        )
    return scribe.bad(
        "docker-ps",
        "N10",
        msg("docker ps fails, although the socket answers"),
        msg("docker ps; docker version"),
        docker_ps=said.shown,
        exit_status=said.status,
    )
