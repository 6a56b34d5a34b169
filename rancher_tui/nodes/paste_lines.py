"""Plain lines, one host or several a line; /etc/hosts; `ssh` command lines; CSV and other tables."""

from __future__ import annotations

import csv
import io
import ipaddress
import shlex
from collections.abc import Mapping, Sequence

from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import ROLES
from rancher_tui.nodes.paste_rows import (
    LARGEST_LINE,
    Rows,
    column_field,
    is_ip,
    looks_like_host,
    named_values,
    not_taken,
    role_words,
    roles_of,
    split_target,
    usual_users,
)

DELIMITERS = ",;\t|"
_NO_HOSTS = {"localhost", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-allnodes", "ip6-allrouters"}
_SSH_WITH_VALUE = "bcDEeFIiJLlmOopQRSWw"


def read_lines(lines: Sequence[str], rows: Rows) -> None:
    """Hosts of plain lines: addresses, `user@address:port`, lines of a hosts file, `ssh` commands."""
    for number, raw in enumerate(lines, 1):
        line = raw[:LARGEST_LINE].partition("#")[0].strip().strip(",;").strip()
        if not line:
            continue
        if len(raw) > LARGEST_LINE:
            rows.problem(number, msg("the line is too long"))
            continue
        if line.split(None, 1)[0] == "ssh":
            _ssh_command(number, line, rows)
        else:
            _line(number, line, rows)


def _line(number: int, line: str, rows: Rows) -> None:
    bullet = line.removeprefix("- ").removeprefix("* ")
    words = bullet.replace(",", " ").replace(";", " ").replace('"', " ").replace("'", " ").split()
    said, parts = named_values(words)
    targets = [split_target(part) for part in parts]
    addresses = [part for part, target in zip(parts, targets, strict=True) if target and is_ip(target["address"])]
    if len(addresses) == 1 and len(parts) > 1 and not any("@" in part for part in parts if part not in addresses):
        _one_host(number, addresses[0], [part for part in parts if part not in addresses], said, rows)
        return
    prose = len(parts) > 1 and all(
        target is None or part.isalpha() for part, target in zip(parts, targets, strict=True)
    )
    if prose or (said and not any(targets)):
        rows.problem(number, msg("no host: {text}", text=line[:80]))
        return
    for part, target in zip(parts, targets, strict=True):
        if target:
            rows.add(number, {**said, **{name: value for name, value in target.items() if value}})
            if part.isalpha():
                rows.problem(number, msg("{text} was taken as a host's name", text=part[:80]))
        else:
            rows.problem(number, msg("no host: {text}", text=part[:80]))


def _one_host(number: int, place: str, beside: list[str], said: Mapping[str, object], rows: Rows) -> None:
    """An address with words beside it: `address name alias …` of a hosts file, `name address`, `address role`.

    Loopback, multicast and broadcast entries are no nodes.
    """
    target = split_target(place) or {}
    address = ipaddress.ip_address(target["address"].partition("%")[0])
    special = (
        address.is_loopback or address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255"
    )
    if special or set(beside) & _NO_HOSTS or str(address).startswith("fe00::"):
        rows.problem(number, msg("{address} is no node's address", address=place))
        return
    fields: dict[str, object] = {name: value for name, value in target.items() if value}
    roles = [role for word in beside for role in _roles_in(word)]
    if roles:
        fields["roles"] = roles_of(roles)
    told = [_beside(word, fields) for word in beside if not _roles_in(word)]
    rows.add(number, {**fields, **said})
    for message in told:
        if message is not None:
            rows.problem(number, message)


def _roles_in(word: str) -> list[str]:
    """The roles that a word names as RKE does (`etcd`, `etcd+worker`); empty for every other word."""
    parts = word.lower().replace("/", "+").split("+")
    return parts if all(part in ROLES for part in parts) else []


def _beside(word: str, fields: dict[str, object]) -> Message | None:
    """Put a word that stands beside an address into its field; what to tell of it, None where it is plain."""
    name = str(fields.get("hostname_override", ""))
    if word.isascii() and word.isdigit() and 0 < int(word[:6]) < 65536 and "port" not in fields:
        fields["port"] = word
    elif word.startswith(("/", "~")) and "ssh_key_path" not in fields:
        fields["ssh_key_path"] = word
    elif word.lower() in usual_users() and "user" not in fields:
        fields["user"] = word
        return msg("{text} was taken as the user", text=word)
    elif word.isascii() and looks_like_host(word) and not name:
        fields["hostname_override"] = word.lower()
        return msg("{text} was taken as a host's name", text=word[:80]) if word.isalpha() else None
    elif name and word.lower().partition(".")[0] == name.partition(".")[0]:
        return None
    elif word.isalpha() and word.isascii() and "user" not in fields:
        return msg("not taken: {text}; if it is the user: user={text}", text=word[:80])
    else:
        return not_taken(word)
    return None


def _ssh_command(number: int, line: str, rows: Rows) -> None:
    """`ssh [-p PORT] [-l USER] [-i KEY] TARGET`, as people keep it in notes."""
    try:
        words = iter(shlex.split(line)[1:])
    except ValueError:
        words = iter(line.split()[1:])
    options: dict[str, str] = {}
    for word in words:
        if word.startswith("-") and len(word) > 1:
            letter = word[1]
            if letter in _SSH_WITH_VALUE:
                options[letter] = word[2:] or next(words, "")
            continue
        target = split_target(word)
        if target is None:
            break
        found = {"user": options.get("l", ""), "port": options.get("p", ""), "ssh_key_path": options.get("i", "")}
        rows.add(number, {**found, **{name: value for name, value in target.items() if value}})
        return
    rows.problem(number, msg("no host: {text}", text=line[:80]))


def delimiter_of(lines: Sequence[str]) -> str:
    """The character that parts the columns of a table, empty when the text is none.

    A table has a header of known columns, or at least two lines that all have it.
    """
    shown = [line for line in lines if line.strip() and not line.lstrip().startswith("#")][:50]
    for delimiter in DELIMITERS:
        if not shown or delimiter not in shown[0]:
            continue
        if _is_header(shown[0].split(delimiter)):
            return delimiter
        if len(shown) > 1 and all(delimiter in line for line in shown):
            return delimiter
        if len(shown) == 1 and _is_one_row([part.strip() for part in shown[0].split(delimiter) if part.strip()]):
            return delimiter
    return ""


def _is_one_row(cells: Sequence[str]) -> bool:
    """True for the cells of one host; False for several hosts on a line."""
    beside_an_address = is_ip(cells[0]) and not any(is_ip(cell) for cell in cells[1:]) if cells else False
    return (beside_an_address and len(cells) > 1) or not all(map(looks_like_host, cells))


def _is_header(cells: Sequence[str]) -> bool:
    named = [column_field(cell.strip().strip('"')) for cell in cells]
    return "address" in named or ("hostname_override" in named and len([name for name in named if name]) > 1)


def read_table(text: str, delimiter: str, rows: Rows) -> None:
    """Hosts of a table with or without a header."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    header: list[str] | None = None
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            rows.problem(reader.line_num, msg("not a table line: {error}", error=str(error)))
            continue
        if not any(cells) or cells[0].startswith("#") or _is_rule(cells):
            continue
        if header is None:
            header = [column_field(cell) for cell in cells] if _is_header(cells) else []
            if header:
                if "address" not in header:
                    header[header.index("hostname_override")] = "address"
                for name, cell in zip(header, cells, strict=True):
                    if cell and not name:
                        rows.problem(reader.line_num, msg("no field for the column {name}", name=cell[:80]))
                continue
        line = reader.line_num
        if max(map(len, cells)) > LARGEST_LINE:
            rows.problem(line, msg("the line is too long"))
        elif header:
            _named_cells(line, header, cells, rows)
        else:
            _bare_cells(line, cells, rows)


def _is_rule(cells: Sequence[str]) -> bool:
    """A line of a Markdown or text table that only draws."""
    return not "".join(cells).strip("-:=+| ")


def _named_cells(line: int, header: Sequence[str], cells: Sequence[str], rows: Rows) -> None:
    fields: dict[str, object] = {}
    for name, cell in zip(header, cells, strict=False):
        if name == "roles":
            fields[name] = roles_of(
                cell.replace("/", " ").replace("+", " ").replace(",", " ").replace(";", " ").split()
            )
        elif name and name not in fields:
            fields[name] = cell
    target = split_target(str(fields.get("address", "")))
    if target:
        fields |= {name: value for name, value in target.items() if value}
    rows.add(line, fields)
    for cell in filter(None, cells[len(header) :]):
        rows.problem(line, not_taken(cell))


def _bare_cells(line: int, cells: Sequence[str], rows: Rows) -> None:
    """Cells without a header, told by their shape: addresses, port, key path, roles, names."""
    fields: dict[str, object] = {}
    roles: list[str] = []
    left: list[str] = []

    def put(name: str, cell: str) -> None:
        if fields.setdefault(name, cell) != cell:
            left.append(cell)

    said, cells = named_values([word for cell in cells for word in _words(cell)])
    for cell in cells:
        target = split_target(cell) if cell else None
        if cell.isascii() and cell.isdigit() and 0 < int(cell[:6]) < 65536:
            put("port", cell)
        elif cell.startswith(("/", "~")):
            put("ssh_key_path", cell)
        elif target and (is_ip(target["address"]) or target["user"]):
            if "address" in fields:
                put("internal_address", cell)
            else:
                fields |= {name: part for name, part in target.items() if part}
        elif cell and all(role_words(part) for part in cell.replace("+", " ").replace("/", " ").split()):
            roles.extend(cell.replace("+", " ").replace("/", " ").split())
        elif cell:
            fields.setdefault("words", [])
            fields["words"] = [*_list(fields["words"]), cell]
    names = _list(fields.pop("words", []))
    if "address" not in fields and names and looks_like_host(names[0]):
        fields["address"] = names.pop(0)
    hosts = [name for name in names if "." in name or "-" in name or any(letter.isdigit() for letter in name)]
    users = [name for name in names if name not in hosts]
    if users:
        put("user", users[0])
    if hosts and looks_like_host(hosts[0]) and hosts[0].isascii():
        put("hostname_override", hosts[0].lower())
    else:
        left += hosts[:1]
    if roles:
        fields["roles"] = roles_of(roles)
    rows.add(line, {**fields, **said})
    for word in (*left, *users[1:], *hosts[1:]):
        rows.problem(line, not_taken(word))


def _words(cell: str) -> list[str]:
    """A cell, or its words where an address stands before others."""
    words = cell.split()
    return words if len(words) > 1 and is_ip(words[0]) else [cell]


def _list(value: object) -> list[str]:
    return value if isinstance(value, list) else []
