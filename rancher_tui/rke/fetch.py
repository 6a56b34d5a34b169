"""Fetch a release of rke: resumed after a break, installed only when it matches the release's SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx

from rancher_tui.files import make_folder, sync_folder
from rancher_tui.i18n import Message, msg
from rancher_tui.rke.binary import here

RELEASES = "https://github.com/rancher/rke/releases/download"
SUM_FILE = "sha256sum.txt"
LIMIT = 1 << 29
"""Bytes; the largest rke has about 110 MB."""
ATTEMPTS = 8
SILENCE_S = 30.0
_VERSION = re.compile(r"v\d+\.\d+\.\d+(-[A-Za-z0-9.]+)?")
_PAUSES_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0)

Step = Literal["sum", "download", "resumed", "verified", "installed"]


class FetchError(Exception):
    """Why nothing was installed.

    `code`: `bad-version`, `not-found`, `no-sum`, `sum-mismatch`, `too-large`, `broken`.
    """

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message.english)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Fetching:
    """One moment: bytes here, bytes in all (None while unknown), and what was done last."""

    step: Step
    done: int = 0
    total: int | None = None
    sha256: str = ""


class _BrokenError(Exception):
    """A transfer that ended early and may be taken up again."""


async def fetch(
    version: str,
    target: Path,
    *,
    base: str = RELEASES,
    sha256: str = "",
    architecture: str = "",
    silence_s: float = SILENCE_S,
    pauses_s: tuple[float, ...] = _PAUSES_S,
    verify: Any = True,
) -> AsyncIterator[Fetching]:
    """Fetch rke `version` (`v0.1.16`) from `base`/VERSION/ to `target` (0755); proxies of the environment count.

    `sha256` stands in for the release's own sum file. What was fetched so far waits in `target`.part.
    FetchError says why nothing was installed; `target` then is as it was.
    """
    if not _VERSION.fullmatch(version):
        raise FetchError("bad-version", msg("{version} is no version of rke, such as v0.1.16", version=version))
    name = f"rke_linux-{architecture or here()}"
    folder = f"{base.rstrip('/')}/{version}"
    make_folder(target.parent)
    timeout = httpx.Timeout(silence_s)
    async with httpx.AsyncClient(follow_redirects=True, timeout=timeout, verify=verify) as http:
        few = pauses_s[:4]
        wanted = sha256.strip().lower() or await _published_sum(http, f"{folder}/{SUM_FILE}", name, few)
        yield Fetching("sum", sha256=wanted)
        part = target.with_name(f"{target.name}.part")
        async for moment in _download(http, f"{folder}/{name}", part, pauses_s):
            yield moment
    actual = await asyncio.to_thread(_digest, part)
    size = part.stat().st_size
    if actual != wanted:
        _forget(part)
        title = msg(
            "what came is not what was released: SHA-256 {actual}, not {wanted}", actual=actual, wanted=wanted
        )
        raise FetchError("sum-mismatch", title)
    yield Fetching("verified", size, size, actual)
    await asyncio.to_thread(_install, part, target)
    yield Fetching("installed", size, size, actual)


async def _published_sum(http: httpx.AsyncClient, url: str, name: str, pauses_s: tuple[float, ...]) -> str:
    text = ""
    for attempt in range(len(pauses_s) + 1):
        try:
            answer = await http.get(url)
        except httpx.HTTPError as error:
            if attempt == len(pauses_s):
                raise _gave_up(url, error) from error
        else:
            if answer.status_code < 500:
                text = answer.text if answer.status_code == 200 else ""
                break
        if attempt < len(pauses_s):
            await asyncio.sleep(pauses_s[attempt])
    for line in text.splitlines()[:1000]:
        words = line.split()
        if len(words) == 2 and words[1].lstrip("*").rpartition("/")[2] == name:
            if re.fullmatch(r"[0-9a-fA-F]{64}", words[0]):
                return words[0].lower()
            break
    title = msg("the release has no SHA-256 of {name}; give one that you trust", name=name)
    raise FetchError("no-sum", title)


def _gave_up(url: str, error: Exception) -> FetchError:
    reason = str(error) or type(error).__name__
    return FetchError("broken", msg("{url} cannot be fetched: {reason}", url=url, reason=reason))


async def _download(
    http: httpx.AsyncClient, url: str, part: Path, pauses_s: tuple[float, ...]
) -> AsyncIterator[Fetching]:
    """Bring `part` to its full length; as many tries as there are pauses, counted anew when bytes came."""
    failures = 0
    while True:
        before = _size(part)
        try:
            async for moment in _one_try(http, url, part):
                yield moment
            return
        except (httpx.HTTPError, _BrokenError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise FetchError("broken", msg("cannot be written: {reason}", reason=str(error))) from error
            failures = 1 if _size(part) > before else failures + 1
            if failures > len(pauses_s):
                raise _gave_up(url, error) from error
        await asyncio.sleep(pauses_s[failures - 1])


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


async def _one_try(http: httpx.AsyncClient, url: str, part: Path) -> AsyncIterator[Fetching]:
    have = _size(part)
    known = _notes(part)
    headers = {"Accept-Encoding": "identity"}
    if have and known.get("url") == url and known.get("tag"):
        headers |= {"Range": f"bytes={have}-", "If-Range": str(known["tag"])}
    async with http.stream("GET", url, headers=headers) as answer:
        begin, total = _where(answer, have if "Range" in headers else 0)
        if answer.status_code == 416:
            _forget(part)
            raise _BrokenError("the server has less than was fetched")
        _refuse(answer, url, total)
        _notes_path(part).write_text(json.dumps({"url": url, "tag": _tag(answer.headers)}))
        if begin:
            yield Fetching("resumed", begin, total)
        with part.open("r+b" if begin else "wb") as file:
            file.seek(begin)
            file.truncate()
            done = begin
            async for piece in answer.aiter_raw():
                done += len(piece)
                if done > LIMIT:
                    raise FetchError("too-large", msg("{url} is larger than any rke", url=url))
                file.write(piece)
                yield Fetching("download", done, total)
    if total is not None and done != total:
        raise _BrokenError(f"{done} of {total} bytes came")


def _refuse(answer: httpx.Response, url: str, total: int | None) -> None:
    if answer.status_code in (404, 410):
        raise FetchError("not-found", msg("there is no {url}", url=url))
    if answer.status_code not in (200, 206):
        raise _BrokenError(f"status {answer.status_code}")
    if total is not None and total > LIMIT:
        raise FetchError("too-large", msg("{url} is larger than any rke", url=url))


def _where(answer: httpx.Response, asked: int) -> tuple[int, int | None]:
    """From which byte the answer goes on, and how long the whole is."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("content-range", ""))
    if answer.status_code == 206:
        if match is None or int(match[1]) != asked:
            raise _BrokenError("the server goes on at another place than was asked for")
        return asked, int(match[2])
    length = answer.headers.get("content-length", "")
    return 0, int(length) if length.isdecimal() else None


def _tag(headers: Mapping[str, str]) -> str:
    """A validator by which a server knows the same file again; a weak one does not count (RFC 9110 13.1.5)."""
    tag = headers.get("etag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("last-modified", "")


def _notes_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _notes(part: Path) -> dict[str, Any]:
    try:
        notes = json.loads(_notes_path(part).read_bytes())
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _notes_path(part).unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _install(part: Path, target: Path) -> None:
    """Give the verified file its name, durably."""
    part.chmod(0o755)
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.replace(target)
    _notes_path(part).unlink(missing_ok=True)
    sync_folder(target.parent)
