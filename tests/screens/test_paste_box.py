"""The box for pasted lines: narrow terminals, and texts that take long to read."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from screens.dialogs.paste import Paste
from tests.screens.conftest import begun, using


@pytest.mark.parametrize("language", ["en_US", "zh_CN"])
async def test_a_narrow_box_names_the_key_that_takes_the_hosts(
    home: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
    async with using(home, begun(home), size=(40, 10)) as user:
        await user.press("g", "6", "enter", "v")
        last = next(line for line in reversed(user.lines) if "esc" in line)
        assert last.index("f2") < last.index("esc")


async def test_a_long_text_is_read_beside_the_screen_and_taken_when_it_is_understood(home: Path) -> None:
    go_on, began = threading.Event(), threading.Event()

    def judge(text: str) -> str:
        began.set()
        assert go_on.wait(20)
        return f"{len(text.splitlines())} hosts, told late"

    async with using(home, begun(home)) as user:
        taken: list[str | None] = []
        user.app.push_screen(Paste(judge=judge), taken.append)
        await user.pilot.pause()
        text = "".join(f"10.0.{number // 250}.{number % 250}\n" for number in range(2000))
        await user.paste(text)
        await user.sees("reading 2000 lines …")
        await _until(began.is_set)
        await user.press("f2")
        await user.sees("then f2 takes them")
        assert not taken, "nothing is taken before it is told what it is"
        go_on.set()
        await user.sees("2000 hosts, told late")
        await user.press("f2")
        assert taken == [text]


async def test_only_the_last_of_many_texts_is_read(home: Path) -> None:
    judged: list[str] = []

    def judge(text: str) -> str:
        judged.append(text[-1])
        return f"the last is {text[-1]}"

    async with using(home, begun(home)) as user:
        user.app.push_screen(Paste(judge=judge))
        await user.pilot.pause()
        await user.paste("10.0.0.1\n" * 1000)
        await user.press("a", "b", "c")
        await user.sees("the last is c")
        assert judged[-1] == "c" and len(judged) < 4


async def test_more_hosts_than_are_taken_are_told_without_a_line_that_is_none(home: Path) -> None:
    text = "".join(f"10.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}\n" for number in range(10_050))
    async with using(home, begun(home)) as user:
        await user.press("g", "6", "enter", "v")
        await user.paste(text)
        await user.sees("10000 hosts pasted; only the first 10000 hosts were taken")


async def _until(done: object) -> None:
    assert callable(done)
    for _ in range(1000):
        if done():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")
