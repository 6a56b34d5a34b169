"""Step 7 by keys: both orders, repair, paste, make, unlock, the wire, and files that change meanwhile."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from rancher_tui.install.state import Balancer, Certificates, InstallState
from rancher_tui.install.steps import StepStatus
from tests.screens.conftest import User, begun, using
from tests.unit.certificates_pki import DAY, FQDN, Issued, issue, pem, server

NOW = datetime.now(UTC).replace(microsecond=0)
DATES: dict[str, Any] = {"begin": NOW - 9 * DAY, "end": NOW + 300 * DAY}
ROOT = issue("Example Root", key_name="screen root", **DATES)
UPPER = issue("Example Policy CA", ROOT, key_name="screen upper", **DATES)
LOWER = issue("Example Issuing CA", UPPER, key_name="screen lower", **DATES)
LEAF = server(FQDN, LOWER, key_name="screen leaf", begin=NOW - 9 * DAY, end=NOW + 61 * DAY)


def _files(folder: Path, *chain: Issued, key: bytes = b"", port: str = "443") -> InstallState:
    """An install whose chain file holds `chain`, in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chain.pem").write_bytes(pem(*chain))
    (folder / "key.pem").write_bytes(key or LEAF.key_pem)
    (folder / "ca.pem").write_bytes(ROOT.pem)
    named = Certificates(
        chain_path=str(folder / "chain.pem"), key_path=str(folder / "key.pem"), ca_path=str(folder / "ca.pem")
    )
    return InstallState(
        fqdn=FQDN,
        template="external-certificate",
        certificates=named,
        balancer=Balancer(address="127.0.0.1", https_port=port),
    )


