"""Secrets taken out of texts: by rule (what looks like one) and by value (what is known to be one).

`Redactor(values).clean(data)` gives the text without them and how many of which kind were taken out. A known value
is also found in base64, percent-encoded, JSON-escaped and broken over lines.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "[removed]"
SHORTEST: Final = 4
"""Characters a known value must have to be looked for by itself; shorter ones are found by rule only."""
LINE: Final = 16
"""Characters that a line of a known value of several lines must have to be looked for by itself."""

LONGEST: Final = 4096
"""Characters of a value that is looked for one by one, not at every place at once."""
FEW: Final = 64
"""Beginnings of known values that one expression finds faster than a look at every place."""
HUGE: Final = 1_000_000
"""Characters from which on a value is looked for as it is and line by line, not in its other forms."""

_NAMES: Final = (
    r"pass(?:word|wd|phrase)?|secret(?:[_-]?(?:access)?[_-]?key)?|token|api[_-]?key|access[_-]?key(?:[_-]?id)?"
    r"|private[_-]?key|client-key-data|ssh_key|credentials?|bearer|serviceaccounttoken|\w+[_-](?:password|secret|token)"
)
_VALUE: Final = (
    r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'"  # quoted
    r"|[|>][-+0-9]*\n(?:[ \t]+[^\n]*\n?)+"  # a YAML block
    r"|[^\s,;}\]\"'][^\s,;}\]]*"  # bare
)
_RULES: Final[tuple[tuple[str, re.Pattern[str], str], ...]] = (
    (
        "private key",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\Z)",
            re.DOTALL,
        ),
        MASK,
    ),
    ("age file", re.compile(r"-----BEGIN AGE ENCRYPTED FILE-----.*?(?:-----END[^\n]*|\Z)", re.DOTALL), MASK),
    ("password in an address", re.compile(r"(?<=://)([^\s/@:'\"]*):[^\s/'\"]+@"), rf"\1:{MASK}@"),
    ("authorization", re.compile(r"(?i)\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~:-]{6,}"), rf"\1 {MASK}"),
    ("token", re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*"), MASK),
    ("token", re.compile(r"\b(?:kubeconfig-[a-z0-9-]+|token-[a-z0-9]+):[a-z0-9]{20,}"), MASK),
    ("access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),
    (
        "named secret",
        re.compile(rf"(?i)(?P<name>[\"']?\b(?:{_NAMES})[\"']?[ \t]*[:=][ \t]*)(?P<value>{_VALUE})"),
        "",
    ),
)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_REFERENCE: Final = re.compile(r"[\"']?(?:secret|env|file):|[\"']?(?:true|false|null|None|\[removed\])?[\"']?$")


class Redactor:
    """Takes secrets out; `values` are the known ones."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        forms = {form for value in values for form in _forms(value)}
        ordered = sorted((form for form in forms if len(form) >= SHORTEST), key=len, reverse=True)
        self._long = [form for form in ordered if len(form) > LONGEST]
        self._known: dict[str, list[str]] = {}
        for form in ordered[len(self._long) :]:
            self._known.setdefault(form[:SHORTEST], []).append(form)
        few = 0 < len(self._known) <= FEW
        self._begin = re.compile(f"(?={'|'.join(map(re.escape, sorted(self._known)))})") if few else None

    def clean(self, text: str) -> tuple[str, Counter[str]]:
        """`text` without secrets, and how many of which kind were in it."""
        counts: Counter[str] = Counter()
        text, number = self._without_known(text)
        counts["known value"] += number
        text, number = _without_encoded_keys(text)
        counts["private key"] += number
        for kind, pattern, replacement in _RULES:
            if replacement:
                text, number = pattern.subn(replacement, text)
                counts[kind] += number
            else:
                text, number = _without_named(pattern, text)
                counts[kind] += number
        return text, Counter({kind: number for kind, number in counts.items() if number})

    def _without_known(self, text: str) -> tuple[str, int]:
        """Without the known values, the longest first; the work grows with the text, whatever their length."""
        count = 0
        for form in self._long:
            if number := text.count(form):
                text = text.replace(form, MASK)
                count += number
        pieces, done = [], 0
        for at in self._begins(text):
            if at < done:
                continue
            found = next((form for form in self._known[text[at : at + SHORTEST]] if text.startswith(form, at)), "")
            if found:
                pieces += [text[done:at], MASK]
                count += 1
                done = at + len(found)
        pieces.append(text[done:])
        return "".join(pieces), count

    def _begins(self, text: str) -> Iterator[int]:
        """Every place at which a known value may begin."""
        if self._begin is None:
            places = range(len(text) - SHORTEST + 1) if self._known else range(0)
            return (at for at in places if text[at : at + SHORTEST] in self._known)
        return (found.start() for found in self._begin.finditer(text))


def _without_named(pattern: re.Pattern[str], text: str) -> tuple[str, int]:
    """Values of names that say that they are secret; references to secrets are none."""
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        value = match["value"]
        if _REFERENCE.match(value):
            return match[0]
        count += 1
        quote_sign = value[0] if value[0] in "\"'" else ""
        return f"{match['name']}{quote_sign}{MASK}{quote_sign}" + ("\n" if value.endswith("\n") else "")

    return pattern.sub(replaced, text), count


def _without_encoded_keys(text: str) -> tuple[str, int]:
    """Base64 that holds a private key, as kubeconfigs and state files have it."""
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        try:
            inside = base64.b64decode(match[0] + "=" * (-len(match[0]) % 4))
        except (binascii.Error, ValueError):
            return match[0]
        if b"PRIVATE KEY" not in inside:
            return match[0]
        count += 1
        return MASK

    return _BASE64.sub(replaced, text), count


def _forms(value: str) -> Iterable[str]:
    """The ways in which a value may be written."""
    value = value.strip()
    if not value:
        return
    lines = [line.strip() for line in value.splitlines()]
    long_lines = (
        [line for line in lines if len(line) >= LINE and not line.startswith("-----")] if len(lines) > 1 else []
    )
    if len(value) > HUGE:
        yield from (value, *long_lines)
        return
    for text in (value, *long_lines):
        yield text
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield quote(text, safe="")
        yield quote_plus(text)
        yield repr(text)[1:-1]
    raw = value.encode("utf-8", "surrogatepass")
    for tail in (raw, raw + b"\n"):
        encoded = base64.b64encode(tail).decode()
        yield encoded
        yield encoded.rstrip("=")
        yield base64.urlsafe_b64encode(tail).decode()
