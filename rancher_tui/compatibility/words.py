"""A set of versions in a few lines for people."""

from __future__ import annotations

from typing import Any

from rancher_tui.i18n import _


def told(facts: dict[str, Any]) -> list[str]:
    """The lines of a report's `facts`: the set that goes together, or the one that would instead."""
    if facts["works"]:
        lines = [_("These go together:"), *_set(facts)]
        if facts["use_forwarded_headers"]:
            lines.append(_("  ingress {version} needs use-forwarded-headers").format(version=facts["ingress"]))
        return lines
    lines = [_("These do not go together.")]
    instead = facts.get("instead")
    if instead:
        lines += [_("A set that does:"), *_set({**facts, **instead})]
    return lines


def _set(facts: dict[str, Any]) -> list[str]:
    docker = ", ".join(facts["docker"]) or "?"
    return [
        f"  Rancher {facts['rancher']}  RKE {facts['rke']}",
        f"  kubernetes_version {facts['kubernetes_version']}",
        f"  Docker {docker}",
    ]
