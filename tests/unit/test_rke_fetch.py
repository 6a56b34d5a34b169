"""A release fetched from a server that breaks in every way; nothing unverified is ever installed."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rancher_tui.rke.fetch import FetchError, fetch

CONTENT = bytes(range(256)) * 4096
SUM = hashlib.sha256(CONTENT).hexdigest()
NAME = "rke_linux-amd64"
PAUSES = (0.01,) * 4


@dataclass
class Release:
    """A release server. `cuts`: after how many bytes the next answers break off; then they are whole."""

    content: bytes = CONTENT
    sums: str = f"{'0' * 64}  rke_linux-arm64\n{SUM}  {NAME}\n"
    cuts: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    ranges: bool = True
    tag: str = '"one"'
    length: bool = True
    wrong_place: bool = False
    port: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    before: Callable[[Release], None] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/rke"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            await self._respond(head, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _respond(self, head: str, writer: asyncio.StreamWriter) -> None:
        path = head.split()[1]
        if path.endswith("sha256sum.txt"):
            body = self.sums.encode()
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (200 if body else 404, len(body)) + body)
            return
        if not path.endswith(f"/v0.1.16/{NAME}"):
            writer.write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
            return
        if self.before:
            self.before(self)
        wanted = re.search(r"(?i)range: bytes=(\d+)-", head)
        same = re.search(r"(?i)if-range: (.*?)\r", head)
        resume = wanted and self.ranges and same and same[1] == self.tag
        begin = int(wanted[1]) if wanted and resume else 0
        self.asked.append((path, begin))
        if self.errors:
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % self.errors.pop(0))
            return
        body = self.content[begin:]
        lines = [f"HTTP/1.1 {206 if resume else 200} X", "Connection: close"]
        lines += [f"Content-Length: {len(body)}"] if self.length else []
        lines += [f"ETag: {self.tag}"] if self.tag else []
        if resume:
            shown = begin + 1 if self.wrong_place else begin
            lines.append(f"Content-Range: bytes {shown}-{len(self.content) - 1}/{len(self.content)}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        writer.write(body[: self.cuts.pop(0)] if self.cuts else body)


@asynccontextmanager
async def serving(release: Release) -> AsyncIterator[Release]:
    server = await asyncio.start_server(release.answer, "127.0.0.1", 0)
    release.port = server.sockets[0].getsockname()[1]
    try:
        yield release
    finally:
        server.close()


async def fetched(release: Release, target: Path, version: str = "v0.1.16", **options: str) -> list[str]:
    async with serving(release):
        steps: list[str] = []
        async for moment in fetch(
            version, target, base=release.base, architecture="amd64", pauses_s=PAUSES, silence_s=2.0, **options
        ):
            if not steps or steps[-1] != moment.step:
                steps.append(moment.step)
        return steps


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "session" / "rke"


def installed(target: Path) -> None:
    assert target.read_bytes() == CONTENT
    assert target.stat().st_mode & 0o777 == 0o755
    assert [entry.name for entry in target.parent.iterdir()] == ["rke"]


async def test_a_whole_release(target: Path) -> None:
    assert await fetched(Release(), target) == ["sum", "download", "verified", "installed"]
    installed(target)


async def test_broken_off_and_taken_up_where_it_was(target: Path) -> None:
    release = Release(cuts=[100_000, 300_000, 1])
    assert "resumed" in await fetched(release, target)
    installed(target)
    assert [begin for _, begin in release.asked] == [0, 100_000, 400_000, 400_001]


async def test_a_server_that_cannot_resume_begins_anew(target: Path) -> None:
    await fetched(Release(cuts=[100_000], ranges=False), target)
    installed(target)


async def test_a_file_that_changed_meanwhile_begins_anew(target: Path) -> None:
    def change(release: Release) -> None:
        release.tag = f'"{len(release.asked)}"'

    await fetched(Release(cuts=[100_000], before=change), target)
    installed(target)


async def test_without_a_length_or_a_tag(target: Path) -> None:
    await fetched(Release(length=False, tag=""), target)
    installed(target)


async def test_errors_of_the_server_are_waited_out(target: Path) -> None:
    await fetched(Release(errors=[503, 500, 429]), target)
    installed(target)


async def test_a_later_call_goes_on(target: Path) -> None:
    release = Release(cuts=[100_000, 0, 0, 0, 0, 0])
    with pytest.raises(FetchError) as broken:
        await fetched(release, target)
    assert broken.value.code == "broken"
    assert target.with_name("rke.part").stat().st_size == 100_000
    assert not target.exists()
    other = Release()
    other.port = release.port
    steps = await fetched(other, target)
    assert "installed" in steps
    installed(target)


@pytest.mark.parametrize(
    ("release", "code"),
    [
        (Release(content=CONTENT[:-1] + b"x"), "sum-mismatch"),
        (Release(content=b"<html>not found</html>"), "sum-mismatch"),
        (Release(sums=""), "no-sum"),
        (Release(sums=f"{SUM}  rke_darwin-amd64\n"), "no-sum"),
        (Release(sums=f"{SUM[:-1]}  {NAME}\n"), "no-sum"),
        (Release(errors=[404]), "not-found"),
        (Release(errors=[500] * 20), "broken"),
        (Release(cuts=[10] + [0] * 20), "broken"),
        (Release(cuts=[10] + [20] * 9, wrong_place=True), "broken"),
    ],
)
async def test_nothing_is_installed_that_does_not_match(release: Release, code: str, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_text("the one that was there")
    with pytest.raises(FetchError) as refused:
        await fetched(release, target)
    assert refused.value.code == code
    assert target.read_text() == "the one that was there"


async def test_a_sum_that_the_operator_trusts(target: Path) -> None:
    await fetched(Release(sums=""), target, sha256=SUM.upper())
    installed(target)
    with pytest.raises(FetchError, match="not what was released"):
        await fetched(Release(), target, sha256="0" * 64)
    installed(target)


@pytest.mark.parametrize("version", ["", "0.1.16", "v0.1", "v0.1.16/../..", "v1.2.3-"])
async def test_what_is_no_version(version: str, target: Path) -> None:
    with pytest.raises(FetchError) as refused:
        await fetched(Release(), target, version)
    assert refused.value.code == "bad-version"
