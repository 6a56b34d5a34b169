"""The only place that combines areas: which checks prove which step, and the verdict's witnesses.

`run` yields findings as they come and leaves a report in the session, with the digest of the inputs that it
judged. Checks are read-only out there; each area is imported when its check runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from rancher_tui.finding import Finding, Report, Status, by_row
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install import input_files, rules, steps
from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState
from rancher_tui.proofs.inputs import connect_settings

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What a check looks at, and the facts that it fills in for its report."""

    session: Session
    state: InstallState
    facts: Facts = field(default_factory=dict)


async def run(
    check: str, session: Session, state: InstallState, facts: Facts | None = None
) -> AsyncIterator[Finding]:
    """Run one check: findings as they come; its report is saved when it ended by itself, not when cancelled.

    `facts` gets what the check learns, as its report does.
    """
    step = next(item for item in steps.STEPS if check in item.checks)
    look = Look(session, state, {} if facts is None else facts)
    digest = steps.inputs_digest(state, check)
    found: list[Finding] = []
    if check in _FILES:
        look.facts[input_files.FACT] = await asyncio.to_thread(input_files.seen, _FILES[check](look))
    async for finding in _CHECKS[check](look):
        stamped = replace(finding, check=check, step=step.number)
        found.append(stamped)
        yield stamped
    report = Report(check, tuple(_in_order(check, found, look.facts)), look.facts, digest, step=step.number)
    await asyncio.to_thread(session.save_report, report)
    if check == "preflight":
        from rancher_tui.proofs.hosts import of_step_6

        await asyncio.to_thread(session.save_report, of_step_6(report, state))


def _in_order(check: str, found: list[Finding], facts: Facts) -> list[Finding]:
    """Findings as a report keeps them: in the order of the node table, or of the vantages."""
    if check == "dns":
        from rancher_tui.dns.verdict import in_order

        return in_order(found, facts)
    return by_row(found)


def kept(report: Report, session: Session, state: InstallState) -> Report:
    """A report that a desk made by itself, with the digests of the inputs that its check would have judged."""
    step = next(item for item in steps.STEPS if report.check in item.checks)
    files = _FILES[report.check](Look(session, state)) if report.check in _FILES else []
    return replace(
        report,
        findings=tuple(replace(item, check=report.check, step=step.number) for item in report.findings),
        facts={**report.facts, input_files.FACT: input_files.seen(files)},
        digest=steps.inputs_digest(state, report.check),
        step=step.number,
    )


async def run_step(number: int, session: Session, state: InstallState) -> AsyncIterator[Finding]:
    """Run the checks of a step, one after another, until one has a fail or unknown."""
    for check in steps.STEPS[number - 1].checks:
        bad = False
        async for finding in run(check, session, state):
            bad = bad or finding.bad
            yield finding
        if bad:
            return


def _finding(status: Status, code: str, subject: str, title: Message, remedy: Message = EMPTY) -> Finding:
    return Finding(status, code, subject, title, remedy=remedy)


async def _preflight(look: Look) -> AsyncIterator[Finding]:
    """Step 1: every host over SSH, all rungs and all facts."""
    from rancher_tui.nodes.preflight import preflight
    from rancher_tui.proofs import hosts

    settings, expected = connect_settings(look.session, look.state), hosts.expected(look.session, look.state)
    cases: dict[int, Any] = {}
    found = preflight(look.state.nodes, settings, facts=look.facts, expected=expected, cases=cases)
    async for finding in found:
        yield finding
    hosts.remember(look.session, look.state, cases)
    look.facts["lines"] = hosts.lines_of(look.state, "preflight", datetime.now(UTC))


async def _docker_ps(look: Look) -> AsyncIterator[Finding]:
    """Step 6: the guide's own test on each node, `docker ps` as the configured user."""
    from rancher_tui.nodes.preflight import ladder
    from rancher_tui.proofs import hosts

    settings, expected = connect_settings(look.session, look.state), hosts.expected(look.session, look.state)
    async for finding in ladder(look.state.nodes, settings, facts=look.facts, expected=expected):
        yield finding
    look.facts["lines"] = hosts.lines_of(look.state, "docker-ps", datetime.now(UTC))


async def _balancer(look: Look) -> AsyncIterator[Finding]:
    """Step 2: its configuration can be written, it answers, and it was rehearsed or is probed."""
    from rancher_tui.proofs.balancer import proven

    async for finding in proven(look.session, look.state, look.facts):
        yield finding


async def _dns(look: Look) -> AsyncIterator[Finding]:
    """Step 3: every vantage resolves the FQDN to the balancer."""
    from rancher_tui.dns.check import check
    from rancher_tui.dns.verdict import verdict

    state = look.state
    found: list[Finding] = []
    async for finding in check(
        state.fqdn.strip(),
        expected=[state.balancer.address.strip()],
        servers=state.dns.servers,
        timeout=5.0,
        facts=look.facts,
        more=node_vantages(look),
    ):
        found.append(finding)
        yield finding
    if not any(finding.bad for finding in found):
        yield _finding(Status.PASS, "agreed", state.fqdn.strip(), verdict(found, look.facts))


