"""Why findings matter: each reason belongs to a code of the program, and is told on screen and by command."""

from __future__ import annotations

import pytest

from assets import FOLDER
from rancher_tui.cli import main
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.wording.why import table, why
from screens.dialogs.details import finding_lines

CODE = "".join(path.read_text("utf-8") for path in (FOLDER.parent / "rancher_tui").rglob("*.py"))


def test_every_reason_belongs_to_a_code_that_the_program_gives() -> None:
    assert [code for code in table() if f'"{code}"' not in CODE] == []
    assert len(table()) > 60


def test_a_reason_is_one_or_two_sentences() -> None:
    assert [code for code, text in table().items() if not (20 < len(text) < 260 and text.endswith("."))] == []


def told(status: Status, code: str) -> str:
    finding = Finding(status, code, "chain.pem", msg("swapped"))
    return " ".join("".join(text for text, _ink in line) for line in finding_lines(finding))


def test_the_details_tell_the_reason_of_what_is_wrong() -> None:
    assert why("bom").split()[0] in told(Status.FAIL, "bom")
    assert "Why it matters" in told(Status.WARN, "bom")
    assert "Why it matters" not in told(Status.PASS, "bom")
    assert "Why it matters" not in told(Status.FAIL, "no-such-code")


def test_the_command_tells_one_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "bom"]) == 0
    assert capsys.readouterr().out == f"bom: {table()['bom']}\n"
    assert main(["why"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(table())
    assert main(["why", "no-such-code"]) == 2
