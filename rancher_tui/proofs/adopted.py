"""A cluster that was built elsewhere and taken into a session: where from, and whether its files are whole."""

from __future__ import annotations

import json
from typing import Final

from rancher_tui.finding import Report
from rancher_tui.install.session import Session
from rancher_tui.rke import adopt as standing

MARK: Final = "adopted.json"


def adopted_from(session: Session) -> str:
    """The path that the cluster file was adopted from; empty for a session of our own."""
    try:
        note = json.loads((session.path / MARK).read_bytes())
    except (OSError, ValueError):
        return ""
    return str(note.get("from", "")) if isinstance(note, dict) else ""


def verified(session: Session) -> Report:
    """Are the three files whole, and of one cluster?"""
    return standing.verify(session.cluster_file)
