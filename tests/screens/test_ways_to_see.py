"""The same screens for other eyes and links: ASCII, no colours, light, Chinese; chosen by option, file and key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len

from rancher_tui import settings
from screens.look.inks import ink
from tests.screens.conftest import using
from tests.screens.sample import save_sample
from tests.screens.terminal import Terminal


@contextmanager
def opened(home: Path, *options: str, **env: str) -> Iterator[Terminal]:
    """The program in a terminal of its own on the sample's overview."""
    terminal = Terminal(home, *options, save_sample(home), env=env)
    try:
        yield terminal
    finally:
        terminal.press("q")
        terminal.wait_for_end()


def test_the_terminal_is_asked_for_no_mouse_and_nothing_blinks(home: Path) -> None:
    with opened(home) as terminal:
        sent = bytearray()
        terminal.on_read = sent.extend
        terminal.wait_for("12 Back up the result")
        terminal.press("]")
        terminal.wait_for("1 Provision hosts  failed")
        assert [mode for mode in (b"1000h", b"1002h", b"1003h", b"1006h") if b"\x1b[?" + mode in sent] == []
        assert b"\x1b[5m" not in sent and b";5m" not in sent.replace(b"38;5", b"").replace(b"48;5", b"")
        assert b"\x1b[?25h" not in sent


def test_ascii_draws_nothing_else(home: Path) -> None:
    with opened(home, "--ascii") as terminal:
        terminal.wait_for("12 Back up the result")
        terminal.press("?")
        terminal.wait_for("Keys here")
        assert terminal.screen.isascii()
        terminal.press("escape")
        terminal.wait_for("12 Back up the result")


@pytest.mark.parametrize(("name", "value"), [("LC_ALL", "C"), ("LANG", "POSIX"), ("LANG", "en_US.ISO-8859-1")])
def test_a_locale_without_utf8_is_drawn_in_ascii(home: Path, name: str, value: str) -> None:
    with opened(home, **{"LC_ALL": "", name: value}) as terminal:
        terminal.wait_for("12 Back up the result")
        assert terminal.screen.isascii()


def test_a_terminal_that_cannot_draw_is_told_what_can_be_done_without(home: Path) -> None:
    terminal = Terminal(home, env={"TERM": "dumb"})
    terminal.wait_for("rancher-tui --help")
    terminal.wait_for_end()
    assert terminal.child.exitstatus == 2
    assert b"\x1b" not in terminal.sent


def test_plain_has_no_colours_and_no_rules(home: Path) -> None:
    with opened(home, "--plain") as terminal:
        terminal.wait_for("12 Back up the result")
        colours = {
            (cell.fg, cell.bg)
            for row in range(24)
            for cell in (terminal.cell(row, column) for column in range(80))
        }
        assert all(front == back or (_grey(front) and _grey(back)) for front, back in colours), colours
        assert "---" not in terminal.screen and "───" not in terminal.screen


def test_plain_shows_the_terminals_own_cursor_where_the_keys_go(home: Path) -> None:
    with opened(home, "--plain") as terminal:
        terminal.wait_for_cursor(" > ", " 1 Provision hosts")
        terminal.press("down", "down")
        terminal.wait_for_cursor(" > ", " 3 DNS")
        terminal.press("enter")
        terminal.wait_for_cursor("> FQDN                 ", "rancher.example.com")
        terminal.press("enter")
        terminal.wait_for("EDIT")
        terminal.wait_for_cursor("rancher.example.com", "")
        terminal.press("home", "delete")
        terminal.wait_for_cursor("FQDN                 ", "ancher.example.com")
        terminal.press("escape")
        terminal.wait_for("MOVE")
        terminal.press("ctrl+p", "t", "h", "e")
        terminal.wait_for_cursor("find the", "")
        terminal.press("escape")
        terminal.wait_for_cursor("> FQDN                 ", "rancher.example.com")


def _grey(colour: str) -> bool:
    if colour in ("default", "black", "white"):
        return True
    return bool(re.fullmatch(r"([0-9a-f]{2})\1\1", colour))


def test_light_is_dark_on_light(home: Path) -> None:
    with opened(home, "--theme", "light", TERM="xterm-256color", COLORTERM="truecolor") as terminal:
        terminal.wait_for("12 Back up the result")
        assert terminal.cell(5, 79).bg in ("ffffff", "white")


def test_the_file_of_settings_chooses_too(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "config" / "rancher-tui" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_text('language = "zh_CN"\n\n[keys]\nnope = "f9"\n', "utf-8")
    with opened(home, XDG_CONFIG_HOME=str(tmp_path / "config")) as terminal:
        terminal.wait_for("负载均衡器")
        terminal.wait_for("settings.toml:4:1 keys.nope")


def test_an_option_goes_before_the_file(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "config" / "rancher-tui" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_text('language = "zh_CN"\n', "utf-8")
    with opened(home, "--language=en", XDG_CONFIG_HOME=str(tmp_path / "config")) as terminal:
        terminal.wait_for("Load balancer")


def test_the_language_follows_the_locale(home: Path) -> None:
    with opened(home, LC_ALL="zh_CN.UTF-8") as terminal:
        terminal.wait_for("负载均衡器")


@pytest.mark.parametrize("place", ["0", "1", "6", "7"])
async def test_a_key_speaks_the_other_language_where_one_is(home: Path, place: str) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("g", place, "enter", "down")
        english, place_of = user.screen, user.app.frame.cursor() if user.app.frame else None
        await user.press("Z")
        assert "简体中文" in user.screen
        assert any("完成" in line for line in user.lines) or "失败" in user.screen
        assert all(cell_len(line) == 80 for line in user.lines)
        assert user.app.frame is not None and user.app.frame.cursor() == place_of
        await user.press("Z")
        assert user.lines[:-2] == english.split("\n")[:-2]


async def test_a_key_makes_it_light_and_dark_again(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("B")
        assert user.app.theme == "rancher-light" and settings.chosen().light
        assert ink("plain", user.app.theme).bgcolor == ink("caret", user.app.theme).color
        await user.press("B")
        assert user.app.theme == "rancher-dark"


async def test_the_palette_leads_to_a_field_by_its_name_in_any_language(home: Path) -> None:
    save_sample(home)
    async with using(home) as user:
        await user.press("ctrl+p")
        await user.type("audit log level")
        await user.press("enter")
        assert user.app.frame is not None
        assert (user.app.frame.PLACE, user.app.frame.help_topic()) == ("options", "options.audit.level")
        await user.press("Z", "ctrl+p")
        await user.type("internal_address")
        await user.press("enter")
        assert (user.app.frame.PLACE, user.app.frame.help_topic()) == ("nodes", "internal_address")
