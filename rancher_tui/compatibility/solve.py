"""One solver for versions: from what is known a set that works, and a sentence with its row for each refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from rancher_tui import facts
from rancher_tui.compatibility.tags import judge_tag
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import EMPTY, Message, msg

CHECK: Final = "versions"
STEP: Final = 9
DOCKER_TOO_NEW: Final = 29
"""Docker Engine 29 and later refuse clients below API 1.44; RKE before v1.3.0 speaks 1.24 (observed)."""
FIRST_NEGOTIATING_RKE: Final = (1, 3, 0)
FIRST_STRICT_RKE: Final = (0, 2, 0)
"""Older releases replace a Kubernetes version that they do not carry by their default, in silence."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known: choices, the binary found, what the nodes said. None is open."""

    rancher: str | None = None
    rke: str | None = None
    kubernetes: str | None = None
    docker: str | None = None
    os: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something known cannot be part of a working set: a sentence, and the row that it rests on."""

    code: str
    subject: str
    sentence: Message
    remedy: Message
    row: dict[str, Any]
    status: Status = Status.FAIL


@dataclass(frozen=True, slots=True)
class Solution:
    """A set that goes together with what is known, and the refusals; without refusals it is a working set.

    `use_forwarded_headers` is true where the ingress of this Kubernetes needs that option behind a load balancer
    that ends TLS.
    """

    rancher: str
    rke: str
    kubernetes: str
    docker: tuple[str, ...]
    ingress: str
    use_forwarded_headers: bool
    refusals: tuple[Refusal, ...] = ()

    @property
    def works(self) -> bool:
        """Whether the set goes together."""
        return not any(refusal.status is Status.FAIL for refusal in self.refusals)


@dataclass(slots=True)
class _Work:
    known: Known
    rke: str = ""
    kubernetes: str = ""
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(
        self, code: str, subject: str, sentence: Message, remedy: Message, row: dict[str, Any] | None = None,
        status: Status = Status.FAIL,
    ) -> None:  # fmt: skip
        self.refusals.append(Refusal(code, subject, sentence, remedy, row or {}, status))


def solve(known: Known) -> Solution:
    """A set that goes with what is known; what is open is filled in by the newest that fits Rancher 2.0."""
    work = _Work(known)
    work.rke = _with_v(known.rke) if known.rke else _choose_rke(known)
    _judge_rke(work)
    work.kubernetes = known.kubernetes.strip() if known.kubernetes else _choose_kubernetes(work.rke)
    _judge_kubernetes(work)
    _judge_docker(work)
    _judge_os(work)
    used = facts.used_kubernetes(work.rke, work.kubernetes)
    return Solution(
        rancher=known.rancher or facts.RECOMMENDED_RANCHER,
        rke=work.rke,
        kubernetes=work.kubernetes,
        docker=facts.accepted_docker(work.rke, used),
        ingress=facts.ingress_version(used),
        use_forwarded_headers=facts.needs_forwarded_headers(used),
        refusals=tuple(work.refusals),
    )


def _with_v(version: str) -> str:
    version = version.strip()
    return f"v{version}" if version[:1].isdigit() else version


def _choose_rke(known: Known) -> str:
    """The recommended release if it goes with what is known, else the oldest that does; the recommended again."""
    names = [facts.RECOMMENDED_RKE, *(str(row["version"]) for row in facts.rows("rke"))]
    wanted = (known.kubernetes or "").strip()
    carrying = [name for name in names if not wanted or wanted in facts.carried_kubernetes(name)]
    docker = facts.number(known.docker or "")
    fitting = [
        name for name in carrying if not docker or _takes_docker(name, wanted or _choose_kubernetes(name), docker)
    ]
    return next(iter([*fitting, *carrying, *names]))


def _takes_docker(rke: str, kubernetes: str, docker: facts.Number) -> bool:
    return any(facts.number(item)[:2] == docker[:2] for item in facts.accepted_docker(rke, kubernetes))


def _limits() -> tuple[facts.Number, facts.Number, facts.Number]:
    limits = facts.table("rancher")["kubernetes"]
    return facts.number(limits["first"]), facts.number(limits["last"]), facts.number(limits["hard_last"])


def _choose_kubernetes(rke: str) -> str:
    """The newest that this RKE carries and Rancher 2.0 runs on: preferably 1.9 to 1.11, else up to 1.15."""
    first, last, hard = _limits()
    carried = facts.carried_kubernetes(rke)
    for limit in (last, hard):
        fitting = [item for item in carried if first <= facts.number(item)[:2] <= limit]
        if fitting:
            return fitting[-1]
    return facts.default_kubernetes(rke)


def _judge_rke(work: _Work) -> None:
    rke = work.rke
    if facts.release(rke) is None:
        sentence = msg("{rke} is no RKE version like v0.1.16", rke=rke)
        work.refuse("rke-bad-version", rke, sentence, msg("choose v0.1.16"))
    elif facts.rke_nearest(rke) is None:
        sentence = msg("RKE {rke} is older than the table of releases, which begins with v0.1.6", rke=rke)
        work.refuse("rke-too-old", rke, sentence, msg("choose v0.1.16"))
    elif not facts.rke_known(rke):
        sentence = msg("RKE {rke} is not in the table of releases", rke=rke)
        work.refuse("rke-unknown", rke, sentence, msg("choose v0.1.16"), status=Status.WARN)


def _judge_kubernetes(work: _Work) -> None:
    asked = work.kubernetes
    if work.known.rke and not work.known.kubernetes:
        _judge_default(work)
    if not asked or facts.release(work.rke) is None:
        return
    release = facts.release(asked)
    pin = _choose_kubernetes(work.rke)
    remedy = msg("pin kubernetes_version: {version}", version=pin)
    if release is None:
        sentence = msg("{version} is no Kubernetes version as RKE names them", version=asked)
        work.refuse("kubernetes-bad-version", asked, sentence, remedy)
        return
    carried = facts.carried_kubernetes(work.rke)
    row: dict[str, Any] = next((item for item in facts.rows("kubernetes") if item["version"] == asked), {})
    if carried and asked not in carried:
        used = facts.used_kubernetes(work.rke, asked)
        sentence = (
            msg(
                "RKE {rke} does not carry {version} and installs {used} in silence",
                rke=work.rke,
                version=asked,
                used=used,
            )
            if used != asked
            else msg("RKE {rke} does not carry {version} and refuses it", rke=work.rke, version=asked)
        )
        work.refuse("kubernetes-not-carried", asked, sentence, remedy, row)
        return
    first, last, hard = _limits()
    limits = facts.table("rancher")["kubernetes"]
    if release[:2] > hard:
        sentence = msg(
            "Rancher 2.0 does not run on Kubernetes {version}: it no longer serves the API of Rancher's agents",
            version=asked,
        )
        work.refuse("kubernetes-too-new", asked, sentence, _older_rke(carried, hard, remedy), limits)
    elif release[:2] > last:
        sentence = msg("Rancher 2.0 was made for Kubernetes 1.9 to 1.11, not {version}", version=asked)
        work.refuse("kubernetes-untried", asked, sentence, remedy, limits, Status.WARN)
    elif release[:2] < first:
        sentence = msg("Rancher 2.0 needs Kubernetes 1.9 or later, not {version}", version=asked)
        work.refuse("kubernetes-too-old", asked, sentence, remedy, limits)


def _judge_default(work: _Work) -> None:
    """Nothing pins the version: what this RKE then installs by itself must fit too."""
    default = facts.default_kubernetes(work.rke)
    release = facts.release(default)
    _first, last, hard = _limits()
    if release is None or release[:2] <= last:
        return
    sentence = msg("without kubernetes_version RKE {rke} installs {version}", rke=work.rke, version=default)
    remedy = msg("pin kubernetes_version: {version}", version=work.kubernetes)
    row = next(item for item in facts.rows("rke") if item["kubernetes"] == default)
    status = Status.FAIL if release[:2] > hard else Status.WARN
    work.refuse("kubernetes-not-pinned", work.rke, sentence, remedy, row, status)


def _older_rke(carried: tuple[str, ...], hard: facts.Number, remedy: Message) -> Message:
    """The remedy where even this RKE's oldest version is too new."""
    return remedy if any(facts.number(item)[:2] <= hard for item in carried) else msg("use RKE v0.1.16")


