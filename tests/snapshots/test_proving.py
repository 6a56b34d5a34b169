"""How balancer, DNS, template, certificates, FQDN and options look in their main states."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from rancher_tui.balancer.lint import lint
from rancher_tui.desks.balancer import BalancerDesk
from rancher_tui.desks.dns import DnsDesk
from rancher_tui.dns.watch import Round
from rancher_tui.engine import LocalEngine
from rancher_tui.finding import Finding, Report
from rancher_tui.i18n import EMPTY
from rancher_tui.install.state import InstallState, Options
from screens.app import RancherApp
from tests.snapshots import proving
from tests.snapshots.conftest import Compare
from tests.snapshots.taking import at_two_sizes, taken

EMPTY_STATE = InstallState()
NAMELESS = proving.STATE.model_copy(update={"fqdn": "https://Rancher.example.com/"})
STATES: dict[str, tuple[InstallState, tuple[Report, ...], tuple[str, ...]]] = {
    "balancer-empty": (EMPTY_STATE, (), ("g", "2", "enter")),
    "balancer-configuration": (proving.STATE, (), ("g", "2", "enter")),
    "balancer-probed": (proving.STATE, (proving.PROBED,), ("g", "2", "enter", "n")),
    "balancer-rehearsed": (proving.STATE, (proving.PROBED, proving.REHEARSED), ("g", "2", "enter", "U")),
    "balancer-asks-before-a-rehearsal": (proving.STATE, (), ("g", "2", "enter", "X", "enter")),
    "dns-empty": (EMPTY_STATE, (), ("g", "3", "enter")),
    "dns-record": (proving.STATE, (), ("g", "3", "enter")),
    "dns-agreeing": (proving.STATE, (proving.AGREEING,), ("g", "3", "enter")),
    "dns-disagreeing": (proving.STATE, (proving.DISAGREEING,), ("g", "3", "enter", "n")),
    "template-unchosen": (
        proving.STATE.model_copy(update={"template": ""}),
        (proving.GOOD,),
        ("g", "5", "enter"),
    ),
    "template-chosen": (proving.STATE, (proving.GOOD,), ("g", "5", "enter")),
    "template-misfit": (
        proving.STATE.model_copy(update={"template": "ingress-recognized-ca"}),
        (proving.GOOD,),
        ("g", "5", "enter"),
    ),
    "certificates-empty": (EMPTY_STATE, (), ("g", "7", "enter")),
    "certificates-good": (proving.STATE, (proving.GOOD,), ("g", "7", "enter")),
    "certificates-wrong-order": (proving.STATE, (proving.WRONG_ORDER,), ("g", "7", "enter", "n")),
    "certificates-key-mismatch": (proving.STATE, (proving.KEY_MISMATCH,), ("g", "7", "enter", "n")),
    "certificates-one-in-full": (proving.STATE, (proving.GOOD,), ("g", "7", "enter", *["down"] * 3, "enter")),
    "certificates-judged-before": (
        proving.STATE,
        (proving.GOOD,),
        ("g", "8", "enter", "enter", "ctrl+u", *"new.example.com", "enter", "g", "7", "enter"),
    ),
    "fqdn-empty": (EMPTY_STATE, (), ("g", "8", "enter")),
    "fqdn-wrong": (NAMELESS, (proving.GOOD,), ("g", "8", "enter")),
    "fqdn-good": (proving.STATE, (proving.GOOD, proving.DISAGREEING), ("g", "8", "enter")),
    "options-wrong": (
        proving.STATE.model_copy(
            update={"options": Options(addon_job_timeout="soon", cluster_cidr="10.42.0.0/99")}
        ),
        (),
        ("o", "end"),
    ),
}


@pytest.fixture(autouse=True)
def days_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is always the day that the certificates are made for."""

    def left(certificate: dict[str, str]) -> int:
        return (datetime.fromisoformat(certificate["not_after"]) - proving.NOW).days

    monkeypatch.setattr("screens.panels.certificates.days_left", left)


def _app(home: Path) -> RancherApp:
    return RancherApp(lambda: LocalEngine.of(home))


@at_two_sizes
@pytest.mark.parametrize("name", STATES)
def test_a_state(home: Path, snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    state, reports, keys = STATES[name]
    proving.begun(home, state, *reports)
    assert taken(snap_compare, _app(home), keys, size)


@at_two_sizes
def test_a_change_since_the_configuration_was_written(
    home: Path, snap_compare: Compare, size: tuple[int, int]
) -> None:
    proving.begun(home)
    keys = ("g", "2", "enter", *["down"] * 3, "enter", "ctrl+u", *"8443", "enter")
    assert taken(snap_compare, _app(home), keys, size)


@at_two_sizes
def test_a_configuration_that_is_there_is_read(
    home: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "nginx.conf"
    file.write_text(
        "events { }\nhttp {\n  server {\n    listen 443 ssl;\n    server_name rancher.example.com;\n"
        "    location / { proxy_pass http://10.0.1.11:80; }\n  }\n}\n"
    )

    async def judged(desk: BalancerDesk, _path: str) -> tuple[Finding, ...]:
        return (await lint(file, desk.store.state.fqdn)).findings

    monkeypatch.setattr(BalancerDesk, "why_no_file", lambda _desk, _path: EMPTY)
    monkeypatch.setattr(BalancerDesk, "judge_file", judged)
    proving.begun(home)
    keys = ("g", "2", "enter", "j", *"/etc/nginx/nginx.conf", "enter")
    assert taken(snap_compare, _app(home), keys, size, lambda app: type(app.screen).__name__ == "Reading")


@at_two_sizes
def test_a_watch_of_dns(
    home: Path, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    proving.begun(home, proving.STATE, proving.DISAGREEING)

    async def rounds(desk: DnsDesk) -> AsyncGenerator[Round, None]:
        yield Round(2, desk.session.reports()["dns"], 17.0)
        await asyncio.Event().wait()

    monkeypatch.setattr(DnsDesk, "watch", rounds)
    monkeypatch.setattr("screens.dns.time", SimpleNamespace(monotonic=lambda: 1000.0))
    assert taken(snap_compare, _app(home), ("g", "3", "enter", "equals_sign"), size)
