"""What was judged of one run is not told of the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install.session import Home, Session
from rancher_tui.operations.run_reports import forget


@pytest.fixture
def session(home: Home) -> Session:
    """A session whose steps 1, 11 and 12 were judged before rke was run."""
    made = home.create("prod")
    for check in ("preflight", "verdict", "backup-result"):
        made.save_report(Report(check, (Finding(Status.UNKNOWN, "not-run", "rke", msg("rke has not been run")),)))
    made.close()
    return made


def test_when_a_run_starts_only_what_was_judged_of_the_hosts_stays(session: Session) -> None:
    forget(session)
    assert list(session.reports()) == ["preflight"]


def test_when_a_run_has_ended_what_was_judged_since_stays(session: Session) -> None:
    now = datetime.now(UTC)
    forget(session, before=now - timedelta(hours=1))
    assert set(session.reports()) == {"preflight", "verdict", "backup-result"}
    forget(session, before=now + timedelta(hours=1))
    assert list(session.reports()) == ["preflight"]


def test_what_was_heard_while_rke_still_ran_is_not_told_of_its_end(session: Session) -> None:
    heard = Finding(Status.UNKNOWN, "exit-code", "run", msg("rke is still running"))
    session.save_report(Report("verdict", (heard,), {"live": True}))
    forget(session, before=datetime.now(UTC) - timedelta(hours=1))
    assert "verdict" not in session.reports()
