"""A report is stale once a file that it judged has other contents; touching it alone changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rancher_tui import checks
from rancher_tui.install import input_files, steps
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import Certificates, InstallState
from rancher_tui.install.steps import StepStatus
from rancher_tui.open_session import LocalInstall
from tests.unit.certificates_pki import FQDN, chain_of, pem

LEAF, LOWER, ROOT = chain_of(1)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {"chain": pem(LEAF, LOWER), "key": LEAF.key_pem, "ca": ROOT.pem}
    paths = {name: tmp_path / f"{name}.pem" for name in contents}
    for name, path in paths.items():
        path.write_bytes(contents[name])
    return paths


def _state(files: dict[str, Path]) -> InstallState:
    named = Certificates(chain_path=str(files["chain"]), key_path=str(files["key"]), ca_path=str(files["ca"]))
    return InstallState(fqdn=FQDN, template="external-certificate", certificates=named)


def _status(session: Session, state: InstallState) -> StepStatus:
    report = session.reports()["certificates"]
    return steps.judge(steps.STEPS[6], state, {"certificates": report}, report.taken_at).status


async def _checked(home: Home, files: dict[str, Path]) -> tuple[Session, InstallState]:
    session, state = home.create("one"), _state(files)
    async for _finding in checks.run("certificates", session, state):
        pass
    return session, state


@pytest.mark.parametrize("which", ["chain", "key", "ca"])
async def test_other_contents_make_the_step_stale(home: Home, files: dict[str, Path], which: str) -> None:
    session, state = await _checked(home, files)
    assert _status(session, state) is StepStatus.DONE
    before = files[which].read_bytes()
    files[which].write_bytes(before + b"\n")
    assert _status(session, state) is StepStatus.STALE
    files[which].write_bytes(before)
    assert _status(session, state) is StepStatus.DONE


async def test_a_file_that_is_gone_makes_the_step_stale(home: Home, files: dict[str, Path]) -> None:
    session, state = await _checked(home, files)
    files["ca"].unlink()
    assert _status(session, state) is StepStatus.STALE


async def test_a_new_time_alone_changes_nothing(home: Home, files: dict[str, Path]) -> None:
    session, state = await _checked(home, files)
    os.utime(files["chain"], (1, 1))
    assert _status(session, state) is StepStatus.DONE


async def test_an_open_session_sees_the_change(home: Home, files: dict[str, Path]) -> None:
    session, _ = await _checked(home, files)
    session.close()
    install = LocalInstall(session, session.open())
    try:
        assert install.reports()["certificates"].digest != input_files.CHANGED
        assert install.look() is False
        files["chain"].write_bytes(pem(LEAF))
        assert install.look() is True
        assert install.reports()["certificates"].digest == input_files.CHANGED
        assert install.look() is False
    finally:
        install.close()


async def test_nothing_of_the_key_but_one_sum_over_all_is_kept(home: Home, files: dict[str, Path]) -> None:
    session, _ = await _checked(home, files)
    kept = (session.path / "reports" / "certificates.json").read_text()
    assert LEAF.key_pem.decode().splitlines()[1] not in kept
    assert input_files.seen([str(files["key"])])["sha256"] not in kept
