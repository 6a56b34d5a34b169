"""Random keys over every screen: nothing crashes, no edit is lost, no file outside the home is touched."""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key

from rancher_tui import actions
from rancher_tui.i18n import Message, msg
from rancher_tui.install.migrate import read
from rancher_tui.install.session import Home
from screens import registry
from screens.frame import Frame
from tests.screens.conftest import User, using
from tests.screens.sample import save_sample

REACHING_OUT = {
    *("check", "preflight", "verdict", "host-keys", "start", "again-failed", "again-host", "again-cell"),
    *("rehearse", "probe", "watch", "clear-host", "search", "ways", "served", "test-cause", "fetch", "images"),
    *("shell", "to-clipboard"),
}
"""Actions that ask the network, start a program, or whose key begins an absolute path in a dialog."""
MOVING = ["up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab"]
TYPED = [
    *"0123456789abzZ",
    "space",
    "full_stop",
    "minus",
    "comma",
    "colon",
    "backspace",
    "delete",
    "ctrl+u",
    "ctrl+w",
]
HOSTILE = ["\x1b]52;c;Y2FuYXJ5\x07", "\u202egnp.exe", "\u200b", "[bold red]x[/]", "漢" * 50, "a\nb\nc", "x" * 5000]
BURST = 20
LONG_BURST = 40
"""Keys that come in a row, as when they are held down or pasted unmarked."""
SIZES = [(80, 24), (120, 40), (50, 14), (200, 60), (20, 5)]


def keys() -> list[str]:
    table = actions.table().actions
    bound = [key for action in table if action.id not in {*REACHING_OUT, "leave"} for key in action.keys]
    opening = ["enter"] * 6 + ["escape"] * 3
    return [*bound, *MOVING, *MOVING, *TYPED, *opening]


def digest(folder: Path) -> dict[str, str]:
    """Every file of a folder and what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def within_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reaches out is not done, whatever way leads to it: a key or the palette."""
    real = Frame.action_do

    async def action_do(frame: Frame, name: str) -> None:
        if name not in REACHING_OUT:
            await real(frame, name)

    monkeypatch.setattr(Frame, "action_do", action_do)


def screens_shown(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Fills with the places whose screens are shown from now on."""
    seen: set[str] = set()
    real = Frame.on_mount

    def on_mount(frame: Frame) -> None:
        seen.add(frame.PLACE)
        real(frame)

    monkeypatch.setattr(Frame, "on_mount", on_mount)
    return seen


async def play(home: Path, chance: random.Random, count: int, pressed: list[str], row: int) -> int:
    """Press up to `count` random keys until the program is left; how many were."""
    choices = keys()
    async with using(home, size=chance.choice(SIZES)) as user:
        for number in range(0, count, row):
            if not user.app.is_running or user.app._exit:
                return number
            await in_a_session(home, user, chance)
            await burst(user, chance, choices, pressed, row)
        stored_is_shown(home, user, pressed)
    return count


async def in_a_session(home: Path, user: User, chance: random.Random) -> None:
    """Seldom leave the keys to the list of sessions: most of what can break is in a session."""
    alone = user.app.install is None and len(user.app.screen_stack) <= 2
    if alone and chance.random() < 0.8 and (sessions := Home(home).sessions()):
        await user.app.use(user.app.engine.open(chance.choice(sessions).name))
        await user.app.go(chance.choice([name for name in registry.PLACES if name != "sessions"]))


async def burst(user: User, chance: random.Random, choices: list[str], pressed: list[str], length: int) -> None:
    """Some keys in a row; seldom a paste, another size of the terminal, or a jump to some screen before them."""
    dice = chance.random()
    if dice < 0.15 and user.app.screen.focused is not None:
        text = chance.choice(HOSTILE)
        pressed.append(f"paste {text!r}")
        await user.paste(text)
    elif dice < 0.3:
        width, height = chance.choice(SIZES)
        pressed.append(f"size {width}x{height}")
        await user.pilot.resize_terminal(width, height)
    elif dice < 0.6 and user.app.install is not None and len(user.app.screen_stack) <= 2:
        place = chance.choice([name for name in registry.PLACES if name != "sessions"])
        pressed.append(f"go {place}")
        await user.app.go(place)
    row = [*chance.choices(choices, k=length - 1), "q" if dice > 0.95 else chance.choice(choices)]
    pressed.extend(row)
    for key in row:
        user.app.post_message(events.Key(key_named(key), _character(key)))
    await user.pilot.pause()


def key_named(key: str) -> str:
    """A key as Textual names it."""
    return _character_to_key(key) if len(key) == 1 else key


def _character(key: str) -> str | None:
    """The character that a key types; None for a key that types none."""
    if len(key) == 1:
        return key
    return {"space": " ", "full_stop": ".", "minus": "-", "comma": ",", "colon": ":"}.get(key)


def stored_is_shown(home: Path, user: User, pressed: list[str]) -> None:
    """What the screens hold is on disk, edit by edit."""
    install = user.app.install
    if install is None or not install.store.writable:
        return
    state = install.store.state
    stored = read((home / "sessions" / install.name / "install.json").read_bytes()).state
    assert install.store.unsaved is None, pressed[-50:]
    assert stored.model_copy(update={"cursor": state.cursor}) == state, pressed[-50:]


async def no_rehearsal(_engine: object) -> Message:
    """A practice world is started by no monkey."""
    return msg("no practice world here")


async def monkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, count: int, row: int) -> set[str]:
    home, outside = tmp_path / "home", tmp_path / "outside"
    outside.mkdir(exist_ok=True)
    (outside / ".ssh").mkdir(exist_ok=True)
    (outside / ".ssh" / "id_rsa").write_text("not a key")
    (outside / "rancher-cluster.yml").write_text("nodes: []\n")
    monkeypatch.setenv("HOME", str(outside))
    monkeypatch.setattr("rancher_tui.engine.LocalEngine.rehearsal", no_rehearsal)
    within_reach(monkeypatch)
    seen = screens_shown(monkeypatch)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    save_sample(home)
    work = home / "work"
    work.mkdir(exist_ok=True)
    monkeypatch.chdir(work)
    before = digest(outside)
    chance = random.Random(seed)
    pressed: list[str] = []
    left = count
    while left > 0:
        left -= max(1, await play(home, chance, left, pressed, row))
        for session in Home(home).sessions():
            opened = session.open()
            assert opened.damage == "", pressed[-50:]
            session.close()
            errors = session.path / "errors.log"
            assert not errors.exists(), f"{errors.read_text()}\n{pressed[-50:]}"
        if not Home(home).sessions():
            save_sample(home)
    after = digest(outside)
    new = after.keys() - before
    assert {name: after.get(name) for name in before} == before, "a file that was there was touched"
    assert all(name.startswith("preflight-") for name in new), "only the hosts' report is offered a place there"
    assert not (home / "crashes").exists()
    return seen


@pytest.mark.timeout(300)
async def test_two_thousand_random_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = await monkey(tmp_path, monkeypatch, seed=8, count=2000, row=BURST)
    assert len(seen) >= 10, f"only these screens were reached: {sorted(seen)}"


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("half", [1, 2])
async def test_a_hundred_thousand_random_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half: int) -> None:
    began = time.monotonic()
    seen: set[str] = set()
    for seed in range(10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        seen |= await monkey(folder, monkeypatch, seed=1000 * half + seed, count=5000, row=LONG_BURST)
        keys_so_far, took = (seed + 1) * 5000, time.monotonic() - began
        print(f"half {half}: {keys_so_far} random keys, {len(seen)} screens, {took:.0f} s", flush=True)
    assert seen == set(registry.PLACES)
