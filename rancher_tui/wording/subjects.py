"""Subjects of findings in the operator's language: nodes, fields, files. A name of its own stays as it is."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from assets import FOLDER
from rancher_tui.i18n import N_, Message, _, msg

_WORDS: Final = {
    "all nodes": N_("all nodes"),
    "this machine": N_("this machine"),
    "balancer": N_("load balancer"),
    "hosts": N_("hosts"),
    "log": N_("log"),
    "nodes": N_("nodes"),
    "roles": N_("roles"),
    "versions": N_("versions"),
    "rke": "rke",
    "run": N_("run"),
}
_NUMBERED_NODE: Final = re.compile(r"node (\d+) (.+)")
_NODE: Final = re.compile(r"node (\S+)")
_CELL: Final = re.compile(r"(\d+) (\w+)")
_LINE: Final = re.compile(r"line (\d+)")
_RESOLVER: Final = re.compile(r"system resolver (\S+)")
_RUN: Final = re.compile(r"run (\S+)")
_CERTIFICATE: Final = re.compile(r"(.+) certificate (\d+)")
_AT: Final = re.compile(r"(\S+) at (\S+)")


def message(subject: str, *, titled: bool = True) -> Message:
    """A subject as a text for people; in English it reads as the finding has it, but fields go by their titles.

    Commands leave fields by their paths (`titled=False`), as `set` takes them.
    """
    known = titles() if titled else {}
    if match := _NUMBERED_NODE.fullmatch(subject):
        return msg("node {number} {address}", number=match[1], address=match[2])
    if match := _NODE.fullmatch(subject):
        return msg("node {address}", address=match[1])
    if (match := _CELL.fullmatch(subject)) and (title := known.get(match[2])):
        return msg("{number} {field}", number=match[1], field=Message(title))
    if match := _LINE.fullmatch(subject):
        return msg("line {number}", number=match[1])
    if match := _RESOLVER.fullmatch(subject):
        return msg("system resolver {address}", address=match[1])
    if match := _RUN.fullmatch(subject):
        return msg("run {name}", name=match[1])
    if match := _CERTIFICATE.fullmatch(subject):
        return msg("{file} certificate {number}", file=match[1], number=match[2])
    if match := _AT.fullmatch(subject):
        return msg("{name} at {address}", name=match[1], address=match[2])
    if title := known.get(subject) or _WORDS.get(subject):
        return Message(title)
    return msg("{subject}", subject=subject)


def shown(subject: str) -> str:
    """A subject in the operator's language; of a path the file's name only."""
    where = re.sub(r"^/(?:[^/]+/)+(?=[^/]+$)", "", subject)
    return str(message(where))


def brief(subject: str) -> str:
    """A subject in a line that sums up: of a node its number only, of a cell the node's number and the field."""
    if match := _NUMBERED_NODE.fullmatch(subject):
        return str(msg("node {number}", number=match[1]))
    if (match := _CELL.fullmatch(subject)) and (title := titles().get(match[2])):
        return str(msg("node {number}, {field}", number=match[1], field=Message(title)))
    return shown(subject)


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """English titles of fields by their paths (assets/fields.yml); of several the first step's."""
    import yaml

    text = (FOLDER / "fields.yml").read_text("utf-8")
    table = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    return {row["path"]: row["title"] for rows in reversed(table.values()) for row in rows}


def title(path: str) -> str:
    """A field's title in the operator's language; its path where it has none."""
    return _(titles()[path]) if path in titles() else _(path) if path else path


def in_words(told: Message) -> Message:
    """A message whose arguments named `subject` are subjects of findings, with these in brief words."""
    arguments = {
        name: in_words(value)
        if isinstance(value, Message)
        else brief(value)
        if name == "subject" and isinstance(value, str)
        else value
        for name, value in told.arguments.items()
    }
    return replace(told, arguments=arguments)
