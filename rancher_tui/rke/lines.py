"""One line of rke's log read: time, level, host, text.

Three forms (RKE v0.1-v1.6, observed): logfmt with a Go-quoted message where the output is a file or pipe, colours
and padding on a terminal, and the colourless `INFO[0057] …` that people paste. Before a record may stand what
others put there: a time, journald's or syslog's head, a container's name, a line number. What is none of them (the
rest of a multi-line message, Docker's progress, a panic's trace) is a line of text without a level.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

Form = Literal["logfmt", "terminal", "plain", ""]
LEVELS = ("debug", "info", "warning", "error", "fatal", "panic")
SEVERITY = {"": 0, "trace": 0, "debug": 1, "info": 2, "warning": 3, "error": 4, "fatal": 5, "panic": 6}
_LIMIT = 65536
"""Bytes of a line that are looked at; rke's longest real messages are a few kilobytes."""

_SHORT = {
    b"TRAC": "trace",
    b"DEBU": "debug",
    b"INFO": "info",
    b"WARN": "warning",
    b"ERRO": "error",
    b"FATA": "fatal",
    b"PANI": "panic",
}
_LONG = {**dict.fromkeys(SEVERITY), "warn": "warning"}
_SHORT_NAMES = b"|".join(_SHORT)
_HEAD_LIMIT = 200
"""Bytes that others may put before a record."""
_SGR = rb"(?:(?:\x1b|\^\[)?\[[0-9;]*m)"
_RECORD = rb"(" + _SGR + rb"?)(" + _SHORT_NAMES + rb")" + _SGR + rb"?\s*\[(\d{%d,9})\]" + _SGR + rb"?(?: |\Z)"
_FIRST = re.compile(_RECORD % 1)
_LATER = re.compile(rb"(?<![\w\"'`(\[\\])" + _RECORD % 4)
"""A record behind a head, or glued to the one before it: four digits, and no quoted words."""
_BLANK = re.compile(rb"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\s+)?[\s>|#*]*")
_LOGFMT = re.compile(
    rb'time=(?:"([^"]{0,80})"|(\S{1,80})) level="?([a-z]+)"? msg=(?:"((?:[^"\\]|\\.)*)(?:"|\\?\Z)|(\S*))',
    re.DOTALL,
)
_CONTROL = re.compile(rb"\^\[\[[0-9;]*m|\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|\x00")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_NAMED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

_HOSTS = re.compile(
    r"(?:\b[Hh]ost:?|\bhosts|host\(s\)|\bto node|kubernetes node) \[([^\]]+)\]"
    r"|\bProcessing controlplane host (\S+)|components of host (\S+)|status of node (\S+),"
    r"|Control Plane host: (\S+)|(?:using|with) address \[([^\]\s]+):\d+\]"
    r"|\AHost (\S+) failed to report|\bupgrade hosts: (\S+) with error"
)
_ADDRESS = re.compile(r"[\w.:-]*\w")
_TAG = re.compile(r"\A\[([A-Za-z][\w./-]*)\]")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A record of rke's log, or a line that is none (`level` empty).

    `time` is UTC, from logfmt only. `elapsed` is in seconds since rke began, from the other two forms, or computed
    by `progress.Progress`, which also knows the `phase`. `text` is the message unquoted and without colours and
    padding, not yet safe to show.
    """

    time: datetime | None
    elapsed: float | None
    level: str
    hosts: tuple[str, ...]
    phase: str
    text: str
    raw: bytes
    form: Form = ""

    @property
    def host(self) -> str:
        """The first host named; empty when none is."""
        return self.hosts[0] if self.hosts else ""

    @property
    def tag(self) -> str:
        """`etcd` of `[etcd] Building up etcd plane..`; empty when there is none."""
        match = _TAG.match(self.text)
        return match[1] if match else ""

    @property
    def severity(self) -> int:
        """0 for no level up to 6 for a panic."""
        return SEVERITY[self.level]


def _unescape(match: re.Match[str]) -> str:
    byte, short, long, octal, single = match.groups()
    if single is not None:
        return _NAMED.get(single, single)
    code = int(octal, 8) if octal else int(byte or short or long, 16)
    if ((byte or octal) and code >= 0x80) or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return chr(code)


def unquote(text: str) -> str:
    """A Go string literal's content (`%q`) as text; bytes that are no UTF-8 become U+FFFD."""
    return _ESCAPE.sub(_unescape, text) if "\\" in text else text


