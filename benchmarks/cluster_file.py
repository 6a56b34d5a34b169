"""The cluster file: compose, read and lint at 3 and 1,000 nodes, PyYAML's loaders beside; hostile files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.figures import Figure, Measurement, Peer, Row
from benchmarks.timing import clocked, in_turn
from rancher_tui.cluster_file.compose import compose
from rancher_tui.cluster_file.lint import lint
from rancher_tui.cluster_file.read import read
from rancher_tui.install.state import InstallState, Node

SIZE = 10_000_000
HOSTILE = {
    "open brackets": b"[" * SIZE,
    "short lines": b"a: b\n" * (SIZE // 5),
    "one long text": b'"' + b"a" * SIZE + b'"',
    "documents": b"---\n" * (SIZE // 4),
    "add-ons": b"addons: |\n" + b"  a: b\n" * (SIZE // 7),
    "no text": bytes(SIZE),
}
TIMES = 5
SMALL = Row(
    "lint-3", "cluster file linted, 3 nodes", "ms", "the composed file, in turn with PyYAML's loaders on it"
)
LARGE = Row("lint-1000", "cluster file linted, 1,000 nodes", "ms", "the same")
COMPOSED = Row("compose-1000", "cluster file composed, 1,000 nodes", "ms", "the text of the file from the state")
READ = Row("read-1000", "cluster file read in, 1,000 nodes", "ms", "the state from the text")
WORST = Row(
    "lint-hostile", "a hostile file of 10 MB linted", "ms", f"the slowest of: {', '.join(HOSTILE)}; once each"
)


def install(count: int) -> InstallState:
    """An install of `count` hosts."""
    nodes = tuple(
        Node(
            address=f"10.{n // 62500}.{n // 250 % 250}.{n % 250 + 1}", user="rancher", ssh_key_path="~/.ssh/id_rsa"
        )
        for n in range(count)
    )
    return InstallState(template="external-recognized-ca", nodes=nodes, fqdn="rancher.example.com")


def usual_files(_folder: Path) -> Iterator[Figure]:
    for row, count in ((SMALL, 3), (LARGE, 1000)):
        text = compose(install(count), secret=str, rke=None)
        mine, pure, fast = in_turn(
            TIMES,
            lambda text=text: lint(text.encode(), name="f"),  # type: ignore[misc]
            lambda text=text: yaml.safe_load(text),  # type: ignore[misc]
            lambda text=text: yaml.load(text, Loader=yaml.CSafeLoader),  # type: ignore[misc]
        )
        peers = (Peer("PyYAML's SafeLoader", pure), Peer("PyYAML's CSafeLoader (libyaml)", fast))
        yield Figure(row, mine, f"{TIMES} times", peers)


def both_ways(_folder: Path) -> Iterator[Figure]:
    state = install(1000)
    data = compose(state, secret=str, rke=None).encode()
    composed, taken_in = in_turn(3, lambda: compose(state, secret=str, rke=None), lambda: read(data, "f"))
    yield Figure(COMPOSED, composed, "3 times")
    yield Figure(READ, taken_in, "3 times")


def hostile_files(_folder: Path) -> Iterator[Figure]:
    taken = {name: clocked(lambda data=data: lint(data, name="f")) for name, data in HOSTILE.items()}  # type: ignore[misc]
    slowest = max(taken, key=lambda name: taken[name])
    yield Figure(WORST, taken[slowest], "6 files", note=f"slowest: {slowest}")


MEASUREMENTS = (
    Measurement((SMALL, LARGE), usual_files),
    Measurement((COMPOSED, READ), both_ways),
    Measurement((WORST,), hostile_files),
)
