"""A rehearsal's session: begun with its world, taken up again, ended; the walk stops where a fault shows first."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rancher_tui.install.session import Home, Session, SessionError
from rancher_tui.install.steps import StepState, StepStatus
from rancher_tui.install.store import Store
from rancher_tui.lab import rehearsal
from rancher_tui.lab import session as lab
from rancher_tui.lab.faults import FAULTS, UnknownFaultError
from tests.real.lab_world import until

pytestmark = pytest.mark.real


@contextmanager
def begun(home: Home, *faults: str) -> Iterator[tuple[Session, Store]]:
    session, store = rehearsal.begin(home, rehearsal.free_name(home), faults)
    try:
        yield session, store
    finally:
        session.close()
        rehearsal.end(session)


async def first_state(session: Session, store: Store) -> StepState:
    async for state in rehearsal.walk(session, store):
        return state
    raise AssertionError("the walk has no step")


async def test_a_new_rehearsal_is_saved_labelled_and_running(home: Home) -> None:
    with begun(home) as (session, store):
        assert lab.alive(rehearsal.folder_of(session))
        assert [found.name for found in home.sessions()] == ["rehearsal"]
        assert session.look_on().state == store.state
        assert store.state.label == "REHEARSAL"
        assert rehearsal.free_name(home) == "rehearsal-2"
        assert rehearsal.verdict_of(session) == "unknown"
    assert not lab.alive(rehearsal.folder_of(session))


async def test_a_rehearsal_is_taken_up_again_with_its_world(home: Home) -> None:
    with begun(home) as (session, _store):
        folder = rehearsal.folder_of(session)
        before = lab.settings_of(folder)
        os.kill(
            int((folder / "process.json").read_text().partition('"pid": ')[2].partition(",")[0]), signal.SIGKILL
        )

        async def ended() -> bool:
            return not lab.alive(folder)

        await until(ended)
        assert rehearsal.resume(session)
        assert lab.alive(folder)
        assert lab.settings_of(folder) == before


def test_a_session_without_a_lab_has_none_to_resume(home: Home) -> None:
    session = home.create("real")
    try:
        assert not rehearsal.resume(session)
    finally:
        session.close()


def test_an_unknown_fault_leaves_no_session_behind(home: Home) -> None:
    with pytest.raises(UnknownFaultError):
        rehearsal.begin(home, "rehearsal", ["no-such"])
    assert home.sessions() == []


def test_a_taken_name_is_refused_and_the_other_session_stays(home: Home) -> None:
    home.create("rehearsal").close()
    with pytest.raises(SessionError):
        rehearsal.begin(home, "rehearsal", [])
    assert [session.name for session in home.sessions()] == ["rehearsal"]


async def test_the_first_step_of_a_good_rehearsal_is_done(home: Home) -> None:
    with begun(home) as (session, store):
        state = await first_state(session, store)
        assert (state.step.slug, state.status) == ("hosts", StepStatus.DONE)


async def test_the_walk_shows_a_fault_at_its_step(home: Home) -> None:
    fault = FAULTS["wrong-key"]
    with begun(home, fault.name) as (session, store):
        state = await first_state(session, store)
        assert (state.step.number, state.status) == (fault.step, StepStatus.FAILED)
        assert [finding.code for finding in state.findings if finding.bad] == [fault.code]