def _judge_docker(work: _Work) -> None:
    docker = (work.known.docker or "").strip()
    release = facts.release(work.rke)
    if not docker or release is None:
        return
    parts = facts.number(docker)
    used = facts.used_kubernetes(work.rke, work.kubernetes)
    accepted = facts.accepted_docker(work.rke, used)
    shown = ", ".join(accepted)
    if len(parts) < 2:
        sentence = msg("{docker} is no Docker version like 17.03.2", docker=docker)
        work.refuse("docker-bad-version", docker, sentence, msg("one of: {accepted}", accepted=shown))
    elif parts[0] >= DOCKER_TOO_NEW and release < FIRST_NEGOTIATING_RKE:
        sentence = msg("Docker {docker} does not answer a client as old as RKE {rke}", docker=docker, rke=work.rke)
        row = {"api": "1.24, minimum of Docker 29: 1.44"}
        work.refuse("docker-too-new", docker, sentence, msg("install one of: {accepted}", accepted=shown), row)
    elif accepted and not _takes_docker(work.rke, used, parts):
        sentence = msg(
            "RKE {rke} with Kubernetes {version} refuses Docker {docker}; it takes {accepted}",
            rke=work.rke, version=facts.minor(used), docker=docker, accepted=shown,
        )  # fmt: skip
        remedy = msg("install one of these, or ignore the Docker version (options)")
        work.refuse("docker-not-accepted", docker, sentence, remedy, {"accepted": list(accepted)})


