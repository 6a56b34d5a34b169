"""Messages: in the operator's language when shown, in English when stored, and always shown."""

from __future__ import annotations

import gettext
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rancher_tui import i18n
from rancher_tui.i18n import EMPTY, Message, msg, msg_n


class Catalogue(gettext.NullTranslations):
    """A translation that says what it is given."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def gettext(self, message: str) -> str:
        return self._texts.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._texts.get(msgid1, msgid1 if n == 1 else msgid2)


def speak(patch: pytest.MonkeyPatch, **texts: str) -> None:
    patch.setattr(i18n, "_catalogue", lambda _language: Catalogue(texts))


def test_a_message_is_translated_when_it_is_shown_and_english_when_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    made = msg("node {number} has {what}", number=3, what=msg("nothing"))
    assert str(made) == made.english == "node 3 has nothing"
    speak(monkeypatch, **{"node {number} has {what}": "节点 {number}：{what}", "nothing": "无"})
    assert (str(made), made.english) == ("节点 3：无", "node 3 has nothing")


@pytest.mark.parametrize(("number", "text"), [(0, "0 nodes"), (1, "1 node"), (2, "2 nodes")])
def test_counted_texts(number: int, text: str) -> None:
    made = msg_n("{number} node", "{number} nodes", number)
    assert str(made) == made.english == text


@pytest.mark.parametrize("wrong", ["{nummer} fehlt", "{", "{0}", "{number.x}", "{number!z}", "{number:q}"])
def test_a_translators_slip_shows_the_english(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    made = msg("node {number} is missing", number=3)
    speak(monkeypatch, **{"node {number} is missing": wrong})
    assert str(made) == "node 3 is missing"


def test_a_template_that_nothing_fits_is_shown_as_it_is() -> None:
    assert str(Message("{lost} {", {})) == "{lost} {"


@given(st.text(), st.text())
def test_arguments_are_never_read_as_templates(name: str, value: str) -> None:
    assert str(msg("{name} is {value}.", name=name, value=value)) == f"{name} is {value}."


def test_nothing_is_said_as_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (str(EMPTY), EMPTY.english, bool(EMPTY), i18n._("")) == ("", "", False, "")
    speak(monkeypatch, **{"": "Project-Id-Version: x"})
    assert (str(EMPTY), i18n._("")) == ("", "")


def test_a_message_comes_back_from_a_file_and_reads_the_same() -> None:
    made = msg_n(
        "{number} of {all} {what}", "{number} of {all} {what}", 2, all=(1, 2), what=msg("{x}", x=1.5), raw=b"x"
    )
    back = Message.restore(json.loads(json.dumps(made.record())))
    assert (str(back), back.english, back.plural, back.number) == (str(made), made.english, made.plural, 2)


@pytest.mark.parametrize(
    "record", [None, 5, [], ["a"], ["a", [], "", 0], ["a", {}, "", "0"], ["a", {"x": {"message": 1}}, "", 0]]
)
def test_what_is_no_message_is_told(record: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Message.restore(record)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_SG.UTF-8"}, "zh_CN"),
        ({"LANG": "zh"}, "zh_CN"),
        ({"LANG": "zh_TW.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.GB18030"}, "zh_CN"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:zh_CN:en"}, "zh_CN"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en"}, "en"),
        ({"LC_ALL": "C", "LANGUAGE": "zh_CN"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "TERM": "linux"}, "en"),
    ],
    ids=lambda value: "-".join(value.values()) or "nothing" if isinstance(value, dict) else value,
)
def test_the_language_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert i18n.language() == language


def test_a_chosen_language_is_used_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    i18n.use_language("zh_CN")
    assert i18n.language() == "zh_CN"
    i18n.use_language("en")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert i18n.language() == "en"


def test_help_and_wrong_calls_speak_the_chosen_language(capsys: pytest.CaptureFixture[str]) -> None:
    from rancher_tui.cli import main

    assert main(["--language", "zh_CN", "dns", "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("用法：") and "选项" in out and "例：" in out and "Show this" not in out
    assert main(["--language", "zh_CN", "dns"]) == 2
    err = capsys.readouterr().err
    assert "NAME" in err and "Missing" not in err
    assert main(["--language", "zh_CN", "cert", "/nowhere.pem", "--json"]) == 2
    assert "无法读取" in capsys.readouterr().err


def test_json_is_english_whatever_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    from rancher_tui.cli import main

    assert main(["--language", "zh_CN", "versions", "--rancher", "v2.0.9", "--json"]) == 3
    chinese = capsys.readouterr().out
    assert main(["--language", "en", "versions", "--rancher", "v2.0.9", "--json"]) == 3
    assert capsys.readouterr().out == chinese


def test_a_terminal_without_these_signs_gets_escapes_and_no_crash() -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii", "HOME": "/nonexistent"}
    command = [sys.executable, "-m", "rancher_tui.cli", "--language", "zh_CN", "keys"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u6309" in done.stdout


def test_every_language_says_its_own_name() -> None:
    assert set(i18n.NAMES) == set(i18n.LANGUAGES)
