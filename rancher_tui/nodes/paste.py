"""Many hosts pasted at once, in whatever form they were at hand.

Plain lines, CSV and other tables, /etc/hosts, an Ansible inventory (INI or YAML), RKE's `nodes:` block. Nothing is
judged here: what was typed becomes rows, what could not be taken is told.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from dataclasses import dataclass

from rancher_tui.i18n import msg
from rancher_tui.install.state import Node
from rancher_tui.nodes.paste_ansible import read_ini, read_yaml
from rancher_tui.nodes.paste_lines import delimiter_of, read_lines, read_table
from rancher_tui.nodes.paste_rows import Problem, Rows
from rancher_tui.nodes.paste_yaml import UnreadableError, read_rke, read_tree

LARGEST_TEXT = 8_000_000
_RKE = re.compile(
    r"^(\s*nodes\s*:\s*(#.*)?$|\s*-\s+[\"']?address[\"']?\s*:|\s*[\[{].*[\"']?address[\"']?\s*:)", re.MULTILINE
)
_YAML_INVENTORY = re.compile(r"^\s*(hosts|children)\s*:\s*(#.*)?$", re.MULTILINE)
_INI_INVENTORY = re.compile(
    r"^\s*\[[^\]\s:]+(:(vars|children|hosts))?\]\s*([#;].*)?$|\sansible_[a-z_]+\s*=|\S\[\w+:\w+(:\d+)?\]",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """The rows of a paste, the form it was read as (`plain`, `hosts`, `table`, `ansible-ini`, `ansible-yaml`,
    `rke`, `empty`), and the lines of which something was not taken."""

    nodes: tuple[Node, ...]
    form: str
    problems: tuple[Problem, ...]


def parse(text: str, like: Node) -> Pasted:
    """The hosts in `text`; what it does not say is as in `like` (but its address, inner address and name)."""
    rows = Rows()
    if len(text) > LARGEST_TEXT:
        rows.problem(0, msg("only the first {number} characters were read", number=LARGEST_TEXT))
    lines = _tidy(text[:LARGEST_TEXT])
    form = _read(lines, rows)
    bare = like.model_copy(update={"address": "", "internal_address": "", "hostname_override": ""})
    nodes = tuple(bare.model_copy(update=fields) for _, fields in rows.rows)
    return Pasted(nodes, form, tuple(rows.problems))


def _tidy(text: str) -> list[str]:
    """Lines without what cannot be seen: byte order and zero-width marks, control characters."""
    if not (text.isascii() and text.isprintable()):
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\x00", "")
        unseen = {character for character in set(text) if unicodedata.category(character) in ("Cf", "Cc", "Cs")}
        text = text.translate({ord(character): None for character in unseen - {"\n", "\t"}})
    return textwrap.dedent(text.replace("\u00a0", " ")).split("\n")


def _read(lines: list[str], rows: Rows) -> str:
    text = "\n".join(lines)
    if not text.strip():
        return "empty"
    if _RKE.search(text):
        return _tree(text, rows, "rke")
    if _YAML_INVENTORY.search(text):
        return _tree(text, rows, "ansible-yaml")
    if _INI_INVENTORY.search(text):
        read_ini(lines, rows)
        return "ansible-ini"
    delimiter = delimiter_of(lines)
    if delimiter:
        read_table(text, delimiter, rows)
        return "table"
    read_lines(lines, rows)
    return "hosts" if any("hostname_override" in fields for _, fields in rows.rows) else "plain"


def _tree(text: str, rows: Rows, form: str) -> str:
    try:
        tree = read_tree(text)
    except UnreadableError as error:
        rows.problem(error.line, error.text)
        return form
    if form == "rke":
        read_rke(tree, rows)
    else:
        read_yaml(tree, rows)
    return form
