"""Getting about, the footer, help, palette, undo, resume, look-on."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui import actions
from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from screens import findable, registry
from screens.dialogs.ask import Agree
from screens.dialogs.dialog import Pager
from screens.findable import everything
from tests.screens.conftest import SIZES, User, begun, using
from tests.screens.sample import save_sample

STEPS = [
    "hosts", "balancer", "dns", "rke", "template", "nodes", "certificates", "fqdn", "version",
    "backup-config", "run", "backup-result",
]  # fmt: skip


def test_a_key_means_one_thing_in_the_whole_program() -> None:
    meanings: dict[str, set[str]] = {}
    for action in actions.table().actions:
        for key in action.keys:
            meanings.setdefault(key, set()).add(action.id)
    assert {key: sorted(ids) for key, ids in meanings.items() if len(ids) > 1} == {}


def test_keys_that_terminals_eat_are_not_used() -> None:
    eaten = {"ctrl+a", "ctrl+b", "ctrl+backslash", "ctrl+z", "ctrl+s", "ctrl+h", "ctrl+m", "ctrl+i", "tilde", "~"}
    assert not eaten & {key for action in actions.table().actions for key in action.keys}


def test_every_function_key_has_a_letter_twin() -> None:
    for action in actions.table().actions:
        if any(key[0] == "f" and key[1:].isdigit() for key in action.keys):
            twins = set(action.keys) | ({"enter"} if action.id == "edit" else set())
            assert any(not (key[0] == "f" and key[1:].isdigit()) for key in twins), action.id


def test_every_action_of_a_place_has_its_method_and_every_place_its_screen() -> None:
    assert set(registry.PLACES) == set(actions.table().places)
    for place in registry.PLACES:
        screen = registry.screen(place)
        for action in actions.table().at(place):
            assert hasattr(screen, f"do_{action.id.replace('-', '_')}"), f"{place}: {action.id}"


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_opens_and_its_footer_fits(home: Path, size: tuple[int, int]) -> None:
    async with using(home, begun(home), size) as user:
        for number, slug in enumerate(STEPS, 1):
            await user.press("g", *str(number), "enter")
            assert user.app.frame is not None and slug == user.app.frame.PLACE
            assert "? help" in user.lines[-1], user.screen
            assert all(len(line) <= size[0] for line in user.lines)
            await user.press("?")
            told = user.app.screen.query_one(Pager)
            text = "\n".join("".join(part for part, _ink in told.line(row, 80)) for row in range(told.count))
            assert f"{number} " in text and "Keys here" in text
            await user.press("escape")


async def test_brackets_walk_the_steps_and_escape_comes_back(home: Path) -> None:
    async with using(home, begun(home)) as user:
        seen = []
        for _ in STEPS:
            await user.press("]")
            assert user.app.frame is not None
            seen.append(user.app.frame.PLACE)
        assert seen == STEPS
        await user.press("[")
        assert user.app.frame is not None and user.app.frame.PLACE == "run"
        await user.press("escape")
        assert user.app.frame.PLACE == "overview"


async def test_resume_lands_on_the_screen_and_row(home: Path) -> None:
    begun(home, InstallState(fqdn="rancher.example.com"))
    async with using(home) as user:
        await user.press("g", "2", "enter", "down", "down", "down")
    async with using(home) as user:
        assert user.app.frame is not None
        assert (user.app.frame.PLACE, user.app.frame.cursor().row) == ("balancer", 3)


async def test_the_rail_stands_beside_wide_screens_only(home: Path) -> None:
    async with using(home, begun(home), (120, 40)) as user:
        await user.press("g", "8", "enter")
        assert "Load balancer" in user.screen
        await user.pilot.resize_terminal(80, 24)
        await user.pilot.pause()
        assert "Load balancer" not in user.screen


async def test_an_edit_is_on_disk_when_the_key_was_handled(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("g", "8", "enter", "enter")
        await user.type("rancher.example.com")
        await user.press("enter")
        stored = (home / "sessions" / "prod" / "install.json").read_text()
        assert '"fqdn":"rancher.example.com"' in stored
        await user.press("u")
        assert user.state.fqdn == ""
    async with using(home) as user:
        await user.press("ctrl+r")
        assert user.state.fqdn == "rancher.example.com"


async def test_looking_on_refuses_edits_and_names_the_holder(home: Path) -> None:
    begun(home, InstallState(fqdn="rancher.example.com"))
    other = Home(home).session("prod")
    other.open()
    try:
        async with using(home, "prod") as user:
            assert "looked on only" in user.screen
            await user.press("g", "8", "enter", "enter", "x", "enter")
            assert user.state.fqdn == "rancher.example.com"
            await user.press("u")
            assert "pid" in user.screen
            other.save(InstallState(fqdn="other.example.com"))
            assert user.app.install is not None
            user.app._look()
            await user.pilot.pause()
            assert "other.example.com" in user.lines[0]
    finally:
        other.close()


async def test_a_save_that_fails_shows_in_the_header(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rancher_tui.install import session

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with using(home, begun(home)) as user:
        await user.press("g", "8", "enter", "enter")
        monkeypatch.setattr(session, "write_atomic", full)
        await user.type("a.b")
        await user.press("enter")
        assert "NOT SAVED: No space left on device" in user.lines[0]
        assert user.state.fqdn == "a.b"
        monkeypatch.undo()


async def test_the_palette_finds_an_action_and_does_it(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("ctrl+p")
        await user.type("beyond the guide")
        await user.press("enter")
        await user.pilot.pause()
        assert user.app.frame is not None and user.app.frame.PLACE == "options"


async def test_in_the_last_line_what_cannot_be_done_gives_way_to_what_can(home: Path) -> None:
    async with using(home) as user:
        assert "y copy" not in user.lines[-1] and "@ rename" not in user.lines[-1]
        assert all(key in user.lines[-1] for key in ("enter open", "a new", "O read a file", "q leave", "? help"))
        await user.pilot.resize_terminal(160, 40)
        await user.pilot.pause()
        assert "@ rename" in user.lines[-1]
        await user.pilot.resize_terminal(30, 10)
        await user.pilot.pause()
        assert user.lines[-1].split() == ["enter", "open", "a", "new", "?", "help"]


async def test_a_problem_is_told_as_one_of_so_many(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        for at in (*range(1, 7), 1):
            await user.press("n")
            assert f"problem {at} of 6" in user.lines[-2]
        await user.press("N")
        assert "problem 6 of 6" in user.lines[-2]


async def found(user: User, words: str) -> list[str]:
    """What the palette lists for these words, without its last line; the palette stays open."""
    await user.press("ctrl+p")
    await user.type(words)
    return [line.strip("│ ") for line in user.lines[2:-2] if line.strip("│ ")]


async def test_what_is_meant_best_is_found_first(home: Path) -> None:
    async with using(home, begun(home)) as user:
        assert user.app.frame is not None
        items = everything(user.app.frame)
        titles = [item.title for item in findable.found(items, "ver")]
        assert titles.index("verdict") < titles.index("9 Rancher version") < titles.index("back")
        assert findable.found(items, "%")[0].name == "make"
        assert [item.title for item in findable.found(items, "")] == [item.title for item in items]


async def test_the_palette_says_that_nothing_was_found_and_stays(home: Path) -> None:
    async with using(home, begun(home)) as user:
        assert await found(user, "zzz") == ["nothing is called that; fewer words find more"]
        await user.press("enter")
        assert "find zzz" in user.screen
        await user.press("ctrl+u")
        await user.type("beyond the guide")
        await user.press("enter")
        await user.pilot.pause()
        assert user.app.frame is not None and user.app.frame.PLACE == "options"


async def test_the_palette_leads_to_what_another_screen_does(home: Path) -> None:
    async with using(home, begun(home, InstallState(fqdn="rancher.example.com"))) as user:
        await user.press("g", "8", "enter")
        assert (await found(user, "private ca make"))[0].startswith("%       make")
        await user.press("enter")
        await user.pilot.pause()
        assert user.app.frame is not None and user.app.frame.PLACE == "certificates"
        assert "Make a private CA and a server certificate" in user.screen


@pytest.mark.parametrize("place", [place for place in registry.PLACES if place != "sessions"])
async def test_every_key_is_found_from_every_screen_of_a_session(home: Path, place: str) -> None:
    async with using(home, begun(home)) as user:
        await user.app.go(place)
        assert user.app.frame is not None
        names = {item.name for item in everything(user.app.frame)}
        of_the_list = {action.id for action in actions.table().actions if action.places == {"sessions"}}
        of_forms = {"edit", "next-choice"}
        assert {action.id for action in actions.table().actions} - names <= of_the_list | of_forms


async def test_what_cannot_be_done_says_why(home: Path) -> None:
    async with using(home, begun(home)) as user:
        await user.press("u")
        assert "nothing to undo" in user.screen


async def test_a_session_is_begun_and_deleted_by_its_typed_name(home: Path) -> None:
    async with using(home) as user:
        assert "new rehearsal" in user.line_with("▸")
        await user.press("a")
        await user.type("pr od")
        await user.press("enter")
        assert "is no session name" in user.screen and "pr od" in user.screen
        await user.press("ctrl+u")
        await user.type("prod")
        await user.press("enter")
        await user.pilot.pause()
        assert (home / "sessions" / "prod" / "install.json").exists()
        await user.press("escape", "d")
        await user.type("pro")
        await user.press("enter")
        assert "nothing was done" in user.screen
        await user.press("d", "enter")
        await user.app.workers.wait_for_complete()
        assert not (home / "sessions" / "prod").exists()


async def test_a_session_that_is_not_there_is_told_above_the_list(home: Path) -> None:
    begun(home)
    async with using(home, "prod9", (160, 40)) as user:
        await user.pilot.pause()
        assert "there is no session named prod9" in user.screen and "is it prod?" in user.screen


async def test_signs_are_ascii_on_a_linux_console(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("TERM", "linux")
    async with using(home, begun(home), (120, 40)) as user:
        for number in range(13):
            await user.press("g", *str(number), "enter")
            assert user.screen.isascii(), [line for line in user.lines if not line.isascii()]


async def test_rehearsals_are_labelled_on_every_screen(home: Path) -> None:
    async with using(home, begun(home, InstallState(label="REHEARSAL"))) as user:
        for number in range(13):
            await user.press("g", *str(number), "enter")
            assert "REHEARSAL" in user.lines[0]


@pytest.mark.parametrize(
    ("keys", "answer"), [(("enter",), True), (("u", "p", "enter"), True), (("escape",), None)], ids=str
)
async def test_what_destroys_nothing_is_begun_with_enter(
    home: Path, keys: tuple[str, ...], answer: bool | None
) -> None:
    async with using(home, begun(home)) as user:
        answers: list[bool | None] = []
        user.app.push_screen(Agree("Start the run?", [[("a first run", "plain")]], "start it"), answers.append)
        await user.pilot.pause()
        assert "a first run" in user.screen and "start it" in user.screen
        await user.press(*keys)
        assert answers == [answer]


async def test_a_note_longer_than_the_line_goes_on_below_it(home: Path) -> None:
    async with using(home, begun(home)) as user:
        assert user.app.frame is not None
        user.app.frame.note("a reason that is told in full, " * 4 + "to its last word")
        await user.pilot.pause()
        assert "to its last word" in user.lines[-2]
        assert "a reason" in user.lines[-3]
        user.app.frame.note("short")
        await user.pilot.pause()
        assert user.lines[-2].startswith("── short ─")
        assert "The twelve steps" in user.lines[1]


async def test_a_note_that_never_ends_leaves_room_for_the_screen(home: Path) -> None:
    async with using(home, begun(home), size=(60, 15)) as user:
        assert user.app.frame is not None
        user.app.frame.note("word " * 200)
        await user.pilot.pause()
        assert [line for line in user.lines if "word" in line] == user.lines[-4:-1]
        assert "…" in user.lines[-2]
