"""The load balancer screen: what changed in the configuration, a file judged, a rehearsal asked for, a probe."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install.session import Home
from rancher_tui.install.state import Balancer, InstallState, Node
from screens.dialogs.dialog import Entry
from tests.screens.conftest import User, begun, using

STATE = InstallState(
    fqdn="rancher.example.com",
    nodes=(Node(address="10.0.0.1"), Node(address="10.0.0.2")),
    balancer=Balancer(address="203.0.113.10"),
)


async def seen(user: User, text: str, limit: float = 10.0) -> None:
    end = time.monotonic() + limit
    while text not in user.screen:
        assert time.monotonic() < end, f"{text!r} never came:\n{user.screen}"
        await user.pilot.pause(0.05)


async def test_a_line_that_an_edit_changes_is_marked_until_it_is_written(home: Path) -> None:
    async with using(home, begun(home, STATE), size=(80, 60)) as user:
        await user.press("g", "2", "enter")
        assert "+ " not in user.screen
        await user.press("down", "down", "down", "enter", "ctrl+u")
        await user.type("8443")
        await user.press("enter")
        assert "lines changed" in user.screen
        assert user.line_with("listen 8443 ssl http2;").startswith("+ ")
        assert user.line_with("upstream rancher {").startswith("  ")
        await user.press("w", "enter")
        await seen(user, "The configuration:")
        assert Path(user.app.session.balancer.file()).read_text() == user.app.session.balancer.text()


async def test_a_kind_of_several_files_gets_them_in_a_folder(home: Path) -> None:
    balancer = Balancer(kind="traefik", address="203.0.113.10")
    async with using(home, begun(home, STATE.model_copy(update={"balancer": balancer}))) as user:
        await user.press("g", "2", "enter", "w")
        assert "into which folder" in user.screen
        await user.press("enter")
        await seen(user, "are written into")
        folder = Path(user.app.session.balancer.file())
        assert sorted(path.name for path in folder.iterdir()) == ["rancher.yml", "traefik.yml"]
        assert "# -----" not in (folder / "rancher.yml").read_text()
        await user.press("g", "2", "enter")
        assert "changed (+)" not in user.screen, "what is written is what is shown"


async def test_the_line_that_an_edit_changes_comes_into_view(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "2", "enter", "down", "down", "down", "down", "down", "enter")
        await user.type("/srv/key.pem")
        await user.press("enter")
        await seen(user, 'ssl_certificate_key "/srv/key.pem"')


async def test_a_configuration_that_is_there_is_judged(home: Path, tmp_path: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        text = str(user.app.session.balancer.text())
        file = tmp_path / "mine.conf"
        file.write_text(text.replace("proxy_buffering off;", ""))
        await user.press("g", "2", "enter", "j")
        await user.paste(str(file))
        await user.press("enter")
        await seen(user, "answers are collected before they are passed on")
        await user.press("escape", "j")
        await user.paste(str(tmp_path / "nowhere"))
        await user.press("enter")
        await seen(user, "there is no file")


async def test_the_first_key_in_a_box_takes_the_place_of_what_it_proposes(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "2", "enter", "X", "0")
        assert user.line_with("> 0").split("> 0")[1].strip(" │") == ""
        await user.press("escape", "X", "backspace", "0")
        assert "> 70" in user.screen
        await user.press("escape", "X", "enter")
        assert "To go on, type" in user.screen, "Enter takes the proposal as it is"


async def test_a_proposal_is_drawn_as_selected_until_a_key_edits_it(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "2", "enter", "X")
        entry = user.app.screen.query_one(Entry)
        assert ("75", "cursor") in entry.line(0, 40)
        await user.press("end")
        assert ("75", "edit") in entry.line(0, 40)


async def test_a_rehearsal_asks_for_the_time_and_a_typed_word(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "2", "enter", "X")
        assert "> 75" in user.screen
        await user.press("ctrl+u")
        await user.type("soon")
        await user.press("enter")
        assert "a number of seconds" in user.screen
        await user.press("ctrl+u", "0", "enter")
        assert "On 2 nodes, port 80 answers" in user.screen
        await user.type("yes")
        await user.press("enter")
        assert "that is another word; nothing was done" in user.screen
        await user.press("escape")
        assert not user.app.checks.running


async def test_what_was_rehearsed_is_shown_with_right_and_wrong(home: Path) -> None:
    name = begun(home, STATE)
    session = Home(home).session(name)
    rows = [
        {"header": "Host", "expected": "rancher.example.com", "arrived": "rancher.example.com", "right": True},
        {"header": "X-Forwarded-Proto", "expected": "https", "arrived": "\x1b[31mhttp", "right": False},
    ]
    facts = {"headers": rows, "spread": {"1 10.0.0.1": 30, "2 10.0.0.2": 0}}
    session.save_report(Report("rehearse", (Finding(Status.PASS, "echo", "b", msg("up")),), facts, step=2))
    async with using(home, name) as user:
        await user.press("g", "2", "enter", "U")
        assert "right" in user.line_with(" Host ")
        assert "wrong" in user.line_with("X-Forwarded-Proto")
        assert "https" in user.line_with("X-Forwarded-Proto")
        assert " 0" in user.line_with("2 10.0.0.2")
        assert "\x1b" not in user.screen
        await user.press("U")
        assert "The configuration" in user.screen


async def test_the_paths_of_an_empty_field_are_those_of_the_chosen_kind(home: Path) -> None:
    async with using(home, begun(home, STATE), size=(100, 50)) as user:
        await user.press("g", "2", "enter")
        assert "/etc/nginx/ssl/fullchain.pem" in user.line_with("Certificate there")
        await user.press("space")
        assert "/etc/haproxy/ssl/privkey.pem" in user.line_with("Private key there")
        await user.press("space")
        assert "ACM" in user.line_with("Certificate there")


async def test_an_alb_with_an_address_is_warned_of_at_its_field_by_its_own_title(home: Path) -> None:
    balancer = Balancer(kind="alb", address="203.0.113.10")
    async with using(home, begun(home, STATE.model_copy(update={"balancer": balancer}))) as user:
        await user.press("g", "2", "enter")
        assert "warn" in user.line_with("Address or name  ")
        assert "an ALB has a name" in user.line_with("warn  Address or name")


async def test_nothing_is_asked_where_there_is_nothing_to_write(home: Path) -> None:
    async with using(home, begun(home, STATE.model_copy(update={"fqdn": ""}))) as user:
        await user.press("g", "2", "enter", "w")
        assert "nothing to write yet: the FQDN is not entered yet (step 8)" in user.screen
        await user.press("g", "3", "enter", "w")
        assert "nothing to write yet" in user.screen


async def test_a_wrong_name_is_told_on_the_step_that_configures_it(home: Path) -> None:
    async with using(home, begun(home, STATE.model_copy(update={"fqdn": "Rancher.example.com"}))) as user:
        await user.press("g", "2", "enter")
        assert "step 8: Kubernetes takes lower case only" in user.lines[1]


async def test_a_rehearsal_in_which_nothing_arrived_says_so(home: Path) -> None:
    name = begun(home, STATE)
    unreached = (Finding(Status.UNKNOWN, "unreachable", "1 10.0.0.1", msg("no way there")),)
    Home(home).session(name).save_report(Report("rehearse", unreached, {"headers": [], "nodes": {}}, step=2))
    async with using(home, name) as user:
        await user.press("g", "2", "enter", "U")
        assert "No request arrived at a node" in user.screen


async def test_a_probe_names_the_hop_that_is_to_blame(home: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = str(unused.getsockname()[1])
    state = STATE.model_copy(update={"balancer": Balancer(address="127.0.0.1", https_port=port)})
    async with using(home, begun(home, state)) as user:
        await user.press("g", "2", "enter", "semicolon")
        await seen(user, "To blame: load balancer")
        assert "nothing listens on the balancer's port" in user.screen


async def test_the_configuration_goes_to_the_terminal_s_clipboard(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "2", "enter", "Y")
        assert user.app.clipboard == user.app.session.balancer.text()
        await user.press("right_square_bracket", "Y")
        assert user.app.clipboard == "rancher.example.com.\t300\tIN\tA\t203.0.113.10\n"
