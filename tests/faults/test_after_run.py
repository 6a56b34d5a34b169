"""What is done at a run's end while nobody looks: generations kept, copies made, the operator's command run."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from rancher_tui.backup.copies import all_of, verify
from rancher_tui.install import journal
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import InstallState, Node, Notice, Rke
from rancher_tui.operations import after_run
from rancher_tui.proofs import inputs
from rancher_tui.rke import runs
from rancher_tui.rke.runs import Run
from tests.waiting import wait_for

RKE = """#!/bin/sh
printf '{"desiredState": {"certificatesBundle": {"a": 1}}}' > rancher-cluster.rkestate
echo "apiVersion: v1" > kube_config_rancher-cluster.yml
while [ ! -e first ]; do sleep 0.05; done
printf '{"desiredState": {"certificatesBundle": {"a": 1, "b": 2}}}' > rancher-cluster.rkestate
exit $(cat code)
"""


@pytest.fixture
def session(home: Home) -> Session:
    """A session whose rke writes its state file twice and ends with the code in a file."""
    node = Node(address="127.0.0.1", port="1")
    made = home.create("prod", InstallState(label="TRIAL", nodes=(node,), rke=Rke(version="v0.2.8")))
    made.close()
    rke = made.path / "rke"
    rke.write_text(RKE)
    rke.chmod(0o755)
    made.cluster_file.write_text("nodes: []\n")
    return made


def start(session: Session, code: int, verb: str = "up") -> Run:
    (session.cluster_folder / "code").write_text(str(code))
    names = (inputs.STATE_FILE, inputs.KUBECONFIG)
    return runs.start(
        session.path,
        [str(session.path / "rke"), verb],
        cwd=session.cluster_folder,
        env=os.environ,
        keep=[session.cluster_folder / name for name in names],
        after=[sys.executable, "-P", "-m", "rancher_tui.operations.after_run"],
    )


def kept(run: Run) -> list[str]:
    folder = run.folder / "kept"
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def acts(session: Session) -> list[str]:
    return [entry["action"] for entry in journal.entries(session.journal_file)]


def end(session: Session) -> None:
    (session.cluster_folder / "first").touch()


def told(session: Session, command: str) -> None:
    session.open()
    state = session.look_on().state
    session.save(state.model_copy(update={"notice": Notice(command=command)}))
    session.close()


def test_each_generation_of_the_state_file_is_kept_while_rke_runs(session: Session) -> None:
    run = start(session, 0)
    wait_for(lambda: len(kept(run)) == 2)
    end(session)
    wait_for(lambda: "backup" in acts(session))
    assert kept(run) == [
        "kube_config_rancher-cluster.yml.0001",
        "rancher-cluster.rkestate.0001",
        "rancher-cluster.rkestate.0002",
    ]
    first, second = (json.loads((run.folder / "kept" / name).read_text()) for name in kept(run)[1:])
    assert len(second["desiredState"]["certificatesBundle"]) == 2
    assert len(first["desiredState"]["certificatesBundle"]) == 1
    assert all((run.folder / "kept" / name).stat().st_mode & 0o77 == 0 for name in kept(run))


@pytest.mark.parametrize(("code", "purpose"), [(0, "result"), (1, "after-run")])
def test_what_a_run_left_is_copied_whoever_is_there(session: Session, code: int, purpose: str) -> None:
    end(session)
    start(session, code)
    wait_for(lambda: "backup" in acts(session))
    (backup,) = all_of(session.backups_folder)
    assert (backup.purpose, backup.lacks) == (purpose, ())
    assert verify(backup) == {}
    assert {"rancher-cluster.rkestate", "install.json"} <= {entry.name for entry in backup.entries}
    wait_for(lambda: "backup-result" in session.reports())
    judged = session.reports()["backup-result"]
    assert judged.ok, [str(finding.title) for finding in judged.findings]
    assert "rancher-cluster.rkestate" in {finding.subject for finding in judged.findings}


def test_the_command_gets_the_runs_facts_with_every_screen_gone(session: Session, tmp_path: Path) -> None:
    told(session, f"env | grep ^RANCHER_TUI_ > {tmp_path}/told; echo said; exit 3")
    end(session)
    run = start(session, 5, verb="remove")
    wait_for(lambda: "command" in acts(session))
    facts = dict(line.split("=", 1) for line in (tmp_path / "told").read_text().splitlines())
    assert facts["RANCHER_TUI_SESSION"] == "prod"
    assert facts["RANCHER_TUI_LABEL"] == "TRIAL"
    assert facts["RANCHER_TUI_RUN"] == run.id
    assert (facts["RANCHER_TUI_STATE"], facts["RANCHER_TUI_EXIT_CODE"]) == ("exited", "5")
    assert facts["RANCHER_TUI_LOG"] == str(run.log)
    assert (run.folder / "command.log").read_text() == "said\n"
    (entry,) = [entry for entry in journal.entries(session.journal_file) if entry["action"] == "command"]
    assert entry["exit_code"] == 3


def test_a_verdict_that_cannot_be_asked_keeps_no_command_from_running(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(session, f"echo $RANCHER_TUI_VERDICT > {tmp_path}/told")
    run = fake_run(session, ["rke", "up"])

    def broken(*_arguments: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("rancher_tui.checks.run", broken)
    assert after_run.main(run.folder) == 0
    assert (tmp_path / "told").read_text() == "unknown\n"
    assert after_run.main(run.folder) == 1, "it is done once"


def fake_run(session: Session, argv: list[str]) -> Run:
    folder = session.runs_folder / "0001-20261123T072151Z"
    folder.mkdir()
    record = {"argv": argv, "exit_code": 0, "signal": None, "ended": "2026-11-23T07:25:51Z"}
    (folder / "status.json").write_text(json.dumps(record))
    return Run(folder)


def test_without_a_command_nothing_is_run(session: Session) -> None:
    run = fake_run(session, ["rke", "up"])
    assert after_run.main(run.folder) == 0
    assert not (run.folder / "command.log").exists()


def test_a_killed_runner_runs_nothing_after_it(session: Session) -> None:
    run = start(session, 0)
    os.kill(run.record()["runner_pid"], signal.SIGKILL)
    end(session)
    wait_for(lambda: run.status().state == "lost")
    assert not (run.folder / "after.claimed").exists()


def test_a_copy_elsewhere_that_fails_is_noted_and_the_command_still_runs(session: Session, tmp_path: Path) -> None:
    told(session, f"touch {tmp_path}/told")
    session.open()
    state = session.look_on().state
    copies = state.copies.model_copy(update={"to": "sftp://nobody@127.0.0.1:1/x"})
    session.save(state.model_copy(update={"copies": copies}))
    session.close()
    after_run.main(fake_run(session, ["rke", "remove"]).folder)
    assert "copy-failed" in acts(session)
    assert (tmp_path / "told").exists()
