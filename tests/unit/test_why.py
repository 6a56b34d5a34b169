"""Why findings matter: every code that can be told as wrong has its reason, and is told on screen and by command."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from assets import FOLDER
from building import codes
from building.syntax import Program
from rancher_tui.cli import main
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.wording.why import table, why
from screens.dialogs.details import finding_lines


@lru_cache(maxsize=1)
def program() -> codes.Codes:
    return codes.of_program()


def test_every_code_that_can_be_wrong_has_its_reason() -> None:
    assert sorted(program().to_explain() - table().keys()) == []
    assert len(table()) > 600


def test_every_reason_belongs_to_a_code_that_the_program_gives() -> None:
    assert sorted(table().keys() - program().to_explain()) == []


def test_no_code_is_given_unseen() -> None:
    """An expression that cannot be followed is named in ELSEWHERE, with where its codes stand."""
    assert program().unclear == codes.ELSEWHERE.keys()


PLANTED = '''
from functools import partial
from rancher_tui.finding import Finding, Status

_ROWS = {"first": ("from-a-table", Status.WARN), "second": ("from-its-other-row", Status.UNKNOWN)}
_said = partial(Finding, check="planted")


def _judged(status, code, *, kind="plain"):
    return Finding(status, code, "subject", kind)


class Trouble(Exception):
    def __init__(self, code, message):
        self.code = code


class Worse(Trouble):
    """Made like Trouble."""


def check(state):
    yield Finding(Status.FAIL, "written-here", "subject", "title")
    yield _judged(Status.PASS, "only-passes")
    yield _judged(Status.WARN if state else Status.PASS, code="through-a-helper")
    yield _said(Status.FAIL, "through-a-partial", "subject", "title")
    for code in ("of-a-loop", "of-its-second-round"):
        yield _judged(Status.FAIL, code)
    code, status = _ROWS[state]
    yield _judged(status, code)
    for role in ("etcd", "worker"):
        yield _judged(Status.FAIL, f"no-{role}")
    raise Worse("of-an-error", "message")


def unseen(answer):
    return _judged(Status.FAIL, answer.words[0])
'''


def test_a_code_is_found_however_it_is_handed_over(tmp_path: Path) -> None:
    package = tmp_path / "rancher_tui"
    package.mkdir()
    (package / "planted.py").write_text(PLANTED, "utf-8")
    (package / "finding.py").write_text((FOLDER.parent / "rancher_tui" / "finding.py").read_text("utf-8"), "utf-8")
    seen = codes.Codes(Program(tmp_path, "rancher_tui"))
    assert {code for code, statuses in seen.found.items() if statuses != {"pass"}} == {
        "written-here",
        "through-a-helper",
        "through-a-partial",
        "of-a-loop",
        "of-its-second-round",
        "from-a-table",
        "from-its-other-row",
        "no-etcd",
        "no-worker",
        "of-an-error",
    }
    assert seen.found["only-passes"] == {"pass"}
    assert seen.unclear == {"planted: answer.words"}


def test_a_code_has_one_reason() -> None:
    texts = [path.read_text("utf-8") for path in (FOLDER / "help" / "why").glob("*.yml")]
    told = Counter(code for text in texts for row in yaml.load(text, yaml.CSafeLoader) for code in row["codes"])
    assert [code for code, times in told.items() if times > 1] == []


def test_a_reason_is_one_to_three_sentences() -> None:
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
