"""Judgement of what is entered about copies and about being told of a run's end."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg
from rancher_tui.install.references import is_reference
from rancher_tui.install.state import InstallState

MESSAGES = ("", "osc9", "osc777")


def copies(state: InstallState) -> Iterator[Finding]:
    """Step 12: a second copy can go to the place that is named."""
    to = state.copies.to.strip()
    if "://" not in to or is_reference(to):
        return
    example = "sftp://user@host/folder"
    try:
        parts = urlsplit(to)
        good = parts.scheme == "sftp" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        title = msg("neither a folder nor an address such as {example}", example=example)
        yield Finding(Status.FAIL, "bad-copy-place", "copies.to", title, check="backup-result", step=12)


def notice(state: InstallState) -> Iterator[Finding]:
    """Step 11: the message of the terminal is one that there is."""
    if state.notice.terminal.strip() not in MESSAGES:
        title = msg("no such message; there are {names}", names=", ".join(MESSAGES[1:]))
        yield Finding(Status.WARN, "unknown-message", "notice.terminal", title, check="verdict", step=11)
