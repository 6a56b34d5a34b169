"""Any file that someone calls a log, as one that can be read by offset: a pipe is copied, UTF-16 becomes UTF-8."""

from __future__ import annotations

import codecs
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from rancher_tui.files import open_named, too_large

LARGEST_COPY: Final = 1_000_000_000
"""Bytes of a pipe that are copied to be judged."""

_PACKED = {
    b"\x1f\x8b": ("gzip", "zcat"),
    b"BZh": ("bzip2", "bzcat"),
    b"\xfd7zXZ\x00": ("xz", "xzcat"),
    b"(\xb5/\xfd": ("zstd", "zstdcat"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_PIECE = 1 << 20


class PackedError(Exception):
    """The file is packed: `form` (`gzip`, …), and the `tool` that unpacks it to a pipe."""

    def __init__(self, form: str, tool: str) -> None:
        super().__init__(form)
        self.form = form
        self.tool = tool


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """`path`, or a copy of it while the block runs; OSError, PackedError when it cannot be read as text."""
    with open_named(path, pipes=True) as source, tempfile.TemporaryDirectory() as folder:
        regular = stat.S_ISREG(path.stat().st_mode)
        head = source.read(8)
        for magic, (form, tool) in _PACKED.items():
            if head.startswith(magic):
                raise PackedError(form, tool)
        encoding = _WIDE.get(head[:2], "")
        if regular and not encoding:
            yield path
            return
        copy = Path(folder) / "rke.log"
        with copy.open("wb") as target:
            if encoding:
                _to_utf8(head[2:], source, target, encoding)
            else:
                target.write(head)
                _copy(source, target, path)
        yield copy


def _copy(source: IO[bytes], target: IO[bytes], path: Path) -> None:
    """What a pipe gives, up to LARGEST_COPY."""
    while piece := source.read(_PIECE):
        if target.tell() + len(piece) > LARGEST_COPY:
            raise too_large(path, LARGEST_COPY)
        target.write(piece)


def _to_utf8(head: bytes, source: IO[bytes], target: IO[bytes], encoding: str) -> None:
    """PowerShell's redirection writes UTF-16."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    target.write(decoder.decode(head).encode("utf-8", "replace"))
    while piece := source.read(_PIECE):
        target.write(decoder.decode(piece).encode("utf-8", "replace"))