def node_vantages(look: Look) -> Any:
    """The nodes' own resolvers, once the preflight has found the way to them: one cause, one red line."""
    from rancher_tui.dns.nodes import of_nodes

    report = look.session.reports().get("preflight")
    if report is None or not report.ok or report.digest != steps.inputs_digest(look.state, "preflight"):
        return ()
    return of_nodes(look.state.fqdn.strip(), look.state.nodes, connect_settings(look.session, look.state))


_EXPORT: Final = msg("rancher-tui export SESSION").or_key("{key:export} exports it")


async def _rke(look: Look) -> AsyncIterator[Finding]:
    """Step 4: the binary runs, is the wanted version, and goes with this Rancher (step 9 judges the whole set)."""
    from rancher_tui.compatibility.solve import judge
    from rancher_tui.rke import binary

    found = await asyncio.to_thread(binary.find, look.state.rke.binary, look.session.path)
    if found is None:
        yield _finding(
            Status.FAIL,
            "rke-missing",
            "rke",
            msg("no rke binary: neither a path given, nor in the session, nor on PATH"),
            msg("rancher-tui rke --session SESSION --fetch VERSION; or set rke.binary to its path").or_key(
                "{key:fetch} fetches a release; or enter its path"
            ),
        )
        return
    async for finding in binary.judge(found, wanted=look.state.rke.version.strip(), facts=look.facts):
        yield finding
    version = str(look.facts.get("version") or "")
    fits = judge(known_versions(look.session, look.state, version)).findings if version else ()
    for finding in fits:
        if finding.subject == version and finding.status is not Status.PASS:
            yield replace(finding, status=Status.WARN)


async def _template(look: Look) -> AsyncIterator[Finding]:
    """Step 5: the chosen template fits the certificate that is there and the balancer."""
    from rancher_tui.cluster_file.proposal import propose

    report = look.session.reports().get("certificates")
    proposed = report.facts.get("template") if report else None
    chosen = look.state.template
    look.facts["template"] = chosen
    if proposed and (proposed == "external-certificate") != chosen.endswith("-certificate"):
        yield _finding(
            Status.WARN,
            "template-unlike-certificate",
            "template",
            msg("the certificate's chain asks for {template}", template=str(proposed)),
            msg("rancher-tui set SESSION template=NAME").or_key("{key:propose} takes the proposed one"),
        )
    ends_there = look.state.balancer.address.strip() and propose(look.state, {}).template.startswith("external")
    if chosen.startswith("ingress") and ends_there:
        yield _finding(
            Status.WARN,
            "template-unlike-balancer",
            "template",
            msg("the load balancer of step 2 ends TLS, this template ends it at the ingress"),
            msg("an external template; or let the load balancer pass both ports on as they come"),
        )
    ends_at = msg("the load balancer") if chosen.startswith("external") else msg("the ingress")
    ca = msg("private CA") if chosen.endswith("-certificate") else msg("recognized CA")
    yield _finding(
        Status.PASS, "template-chosen", "template", msg("TLS ends at {place}, {ca}", place=ends_at, ca=ca)
    )


def _ca(state: InstallState) -> str | None:
    """The CA that clients are given; None for a recognized one."""
    from rancher_tui.proofs.inputs import ca_text

    return ca_text(state) if state.template.endswith("-certificate") else None


async def _certificates(look: Look) -> AsyncIterator[Finding]:
    """Step 7: the chain's order and path, its key, the CA that Rancher publishes."""
    from rancher_tui.proofs.certificates import judge

    report = await asyncio.to_thread(judge, look.state)
    look.facts.update(report.facts)
    for finding in report.findings:
        yield finding


async def _fqdn(look: Look) -> AsyncIterator[Finding]:
    """Step 8: the FQDN is the host of the Ingress in the composed cluster file; nothing about one judged wrong."""
    from rancher_tui.cluster_file.lint import ingress_hosts
    from rancher_tui.proofs.inputs import OperationError, composed

    if any(finding.bad for finding in rules.findings(look.state, 8)):
        return
    try:
        text = await asyncio.to_thread(composed, look.session, look.state)
    except OperationError as error:
        yield _finding(Status.UNKNOWN, error.code, "fqdn", error.message)
        return
    hosts = ingress_hosts(text.encode())
    look.facts["hosts"] = hosts
    if hosts == [look.state.fqdn.strip()]:
        yield _finding(
            Status.PASS, "fqdn-in-ingress", "fqdn", msg("{name} is the host of the Ingress", name=hosts[0])
        )
    else:
        title = msg("the Ingress has other hosts: {hosts}", hosts=", ".join(hosts) or "-")
        yield _finding(Status.FAIL, "fqdn-not-in-ingress", "fqdn", title)


