"""Commands in Chinese: words of the program's own are Chinese in them too."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import texts
from rancher_tui import i18n
from rancher_tui.cli import main
from rancher_tui.rke.explain import explain
from rancher_tui.wording import subjects, vocabulary


@pytest.fixture(autouse=True)
def chinese() -> None:
    i18n.use_language("zh_CN")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main(["--language", "zh_CN", *words])
    told = capsys.readouterr()
    return told.out + told.err


def test_help_names_no_types_of_the_programming_language(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "check", "--help")
    assert "<str>" not in out and "list[" not in out and "OPTIONS" not in out
    assert "参数：\n" in out and "选项：\n" in out


@pytest.mark.parametrize("command", ["preflight", "check", "log"])
def test_help_says_where_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert "每行一个对象" in said(capsys, command, "--help")


def test_an_edit_that_is_taken_back_goes_by_its_chinese_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANCHER_TUI_HOME", str(tmp_path / "home"))
    (tmp_path / "hosts").write_text("10.0.0.1 node-1\n")
    said(capsys, "new", "prod")
    said(capsys, "nodes", "prod", "--paste", str(tmp_path / "hosts"))
    assert "粘贴" in said(capsys, "undo", "prod")
    assert "粘贴" in said(capsys, "redo", "prod")


def test_a_folder_that_is_no_backup_is_told_in_chinese(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "里没有 manifest.json" in said(capsys, "restore", str(tmp_path))


def test_what_is_no_dns_server_is_told_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "dns", "rancher.example.com", "--server", "x")
    assert "不是 DNS 服务器的 IP 地址" in told and "is no" not in told


@pytest.mark.parametrize(
    ("subject", "shown"),
    [("line 3", "第 3 行"), ("run", "运行"), ("system resolver 10.0.0.53", "系统解析器 10.0.0.53")],
)
def test_subjects_are_chinese(subject: str, shown: str) -> None:
    assert str(subjects.message(subject)) == shown
    assert subjects.message(subject).english == subject


def test_places_on_the_way_and_phases_are_chinese(tmp_path: Path) -> None:
    assert all(vocabulary.hop(name) != name for name in vocabulary.HOPS)
    log = tmp_path / "rke.log"
    log.write_text(
        'time="2026-11-23T10:00:00Z" level=info msg="Initiating Kubernetes cluster"\n'
        'time="2026-11-23T10:00:01Z" level=fatal msg="Cluster must have at least one etcd plane host"\n'
    )
    title = next(each for each in explain(log).findings if each.title.english.startswith("rke failed")).title
    assert "start" in title.english and "start" not in str(title)


def test_texts_inside_of_formatted_strings_are_collected() -> None:
    assert {"right", "wrong", "Preflight of the nodes"} <= {text for text, _place in texts.of_code()}


def test_the_report_for_a_ticket_follows_the_language_and_its_json_is_english(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said(capsys, "new", "prod")
    told = said(capsys, "report", "prod")
    assert told.startswith("# 安装报告：prod") and "待办" in told
    assert "What was" not in told and "(as preset)" not in told
    assert "# Install report: prod" in said(capsys, "report", "prod", "--json")
