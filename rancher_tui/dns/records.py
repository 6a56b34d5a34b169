"""The record to create so that a name leads to the load balancer. Pure."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import Final

import dns.name

from rancher_tui.dns.names import expected, shown, to_send
from rancher_tui.i18n import Message, msg

TTL: Final = 300
"""Seconds; short enough that a corrected mistake is seen soon."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record set: owner without last dot, type, values."""

    owner: str
    kind: str
    values: tuple[str, ...]
    ttl: int = TTL


@dataclass(frozen=True, slots=True)
class Creation:
    """The record in the three forms in which it is entered: zone file, console, Route 53 change batch.

    `note` is set where the record cannot work as it stands.
    """

    records: tuple[Record, ...]
    bind: str
    console: str
    route53: str
    note: Message | None = None


def creation(name: str, balancer: str) -> Creation:
    """The record for `name` that leads to `balancer`: addresses (separated by commas or blanks) or one name.

    BadNameError where either cannot be sent; ValueError where `balancer` is empty or mixes addresses and names.
    """
    owner = to_send(name)
    target = expected(balancer.replace(",", " ").split())
    if not target:
        raise ValueError("the load balancer has no address yet")
    if target.names and (target.addresses or len(target.names) > 1):
        raise ValueError("give addresses, or one name")
    records = tuple(_records(shown(owner), sorted(target.addresses), target.names))
    return Creation(records, _bind(records), _console(records), _route53(records), _note(owner, target.names))


def _records(owner: str, addresses: list[str], names: tuple[dns.name.Name, ...]) -> list[Record]:
    if names:
        return [Record(owner, "CNAME", (shown(names[0]) + ".",))]
    by_kind: dict[str, list[str]] = {}
    for address in addresses:
        by_kind.setdefault("A" if ipaddress.ip_address(address).version == 4 else "AAAA", []).append(address)
    return [Record(owner, kind, tuple(values)) for kind, values in sorted(by_kind.items())]


def _bind(records: tuple[Record, ...]) -> str:
    return "".join(
        f"{record.owner}.\t{record.ttl}\tIN\t{record.kind}\t{value}\n"
        for record in records
        for value in record.values
    )


def _console(records: tuple[Record, ...]) -> str:
    blocks = [
        f"Name:  {record.owner}\nType:  {record.kind}\nValue: {', '.join(record.values)}\nTTL:   {record.ttl}\n"
        for record in records
    ]
    return "\n".join(blocks)


def _route53(records: tuple[Record, ...]) -> str:
    """A change batch for `aws route53 change-resource-record-sets` (API 2013-04-01)."""
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": f"{record.owner}.",
                "Type": record.kind,
                "TTL": record.ttl,
                "ResourceRecords": [{"Value": value} for value in record.values],
            },
        }
        for record in records
    ]
    return json.dumps({"Comment": "Rancher behind its load balancer", "Changes": changes}, indent=2) + "\n"


def _note(owner: dns.name.Name, names: tuple[dns.name.Name, ...]) -> Message | None:
    if names and names[0] == owner:
        return msg("the balancer's name is the FQDN itself: give the balancer's own name or its address")
    if names and len(owner.labels) <= 3:
        return msg(
            "at the top of a zone a CNAME is not allowed: use the provider's alias record (ALIAS, A with alias)"
        )
    return None
