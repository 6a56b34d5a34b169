"""The rehearsal's faults: each has a name, words, and the step and code that it must lead to."""

from __future__ import annotations

import pytest

from rancher_tui.lab import faults

EXPECTED = {
    "host-unreachable": (1, "tcp-refused"),
    "wrong-key": (1, "login-refused"),
    "no-docker-access": (1, "docker-permission"),
    "name-elsewhere": (3, "wrong-address"),
    "addon-job-fails": (11, "addon-job"),
    "host-dropped": (11, "all-hosts"),
    "image-pull-stalls": (11, "stalled"),
    "rancher-silent": (11, "ping"),
}


def test_every_fault_leads_to_its_step_and_code() -> None:
    assert {name: (fault.step, fault.code) for name, fault in faults.FAULTS.items()} == EXPECTED


def test_every_fault_says_what_it_does() -> None:
    assert all(fault.does.english and fault.name == name for name, fault in faults.FAULTS.items())


def test_a_fault_named_twice_counts_once() -> None:
    assert faults.check_names(["wrong-key", "name-elsewhere", "wrong-key"]) == ("wrong-key", "name-elsewhere")


def test_an_unknown_fault_is_refused_with_the_known_ones() -> None:
    with pytest.raises(faults.UnknownFaultError, match=r"unknown fault: no-such .*rancher-silent"):
        faults.check_names(["no-such"])
