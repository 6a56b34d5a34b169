"""What is done when a run has ended, whoever is still there to see it: copies, judged, and the operator's command.

Started by the runner as `python -m rancher_tui.operations.after_run RUN_FOLDER`, once a run.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rancher_tui.install.session import Session, SessionError
from rancher_tui.install.state import InstallState
from rancher_tui.operations import keeping
from rancher_tui.operations.run_reports import forget
from rancher_tui.proofs import inputs

if TYPE_CHECKING:
    from rancher_tui.rke.runs import Run

CLAIM: Final = "after.claimed"
COMMAND_LOG: Final = "command.log"
COMMAND_LIMIT_S: Final = 600.0
SETTLE_S: Final = 120.0
"""How long a Rancher that rke has just deployed gets to answer before its verdict is taken as it is."""
LOOK_S: Final = 2.0
COMES_LATER: Final = frozenset({"rancher-deployment", "ping"})


def main(folder: Path) -> int:
    """Do it once for the run in `folder`: 0, or 1 where there is nothing to do or another did it."""
    from rancher_tui.rke.runs import Run

    run, session = Run(folder), Session(folder.parent.parent)
    try:
        os.close(os.open(folder / CLAIM, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        state = session.look_on().state
    except (OSError, SessionError):
        return 1
    copy(session, state, run)
    forget(session, before=run.status().ended)
    judge_copies(session, state)
    if state.notice.command.strip():
        verdict = _judged(session, state) if _verb(run) == "up" else ""
        tell(session, state, run, verdict)
    return 0


def _verb(run: Run) -> str:
    """`up` or `remove`: the first argument of rke that is no option."""
    return next((word for word in run.status().argv[1:] if not word.startswith("-")), "")


def copy(session: Session, state: InstallState, run: Run) -> None:
    """Copies of what the run left: `result` after a success of rke, else `after-run`; elsewhere too if wanted."""
    status = run.status()
    good = _verb(run) == "up" and status.state == "exited" and status.exit_code == 0
    try:
        files = inputs.result_files(session, state)
        backup = keeping.back_up(session, state, "result" if good else "after-run", files)
        to = session.secrets.resolve(state.copies.to.strip()) if state.copies.to.strip() else ""
        if to and state.copies.encrypt:
            session.journal("not-copied", to=to, why="its passphrase is not stored")
        elif to:
            asyncio.run(keeping.send(session, state, backup, to))
    except Exception as error:  # the run's end is told whatever became of its copies
        session.journal("copy-failed", run=run.id, why=f"{type(error).__name__}: {error}")


def judge_copies(session: Session, state: InstallState) -> None:
    """Step 12's report: whether the copies hold what the run left."""

    async def judging() -> None:
        from rancher_tui import checks

        async for _finding in checks.run("backup-result", session, state):
            continue

    try:
        asyncio.run(judging())
    except Exception as error:  # the run's end is told all the same
        session.journal("copies-not-judged", why=f"{type(error).__name__}: {error}")


def _judged(session: Session, state: InstallState) -> str:
    """The verdict; `unknown` where the witnesses cannot be asked: the operator is told of the end all the same."""
    try:
        return asyncio.run(_verdict(session, state))
    except Exception as error:  # whatever it is, the command must still run
        session.journal("verdict-failed", why=f"{type(error).__name__}: {error}")
        return "unknown"


async def _verdict(session: Session, state: InstallState) -> str:
    """The verdict of all witnesses; asked again for a while when only what comes last is missing."""
    from rancher_tui import checks
    from rancher_tui.proofs.verdict import verdict_of
    from rancher_tui.rke.runs import newest

    until = time.monotonic() + SETTLE_S
    while session.state_file.exists():
        async for _finding in checks.run("verdict", session, state):
            continue
        report = session.reports().get("verdict")
        missing = set(report.codes()) if report else set()
        if not missing or not missing <= COMES_LATER or time.monotonic() > until:
            break
        await asyncio.sleep(LOOK_S)
    run = newest(session.path)
    return (verdict_of(run) if run else None) or "unknown"


def tell(session: Session, state: InstallState, run: Run, verdict: str) -> None:
    """Run the operator's command with the run's facts in its environment; its words go into the run's folder."""
    facts = facts_of(session, state, run, verdict)
    shell = ["/bin/sh", "-c", state.notice.command]
    try:
        with (run.folder / COMMAND_LOG).open("ab") as log:
            done = subprocess.run(
                shell,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **facts},
                cwd=session.path,
                timeout=COMMAND_LIMIT_S,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        session.journal("command-failed", run=run.id, why=str(error))
    else:
        session.journal("command", run=run.id, exit_code=done.returncode)


def facts_of(session: Session, state: InstallState, run: Run, verdict: str) -> Mapping[str, str]:
    """The run's facts as the command gets them."""
    from rancher_tui.rke.reading import Reading

    status = run.status()
    reading = Reading(run.log)
    try:
        reading.advance(ended=True)
        problems = len(reading.problems)
    except OSError:
        problems = 0
    finally:
        reading.close()
    told = {
        "HOME": session.path.parent.parent,
        "SESSION": session.name,
        "LABEL": state.label,
        "FQDN": state.fqdn,
        "RUN": run.id,
        "VERB": _verb(run),
        "STATE": status.state,
        "EXIT_CODE": status.exit_code,
        "SIGNAL": status.signal,
        "ELAPSED_S": round(status.elapsed_s) if status.elapsed_s is not None else None,
        "STARTED": status.started.isoformat() if status.started else None,
        "ENDED": status.ended.isoformat() if status.ended else None,
        "PROBLEMS": problems,
        "VERDICT": verdict,
        "LOG": run.log,
    }
    return {f"RANCHER_TUI_{name}": "" if value is None else str(value) for name, value in told.items()}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
