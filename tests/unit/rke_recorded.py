"""The recorded logs of real rke binaries and how they are split to measure the causes.

The rule stands before the catalogue: a log belongs to a family (its name without version and stream), and
a family is for study when the first hex digit of the SHA-256 of its name is even. The others are held out: no
pattern of the catalogue was written from them.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

_VERSION = re.compile(r"-v\d+\.\d+\.\d+(-tty|-notty)?$")


def folder() -> Path:
    """The folder of recorded logs; skips the test where there is none."""
    root = os.environ.get("RANCHER_TUI_TEST_DATA", "")
    logs = Path(root) / "rke-logs"
    if not root or not logs.is_dir():
        pytest.skip("RANCHER_TUI_TEST_DATA is not set: no recorded logs")
    return logs


def family(name: str) -> str:
    """`fail-badauth` of `fail-badauth-v0.1.18`."""
    return _VERSION.sub("", name)


def held_out(name: str) -> bool:
    """True for a log that no pattern was written from."""
    return int(hashlib.sha256(family(name).encode()).hexdigest()[0], 16) % 2 == 1
