"""How long judging a chain takes, next to `openssl verify`: three certificates, and a bundle of a thousand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, Limit, Measurement, Peer, Row, needs
from benchmarks.timing import command, in_turn
from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import judge
from tests.unit.certificates_pki import FQDN, NOW, chain_of, issue, pem, root

_HOW = (
    "chain, key, CA and FQDN judged in the running program, in turn with a process of openssl verify on the chain"
)
SMALL = Row("chain-3", "chain of 3 certificates judged", "ms", _HOW, Limit(20))
LARGE = Row("chain-1000", "bundle of 1,000 certificates judged", "ms", _HOW)


def judged(folder: Path) -> Iterator[Figure]:
    """The 997 others of the bundle are strangers of the same CA, and foreign roots."""
    needs("openssl", "openssl")
    leaf, lower, upper, top = chain_of(2)
    chain, ca, key = pem(leaf, lower, upper), top.pem, leaf.key_pem
    strangers = [issue(f"Stranger {number}", top) for number in range(497)]
    bundle = chain + pem(*strangers) + pem(*(root(f"Foreign root {number}") for number in range(500)))
    (folder / "ca").write_bytes(ca)
    (folder / "leaf").write_bytes(leaf.pem)
    [start] = in_turn(15, command("openssl", "version"))
    for row, data, times in ((SMALL, chain, 31), (LARGE, bundle, 5)):
        path = folder / row.name
        path.write_bytes(data)
        verify = command(
            *("openssl", "verify", "-attime", str(int(NOW.timestamp()))),
            *("-CAfile", str(folder / "ca"), "-untrusted", str(path), str(folder / "leaf")),
        )

        def ours(data: bytes = data) -> None:
            judge(Files(data, chain_name="c", key=key, ca=ca, fqdn=FQDN, at=NOW))

        mine, other = in_turn(times, ours, verify)
        note = f"openssl's process alone starts in {start:.1f} ms"
        yield Figure(row, mine, f"{times} times", (Peer("openssl verify, a process", other),), note)


MEASUREMENTS = (Measurement((SMALL, LARGE), judged),)