async def _version(look: Look) -> AsyncIterator[Finding]:
    """Step 9: Rancher, RKE, Kubernetes and Docker go together."""
    from rancher_tui.compatibility.solve import judge
    from rancher_tui.proofs.inputs import rke_version

    report = judge(known_versions(look.session, look.state, rke_version(look.session, look.state)))
    look.facts.update(report.facts)
    for finding in report.findings:
        yield finding


def known_versions(session: Session, state: InstallState, rke: str | None) -> Any:
    """What is known of the versions: choices, the binary found, what the nodes said."""
    from rancher_tui.compatibility.solve import Known

    report = session.reports().get("preflight")
    nodes = report.facts.get("nodes", {}) if report else {}
    docker = next((str(node["docker_version"]) for node in nodes.values() if node.get("docker_version")), None)
    system = next(
        (f"{node['os']} {node.get('os_version') or ''}" for node in nodes.values() if node.get("os")), ""
    )
    return Known(
        rancher=state.rancher_version.strip() or None,
        rke=rke,
        kubernetes=state.kubernetes_version.strip() or None,
        docker=None if state.options.ignore_docker_version else docker,
        os=system.strip() or None,
    )


async def _cluster_file(look: Look) -> AsyncIterator[Finding]:
    """Step 10: the exported file is what is entered now, and lints clean."""
    from rancher_tui.cluster_file.lint import lint
    from rancher_tui.proofs.inputs import OperationError, composed, rke_version

    path = look.session.cluster_file
    try:
        text = await asyncio.to_thread(composed, look.session, look.state)
    except OperationError as error:
        yield _finding(Status.FAIL, error.code, path.name, error.message)
        return
    if not path.is_file():
        yield _finding(Status.UNKNOWN, "not-exported", path.name, msg("not exported yet"), _EXPORT)
        return
    data = path.read_bytes()
    if data != text.encode():
        title = msg("the exported file is not what is entered now")
        yield _finding(Status.FAIL, "export-outdated", path.name, title, _EXPORT)
        return
    report = lint(data, name=path.name, rke=rke_version(look.session, look.state), fqdn=look.state.fqdn)
    look.facts.update(report.facts)
    for finding in report.findings:
        yield finding
    if report.ok:
        done = _finding(Status.PASS, "exported", path.name, msg("exported into the session's folder"))
        yield replace(done, evidence={"path": str(path)})


async def _backup_config(look: Look) -> AsyncIterator[Finding]:
    """Step 10: the exported file has a verified copy."""
    from rancher_tui.backup.judge import of_files
    from rancher_tui.proofs.inputs import CLUSTER_FILE

    wanted = {CLUSTER_FILE: look.session.cluster_file}
    if not look.session.cluster_file.is_file():
        yield _finding(Status.UNKNOWN, "not-backed-up", CLUSTER_FILE, msg("there is nothing to copy yet"))
        return
    for finding in of_files(look.session.backups_folder, ("config",), wanted, check="backup-config", step=10):
        yield finding


async def _backup_result(look: Look) -> AsyncIterator[Finding]:
    """Step 12: config, kubeconfig and state file have verified copies."""
    from rancher_tui.backup.judge import of_files
    from rancher_tui.proofs.inputs import KUBECONFIG, result_files
    from rancher_tui.rke.runs import newest

    wanted = result_files(look.session, look.state)
    if newest(look.session.path) is None and not wanted[KUBECONFIG].exists():
        yield _finding(Status.UNKNOWN, "not-run", "rke", msg("rke has not been run: it left nothing to copy yet"))
        return
    of_runs = ("result", "after-run")
    for finding in of_files(look.session.backups_folder, of_runs, wanted, check="backup-result", step=12):
        yield finding


async def _verdict(look: Look) -> AsyncIterator[Finding]:
    """Step 11: is Rancher up? Every witness of the newest run, each from its own source."""
    from rancher_tui.proofs.verdict import witnesses

    async for finding in witnesses(look.session, look.state, look.facts, ca_pem=_ca(look.state)):
        yield finding


def _certificate_files(look: Look) -> list[str]:
    files = look.state.certificates
    return [files.chain_path, files.key_path, files.ca_path]


_FILES: Final[dict[str, Callable[[Look], list[str]]]] = {
    "certificates": _certificate_files,
    "template": _certificate_files,
    "cluster-file": lambda look: [look.state.certificates.ca_path, str(look.session.cluster_file)],
}
"""The files whose contents a check judges: its report is stale once they are others."""

_CHECKS: Final[dict[str, Callable[[Look], AsyncIterator[Finding]]]] = {
    "preflight": _preflight,
    "balancer": _balancer,
    "dns": _dns,
    "rke": _rke,
    "template": _template,
    "docker-ps": _docker_ps,
    "certificates": _certificates,
    "fqdn": _fqdn,
    "version": _version,
    "cluster-file": _cluster_file,
    "backup-config": _backup_config,
    "verdict": _verdict,
    "backup-result": _backup_result,
}
