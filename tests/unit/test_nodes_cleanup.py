"""The clean-up plan of a node: what it names and keeps; nothing learnt from outside can break out of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rancher_tui.install.state import Node
from rancher_tui.nodes.cleanup import plan

NODE = Node(address="192.0.2.11")
LEARNT: dict[str, Any] = {
    "containers": ["etcd", "kubelet", "k8s_POD_x"],
    "leftover_paths": ["/etc/kubernetes", "/var/lib/etcd", "/opt/rke", "/var/lib/kubelet"],
    "leftover_interfaces": ["flannel.1"],
}


def test_a_clean_node_has_no_plan() -> None:
    assert not plan(NODE, {})
    assert plan(NODE, {}).consequences() == []


def test_snapshots_are_copied_before_anything_is_deleted() -> None:
    script = plan(NODE, LEARNT).script()
    assert (
        script.index("cp -a /opt/rke")
        < script.index("docker rm")
        < script.index("rm -rf --one-file-system /opt/rke")
    )
    assert "set -eu" in script


def test_only_what_was_found_is_named() -> None:
    script = plan(NODE, {"leftover_paths": ["/etc/cni"]}).script()
    assert "rm -rf --one-file-system /etc/cni" in script
    assert "docker rm" not in script
    assert "/var/lib/etcd" not in script
    assert "cp -a" not in script


def test_what_a_new_run_would_do_is_told() -> None:
    told = " ".join(message.english for message in plan(NODE, LEARNT).consequences())
    for word in ("etcd", "certificates", "pods", "flannel.1", "snapshots"):
        assert word in told


def test_the_script_is_sound_shell(tmp_path: Path) -> None:
    script = plan(NODE, LEARNT).script()
    assert subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True).returncode == 0
    stand_ins = tmp_path / "bin"
    stand_ins.mkdir()
    log = tmp_path / "log"
    for name in ("cp", "diff", "docker", "rm", "ip", "awk", "sort", "umount", "date"):
        (stand_ins / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n')
        (stand_ins / name).chmod(0o755)
    ran = subprocess.run(["/bin/sh", "-s"], input=script, text=True, env={"PATH": str(stand_ins), "HOME": "/root"})
    assert ran.returncode == 0
    done = log.read_text().splitlines()
    assert "docker rm -f -v -- etcd kubelet k8s_POD_x" in done
    assert sum(line.startswith("rm -rf") for line in done) == 4


def test_a_failed_copy_of_the_snapshots_stops_everything(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for name, body in (
        ("cp", "exit 1"),
        ("docker", f"echo docker >> {log}"),
        ("rm", f"echo rm >> {log}"),
        ("date", ":"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    ran = subprocess.run(
        ["/bin/sh", "-s"],
        input=plan(NODE, LEARNT).script(),
        text=True,
        env={"PATH": str(tmp_path), "HOME": "/root"},
    )
    assert ran.returncode != 0
    assert not log.exists()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=30).filter(lambda name: "\x00" not in name), min_size=1, max_size=3))
def test_names_from_outside_are_never_more_than_names(names: list[str]) -> None:
    safe = [name.encode("utf-8", "replace").decode() for name in names]
    script = plan(Node(address=safe[0]), {"containers": safe, "leftover_interfaces": safe}).script()
    probe = "docker() { printf '%s\\0' \"$@\"; }; ip() { :; }\n"
    body = "".join(line for line in script.splitlines(keepends=True))
    ran = subprocess.run(
        ["/bin/sh", "-s"], input=(probe + body).encode(), capture_output=True, env={"PATH": "/nowhere"}
    )
    assert ran.stdout.split(b"\0")[4:-1] == [name.encode() for name in safe]