def _judge_os(work: _Work) -> None:
    name = (work.known.os or "").strip()
    if not name:
        return
    words = name.lower().replace("-", " ").split()
    for row in facts.rows("os"):
        if row["name"] in "".join(words) and any(
            word == version or word.startswith(f"{version}.") for word in words for version in row["versions"]
        ):
            return
    titles = ", ".join(row["title"] for row in facts.rows("os"))
    sentence = msg(
        "{name} is not an operating system that Rancher 2.0 was tried on: {titles}", name=name, titles=titles
    )
    work.refuse("os-untried", name, sentence, EMPTY, {"source": facts.table("os")["source"]}, Status.WARN)


def judge(known: Known) -> Report:
    """The report of step 9: the Rancher tag, every refusal, and the set in `facts`."""
    solution = solve(known)
    tag = list(judge_tag(known.rancher or facts.RECOMMENDED_RANCHER))
    findings = [*tag, *_refusal_findings(solution)]
    works = solution.works and not any(finding.bad for finding in tag)
    if works:
        values = {"rancher": solution.rancher, "rke": solution.rke, "version": solution.kubernetes}
        title = msg("Rancher {rancher} fits RKE {rke} with Kubernetes {version}", **values)
        if known.rke is None:
            title = msg("Rancher {rancher} fits RKE {rke} (assumed) with Kubernetes {version}", **values)
        findings.append(Finding(Status.PASS, "versions-fit", "versions", title, check=CHECK, step=STEP))
    told = facts_of(solution) | {"works": works, "instead": None if works else _instead(known, solution, tag)}
    return Report(CHECK, tuple(findings), told, step=STEP)


def _instead(known: Known, solution: Solution, tag: list[Finding]) -> dict[str, Any] | None:
    """A set that works where what is known does not: with as much of it as possible."""
    rancher = facts.RECOMMENDED_RANCHER if any(finding.bad for finding in tag) else solution.rancher
    for kept in (
        Known(rke=known.rke, kubernetes=known.kubernetes, docker=known.docker),
        Known(rke=known.rke, docker=known.docker),
        Known(docker=known.docker),
        Known(rke=known.rke),
        Known(),
    ):
        other = solve(kept)
        pinned = solve(Known(rke=other.rke, kubernetes=other.kubernetes, docker=kept.docker))
        if pinned.works:
            return {
                "rancher": rancher,
                "rke": pinned.rke,
                "kubernetes_version": pinned.kubernetes,
                "docker": list(pinned.docker),
            }
    return None


def _refusal_findings(solution: Solution) -> Iterator[Finding]:
    for refusal in solution.refusals:
        evidence = {"row": {key: str(value) for key, value in refusal.row.items()}} if refusal.row else {}
        yield Finding(
            refusal.status, refusal.code, refusal.subject, refusal.sentence, remedy=refusal.remedy,
            evidence=evidence, check=CHECK, step=STEP,
        )  # fmt: skip


def facts_of(solution: Solution) -> dict[str, Any]:
    """The set as the commands print it."""
    return {
        "works": solution.works,
        "rancher": solution.rancher,
        "rke": solution.rke,
        "kubernetes_version": solution.kubernetes,
        "docker": list(solution.docker),
        "ingress": solution.ingress,
        "use_forwarded_headers": solution.use_forwarded_headers,
        "notices": [row["text"] for row in facts.rows("notices")],
    }
