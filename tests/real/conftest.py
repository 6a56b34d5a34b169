"""What tests on real servers share: servers that end with the test, and one sshd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.real.sshd import Sshd


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Whatever is entered here is left when the test ends."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def server(tmp_path: Path, stack: ExitStack) -> Sshd:
    """One sshd on loopback."""
    return stack.enter_context(Sshd(tmp_path / "server"))
