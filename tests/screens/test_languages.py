"""Every screen walked in Chinese: nothing of ours is left in English, and every line is as wide as the terminal."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from assets import FOLDER
from building import texts
from rancher_tui import i18n
from screens import registry
from screens.fields import as_text, fields_of, next_choice, shown_value
from tests.screens.conftest import User, begun, using
from tests.screens.sample import STATE

NAMES = frozenset(
    """
    Rancher RKE rke Docker docker Kubernetes kubectl kubeconfig SSH ssh TLS DNS FQDN HTTP HTTPS PEM DER PKCS UTF Ingress
    ingress etcd controlplane worker cew nginx haproxy alb traefik caddy envoy agent Agent WebSocket API URL CIDR Pod Service
    YAML CSV Ansible JSON Amazon ALB Route RHEL CentOS Ubuntu Linux Helm chart TTL UDP TCP MTU SELinux AppArmor NGINX HAProxy
    Traefik Caddy Envoy canal flannel calico weave CVE UTC Tab Shift Enter Esc End ctrl enter esc pgup pgdn shift del space
    backspace shell English language osc rkestate root swap PATH TERM ASCII GiB MiB pid nslookup config SAN CPU NO_PROXY
    """.split()  # noqa: SIM905 - read as a paragraph
)
"""Names of products, formats and keys, which are the same in every language."""

DATA = frozenset({"prod", "rancher", "home", "sessions", "backups", "tmp", "pytest"})
"""Words of the sample and of paths of the test itself."""


@lru_cache(maxsize=1)
def same() -> str:
    """Everything that may be the same: the listed texts, values of fields, what help quotes as typed."""
    quoted = [
        word
        for page in (FOLDER / "help" / "zh_CN").glob("*.md")
        for word in re.findall(r"[A-Za-z][A-Za-z0-9_.:/~@%+=-]*", page.read_text("utf-8"))
    ]
    state = STATE.model_dump_json()
    fields = (FOLDER / "fields.yml").read_text("utf-8")
    return "\n".join([*texts.table()["same"], *quoted, state, " ".join(re.findall(r"choices: \[(.*?)\]", fields))])


def left(lines: list[str]) -> set[str]:
    """English words on the screen that are neither names nor data."""
    plain = [re.sub(r"\S*[/@]\S*|\w+(?:\.\w+)+", " ", line) for line in lines]
    words = {word for line in plain for word in re.findall(r"[A-Za-z]{3,}", line)}
    return {word for word in words - NAMES - DATA if word not in same()}


CONFIGURATIONS = {"balancer", "backup-config", "dns"}
"""Screens that show a file for another program, or a record for a provider's console: these stay as they are."""


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "zh_CN")


async def look(user: User, place: str, found: dict[str, set[str]]) -> None:
    assert [line for line in user.lines if cell_len(line) != user.app.size.width] == [], place
    lines = user.lines if place not in CONFIGURATIONS else [*user.lines[:3], *user.lines[-2:]]
    if words := left(lines):
        found[place] = words


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_no_screen_has_english_left(home: Path, chinese: None, size: tuple[int, int]) -> None:
    begun(home, STATE)
    found: dict[str, set[str]] = {}
    async with using(home, "prod", size) as user:
        for place in registry.PLACES:
            await user.app.go(place)
            await user.pilot.pause()
            await look(user, place, found)
            if size == (80, 24):
                await user.press("question_mark")
                await look(user, f"help of {place}", found)
                await user.press("escape")
        await user.press("ctrl+p")
        await look(user, "palette", found)
        await user.press("escape")
        await user.press("g")
        await look(user, "go to", found)
    assert found == {}


async def test_english_is_found_where_it_is_left(home: Path) -> None:
    begun(home, STATE)
    async with using(home, "prod") as user:
        assert {"Provision", "hosts", "done"} & left(user.lines)


def test_yes_and_no_are_told_in_chinese_and_kept_as_they_are_typed(chinese: None) -> None:
    field = next(field for field in fields_of("options") if field.kind == "yes")
    assert [shown_value(field, text) for text in ("yes", "no")] == ["是", "否"]
    assert next_choice(field, "no") == "yes"
    assert as_text(True) == "yes"
