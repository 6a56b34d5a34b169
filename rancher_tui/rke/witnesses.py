"""What a run itself witnesses: its exit code, the log's end line, that no host was dropped, the add-on job.

Pure: judged from the status and the progress at hand. Each witness speaks for its own source alone.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg, msg_n
from rancher_tui.rke.progress import Progress
from rancher_tui.rke.runs import RunStatus

CHECK = "verdict"
STEP = 11
_AGAIN = msg("run again; what is deployed is kept").or_key("{key:start} runs again; what is deployed is kept")
STALL_LIMIT_S = 300.0
"""Silence that is named a stall: RKE's longest wait for itself is a minute, image pulls may take several."""


_finding = partial(Finding, check=CHECK, step=STEP)


def witnesses(status: RunStatus, progress: Progress) -> list[Finding]:
    """The run's four witnesses, in the order in which a person asks."""
    return [
        exit_code(status),
        end_line(status, progress),
        all_hosts(status, progress),
        addon_job(status, progress),
    ]


def exit_code(status: RunStatus) -> Finding:
    """rke ended by itself with 0."""
    subject = f"run {status.run}" if status.run else "run"
    evidence = {"state": status.state, "exit_code": status.exit_code, "signal": status.signal}
    match status.state:
        case "none":
            return _finding(Status.UNKNOWN, "exit-code", subject, msg("rke has not been run"), evidence=evidence)
        case "running":
            return _finding(Status.UNKNOWN, "exit-code", subject, msg("rke is still running"), evidence=evidence)
        case "lost":
            return _lost(status, subject, evidence)
        case "exited" if status.exit_code == 0:
            return _finding(Status.PASS, "exit-code", subject, msg("rke ended with 0"), evidence=evidence)
        case "exited":
            title = msg("rke ended with {code}", code=status.exit_code)
            return _finding(Status.FAIL, "exit-code", subject, title, evidence=evidence)
        case "stopped":
            title = msg("the run was stopped")
            detail = msg("the nodes keep what was deployed")
            remedy = msg("run again to finish, or remove").or_key(
                "{key:start} runs again to finish, {key:remove} removes"
            )
            return _finding(Status.FAIL, "exit-code", subject, title, detail, remedy, evidence)
        case "signalled":
            title = msg("rke was ended by signal {number}", number=status.signal)
            remedy = _AGAIN
            return _finding(Status.FAIL, "exit-code", subject, title, EMPTY, remedy, evidence)


def _lost(status: RunStatus, subject: str, evidence: dict[str, Any]) -> Finding:
    if status.rke_alive:
        detail = msg("rke itself still works (pid {pid}); its exit code will not be known", pid=status.pid)
        remedy = msg("follow its log to the end, then ask for the verdict again")
    else:
        detail = msg("rke is gone too; how it ended is not known")
        remedy = _AGAIN
    title = msg("the run is lost: its runner ended without a word")
    return _finding(Status.UNKNOWN, "exit-code", subject, title, detail, remedy, evidence)


def _over(status: RunStatus) -> bool:
    return status.state not in ("none", "running") and not status.live


def end_line(status: RunStatus, progress: Progress) -> Finding:
    """rke's own last line of a run that built the cluster stands in the log."""
    evidence: dict[str, Any] = {"line": None if progress.finished_line is None else progress.finished_line + 1}
    if progress.finished == "up":
        return _finding(Status.PASS, "end-line", "log", msg("rke says the cluster is built"), evidence=evidence)
    if status.disk_full and status.exit_code == 0:
        title = msg("the log ends early: the disk is full")
        return _finding(Status.UNKNOWN, "end-line", "log", title, remedy=msg("df -h"), evidence=evidence)
    if not _over(status):
        return _finding(
            Status.UNKNOWN, "end-line", "log", msg("rke's last line is not there yet"), evidence=evidence
        )
    title = msg("rke's last line is missing: the cluster was not built to the end")
    evidence = {**evidence, "phase": progress.phase, "finished": progress.finished}
    return _finding(Status.FAIL, "end-line", "log", title, evidence=evidence)


def all_hosts(status: RunStatus, progress: Progress) -> Finding:
    """rke went on without no host. A drop is told at once, while the run goes on."""
    dropped = progress.dropped()
    if dropped:
        title = msg_n(
            "rke goes on without {names}", "rke goes on without {names}", len(dropped), names=", ".join(dropped)
        )
        lines = {name: (host.dropped_line or 0) + 1 for name, host in progress.hosts.items() if name in dropped}
        remedy = msg(
            "repair the way to it, then run again; rancher-tui stop SESSION --yes stop stops a run that goes on"
        ).or_key("repair the way to it, then run again; {key:stop} stops a run that goes on")
        evidence = {"hosts": dropped, "lines": lines}
        return _finding(Status.FAIL, "all-hosts", ", ".join(dropped), title, EMPTY, remedy, evidence)
    if progress.finished:
        title = msg("no host was dropped")
        return _finding(Status.PASS, "all-hosts", "hosts", title, evidence={"hosts": list(progress.hosts)})
    title = msg("whether every host stays is not known before the end")
    return _finding(Status.UNKNOWN, "all-hosts", "hosts", title, evidence={"hosts": list(progress.hosts)})


def addon_job(status: RunStatus, progress: Progress) -> Finding:
    """What the log says about the job that applies Rancher's objects."""
    failed, deployed, none = progress.addon_job_failed_line, progress.addons_deployed_line, progress.no_addons_line
    remedy = msg("kubectl -n kube-system logs -l job-name=rke-user-addon-deploy-job tells why")
    if failed is not None:
        title = msg("the add-on job failed: Rancher was not deployed")
        detail = msg("rke only warns about it and ends with success")
        return _finding(Status.FAIL, "addon-job", "log", title, detail, remedy, {"line": failed + 1})
    if deployed is not None:
        return _finding(
            Status.PASS, "addon-job", "log", msg("rke deployed the add-ons"), evidence={"line": deployed + 1}
        )
    if none is not None:
        title = msg("the cluster file has no add-ons: nothing deploys Rancher")
        return _finding(Status.FAIL, "addon-job", "log", title, evidence={"line": none + 1})
    if progress.finished == "up":
        title = msg("rke ended without a word about the add-ons")
        return _finding(Status.UNKNOWN, "addon-job", "log", title, EMPTY, remedy)
    return _finding(Status.UNKNOWN, "addon-job", "log", msg("the add-ons were not reached"))


def stalled(
    status: RunStatus, progress: Progress, quiet_s: float | None, limit_s: float = STALL_LIMIT_S
) -> Finding | None:
    """A run quiet beyond its limit, as `unknown` (it may go on); None for any other."""
    if not status.live or quiet_s is None or quiet_s < limit_s:
        return None
    title = msg(
        "quiet for {seconds} s in {phase}", seconds=int(quiet_s), phase=progress.phase or msg("its beginning")
    )
    detail = msg("rke sets no limit to image pulls and to a host that does not answer")
    remedy = msg(
        "rancher-tui stop SESSION --yes stop stops the run; on the nodes docker ps and docker pull show whether"
        " they still work"
    ).or_key("{key:stop} stops the run; on the nodes docker ps and docker pull show whether they still work")
    evidence = {"quiet_s": round(quiet_s, 1), "limit_s": limit_s, "phase": progress.phase}
    return _finding(Status.UNKNOWN, "stalled", f"run {status.run}", title, detail, remedy, evidence)
