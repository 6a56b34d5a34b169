"""How long judging takes, next to `openssl verify`: a chain of three certificates, and a bundle of a thousand.

Run it with `python -m benchmarks.certificates`. Best of several runs, in milliseconds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rancher_tui.certificates.judge import judge
from tests.unit.certificates_pki import FQDN, NOW, chain_of, issue, pem, root


def best(run: Callable[[], object], times: int) -> float:
    """The shortest of `times` runs, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return min(taken)


def _openssl(folder: Path, chain: bytes, ca: bytes, leaf: bytes) -> Callable[[], object]:
    for name, data in (("chain", chain), ("ca", ca), ("leaf", leaf)):
        (folder / name).write_bytes(data)
    at = str(int(NOW.timestamp()))
    command = [
        "openssl",
        "verify",
        "-attime",
        at,
        "-CAfile",
        str(folder / "ca"),
        "-untrusted",
        str(folder / "chain"),
    ]
    return lambda: subprocess.run([*command, str(folder / "leaf")], check=True, capture_output=True)


def main() -> int:
    leaf, lower, upper, top = chain_of(2)
    chain, ca, key = pem(leaf, lower, upper), top.pem, leaf.key_pem
    strangers = [issue(f"Stranger {number}", top) for number in range(497)]
    bundle = chain + pem(*strangers) + pem(*(root(f"Foreign root {number}") for number in range(500)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, data, times in (("3 certificates", chain, 30), ("1,000 certificates", bundle, 3)):

            def ours(data: bytes = data) -> object:
                return judge(data, chain_name="c", key=key, ca=ca, fqdn=FQDN, at=NOW)

            peer = best(_openssl(folder, data, ca, leaf.pem), times)
            print(f"{label:>20}  judged {best(ours, times):8.1f} ms   openssl verify, a process {peer:8.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
