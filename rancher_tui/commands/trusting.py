"""The command trust: the nodes' host keys, shown and pinned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rancher_tui.commands.fleet import NodeNames, Target, fleet_of, refused
from rancher_tui.commands.options import Json, Yes
from rancher_tui.commands.output import BAD, OK, CallError, note, print_json, say, table
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg
from rancher_tui.wording.vocabulary import word


def trust(target: Target, node: NodeNames = None, yes: Yes = [], as_json: Json = False) -> int:  # noqa: B006
    """Show every node's host key; with --yes trust, pin those that are new. A changed key is not pinned.

    Only --yes changed replaces keys that were pinned here before, of hosts that were set up anew.
    Of a cluster file without a session the keys are kept beside it, in CLUSTER_FILE.known_hosts.
    Example: rancher-tui trust prod --yes trust
    """
    from rancher_tui.finding import Report
    from rancher_tui.nodes.host_keys import pin, replaceable, scan

    fleet = fleet_of(target, node)
    if isinstance(fleet, Report):
        return refused(fleet, as_json, {"nodes": []})
    keys = wait_for(scan(fleet.nodes, fleet.settings(), fleet.numbers))
    taken = 0
    if {"trust", "changed"} & set(yes):
        try:
            taken += pin(fleet.pins, keys) if "trust" in yes else 0
            taken += pin(fleet.pins, keys, replace_changed=True) if "changed" in yes else 0
        except OSError as error:
            raise CallError(
                msg("{path} cannot be written: {error}", path=str(fleet.pins), error=str(error))
            ) from error
    rows = [_key_row(key, _was_pinned(key, fleet.pins, yes)) for key in keys]
    if taken:
        fleet.journal("trust", hosts=[row["address"] for row in rows if row["pinned"]], taken=taken)
    if as_json:
        print_json({"nodes": rows, "pinned": taken})
    else:
        for line in table([_key_cells(row) for row in rows], [_("node"), _("port"), _("key"), _("fingerprint")]):
            say(line)
    states = {row["state"] for row in rows}
    if any(replaceable(key, fleet.pins) for key in keys) and "changed" not in yes:
        note(_("find out why a key changed; of hosts set up anew, --yes changed takes the new ones"))
    if "unknown" in states:
        note(_("compare the fingerprints with the hosts' own, then agree with --yes trust"))
    return OK if states == {"known"} else BAD


def _was_pinned(key: Any, pins: Path, yes: list[str]) -> bool:
    from rancher_tui.nodes.host_keys import replaceable
    from rancher_tui.transport.ssh_known import Trust

    return ("trust" in yes and key.trust is Trust.UNKNOWN) or ("changed" in yes and replaceable(key, pins))


def _key_row(key: Any, pinned: bool) -> dict[str, Any]:
    """One host key as it stands now; `pinned` where it was taken just now."""
    from rancher_tui.transport.ssh_known import Trust

    states = {Trust.KNOWN: "known", Trust.UNKNOWN: "unknown", Trust.CHANGED: "changed", Trust.REVOKED: "changed"}
    return {
        "subject": key.subject,
        "address": key.address,
        "port": key.port,
        "state": "known" if pinned else states.get(key.trust, "unreachable"),
        "pinned": pinned,
        "keys": [{"type": key.key_type, "fingerprint": key.fingerprint}] if key.fingerprint else [],
        "known": list(key.known),
        "source": key.source,
        "code": key.error.rung.value if key.error else None,
        "evidence": key.error.evidence if key.error else {},
    }


def _key_cells(row: dict[str, Any]) -> list[str]:
    told = row["keys"][0]["fingerprint"] if row["keys"] else f"{row['code'] or ''}"
    if row["state"] == "changed":
        told += _("  (known: {known}; {source})").format(known=", ".join(row["known"]), source=row["source"])
    return [str(row["address"]), str(row["port"]), _("trusted now") if row["pinned"] else word(row["state"]), told]
