"""Judging a Rancher version: a real tag, one that this kind of install is for, and one that the template needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rancher_tui import facts
from rancher_tui.facts import Number
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg

FLOATING: Final = frozenset({"latest", "stable", "master", "edge", "head", ""})
ADDON_LAST: Final[Number] = (2, 0, 8)
NO_CACERTS_FIRST: Final[Number] = (2, 0, 1)
AUDIT_FIRST: Final[Number] = (2, 0, 7)
_CHOOSE = "v2.0.8"


def row(tag: str) -> dict[str, Any] | None:
    """The table's row of a Rancher version, with or without its `v`."""
    wanted = facts.release(tag)
    return next((item for item in facts.rows("rancher") if facts.number(item["version"]) == wanted), None)


def judge_tag(tag: str, *, recognized_ca: bool = False, audit: bool = False) -> Iterator[Finding]:
    """Findings on a Rancher version as typed; one pass finding when nothing stands against it.

    `recognized_ca` is true for the templates with `--no-cacerts`, `audit` where the API audit log is on.
    """
    tag = tag.strip()
    fail = next(_refusals(tag, recognized_ca), None)
    if fail is not None:
        yield fail
        return
    found = facts.release(tag) or ()
    if audit and found < AUDIT_FIRST:
        title = msg("the API audit log needs Rancher v2.0.7 or later, not {tag}", tag=tag)
        yield _finding(Status.WARN, "rancher-no-audit", tag, title, msg("choose v2.0.7 or v2.0.8"))
    if row(tag) is None:
        title = msg("{tag} is no known Rancher 2.0 release", tag=tag)
        yield _finding(Status.FAIL, "rancher-unknown-tag", tag, title, msg("choose {tag}", tag=_CHOOSE))
        return
    yield _finding(Status.PASS, "rancher-tag", tag, msg("Rancher {tag} is a release for this install", tag=tag))


def _refusals(tag: str, recognized_ca: bool) -> Iterator[Finding]:
    choose = msg("choose {tag}", tag=_CHOOSE)
    if not tag:
        yield _finding(Status.FAIL, "rancher-missing", tag, msg("no Rancher version is chosen"), choose)
        return
    if tag.lower() in FLOATING:
        title = msg("{tag} is no version: it points at another release every few weeks", tag=tag)
        yield _finding(Status.FAIL, "rancher-floating-tag", tag, title, choose)
        return
    found = facts.release(tag)
    if found is None:
        yield _finding(
            Status.FAIL, "rancher-bad-tag", tag, msg("{tag} is no version like v2.0.8", tag=tag), choose
        )
        return
    if "-" in tag or "+" in tag:
        title = msg("{tag} is a test build, no release", tag=tag)
        yield _finding(Status.FAIL, "rancher-pre-release", tag, title, choose)
        return
    if not tag.startswith("v"):
        title = msg("the image's tag begins with a v: v{tag}", tag=tag)
        yield _finding(Status.FAIL, "rancher-bad-tag", tag, title, msg("write v{tag}", tag=tag))
        return
    if found > ADDON_LAST:
        title = msg("{tag} cannot be installed as an add-on of RKE: v2.0.8 is the last that can", tag=tag)
        yield _finding(Status.FAIL, "rancher-helm-only", tag, title, choose, row(tag))
        return
    if found < (2, 0, 0):
        title = msg("{tag} is not Rancher 2.0", tag=tag)
        yield _finding(Status.FAIL, "rancher-unknown-tag", tag, title, choose)
        return
    if recognized_ca and found < NO_CACERTS_FIRST:
        title = msg("{tag} does not know --no-cacerts, which this template needs", tag=tag)
        yield _finding(Status.FAIL, "rancher-no-cacerts", tag, title, choose, row(tag))


def _finding(
    status: Status,
    code: str,
    subject: str,
    title: Message,
    remedy: Message = EMPTY,
    evidence: dict[str, Any] | None = None,
) -> Finding:
    data = {key: str(value) for key, value in (evidence or {}).items()}
    source = facts.table("rancher")["source"]
    if data:
        data["source"] = source
    return Finding(status, code, subject or "-", title, remedy=remedy, evidence=data, check="versions", step=9)
