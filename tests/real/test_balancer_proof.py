"""Step 2 as it stands: proven by a rehearsal of these inputs, or by probes once Rancher answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rancher_tui.checks import run
from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import steps
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import Certificates, InstallState
from rancher_tui.proofs.balancer import REHEARSE, proven, served
from tests.conftest import require
from tests.real.balancers import make_pair
from tests.real.test_balancer_probe import Cluster, cluster

pytestmark = pytest.mark.real


@pytest.fixture
def session(tmp_path: Path) -> Session:
    made = Home(tmp_path / "home").create("prod")
    made.close()
    return made


def entered(made: Cluster) -> InstallState:
    """The cluster's state with its own CA entered."""
    return made.state.model_copy(update={"certificates": Certificates(ca_text=made.pair.ca_pem)})


def rehearsed(session: Session, state: InstallState, *findings: Finding) -> None:
    digest = steps.inputs_digest(state, "balancer")
    session.save_report(Report(REHEARSE, findings, {}, digest, step=2))


async def told(session: Session, state: InstallState) -> dict[str, Finding]:
    found = [finding async for finding in proven(session, state, {})]
    assert len({(finding.code, finding.subject) for finding in found}) == len(found), "a code once a subject"
    return {finding.code: finding for finding in found}


async def test_a_balancer_without_a_cluster_has_to_be_rehearsed(tmp_path: Path, session: Session) -> None:
    require("nginx")
    async with cluster(tmp_path, nodes=(None, None, None)) as made:
        state = entered(made)
        found = await told(session, state)
        assert (found["not-rehearsed"].status, found["answers"].status) == (Status.UNKNOWN, Status.PASS)

        good = Finding(Status.PASS, "spread", "b", msg("every node answers"))
        rehearsed(session, state, good)
        async for _finding in run("balancer", session, state):
            continue
        standing = steps.judge(steps.STEPS[1], state, session.reports(), datetime.now(UTC))
        assert standing.status is steps.StepStatus.DONE
        assert {"spread", "rehearsed"} <= {finding.code for finding in standing.findings}

        rehearsed(session, state, Finding(Status.FAIL, "forwarded-proto", "b", msg("does not arrive")))
        assert (await told(session, state))["forwarded-proto"].bad

        rehearsed(
            session, state, Finding(Status.UNKNOWN, "node-unreachable", "10.0.1.11", msg("cannot be reached"))
        )
        found = await told(session, state)
        assert "rehearsed" not in found, "a rehearsal that reached nobody proves nothing"
        assert found["not-rehearsed"].status is Status.UNKNOWN

        moved = state.model_copy(update={"nodes": state.nodes[:2]})
        assert "other inputs" in (await told(session, moved))["not-rehearsed"].title.english


async def test_a_rancher_that_answers_is_probed(tmp_path: Path, session: Session) -> None:
    require("nginx")
    async with cluster(tmp_path) as made:
        found = await told(session, entered(made))
    assert {"ping", "links", "websocket-route", "steady", "node", "chain"} <= set(found)
    assert found["node"].evidence["answers"]["P11b"].startswith("400")
    assert {found["node"].evidence["answers"][f"P11c {proto}"][:3] for proto in ("HTTPS", "wss")} == {"302"}
    assert found["api-port"].status is Status.WARN, "nothing listens on 6443 of these nodes"
    assert "not-rehearsed" not in found


async def test_why_a_chain_is_not_trusted_is_said_once_by_the_certificate_code(
    tmp_path: Path, session: Session
) -> None:
    require("nginx")
    async with cluster(tmp_path) as made:
        (tmp_path / "other").mkdir()
        stranger = make_pair(tmp_path / "other").ca_pem
        front = made.asked.front
        assert (await served(front, made.pair.ca_pem, "probe"))[0].code == "chain"
        (finding,) = [found for found in await served(front, stranger, "probe") if found.bad]
    assert (finding.status, finding.evidence["hop"]) == (Status.FAIL, "tls")
    assert finding.code in ("untrusted-root", "missing-intermediate")


async def test_tls_at_the_ingress_is_proven_after_the_run(tmp_path: Path, session: Session) -> None:
    require("nginx")
    async with cluster(tmp_path, nodes=(None, None, None)) as made:
        found = await told(session, entered(made).model_copy(update={"template": "ingress-certificate"}))
    assert found["not-probed"].status is Status.UNKNOWN
