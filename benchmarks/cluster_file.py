"""The cluster file: compose, read and lint at 3 and 1,000 nodes, and lint of hostile files of 10 MB.

Beside each lint: PyYAML's own loaders on the same text, in the same run. Run: python -m benchmarks.cluster_file
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import yaml

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


def install(count: int) -> InstallState:
    """An install of `count` hosts."""
    nodes = tuple(
        Node(
            address=f"10.{n // 62500}.{n // 250 % 250}.{n % 250 + 1}", user="rancher", ssh_key_path="~/.ssh/id_rsa"
        )
        for n in range(count)
    )
    return InstallState(template="external-recognized-ca", nodes=nodes, fqdn="rancher.example.com")


def timed(action: Callable[[], Any]) -> float:
    """The best of three, in milliseconds."""
    times = []
    for _attempt in range(3):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def main() -> None:
    for count in (3, 1000):
        state = install(count)
        text = compose(state, secret=str, rke=None)
        data = text.encode()
        mine = timed(lambda data=data: lint(data, name="f"))  # type: ignore[misc]
        fast = timed(lambda text=text: yaml.load(text, Loader=yaml.CSafeLoader))  # type: ignore[misc]
        pure = timed(lambda text=text: yaml.safe_load(text))  # type: ignore[misc]
        print(f"{count:5} nodes: lint {mine:8.1f} ms  (CSafeLoader {fast:.1f} ms, SafeLoader {pure:.1f} ms)")
        print(f"{'':11} compose {timed(lambda state=state: compose(state, secret=str, rke=None)):7.1f} ms")  # type: ignore[misc]
        print(f"{'':11} read {timed(lambda data=data: read(data, 'f')):10.1f} ms")  # type: ignore[misc]
    for name, data in HOSTILE.items():
        start = time.perf_counter()
        lint(data, name="f")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"10 MB of {name:14} {time.perf_counter() - start:6.2f} s, peak so far {peak} MB")


if __name__ == "__main__":
    main()