async def _until(user: User, true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds; the screen is shown where it does not."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not true():
        assert loop.time() < deadline, user.screen
        await user.pilot.pause(0.02)
    await user.pilot.pause()


def _status(user: User) -> StepStatus:
    return user.app.steps[6].status


async def _judged(user: User) -> None:
    await user.press("g", "7", "enter", "c")
    await _until(user, lambda: not user.app.checks.running and "in the file" in user.screen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_both_orders_are_shown_with_every_edge_and_w_writes_the_right_one(
    home: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    state = _files(tmp_path / "f", LEAF, UPPER, LOWER)
    before = (tmp_path / "f" / "chain.pem").read_bytes()
    async with using(home, begun(home, state), size=size) as user:
        await _judged(user)
        assert _status(user) is StepStatus.FAILED
        assert "chain.pem: 3 certificates" in user.screen and "key matches 1" in user.screen
        assert "server 60 d" in user.screen or "server 61 d" in user.screen
        first = user.line_with("name no  key id no  signature no")
        assert "name  key id  signature" in first and "✓" in first
        assert "(was 3)" in user.line_with("2 Example Polic")
        assert "(was 2)" in user.line_with("3 Example Issuin")
        await user.press("w")
        await _until(user, lambda: not user.app.checks.running and _status(user) is StepStatus.DONE)
        fixed = tmp_path / "f" / "chain.fixed.pem"
        assert user.state.certificates.chain_path == str(fixed)
        assert fixed.read_bytes() == pem(LEAF, LOWER, UPPER)
        assert (tmp_path / "f" / "chain.pem").read_bytes() == before
        assert "signature no" not in user.screen
        assert "right order: as in the file" in user.screen


async def test_the_arrows_go_on_to_the_certificates_and_enter_tells_one_in_full(
    home: Path, tmp_path: Path
) -> None:
    async with using(home, begun(home, _files(tmp_path / "f", LEAF, LOWER, UPPER))) as user:
        await _judged(user)
        await user.press("down", "down", "down", "down", "enter")
        assert "certificate 2: Example Issuing CA" in user.screen
        assert "EC secp256r1" in user.screen and LOWER.sha256[:40] in user.screen.replace("\n", "")
        await user.press("escape", "up", "up", "enter")
        assert "EDIT" in user.screen


async def test_pasted_text_in_any_form_is_taken_and_its_key_is_not(home: Path, tmp_path: Path) -> None:
    text = "tls:\n  crt: |\n" + "".join(f"    {line}\n" for line in pem(LEAF, LOWER, UPPER).decode().splitlines())
    async with using(home, begun(home, _files(tmp_path / "f", LEAF))) as user:
        await user.press("g", "7", "enter")
        await user.paste(text + LEAF.key_pem.decode())
        kept = Path(user.state.certificates.chain_path)
        assert kept.parent == home / "sessions" / "prod" / "certificates"
        assert kept.read_bytes() == pem(LEAF, LOWER, UPPER)
        await user.paste(ROOT.pem.decode())
        assert Path(user.state.certificates.ca_path).read_bytes() == ROOT.pem
        await user.paste("-----BEGIN NOTHING-----\nx\n-----END NOTHING-----\n")
        assert "no certificate was found" in user.screen
        assert Path(user.state.certificates.chain_path) == kept
    secret = LEAF.key_pem.decode().splitlines()[1]
    for path in (home / "sessions" / "prod").rglob("*"):
        assert not path.is_file() or secret not in path.read_text("utf-8", "replace"), path


async def test_a_pair_is_made_and_used(home: Path, tmp_path: Path) -> None:
    state = InstallState(fqdn=FQDN, template="external-recognized-ca")
    async with using(home, begun(home, state)) as user:
        await user.press("g", "7", "enter", "percent_sign", "enter")
        await _until(user, lambda: not user.app.checks.running and _status(user) is StepStatus.DONE)
        assert user.state.template == "external-certificate"
        key = Path(user.state.certificates.key_path)
        assert key.stat().st_mode & 0o777 == 0o600
        await user.press("percent_sign", "enter")
        assert "nothing was overwritten" in user.screen


async def test_a_locked_container_is_opened_once_and_becomes_pem(home: Path, tmp_path: Path) -> None:
    state = _files(tmp_path / "f", LEAF)
    above = [LOWER.certificate, UPPER.certificate]
    bag = pkcs12.serialize_key_and_certificates(
        b"x", LEAF.private, LEAF.certificate, above, BestAvailableEncryption(b"hunter2")
    )
    (tmp_path / "f" / "chain.pem").write_bytes(bag)
    async with using(home, begun(home, state)) as user:
        await user.press("g", "7", "enter", "c")
        await _until(user, lambda: not user.app.checks.running and "pkcs12" in user.screen)
        await user.press("asterisk")
        await user.type("wrong")
        await user.press("enter")
        assert "does not open" in user.screen
        await user.press("asterisk")
        await user.type("hunter2")
        assert "hunter2" not in user.screen
        await user.press("enter")
        await _until(user, lambda: not user.app.checks.running and _status(user) is StepStatus.DONE)
        assert Path(user.state.certificates.chain_path).read_bytes() == pem(LEAF, LOWER, UPPER)
    for path in (home / "sessions" / "prod").rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes(), path


async def test_a_file_that_changes_is_judged_again_by_itself(home: Path, tmp_path: Path) -> None:
    async with using(home, begun(home, _files(tmp_path / "f", LEAF, LOWER, UPPER))) as user:
        await _judged(user)
        assert _status(user) is StepStatus.DONE
        (tmp_path / "f" / "chain.pem").write_bytes(pem(LEAF, UPPER, LOWER))
        await _until(user, lambda: _status(user) is StepStatus.FAILED)
        assert "signature no" in user.screen


async def test_a_path_is_completed_with_the_key_to_the_right(home: Path, tmp_path: Path) -> None:
    state = _files(tmp_path / "folder", LEAF, LOWER, UPPER)
    async with using(home, begun(home, state)) as user:
        await user.press("g", "7", "enter", "enter", "ctrl+u")
        await user.type(f"{tmp_path}/fol")
        await user.press("right")
        assert "3 paths begin so" in user.screen and "key.pem" in user.screen
        await user.type("ch")
        await user.press("right", "enter")
        assert user.state.certificates.chain_path == str(tmp_path / "folder" / "chain.pem")


async def test_the_chain_on_the_wire_is_judged_and_compared(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    _files(folder, LEAF, UPPER, LOWER)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    started = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with started:
        port = str(started.sockets[0].getsockname()[1])
        state = _files(folder, LEAF, LOWER, UPPER, port=port)
        async with using(home, begun(home, state)) as user:
            await _judged(user)
            await user.press("Q")
            await _until(user, lambda: f"served at 127.0.0.1:{port}" in user.screen)
            assert "in another order or number" in user.screen.replace("\n", " ")
            assert "name no  key id no" in user.screen
            await user.press("escape")
            assert "serves the file's certificates in another" in user.line_with(" served  ")
            assert _status(user) is StepStatus.DONE


async def test_replacing_later_names_this_installs_values(home: Path, tmp_path: Path) -> None:
    async with using(home, begun(home, _files(tmp_path / "f", LEAF, LOWER, UPPER)), size=(120, 60)) as user:
        await _judged(user)
        await user.press("left_parenthesis")
        assert "/etc/nginx/ssl/fullchain.pem" in user.screen and "CATTLE_CA_CHECKSUM=" in user.screen


async def test_the_template_follows_the_chain(home: Path, tmp_path: Path) -> None:
    state = _files(tmp_path / "f", LEAF, LOWER, UPPER).model_copy(update={"template": ""})
    async with using(home, begun(home, state)) as user:
        await _judged(user)
        await user.press("t")
        assert user.state.template == "external-certificate"


async def test_a_file_that_is_named_is_judged_at_once_and_a_missing_one_told_at_its_field(
    home: Path, tmp_path: Path
) -> None:
    async with using(home, begun(home, _files(tmp_path / "f", LEAF, LOWER, UPPER))) as user:
        await _judged(user)
        assert "signed by Example Root" in user.screen
        await user.press("down", "down", "enter", "ctrl+u")
        await user.type(str(tmp_path / "f" / "nope.pem"))
        await user.press("enter")
        await _until(user, lambda: not user.app.checks.running and "nope.pem  fail" in user.screen)
        assert "fail" in user.line_with("CA file")
        assert "cannot be read" in " ".join(user.screen.split())
        assert "signed by Example Root" not in user.screen, "the old judgement is gone"
        assert "fail" not in user.line_with("Certificate chain")
        await user.press("u")
        await user.press("up", "enter", "ctrl+u")
        await user.type(str(tmp_path / "f" / "ca.pem"))
        await user.press("enter")
        await _until(user, lambda: not user.app.checks.running and "fail" in user.line_with("Private key"))


async def test_a_file_without_certificates_says_so_instead_of_how_to_begin(home: Path, tmp_path: Path) -> None:
    state = _files(tmp_path / "f", LEAF)
    (tmp_path / "f" / "chain.pem").write_text("hello")
    async with using(home, begun(home, state)) as user:
        await user.press("g", "7", "enter")
        assert "c reads and judges the files" in user.screen
        await user.press("c")
        await _until(user, lambda: not user.app.checks.running and "no certificate in it" in user.screen)
        assert "No certificate was found to draw" in user.screen
        assert "reads and judges" not in user.screen


async def test_fields_stay_while_the_cursor_is_on_a_certificate(home: Path, tmp_path: Path) -> None:
    async with using(home, begun(home, _files(tmp_path / "f", LEAF, LOWER, UPPER))) as user:
        await _judged(user)
        before = [line[2:] for line in user.lines[3:6]]
        await user.press("down", "down", "down", "down")
        assert [line[2:] for line in user.lines[3:6]] == before
        assert "▸ 2 Example Issuing" in user.screen


async def test_page_keys_scroll_the_drawing(home: Path, tmp_path: Path) -> None:
    async with using(home, begun(home, _files(tmp_path / "f", LEAF, UPPER, LOWER))) as user:
        await _judged(user)
        assert "agents' checksum" not in "\n".join(user.lines[7:13])
        await user.press("pagedown", "pagedown", "pagedown")
        assert any(" CA " in line and "characters" in line for line in user.lines[7:15])
        await user.press("pageup", "pageup", "pageup")
        assert "in the file" in user.screen
