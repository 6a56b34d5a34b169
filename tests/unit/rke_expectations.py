"""What each recorded log must be judged to be, by its planted fault and a reading by eye: outcome and cause.

Keys are families (a name without rke's version and stream); where versions differ, the whole name stands too. For
the logs that were held out these lines were written before the parser had seen them.
"""

from __future__ import annotations

from tests.unit.rke_recorded import family

EXPECTED: dict[str, tuple[str, str | None]] = {
    "fail-bad-flag": ("failed", "flag-unknown"),
    "fail-badauth": ("failed", "authentication-unsupported"),
    "fail-badhost": ("finished-incomplete", "name-unresolved"),
    "fail-badhost-v1.2.0": ("failed", "name-unresolved"),
    "fail-badk8s": ("failed", "kubernetes-version-unsupported"),
    "fail-concurrent-two-rke-up": ("failed", "container-vanished"),
    "fail-docker-daemon-down-all": ("failed", "docker-not-running"),
    "fail-dupkey": ("failed", "no-etcd-node"),
    "fail-emptyfile": ("failed", "no-etcd-node"),
    "fail-enckey": ("failed", "key-encrypted"),
    "fail-invalidyaml": ("failed", "config-syntax"),
    "fail-missing-config": ("failed", "config-missing"),
    "fail-missingkey": ("failed", "key-missing"),
    "fail-network-job": ("failed", "network-job-failed"),
    "fail-newfmtkey": ("finished", None),
    "fail-newfmtkey-v1.2.0": ("failed", "etcd-reconcile"),
    "fail-noaddr": ("failed", "address-missing"),
    "fail-noetcd": ("failed", "no-etcd-node"),
    "fail-nonodes": ("failed", "no-etcd-node"),
    "fail-norole": ("failed", "role-missing"),
    "fail-nouser": ("failed", "user-missing"),
    "fail-plaintext": ("failed", "config-type"),
    "fail-portcheck-2379": ("failed", "port-blocked"),
    "fail-pubkey": ("failed", "key-not-private"),
    "fail-rolestring": ("failed", "config-type"),
    "fail-rolestringcomma": ("failed", "config-type"),
    "fail-snapstr": ("failed", "config-type"),
    "fail-tabyaml": ("failed", "config-syntax"),
    "fail-wrongport": ("failed", "tcp-refused"),
    "fail-wronguser": ("failed", "login-refused"),
    "nohup-hup": ("cut-off", None),
    "remove": ("finished", None),
    "rerun-after-kill": ("finished", None),
    "rerun-after-portcheck": ("finished", None),
    "sigint-ctrl-c-pty": ("cut-off", None),
    "signal-HUP": ("cut-off", None),
    "signal-INT-ignored": ("finished", None),
    "signal-TERM": ("cut-off", None),
    "terminal-lost-pty": ("cut-off", None),
    "up-addon-job-failed": ("finished-without-rancher", "addon-job-failed"),
    "up-success": ("finished", None),
    "warn-ingress-job": ("finished", None),
}

V01_PHASES = [
    "start",
    "dial",
    "port-check",
    "certificates",
    "reconcile",
    "deploy-certificates",
    "images",
    "etcd",
    "controlplane",
    "authz",
    "worker",
    "sync",
    "network",
    "dns",
    "metrics",
    "ingress",
    "addons",
    "end",
]
V02_PHASES = [
    "start",
    "dial",
    "state",
    "certificates",
    "port-check",
    "deploy-certificates",
    "reconcile",
    "images",
    "etcd",
    "controlplane",
    "authz",
    "worker",
    "sync",
    "network",
    "dns",
    "metrics",
    "ingress",
    "addons",
    "end",
]


def expected(name: str) -> tuple[str, str | None]:
    """The expectation for a recorded log; KeyError when none was written."""
    return EXPECTED.get(name) or EXPECTED[family(name)]
