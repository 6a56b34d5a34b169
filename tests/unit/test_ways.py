"""What to do about something: a command where a shell shows it, a key where a screen does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import rancher_tui
from rancher_tui import actions
from rancher_tui.commands.output import print_finding
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg, use_language
from rancher_tui.settings import change
from rancher_tui.wording import ways
from screens.look.words import shown

EXPORT = msg("rancher-tui export SESSION").or_key("{key:export} exports it")
ENGINE = Path(rancher_tui.__file__).parent
SPOKEN_BY_SCREENS_ONLY = ("desks", "engine.py", "open_session.py", "settings_file.py", "keymap.py")


@pytest.fixture(autouse=True)
def of_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "_session", "")


def test_a_shell_shows_the_command_for_the_session_and_a_screen_the_key(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ways.speak_of("prod")
    print_finding(Finding(Status.FAIL, "not-exported", "file", msg("not exported yet"), remedy=EXPORT))
    assert "-> rancher-tui export prod\n" in capsys.readouterr().out
    assert shown(EXPORT) == "e exports it"
    assert EXPORT.english == "rancher-tui export SESSION"


def test_a_screen_names_the_operators_own_key() -> None:
    change(keys=(("export", ("f9",)),))
    assert shown(EXPORT) == "f9 exports it"


def test_a_way_inside_another_text_and_back_from_a_file_stays_one() -> None:
    whole = msg("{what}; then run", what=EXPORT)
    assert shown(Message.restore(whole.record())) == "e exports it; then run"
    assert str(whole) == "rancher-tui export SESSION; then run"


def test_a_way_speaks_the_operators_language() -> None:
    use_language("zh_CN")
    try:
        assert shown(EXPORT) == "按 e 导出"
    finally:
        use_language(None)


def called(node: ast.AST) -> str:
    """The name by which something is called; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def texts_of(name: str) -> Iterator[tuple[str, str]]:
    """Every text that the engine hands to functions of that name, with its place."""
    for path in sorted(ENGINE.rglob("*.py")):
        if path.relative_to(ENGINE).parts[0] in SPOKEN_BY_SCREENS_ONLY:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if called(node) == name:
                assert isinstance(node, ast.Call)
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield f"{path.name}:{node.lineno}", argument.value


def keys_in(text: str) -> list[str]:
    """What reads like a key of the program: `e exports it`, `check again (c)`, `k on step 1`."""
    keys = {key for action in actions.usual_table().actions for key in action.keys if len(key) == 1}
    said = re.findall(r"(?:^|[\s(])(\S)(?= (?:[a-z]+s\b|on step))", text)
    said += re.findall(r"(?:^|\s)\((?:step \d+, )?(\S)\)", text)
    return [key for key in said if key in keys and key not in "aA-@:/"]


@pytest.mark.parametrize("name", ["msg", "msg_n", "N_", "_"])
def test_no_text_of_the_engine_names_a_key_where_a_shell_would_show_it(name: str) -> None:
    assert keys_in("e exports it") and keys_in("check it (c)") and not keys_in("the answer took 5 s")
    assert [(place, text) for place, text in texts_of(name) if keys_in(text)] == []


def test_every_key_that_a_screen_is_told_is_an_action() -> None:
    names = [name for _place, text in texts_of("or_key") for name in re.findall(r"\{key:([^}]*)\}", text)]
    assert len(names) > 10
    assert set(names) <= {action.id for action in actions.usual_table().actions}
    assert [text for _place, text in texts_of("or_key") if "{key:" not in text] == []
