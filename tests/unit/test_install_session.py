"""A session's folder: its names and modes, recovery from damage, older and newer versions, generations."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import generations, journal, migrate
from rancher_tui.install.session import Home, Session, SessionError
from rancher_tui.install.state import SCHEMA_VERSION, InstallState, Node
from rancher_tui.install.store import Store


@pytest.fixture
def session(home: Home) -> Session:
    """A closed session with two saves: `first`, then `second`."""
    made = home.create("prod", InstallState(fqdn="first.example.com"))
    made.save(InstallState(fqdn="second.example.com"))
    made.close()
    return made


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)

    def use(mask: int) -> None:
        os.umask(mask)

    yield use
    os.umask(before)


@pytest.mark.parametrize("name", ["a", "0", "prod-2.site_B", "x" * 64, "Lab"])
def test_good_names(home: Home, name: str) -> None:
    home.create(name).close()
    assert [found.name for found in home.sessions()] == [name]


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".x", "-x", "_x", "a b", "a/b", "x" * 65, "ü", "١", "a\n", "lab", "new", "undo"]
)
def test_bad_names_are_refused_and_make_nothing(home: Home, name: str) -> None:
    for use in (home.create, home.session):
        with pytest.raises(SessionError) as refused:
            use(name)
        assert str(refused.value.message)
    assert home.sessions() == []


def test_a_taken_name_and_an_unknown_one_are_told(home: Home, session: Session) -> None:
    with pytest.raises(SessionError, match="already there"):
        home.create("prod")
    with pytest.raises(SessionError, match="no session named other"):
        home.session("other")
    assert session.look_on().state.fqdn == "second.example.com"


def test_the_last_saved_session_comes_first(home: Home) -> None:
    for age, name in enumerate(["newest", "older", "oldest"]):
        made = home.create(name)
        made.close()
        os.utime(made.state_file, (10_000 - age, 10_000 - age))
    (home.sessions_folder / "stray.txt").touch()
    (home.sessions_folder / "empty").mkdir()
    assert [found.name for found in home.sessions()] == ["newest", "older", "oldest"]


def test_a_removed_session_is_gone(home: Home, session: Session) -> None:
    home.remove("prod")
    assert os.listdir(home.sessions_folder) == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o277, 0o777])
def test_nobody_else_can_read_a_session_whatever_the_umask(
    home: Home, umask: Callable[[int], None], mask: int
) -> None:
    umask(mask)
    session = home.create("prod")
    store = Store(InstallState(), session)
    store.update("set", fqdn="a.example.com")
    store.update("set", fqdn="b.example.com")
    session.secrets.put("registry", "s3cret")
    session.save_report(Report("dns", (), taken_at=datetime.now(UTC)))
    umask(0o022)
    for path in (home.path, home.sessions_folder, session.path, *session.path.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    session.close()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda good: good[: len(good) // 2],
    "empty": lambda good: b"",
    "zeros": lambda good: b"\0" * len(good),
    "binary": lambda good: bytes(range(256)) * 8,
    "an array": lambda good: b"[]",
    "an empty object": lambda good: b"{}",
    "another program's JSON": lambda good: b'{"name": "x", "version": "1"}',
    "a number for a text": lambda good: good.replace(b'"second.example.com"', b"5"),
    "an unknown field": lambda good: good.replace(b'"fqdn"', b'"fqdm"'),
    "half a surrogate": lambda good: good.replace(b"second", b"\\ud800"),
    "deep nesting": lambda good: b"[" * 200_000,
    "a huge number": lambda good: b'{"schema_version": ' + b"9" * 10_000 + b"}",
    "a version that is none": lambda good: b'{"schema_version": "1"}',
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_state_is_set_aside_and_the_save_before_is_loaded(session: Session, kind: str) -> None:
    damaged = DAMAGE[kind](session.state_file.read_bytes())
    session.state_file.write_bytes(damaged)
    opened = session.open()
    assert opened.state.fqdn == "first.example.com"
    assert opened.damage
    assert opened.recovered_from == session.path / "install.previous.json"
    assert opened.damaged_as is not None
    assert opened.damaged_as.name.startswith("install.json.damaged.")
    assert opened.damaged_as.read_bytes() == damaged
    assert migrate.read(session.state_file.read_bytes()).state == opened.state, "the good one is in its place"
    assert [entry["action"] for entry in journal.entries(session.journal_file)][-1] == "recovered"
    session.close()
    assert session.open().damage == ""


def test_damage_twice_in_a_second_keeps_both(session: Session) -> None:
    for content in (b"one", b"two"):
        session.state_file.write_bytes(content)
        session.open()
        session.close()
    assert {path.read_bytes() for path in session.path.glob("install.json.damaged.*")} == {b"one", b"two"}


def test_looking_on_a_damaged_session_changes_nothing(session: Session) -> None:
    session.state_file.write_bytes(b"{")
    before = sorted(os.listdir(session.path))
    opened = session.look_on()
    assert (opened.state.fqdn, opened.damaged_as) == ("first.example.com", None)
    assert session.state_file.read_bytes() == b"{"
    assert sorted(os.listdir(session.path)) == before


def test_a_missing_state_is_recovered_and_its_session_still_listed(home: Home, session: Session) -> None:
    session.state_file.unlink()
    assert [found.name for found in home.sessions()] == ["prod"]
    opened = session.open()
    assert (opened.state.fqdn, opened.damaged_as) == ("first.example.com", None)
    assert session.state_file.exists()
    with pytest.raises(SessionError, match="already there"):
        home.create("prod")


def test_a_damaged_generation_is_passed_over(session: Session) -> None:
    session.state_file.write_bytes(b"{")
    (session.path / "install.previous.json").unlink()
    (session.path / "install.previous.json").write_bytes(b"")
    assert session.open().state.fqdn == "first.example.com"


def test_nothing_readable_left_is_told_and_nothing_changed(session: Session) -> None:
    for path in [session.state_file, *generations.kept(session.state_file)]:
        path.unlink()
    session.state_file.write_bytes(b"{")
    with pytest.raises(SessionError, match=r"no earlier generation can be read\. Nothing was changed"):
        session.open()
    assert session.state_file.read_bytes() == b"{"
    assert session.holder is None, "the lock is free again"


def newer(session: Session, **changes: Any) -> bytes:
    data = {**json.loads(session.state_file.read_bytes()), "schema_version": SCHEMA_VERSION + 1, **changes}
    written = json.dumps(data).encode()
    session.state_file.write_bytes(written)
    return written


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"fresh": {"x": 1}},
        {"nodes": [{"address": "10.0.0.1", "rack": "r1"}, {"address": "10.0.0.2", "port": {"ssh": 22}}]},
        {"options": {"registry": {"mirrors": ["x"]}}, "etcd": ["other", "shape"]},
        {"history": [{"what": "else"}], "label": ["en", "zh"]},
    ],
)
def test_a_newer_state_is_read_as_far_as_known_and_never_written(
    session: Session, changes: dict[str, Any]
) -> None:
    written = newer(session, **changes)
    opened = session.open_or_look_on()
    assert opened.state.fqdn == "second.example.com"
    assert opened.newer_version == SCHEMA_VERSION + 1
    assert opened.damage == ""
    assert len(opened.state.nodes) == len(changes.get("nodes", []))
    assert not session.writable
    store = Store(opened.state, session)
    store.save()
    with pytest.raises(SessionError):
        session.save(opened.state)
    assert session.state_file.read_bytes() == written
    assert not list(session.path.glob("*.damaged.*"))


def test_version_0_is_brought_up_to_date() -> None:
    old = {
        "hostname": "rancher.example.com",
        "nodes": [
            {"address": "10.0.0.1", "roles": "controlplane, etcd"},
            {"address": "10.0.0.2", "roles": ["worker"]},
        ],
        "history": [{"name": "x", "splices": [{"path": ["hostname"], "before": "", "after": "y"}]}],
    }
    stored = migrate.read(json.dumps(old).encode())
    assert (stored.version, stored.newer) == (0, False)
    assert stored.state == InstallState(
        fqdn="rancher.example.com",
        nodes=(
            Node(address="10.0.0.1", roles=("controlplane", "etcd")),
            Node(address="10.0.0.2", roles=("worker",)),
        ),
    )


def test_an_old_state_is_stored_in_the_new_form_with_the_next_edit(session: Session) -> None:
    session.state_file.write_bytes(b'{"schema_version": 0, "hostname": "old.example.com"}')
    store = Store(session.open().state, session)
    store.update("label", label="x")
    assert json.loads(session.state_file.read_bytes())["schema_version"] == SCHEMA_VERSION
    assert session.look_on().state.fqdn == "old.example.com"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NODE = st.dictionaries(st.sampled_from(["address", "user", "roles", "port", "x"]), JSON | st.just("etcd,worker"))
ANY_VERSION_0 = st.dictionaries(
    st.sampled_from(["schema_version", "hostname", "fqdn", "nodes", "options", "history", "template"]),
    JSON,
    max_size=4,
) | st.fixed_dictionaries({"hostname": st.text(), "nodes": st.lists(NODE, max_size=3)})


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=ANY_VERSION_0)
def test_any_file_of_version_0_migrates_or_is_called_damaged(data: dict[str, Any]) -> None:
    try:
        stored = migrate.read(json.dumps(data).encode())
    except (migrate.DamagedStateError, migrate.NewerStateError) as error:
        assert str(error)
        return
    written = stored.state.model_dump_json().encode()
    assert migrate.read(written).state == stored.state


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_state_or_called_damaged(data: bytes) -> None:
    with pytest.raises(migrate.DamagedStateError):
        migrate.read(data)


class Clock:
    """A state file saved at chosen times."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "install.json"

    def save(self, now: float) -> None:
        generations.rotate(self.file, now)
        fresh = self.file.with_name("fresh")
        fresh.write_text(str(now))
        os.utime(fresh, (now, now))
        fresh.replace(self.file)

    def generations(self) -> dict[str, float]:
        """Rung and time of the save that each generation holds."""
        found = {rung: self.file.with_name(f"install.{rung}.json") for rung in generations.AGES}
        return {rung: float(path.read_text()) for rung, path in found.items() if path.exists()}


