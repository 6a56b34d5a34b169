"""The remedies of a ladder that broke: commands that fit what was seen."""

from __future__ import annotations

import pytest

from rancher_tui.nodes.words import remedy
from rancher_tui.transport.ssh import Target
from rancher_tui.transport.ssh_errors import Rung, SshError


@pytest.mark.parametrize(
    ("algorithm", "file"),
    [
        ("ssh-ed25519", "ssh_host_ed25519_key.pub"),
        ("ssh-rsa", "ssh_host_rsa_key.pub"),
        ("rsa-sha2-512", "ssh_host_rsa_key.pub"),
        ("ecdsa-sha2-nistp256", "ssh_host_ecdsa_key.pub"),
        ("", "ssh_host_*_key.pub"),
    ],
)
def test_the_file_to_compare_is_the_one_of_the_key_that_was_shown(algorithm: str, file: str) -> None:
    error = SshError(Rung.HOST_KEY_UNKNOWN, type=algorithm, fingerprint="SHA256:x")
    assert f"ssh-keygen -lf /etc/ssh/{file};" in remedy(error, Target("10.0.1.11", "22", "ops")).english
