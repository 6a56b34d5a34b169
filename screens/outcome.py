"""Telling what came of an operation: its gravest finding in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rancher_tui.finding import Finding, by_gravity
from screens.look.words import finding_ink, finding_text

if TYPE_CHECKING:
    from screens.app import RancherApp


def tell_findings(app: RancherApp, findings: Sequence[Finding]) -> None:
    """The gravest finding in the note of the screen."""
    for finding in by_gravity(findings)[:1]:
        app.tell(finding_text(finding), finding_ink(finding.status))
