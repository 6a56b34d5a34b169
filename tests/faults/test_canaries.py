"""Secrets planted in every input and outside source are looked for in everything that leaves a session."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rancher_tui.backup.redact import MASK, Redactor
from rancher_tui.cli import main
from rancher_tui.install.session import Home, Session
from rancher_tui.operations import bundling
from rancher_tui.operations.handover import written
from screens import registry
from tests.screens.conftest import using
from tests.unit.backup_case import CANARIES, encoded, pem, planted

OF_THE_LOG = {"log-token", "log-password", "state-key", "s3"}
"""What stands in rke's own log, which `log` and the log pane show as rke wrote it."""


@pytest.fixture
def session(home: Home, tmp_path: Path) -> Session:
    return planted(home, tmp_path / "files")


def found(text: str, left_out: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """The canaries that are in `text`, in whatever form: as they are, in base64 at any offset, percent-encoded."""
    names = []
    whole = text + re.sub(r"\s+", "", text)
    for name, value in CANARIES.items():
        body = value.split()[0][:40]
        inside = [base64.b64encode(b"x" * shift + value.encode()).decode()[4:-4] for shift in range(3)]
        shown = [value, body, value.lower(), *inside]
        if name not in left_out and any(form in whole for form in shown):
            names.append(name)
    return names


COMMANDS = [
    ("show", "prod"),
    ("show", "prod", "--json"),
    ("sessions",),
    ("sessions", "--json"),
    ("nodes", "prod"),
    ("nodes", "prod", "--json"),
    ("diff", "prod"),
    ("plan", "prod"),
    ("status", "prod", "--json"),
    ("check", "prod", "7", "8", "9", "--json"),
    ("export", "prod", "--yes", "export-anyway", "--json"),
    ("backup", "prod"),
    ("backup", "prod", "--list", "--json"),
    ("report", "prod"),
    ("report", "prod", "--json"),
    ("bundle", "prod", "--list"),
    ("set", "prod", "nodes.1.port=2222", "options.bastion.user=other", "--json"),
    ("export", "prod", "--yes", "export-anyway"),
    ("set", "prod", f"options.registry.password={CANARIES['registry']}", "--json"),
    ("set", "prod", f"options.proxy.https=http://ops:{CANARIES['proxy']}@proxy", "--json"),
    ("undo", "prod"),
    ("archive", "prod", "--keep"),
    ("rename", "prod", "live"),
]


def test_no_command_prints_a_secret(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    leaks = {}
    for command in COMMANDS:
        main(list(command))
        out, err = capfd.readouterr()
        assert "unexpected error" not in err, err
        if names := found(out + err, OF_THE_LOG if command[0] == "explain" else set()):
            leaks[" ".join(command)] = names
    assert leaks == {}


def test_a_lint_of_a_cluster_file_with_secrets_repeats_none(
    session: Session, capfd: pytest.CaptureFixture[str]
) -> None:
    for form in ([], ["--json"]):
        main(["lint", str(session.cluster_file), *form])
        out, err = capfd.readouterr()
        assert found(out + err) == []


def test_the_bundle_and_the_report_hold_none(session: Session, tmp_path: Path) -> None:
    state = session.look_on().state
    items = bundling.collect(session, state)
    assert {"state.json", "journal.jsonl", "rancher-cluster.yml", "errors.log", "versions.json"} <= {
        item.name for item in items
    }
    assert {item.name: found(item.text) for item in items if found(item.text)} == {}
    log = next(item for item in items if item.name.endswith("rke.log"))
    assert log.text.count(MASK) >= 4
    assert sum(log.removed.values()) >= 4
    assert not any(re.search(r"kube_config|rkestate|secrets\.json", item.name) for item in items)
    for kind in ("md", "html"):
        assert found(written(session, state, kind)) == []


def test_what_stays_in_the_session_is_in_files_that_must_hold_it_only(home: Home, session: Session) -> None:
    """Our own logs, reports and the state hold no secret; those files that do are 0600."""
    main(["check", "prod", "7", "8", "9", "10"])
    main(["report", "prod", "-o", str(session.path / "report.html")])
    allowed = re.compile(r"secrets\.json|cluster/|rke\.log|status\.json|errors\.log|backups/|\.journal")
    for path in session.path.rglob("*"):
        if not path.is_file():
            continue
        name = path.relative_to(session.path).as_posix()
        if not allowed.search(name):
            assert found(path.read_text("utf-8", "replace")) == [], name
    assert (session.path / "secrets.json").stat().st_mode & 0o77 == 0


async def test_no_screen_shows_one(session: Session, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    leaks: dict[str, list[str]] = {}
    async with using(home.path, "prod", size=(200, 60)) as user:
        for place in registry.PLACES:
            if place == "sessions":
                continue
            await user.app.go(place)
            await user.pilot.pause()
            text = user.screen + user.app.export_screenshot()
            if names := found(text, OF_THE_LOG if place == "run" else set()):
                leaks[place] = names
    assert leaks == {}


@pytest.mark.parametrize("place", ["options.registry.password", "options.proxy.http"])
async def test_none_is_seen_while_it_is_typed(home: Home, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    home.create("typed").close()
    typed = {
        "options.registry.password": "hunter2canary",
        "options.proxy.http": "http://ops:hunter2canary@proxy:3128",
    }
    async with using(home.path, "typed", size=(120, 60)) as user:
        await user.app.go("options")
        await user.pilot.pause()
        form = user.app.screen.query_one("#form")
        row = next(index for index, field in enumerate(form.fields) if field.path == place)  # type: ignore[attr-defined]
        form.move_to(row)  # type: ignore[attr-defined]
        await user.press("enter")
        shown = []
        for character in typed[place]:
            await user.press({":": "colon", "/": "slash", "@": "at"}.get(character, character))
            shown.append(user.screen)
        await user.press("enter")
        shown.append(user.screen)
    assert not [screen for screen in shown if "hunter2" in screen]
    assert "hunter2" not in (home.sessions_folder / "typed" / "install.json").read_text()
    assert "hunter2canary" in (home.sessions_folder / "typed" / "secrets.json").read_text()


def written_forms(value: str) -> Iterator[str]:
    yield value
    yield f"password: {value}"
    yield f'"token": "{value}"'
    yield f"https://user:{value}@host/path"
    yield encoded(value)


@pytest.mark.parametrize(
    "value", ["correct horse", "pa$$w/rd+=", "ünïcode-пароль", 'quo"te\\back', "line one\nline two of it"]
)
def test_a_known_value_is_found_however_it_is_written(value: str) -> None:
    redactor = Redactor([value])
    for text in written_forms(value):
        cleaned, removed = redactor.clean(f"before {text} after")
        assert value not in cleaned and encoded(value) not in cleaned
        assert sum(removed.values()) >= 1


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (pem("MIIEbodyOfAKey0123456789"), "MIIEbody"),
        (f"client-key-data: {encoded(pem('MIIEbodyOfAKey0123456789'))}", "LS0tLS1"),
        ('{"keyPEM": "' + pem("MIIEbody").replace("\n", "\\n") + '"}', "MIIEbody"),
        ("registry http://ops:s3cret@host:5000/v2", "s3cret"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("password=hunter2 user=x", "hunter2"),
        ('{"secretAccessKey": "wJalrXUtnFEMI"}', "wJalrXUtnFEMI"),
        ("token-abcde:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "zzzzzzzzzzzzzzzzzzzzzz"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("password: |\n  line-one\n  line-two\nuser: x", "line-two"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out_by_rule(text: str, gone: str) -> None:
    cleaned, removed = Redactor().clean(text)
    assert gone not in cleaned
    assert removed


@pytest.mark.parametrize(
    "text",
    [
        "password: secret:options.registry.password",
        "secret:\n  secretName: cattle-keys-ingress",
        "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
        "https://rancher.example.com:8443/ping",
        'level=info msg="[certificates] Generating Kubernetes API server certificates"',
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor().clean(text) == (text, {})


def test_our_own_error_log_masks_kept_secrets(home: Home, session: Session) -> None:
    from rancher_tui.engine import LocalEngine

    install = LocalEngine(home).open("prod")
    assert not isinstance(install, str)
    file = install.note_error(f"ValueError: {CANARIES['registry']} and {CANARIES['s3']}")  # type: ignore[union-attr]
    assert CANARIES["s3"] not in Path(file).read_text()
    install.close()  # type: ignore[union-attr]