def hosts_of(text: str) -> tuple[str, ...]:
    """The hosts that a message names, in order, each once: addresses, or node names after an upgrade's wording."""
    at = text.find("ost")
    if at < 0 and "node" not in text and "address [" not in text:
        return ()
    if text.startswith(" host [", at - 2) and text.find("ost", at + 3) < 0 and "node" not in text:
        name = text[at + 5 : text.find("]", at)]
        if _ADDRESS.fullmatch(name) and "address [" not in text:
            return (name,)
    found: dict[str, None] = {}
    for match in _HOSTS.finditer(text):
        for name in match[match.lastindex or 0].replace(",", " ").split():
            if "%" not in name:
                found[name.rstrip(".")] = None
    return tuple(found)


def _moment(text: bytes) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.decode("ascii"))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _after_return(raw: bytes) -> bytes:
    """What a terminal would show last of text with carriage returns in it."""
    if b"\r" not in raw:
        return raw
    return next((part for part in reversed(raw.split(b"\r")) if _CONTROL.sub(b"", part).strip()), b"")


def _logfmt(match: re.Match[bytes], raw: bytes) -> LogLine:
    quoted_time, time, level, quoted, plain = match.groups()
    text = unquote(_decode(quoted)) if quoted is not None else _decode(plain)
    name = _LONG.get(level.decode(), "") or level.decode()
    return _record(text, name if name in SEVERITY else "", raw, "logfmt", time=_moment(quoted_time or time))


def _record(
    text: str, level: str, raw: bytes, form: Form, *, time: datetime | None = None, elapsed: float | None = None
) -> LogLine:
    return LogLine(time, elapsed, level, hosts_of(text), "", text, raw, form)


def _short(match: re.Match[bytes], raw: bytes) -> LogLine:
    """The record that `INFO[0057] ` begins; its message ends with `raw`."""
    colour, level, seconds = match.groups()
    text = _decode(_CONTROL.sub(b"", raw[match.end() :])).rstrip()
    form: Form = "terminal" if colour else "plain"
    return _record(text, _SHORT[level], raw, form, elapsed=float(seconds))


def parse_records(raw: bytes) -> list[LogLine]:
    """Every record on a line, at least one, in order: two stand on one where a paste lost the line end."""
    if raw.startswith(b"time=") and (match := _LOGFMT.fullmatch(raw)):
        return [_logfmt(match, raw)]
    line = _after_return(raw[:_LIMIT].rstrip(b"\r\n")).lstrip(b"\0\xef\xbb\xbf")
    if line.startswith(b"{"):
        line = _wrapped(line)
    begin = line.find(b"time=", 0, _HEAD_LIMIT)
    first = None if begin == 0 else _first_short(line)
    if begin >= 0 and (first is None or begin < first.start()):
        matches = list(_LOGFMT.finditer(line, begin))
        if matches:
            return [_logfmt(match, raw) for match in matches]
    if first is None:
        return [_record(_decode(_CONTROL.sub(b"", line)).rstrip(), "", raw, "")]
    matches = [first, *_LATER.finditer(line, first.end())]
    ends = [*(match.start() for match in matches[1:]), len(line)]
    found = [_short(match, line[:end]) for match, end in zip(matches, ends, strict=True)]
    return [replace(record, raw=raw) for record in found]


def _first_short(line: bytes) -> re.Match[bytes] | None:
    """Where the first `INFO[0057] ` of a line stands: at its beginning, or behind what others put there."""
    at = _BLANK.match(line)
    return _FIRST.match(line, at.end() if at else 0) or _LATER.search(line, 0, _HEAD_LIMIT)


def _wrapped(line: bytes) -> bytes:
    """The text in a JSON object of one line, as Docker and journald keep it; the line itself where it is none."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return line
    said = next((entry[key] for key in ("log", "MESSAGE", "message") if key in entry), None)
    if isinstance(said, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in said):
        return bytes(said)
    return said.rstrip("\r\n").encode("utf-8", "replace") if isinstance(said, str) else line


def parse_line(raw: bytes) -> LogLine:
    """One line of the file as bytes. Of several records on it the gravest, among equals the first."""
    records = parse_records(raw)
    return records[0] if len(records) == 1 else max(records, key=lambda record: record.severity)


_PANIC = re.compile(r"(?:.{0,200}?(?:\]: |\| |Z ))?(?:panic: |fatal error: |runtime: out of memory)")


def is_panic(line: LogLine) -> bool:
    """True for the first line of a Go crash, which the runtime prints without a level."""
    return not line.level and _PANIC.match(line.text) is not None
