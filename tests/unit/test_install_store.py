"""Edits as the operator makes them: kept as typed, taken back, made again, told to whoever looks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rancher_tui.install import history, journal, paths
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import Cursor, InstallState, Node, Options
from rancher_tui.install.store import Store


@pytest.fixture
def session(home: Home) -> Session:
    return home.create("prod")


@pytest.fixture
def store(session: Session) -> Store:
    return Store(session.look_on().state, session)


def reopened(session: Session) -> Store:
    """The store after the program was left and started again."""
    session.close()
    return Store(session.open().state, session)


TYPED = [
    "",
    "  blanks  ",
    "10.0.0.1\t",
    "two\nlines",
    "RÄNCHER.Example.COM.",
    "牧场.example",
    "\x00\x1b[31m\u202e",
    "[bold]{x}%s\\",
    "\ufeff",
]


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_is_kept_as_typed_through_a_restart(session: Session, store: Store, typed: str) -> None:
    node = Node(address=typed, user=typed, port=typed, roles=(typed,), labels=(typed, typed))
    store.update("type", fqdn=typed, rancher_version=f"{typed}x", nodes=(node,))
    state = reopened(session).state
    assert (state.fqdn, state.rancher_version, state.nodes) == (typed, f"{typed}x", (node,))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text())
def test_any_text_survives(session: Session, store: Store, text: str) -> None:
    store.update("type", label=text)
    assert session.look_on().state.label == text == store.state.label


def test_an_edit_is_on_the_disk_before_anybody_is_told(session: Session, store: Store) -> None:
    on_disk: list[str] = []
    store.subscribe(lambda _state: on_disk.append(session.look_on().state.fqdn))
    store.update("set the FQDN", fqdn="rancher.example.com")
    assert on_disk == ["rancher.example.com"]


def test_undo_and_redo_go_through_every_edit_also_after_a_restart(session: Session, store: Store) -> None:
    states = [store.state]
    for edit in (
        {"fqdn": "a.example.com"},
        {"nodes": (Node(address="10.0.0.1"), Node(address="10.0.0.2"), Node(address="10.0.0.3"))},
        {"nodes": (Node(address="10.0.0.1"), Node(address="10.0.0.9"), Node(address="10.0.0.3"))},
        {"nodes": (Node(address="10.0.0.9"), Node(address="10.0.0.3"))},
        {"options": Options(cluster_name="c", authentication_sans=("a", "b"))},
        {"options": Options(cluster_name="c", authentication_sans=("b",)), "label": "two at once"},
    ):
        states.append(store.update(next(iter(edit)), **edit))
    store = reopened(session)
    for expected in reversed(states[:-1]):
        assert store.undo() is not None
        assert history.plain(store.state) == history.plain(expected)
    assert store.undo() is None
    store = reopened(session)
    for expected in states[1:]:
        assert store.redo() is not None
        assert history.plain(store.state) == history.plain(expected)
    assert store.redo() is None
    assert history.plain(reopened(session).state) == history.plain(states[-1])


def test_a_new_edit_after_an_undo_ends_the_redo(store: Store) -> None:
    store.update("first", fqdn="a.example.com")
    store.undo()
    store.update("second", fqdn="b.example.com")
    assert store.redo() is None
    undone = store.undo()
    assert undone is not None
    assert undone.name == "second"


def test_the_oldest_edit_is_forgotten_at_the_bound_and_none_before(store: Store) -> None:
    for number in range(history.LIMIT + 1):
        store.edit("count", lambda state, number=number: state.model_copy(update={"label": str(number)}))  # type: ignore[misc]
    assert len(store.state.history) == history.LIMIT
    for _ in range(history.LIMIT):
        assert store.undo() is not None
    assert store.undo() is None
    assert store.state.label == "0", "the first edit of all is the one that cannot be taken back"


def test_edits_of_a_whole_big_table_stay_bounded_and_the_newest_can_be_undone(store: Store) -> None:
    table = tuple(Node(address=f"10.0.{row // 250}.{row % 250}") for row in range(1000))
    store.update("paste", nodes=table)
    for number in range(30):
        store.update("fill down", nodes=tuple(node.model_copy(update={"user": f"u{number}"}) for node in table))
    size = sum(len(change.model_dump_json()) for change in store.state.history)
    assert history.WEIGHT // 2 < size <= history.WEIGHT
    store.undo()
    assert {node.user for node in store.state.nodes} == {"u28"}


def test_one_edit_heavier_than_all_room_can_still_be_undone(store: Store) -> None:
    store.update("read a file", cluster_file_source="x" * (history.WEIGHT + 1))
    assert len(store.state.history) == 1
    assert store.undo() is not None
    assert store.state.cluster_file_source == ""


def test_an_equal_edit_does_nothing(session: Session, store: Store) -> None:
    store.update("set", fqdn="a.example.com")
    told: list[InstallState] = []
    store.subscribe(told.append)
    saved = session.state_file.stat().st_ino
    assert store.update("set again", fqdn="a.example.com") is store.state
    assert (len(store.state.history), told, session.state_file.stat().st_ino) == (1, [], saved)


def test_subscribers_hear_every_change_until_they_leave(store: Store) -> None:
    first: list[str] = []
    second: list[str] = []
    leave = store.subscribe(lambda state: first.append(state.fqdn))
    store.subscribe(lambda state: second.append(state.fqdn))
    store.update("set", fqdn="a.example.com")
    leave()
    leave()
    store.undo()
    store.redo()
    assert first == ["a.example.com"]
    assert second == ["a.example.com", "", "a.example.com"]


def test_a_failing_subscriber_keeps_the_news_from_nobody(session: Session, store: Store) -> None:
    heard: list[str] = []

    def fail(_state: InstallState) -> None:
        raise RuntimeError("a screen broke")

    store.subscribe(fail)
    store.subscribe(lambda state: heard.append(state.fqdn))
    with pytest.raises(RuntimeError, match="a screen broke"):
        store.update("set", fqdn="a.example.com")
    assert heard == [session.look_on().state.fqdn] == ["a.example.com"]


@pytest.mark.parametrize("wrong", [{"fqdn": 5}, {"fqdn": "\udcff"}, {"nodes": ("10.0.0.1",)}, {"label": None}])
def test_what_could_not_be_read_again_is_never_stored(
    session: Session, store: Store, wrong: dict[str, object]
) -> None:
    before = session.state_file.read_bytes()
    with pytest.raises((ValueError, TypeError)):
        store.update("wrong", **wrong)
    assert session.state_file.read_bytes() == before
    assert store.update("right", fqdn="a.example.com") is store.state


def test_a_history_that_does_not_fit_is_forgotten_and_the_state_stays(session: Session, store: Store) -> None:
    store.update("set", fqdn="a.example.com")
    foreign = store.state.model_copy(update={"fqdn": "b.example.com"})
    session.save(foreign)
    store = reopened(session)
    assert store.undo() is None
    assert (store.state.fqdn, store.state.history) == ("b.example.com", ())


def test_the_cursor_is_kept_and_is_no_edit(session: Session, store: Store) -> None:
    store.move_cursor(Cursor(screen="nodes", row=7, column=2, scroll=3))
    store.save()
    again = reopened(session)
    assert again.state.cursor == Cursor(screen="nodes", row=7, column=2, scroll=3)
    assert again.undo() is None


def test_the_journal_tells_edits_by_name_and_field_never_by_value(session: Session, store: Store) -> None:
    store.update("set the FQDN", fqdn="very-private.example.com")
    store.undo()
    told = list(journal.entries(session.journal_file))
    assert [(entry["action"], entry.get("edit")) for entry in told] == [
        ("created", None),
        ("edit", "set the FQDN"),
        ("undo", "set the FQDN"),
    ]
    assert told[1]["fields"] == ["fqdn"]
    assert "very-private" not in session.journal_file.read_text()


def test_fields_are_named_by_dotted_path() -> None:
    state = paths.put(InstallState(), "nodes.0.address", "10.0.0.1")
    state = paths.put(state, "nodes.0.roles", "etcd, worker")
    state = paths.put(state, "options.registry.is_default", "no")
    assert (state.nodes[0].roles, state.options.registry.is_default) == (("etcd", "worker"), False)
    assert all(paths.put(state, path, str(paths.get(state, path))) for path in ("fqdn", "nodes.0.address"))
    assert set(paths.leaves(state)) > {"fqdn", "nodes.0.port", "options.audit.level", "dns.servers"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("fqd", "x"),
        ("", "x"),
        ("nodes", "x"),
        ("nodes.0", "x"),
        ("nodes.1.address", "x"),
        ("nodes.-1.address", "x"),
        (f"nodes.{'9' * 5000}.address", "x"),
        ("nodes.0.address.x", "x"),
        ("options", "x"),
        ("options.registry.is_default", "perhaps"),
        ("history", "x"),
        ("cursor.row", "1"),
        ("schema_version", "9"),
        ("fqdn", "\udcff"),
    ],
)
def test_an_unknown_path_or_a_wrong_shape_is_refused(path: str, text: str) -> None:
    with pytest.raises(paths.PathError) as refused:
        paths.put(InstallState(), path, text)
    assert str(refused.value.message)
