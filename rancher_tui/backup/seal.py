"""Encryption with a passphrase in the age format (age-encryption.org/v1), as the program `age` uses it.

The work is done in a process of its own, because deriving the key takes seconds and about 1 GiB of memory: nothing
stands still meanwhile. The passphrase goes there over a pipe and is never written anywhere.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Final, Literal

FORMAT: Final = "age-encryption.org/v1, passphrase"
SUFFIX: Final = ".age"
MAGIC: Final = b"age-encryption.org/v1\n"
LIMIT_S: Final = 120.0


class SealError(Exception):
    """What cannot be encrypted or opened. `wrong` is true when the passphrase does not fit."""

    def __init__(self, text: str, *, wrong: bool = False) -> None:
        super().__init__(text)
        self.wrong = wrong


def sealed(data: bytes, passphrase: str) -> bytes:
    """`data` encrypted; SealError when it cannot be."""
    return _work("encrypt", data, passphrase)


def opened(data: bytes, passphrase: str) -> bytes:
    """`data` decrypted; SealError says that the passphrase is wrong or the bytes were changed."""
    return _work("decrypt", data, passphrase)


def _work(what: Literal["encrypt", "decrypt"], data: bytes, passphrase: str) -> bytes:
    if not passphrase:
        raise SealError("an empty passphrase protects nothing")
    secret = passphrase.encode()
    given = len(secret).to_bytes(4, "big") + secret + data
    command = [sys.executable, "-P", "-m", "rancher_tui.backup.seal", what]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SealError(str(error)) from error
    if done.returncode == 3:
        raise SealError("the passphrase does not open it, or it was changed", wrong=True)
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SealError(last[-1] if last else "the encryption ended without a word")
    return done.stdout


def main(what: str) -> int:
    """The process: length of the passphrase, passphrase and data come in, the result goes out."""
    import pyrage

    given = sys.stdin.buffer.read()
    length = int.from_bytes(given[:4], "big")
    passphrase, data = given[4 : 4 + length].decode(), given[4 + length :]
    work = pyrage.passphrase.encrypt if what == "encrypt" else pyrage.passphrase.decrypt
    try:
        sys.stdout.buffer.write(work(data, passphrase))
    except pyrage.DecryptError:
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
