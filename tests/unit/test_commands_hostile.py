"""What comes from outside, file names and arguments included, never acts on the terminal that it is printed to."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from rancher_tui.cli import main
from rancher_tui.commands.program import commands
from tests.unit.backup_case import Call

HOSTILE = "no\x1b[31mfile\x07\x9b2J\u202e\u200bx"
"""Colours, rings, clears the screen, turns what follows round, hides a sign."""
_NO_ARGUMENTS = {"lab", "sessions", "versions", "keys", "defaults", "schema"}


def acting(text: str) -> list[str]:
    """The signs in `text` that a terminal acts on, but for the ends of lines."""
    return [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf") and sign != "\n"]


def calls(name: str) -> list[list[str]]:
    """Ways to call a command with a hostile word: in place of each argument, and of each option's value."""
    parameters = commands()[name].params
    needed = [item for item in parameters if item.param_type_name == "argument" and item.required]
    found = [[name, *([HOSTILE] * len(needed))], [name, *(["prod"] * len(needed)), HOSTILE]]
    if len(needed) > 1:
        found.append([name, "prod", *([HOSTILE] * (len(needed) - 1))])
    for item in parameters:
        if item.param_type_name == "option" and not item.is_flag and "--json" not in item.opts:
            found.append([name, *(["prod"] * len(needed)), f"{item.opts[-1]}={HOSTILE}"])
    return [[name, f"--{HOSTILE}"], *found]


@pytest.mark.parametrize("name", sorted(set(commands()) - {""}))
def test_no_command_prints_a_sign_that_acts_on_a_terminal(call: Call, name: str, tmp_path: Path) -> None:
    for arguments in calls(name):
        _code, out, err = call(*arguments)
        assert not acting(out) and not acting(err), arguments


@pytest.mark.parametrize(
    "arguments",
    [
        ("nodes", "prod", "--paste", HOSTILE),
        ("set", "prod", f"options.registry.password=@{HOSTILE}"),
        ("set", "prod", f"certificates.chain_path={HOSTILE}"),
        ("set", "prod", f"fqdn={HOSTILE}"),
        ("set", "prod", f"{HOSTILE}=x"),
        ("new", "other", "--from", HOSTILE),
        ("dns", "rancher.example.com", "--server", HOSTILE),
        ("cert", "--connect", f"{HOSTILE}:1"),
        ("restore", HOSTILE),
        (HOSTILE,),
        (HOSTILE, "more"),
    ],
)
def test_a_hostile_word_is_told_with_its_signs_spelled_out(call: Call, arguments: tuple[str, ...]) -> None:
    _code, out, err = call(*arguments)
    assert not acting(out) and not acting(err)
    assert "\\x1b[31m" in out + err


def test_a_file_of_a_hostile_name_is_told_with_its_signs_spelled_out(call: Call, tmp_path: Path) -> None:
    (tmp_path / HOSTILE).write_text("\x1b[31m nothing\u202e\n")
    for command in ("lint", "cert", "explain", "restore", "balancer-lint"):
        _code, out, err = call(command, HOSTILE)
        assert not acting(out) and not acting(err), command


def test_an_end_of_line_in_a_name_begins_no_line_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "no\nfail everything is lost"]) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_a_word_that_is_neither_a_command_nor_a_session_is_told_without_a_terminal_too(call: Call) -> None:
    code, _out, err = call("nocmd")
    assert code == 2 and "'nocmd' is neither a command nor a session" in err
    assert "needs a terminal" in call("prod")[2]


def test_a_long_code_leaves_the_columns_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    from rancher_tui.commands.output import print_finding
    from rancher_tui.finding import Finding, Status
    from rancher_tui.i18n import msg

    for code in ("short", "services.external-and-internal-etcd"):
        print_finding(Finding(Status.FAIL, code, "", msg("the title"), msg("the detail")))
    lines = capsys.readouterr().out.splitlines()
    titles, details = (
        [line.index(word) for line in lines if word in line] for word in ("the title", "the detail")
    )
    assert titles == details == [31, 31]


def test_nothing_is_said_where_there_is_no_detail(call: Call, tmp_path: Path) -> None:
    (tmp_path / "esc.conf").write_text("\x1b[31mred { \u202e\n")
    _code, out, _err = call("balancer-lint", "esc.conf")
    assert "fail" in out and all(line.strip() for line in out.splitlines())
