"""The rehearsal needs nothing but loopback: in a network of its own it comes to its end and sends nothing out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("lab-headless")]

SCRIPT = """
ip link set lo up || exit 9
count() {
  awk '/^Ip:/ && $2 ~ /^[0-9]/ {print $(col)} /^Ip:/ && !/[0-9]$/ {for (i = 1; i <= NF; i++) if ($i == "OutNoRoutes") col = i}' /proc/net/snmp
  awk '$1 == "Ip6OutNoRoutes" {print $2}' /proc/net/snmp6
}
count
"$@" >&2 || exit 8
count
"$PYTHON" -c '
import contextlib, socket
for family, kind, address in ((2, 2, "192.0.2.1"), (2, 1, "192.0.2.1"), (10, 2, "2001:db8::1")):
    with contextlib.suppress(OSError), socket.socket(family, kind) as trial:
        trial.connect((address, 9))'
count
"""
"""A network with loopback and no way out; the kernel counts what wanted to leave, an attempt of our own proves it."""


@pytest.mark.timeout(180)
def test_the_rehearsal_sends_nothing_out_of_the_machine(tmp_path: Path) -> None:
    if (
        not shutil.which("ip")
        or subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("a network namespace cannot be made here")
    command = [sys.executable, "-m", "rancher_tui.cli", "lab", "--headless"]
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", SCRIPT, "sh", *command],
        env={**os.environ, "RANCHER_TUI_HOME": str(tmp_path), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "verdict up REHEARSAL" in done.stderr
    counts = [int(word) for word in done.stdout.split()]
    before, during, ours = counts[0:2], counts[2:4], counts[4:6]
    assert during == before, "something wanted to leave the machine"
    assert ours[0] >= during[0] + 2, "the kernel counts what cannot leave"
