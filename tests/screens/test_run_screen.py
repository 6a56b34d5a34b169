"""The run's screen by keys, over real runs of a stand-in that writes what real rke wrote."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rancher_tui.install.session import Home
from rancher_tui.install.state import InstallState
from rancher_tui.rke.runs import Run, start
from screens.run import RunScreen
from tests.screens.conftest import User, begun, using
from tests.screens.test_cluster_screens import whole

LOG = "".join(
    f'time="2026-11-23T07:{minute:02}:{second:02}Z" level={level} msg="{text}"\n'
    for minute, second, level, text in [
        (0, 0, "info", "Running RKE version: v0.1.18"),
        (0, 1, "info", "Building Kubernetes cluster"),
        (0, 2, "info", "[dialer] Setup tunnel for host [10.0.1.11]"),
        (0, 3, "info", "[dialer] Setup tunnel for host [10.0.1.12]"),
        (
            0,
            4,
            "warning",
            "Failed to set up SSH tunneling for host [10.0.1.12]: [/etc/x] Can't dial",
        ),
        *((1, index % 60, "info", f"[etcd] Pulling image {index} on host [10.0.1.11]") for index in range(60)),
        (2, 0, "info", "Finished building Kubernetes cluster successfully"),
    ]
)


def stand_in(folder: Path, log: str, then: str) -> Path:
    """A program that writes `log` at once and then does `then`."""
    (folder / "said.log").write_text(log)
    program = folder / "rke"
    program.write_text(f"#!/bin/sh\ncat {folder}/said.log\n{then}\n")
    program.chmod(0o755)
    return program


def run_of(home: Path, log: str = LOG, then: str = "exit 0") -> Run:
    """A run of the stand-in in the session `prod`."""
    session = Home(home).session("prod")
    program = stand_in(session.cluster_folder, log, then)
    return start(session.path, [str(program), "up"], cwd=session.cluster_folder, env=dict(os.environ))


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something, at most 20 s."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        await asyncio.sleep(0.02)


async def ended(run: Run) -> None:
    await until(lambda: not run.status().live, "the run's end")


def run_screen(user: User) -> RunScreen:
    frame = user.app.frame
    assert isinstance(frame, RunScreen)
    return frame


async def opened(user: User, last: str) -> None:
    """The run's screen, with the log's last line on it."""
    await user.press("g", "1", "1", "enter")
    await until(lambda: last in user.screen, last)


async def test_the_log_is_shown_to_its_end_with_state_and_exit_code(home: Path) -> None:
    begun(home)
    await ended(run_of(home, then="exit 3"))
    async with using(home) as user:
        await opened(user, "Finished building")
        assert "exit code 3" in user.screen
        assert " end " in user.line_with("exit code 3")
        assert "[etcd] Pulling image 59" in user.screen


async def test_the_title_tells_a_run_that_is_under_way_and_no_longer(home: Path, tmp_path: Path) -> None:
    begun(home)
    end = tmp_path / "end"
    run = run_of(home, then=f"while [ ! -e {end} ]; do sleep 0.05; done")
    async with using(home) as user:
        await opened(user, "Finished building")
        assert "Run RKE  running" in user.lines[1]
        end.touch()
        await ended(run)
        await until(lambda: "Run RKE  running" not in user.lines[1], "the title after the end")


async def test_scrolled_through_by_keys_the_lines_are_those_of_the_file(home: Path) -> None:
    begun(home)
    run = run_of(home)
    await ended(run)
    async with using(home, size=(200, 24)) as user:
        await opened(user, "Finished building")
        await user.press("home", "m")
        seen: list[str] = []
        pane = run_screen(user).pane
        while len(seen) < pane.count:
            height = pane.content_size.height
            assert pane.top <= len(seen)
            shown = ["".join(text for text, _ink in pane.line_in_view(y, 400)).rstrip() for y in range(height)]
            seen += [text for text in shown[len(seen) - pane.top :] if text]
            await user.press("pagedown")
        text = "".join(f"{line}\n" for line in seen)
        assert hashlib.sha256(text.encode()).hexdigest() == hashlib.sha256(run.log.read_bytes()).hexdigest()


async def test_a_reader_is_not_moved_and_new_lines_are_counted(home: Path, tmp_path: Path) -> None:
    begun(home)
    more = tmp_path / "more"
    run = run_of(home, then=f"while [ ! -e {more} ]; do sleep 0.05; done; echo 'one more line'; exit 0")
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("pageup", "pageup")
        before = user.lines[6:18]
        more.touch()
        await ended(run)
        await until(lambda: "1 new" in user.screen, "the count of new lines")
        assert user.lines[6:18] == before
        await user.press("f")
        assert "one more line" in user.screen


async def test_levels_hosts_and_text_are_filtered_and_brackets_stay(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("L")
        assert "[/etc/x] Can't" in user.screen
        assert "Pulling image" not in user.screen
        await user.press("L", "L", "h", "h")
        assert "only 10.0.1.12" in user.screen
        assert "Pulling image" not in user.screen
        await user.press("h", "&")
        await user.type("image 41")
        await user.press("enter")
        assert "Pulling image 41" in user.screen
        assert "Pulling image 42" not in user.screen


async def test_search_goes_from_hit_to_hit(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("home", "/")
        await user.type("image 1")
        await user.press("enter")
        assert "Pulling image 1 " in user.line_with("▸")
        await user.press(".")
        assert "Pulling image 10 " in user.line_with("▸")
        await user.press(",")
        assert "Pulling image 1 " in user.line_with("▸")


async def test_n_goes_to_the_logs_own_problems_first(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("n")
        assert "Failed to set up SSH tunneling" in user.line_with("▸")
        assert "line 5" in user.screen
        await user.press("enter")
        assert "line 5  warning  10.0.1.12" in user.screen


async def test_stop_asks_for_the_word_and_ends_the_run(home: Path) -> None:
    begun(home)
    run = run_of(home, then="sleep 600")
    async with using(home) as user:
        await opened(user, "Finished building")
        assert "running" in user.screen
        await user.press("x")
        await user.type("no")
        await user.press("enter", "escape")
        assert run.status().live
        await user.press("x")
        await user.type("stop")
        await user.press("enter")
        await ended(run)
        assert run.status().state == "stopped"
        await until(lambda: "stopped" in user.screen, "the word `stopped`")


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_a_resize_keeps_the_readers_line_and_follow(home: Path, size: tuple[int, int]) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.pilot.resize_terminal(*size)
        await user.pilot.pause()
        assert "Finished building" in user.screen
        await user.press("/")
        await user.type("image 30")
        await user.press("enter")
        await user.pilot.resize_terminal(80, 24)
        await user.pilot.pause()
        assert "Pulling image 30" in user.screen


async def test_a_run_that_another_program_starts_is_shown_and_older_ones_can_be_asked_for(home: Path) -> None:
    begun(home)
    first = run_of(home)
    await ended(first)
    async with using(home) as user:
        await opened(user, "Finished building")
        second = run_of(home, log="the second run\n")
        await until(lambda: "the second run" in user.screen, "the second run")
        await ended(second)
        await user.press("R")
        await until(lambda: "Finished building" in user.screen, "the first run again")
        await user.press("R")
        await until(lambda: "the second run" in user.screen, "the second run again")


async def test_before_the_first_run_the_screen_says_what_stands_in_the_way(home: Path) -> None:
    begun(home)
    async with using(home) as user:
        await user.press("g", "1", "1", "enter")
        await until(lambda: "It cannot start" in user.screen, "what stands in the way")
        assert "starts it" not in user.screen
        assert "not proven yet" in user.screen.lower()
        assert "1 Provision hosts" in user.screen
        assert "x stop" not in user.lines[-1] and "s start" in user.lines[-1]


async def test_a_filter_that_nothing_passes_says_so_and_escape_shows_all_at_the_readers_line(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("pageup", "&")
        here = run_screen(user).pane.row
        await user.type("no such text")
        await user.press("enter")
        assert "None of 66 lines: only 'no such text'" in user.screen
        await user.press("escape")
        assert "all 66 lines are shown" in user.screen
        assert (run_screen(user).pane.count, run_screen(user).pane.row) == (66, here)
        await user.press("escape")
        assert user.app.frame is not None and user.app.frame.PLACE == "overview"


async def test_h_takes_the_host_of_the_readers_line_first(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("home", "n", "h")
        assert "only 10.0.1.12: 2 of 66 lines" in user.screen


async def test_after_a_filter_the_pane_is_full_wherever_the_reader_stood(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("up", "up", "up", "h")
        pane = run_screen(user).pane
        height = pane.content_size.height
        assert pane.count > height, "more lines pass than the pane has room for"
        assert all(pane.line_in_view(y, 80) for y in range(height))
        assert "Pulling image 50 " in user.screen and "Pulling image 59 " in user.screen


async def test_nobody_is_taken_from_the_log_unawares(home: Path) -> None:
    begun(home, InstallState(fqdn="not a name"))
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("n", "n")
        assert "the log has no further problem" in user.screen
        assert user.app.frame is not None and user.app.frame.PLACE == "run"
        await user.press("n")
        assert user.app.frame is not None and user.app.frame.PLACE != "run"


async def test_an_older_run_says_that_it_is_one(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    await ended(run_of(home, log="the second run\n"))
    async with using(home) as user:
        await opened(user, "the second run")
        assert "an older one" not in user.screen
        await user.press("R")
        await until(lambda: "run 1 of 2, an older one" in user.screen, "the word that it is an older one")


async def test_a_phase_in_which_a_host_was_dropped_carries_no_good_sign(home: Path) -> None:
    begun(home)
    dropped = LOG.replace("[etcd] Pulling image 0 on", "Removing host [10.0.1.12] from node lists; on")
    dropped = dropped.replace('level=info msg="Removing', 'level=warning msg="Removing')
    await ended(run_of(home, log=dropped))
    async with using(home, size=(120, 40)) as user:
        await opened(user, "Finished building")
        line = user.line_with("dial")
        assert "✓" not in line.split("dial")[1].split("  ")[0]


async def test_pager_keys_that_mean_something_else_here_say_which_do(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("G")
        assert "end goes to the log's end" in user.screen


async def test_the_plan_tells_what_is_wrong_and_what_is_not_proven_before_it_offers_to_start(home: Path) -> None:
    state = whole(nodes=(*whole().nodes, whole().nodes[0]))
    begun(home, state)
    program = stand_in(home, LOG, "exit 0")
    async with using(home) as user:
        await user.press("g", "1", "0", "enter", "e")
        await until(lambda: "type  yes" in user.screen, "the question")
        await user.type("yes")
        await user.press("enter", "g", "4", "enter", "f2")
        await user.type(str(program))
        await user.press("enter", "g", "1", "1", "enter", "s")
        assert "Wrong as it stands: 6 Nodes" in user.screen
        assert "Not proven: 1 Provision hosts" in user.screen
        assert "a first run" in user.screen


async def test_the_details_of_a_line_tell_what_it_means_and_what_to_do(home: Path) -> None:
    begun(home)
    failed = LOG.replace("Can't dial", "Can't establish dialer connection: ssh: unable to authenticate")
    await ended(run_of(home, failed))
    async with using(home) as user:
        await opened(user, "Finished building")
        await user.press("n", "enter")
        assert "What to do" in user.screen


async def test_what_a_problem_means_has_the_screens_width_from_the_first_look_on(home: Path) -> None:
    begun(home)
    await ended(run_of(home))
    async with using(home) as user:
        await opened(user, "Finished building")
        assert len(user.line_with("line 5").split()) > 4
