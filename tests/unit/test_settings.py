"""Settings and keys of the operator's own: what is taken, what is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui import actions, i18n, settings, settings_file
from rancher_tui.cli import main
from rancher_tui.finding import Finding, Status
from rancher_tui.settings_file import commented, judge


def told(text: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in judge(text)[1]]


def write(text: str) -> None:
    path = settings.file()
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    settings_file.load()


def test_without_a_file_everything_is_as_usual() -> None:
    assert not settings.there_is_a_file()
    assert main(["--version"]) == 0
    assert settings.chosen() == settings.Settings()
    assert settings.wrong() == ()


def test_the_file_lies_in_the_config_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert settings.file() == tmp_path / "config" / "rancher-tui" / "settings.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative/is/ignored")
    monkeypatch.setenv("HOME", "/home/op")
    assert settings.file() == Path("/home/op/.config/rancher-tui/settings.toml")


def test_what_the_file_says_is_used() -> None:
    write('language = "zh_CN"\ntheme = "light"\npace = "slow"\nsigns = "ascii"\nplain = true\n')
    chosen = settings.chosen()
    assert (chosen.light, chosen.repaints, chosen.ascii, chosen.plain) == (True, 2.0, True, "yes")
    assert i18n.language() == "zh_CN"


@pytest.mark.parametrize(
    ("text", "code", "subject"),
    [
        ('theme = "dark"\nlanguage = "fr"\n', "settings.value", "settings.toml:2:1 language"),
        ("\n\nplain = 5\n", "settings.value", "settings.toml:3:1 plain"),
        ('# note\ntheem = "dark"\n', "settings.unknown", "settings.toml:2:1 theem"),
        ('[colours]\nred = "blue"\n', "settings.unknown", "settings.toml:1:1 colours"),
        ('theme = "dark"\nlanguage = \n', "settings.syntax", "settings.toml:2:1"),
        ('[keys]\nundo = "f6"\nnope = "f7"\n', "settings.unknown-action", "settings.toml:3:1 keys.nope"),
        ('[keys]\ncheck = "7"\n', "settings.taken-key", "settings.toml:2:1 keys.check"),
        ('[keys]\ncheck = "tab"\n', "settings.taken-key", "settings.toml:2:1 keys.check"),
        ('[keys]\ncheck = "ctrl+h"\n', "settings.same-key", "settings.toml:2:1 keys.check"),
        ('[keys]\ncheck = "hello"\n', "settings.unknown-key", "settings.toml:2:1 keys.check"),
        ('[keys]\ncheck = "f25"\n', "settings.unknown-key", "settings.toml:2:1 keys.check"),
        ("[keys]\ncheck = []\n", "settings.value", "settings.toml:2:1 keys.check"),
        ("[keys]\ncheck = 5\n", "settings.value", "settings.toml:2:1 keys.check"),
        ('[keys]\n\nundo = ["a"]\n', "settings.clash", "settings.toml:3:1 keys.undo"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_left_out(text: str, code: str, subject: str) -> None:
    chosen, found = judge(text)
    assert [(finding.code, finding.subject) for finding in found] == [(code, subject)]
    assert found[0].status is Status.FAIL
    usual = settings.Settings(theme=chosen.theme, keys=tuple(pair for pair in chosen.keys if pair[0] == "undo"))
    assert chosen == usual


def test_a_key_that_others_take_is_warned_of_and_given() -> None:
    chosen, found = judge('[keys]\nundo = ["ctrl+z", "f6"]\n')
    assert [(finding.status, finding.code) for finding in found] == [(Status.WARN, "settings.eaten-key")]
    assert chosen.keys == (("undo", ("ctrl+z", "f6")),)


def test_two_actions_may_change_keys_with_each_other() -> None:
    chosen, found = judge('[keys]\nnext-problem = "N"\nprevious-problem = "n"\n')
    assert found == []
    settings.use(chosen)
    assert actions.table().action("next-problem").keys == ("N",)
    assert actions.usual_table().action("next-problem").keys == ("n",)


def test_the_same_key_twice_on_a_screen_leaves_only_one() -> None:
    chosen, found = judge('[keys]\nundo = "f7"\nredo = "f7"\n')
    assert [finding.code for finding in found] == ["settings.clash"]
    settings.use(chosen)
    having = [action.id for action in actions.table().at("nodes") if "f7" in action.keys]
    assert len(having) == 1


def test_actions_that_never_meet_may_share_a_key() -> None:
    assert told('[keys]\npropose = "f8"\nfollow = "f8"\n') == []


def test_the_written_file_is_right_as_it_is_and_with_every_line_taken() -> None:
    text = commented()
    assert judge(text) == (settings.Settings(), [])
    taken = "\n".join(
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in text.split("\n")
    )
    chosen, found = judge(taken)
    assert [str(finding.title) for finding in found if finding.status is not Status.WARN] == []
    assert dict(chosen.keys) == {action.id: action.keys for action in actions.usual_table().actions}


def test_a_file_that_cannot_be_read_is_told() -> None:
    path = settings.file()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"theme = '\xff'")
    settings_file.load()
    wrong: tuple[Finding, ...] = settings.wrong()
    assert [finding.code for finding in wrong] == ["settings.unreadable"]


def test_over_ssh_the_log_is_drawn_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.Settings().repaints == 10.0
    monkeypatch.setenv("SSH_CONNECTION", "198.51.100.7 50000 203.0.113.9 22")
    assert settings.Settings().repaints == 4.0
    assert settings.Settings(pace="fast").repaints == 10.0
    assert settings.Settings(pace="slow").repaints == 2.0