def test_generations_are_never_younger_than_their_rung_and_all_come(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    seen: set[str] = set()
    now = 1_000_000.0
    for save in range(4000):
        clock.save(now)
        held = clock.generations()
        seen |= held.keys()
        for rung, saved in held.items():
            assert now - saved >= generations.AGES[rung], (rung, save)
        now += 7 if save % 50 else 20_000
    assert seen == set(generations.AGES)
    assert now - clock.generations()["1min"] < 2 * 86_400, "a generation is renewed"


def test_a_candidate_ripens_only_at_its_age(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    for now in (0, 10, 59.9):
        clock.save(1000 + now)
    assert clock.generations() == {}
    clock.save(1000 + 60.1)
    assert clock.generations() == {"1min": 1000.0}
    clock.save(1000 + 100)
    assert clock.generations() == {"1min": 1000.0}, "the next candidate is not ripe yet"


def test_a_clock_set_back_stops_no_rung(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.save(9_000_000)
    clock.save(9_000_001)
    for now in (1000, 1010, 1100, 1200):
        clock.save(now)
    assert clock.generations()["1min"] < 1200
    clock.file.unlink()
    assert generations.kept(clock.file)[0].read_text() == "1100", "the newest copy is the save before, by no clock"


def test_reports_come_back_as_they_were_and_bad_ones_count_as_not_taken(session: Session) -> None:
    finding = Finding(
        Status.FAIL,
        "wrong-address",
        "10.0.0.53",
        msg("{name} is at {place}", name="a", place=msg("{n}", n=3)),
        evidence={"answer": ["10.0.0.9"], "raw": "\x1b[31m\udcff"},
        check="dns",
        step=3,
    )
    report = Report("dns", (finding,), {"name": "a"}, "digest", step=3)
    session.save_report(report)
    for number, content in enumerate(
        [
            "",
            "[]",
            "{}",
            '{"check": "x", "findings": [5]}',
            "[" * 100_000,
            json.dumps({**report.record(), "step": 1e999}),
        ]
    ):
        (session.path / "reports" / f"bad{number}.json").write_text(content)
    naive = {**report.record(), "taken_at": "2026-01-01T00:00:00"}
    (session.path / "reports" / "naive.json").write_text(json.dumps(naive))
    assert session.reports() == {"dns": report}
    assert [entry["codes"] for entry in journal.entries(session.journal_file) if entry["action"] == "check"] == [
        ["wrong-address"]
    ]


def test_a_report_is_kept_while_another_program_holds_the_session(home: Home, session: Session) -> None:
    holder = home.session("prod")
    holder.open()
    session.save_report(Report("dns", ()))
    assert set(session.reports()) == {"dns"}
    holder.close()


def test_the_home_is_the_named_one_else_the_xdg_state_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RANCHER_TUI_HOME", str(tmp_path / "named"))
    assert Home.default().path == tmp_path / "named"
    monkeypatch.delenv("RANCHER_TUI_HOME")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert Home.default().path == tmp_path / "xdg" / "rancher-tui"


def test_kept_copies_are_named_by_utc_time(session: Session) -> None:
    session.state_file.write_bytes(b"{")
    aside = session.open().damaged_as
    assert aside is not None
    assert re.fullmatch(r"install\.json\.damaged\.\d{8}T\d{6}Z", aside.name)
