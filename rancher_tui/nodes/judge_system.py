"""The machine and its Docker: system, size, disks, swap, the way in (N02, N03, N05-N08, N12-N20, N49)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, msg
from rancher_tui.nodes.case import Case
from rancher_tui.nodes.read import disk_for, disks, limits, meminfo_kib, os_release, version_of

GIB = 1024 * 1024
_ROTATIONAL = re.compile(r"/sys/block/((?:[shv]d|xvd)[a-z]+|mmcblk\d+)/queue/rotational:1")


def judge_system(case: Case) -> Iterator[Finding]:
    """All of this module."""
    yield from judge_way_in(case)
    yield from judge_release(case)
    yield from judge_docker_setup(case)
    yield from judge_size(case)
    yield from judge_disks(case)
    yield judge_swap(case)


def judge_way_in(case: Case) -> Iterator[Finding]:
    """The key file's permissions (ssh wants 0600, RKE does not look), the server's version, the user."""
    if case.key_mode is not None:
        wide = bool(case.key_mode & 0o077)
        yield case.grade(
            Status.WARN if wide else Status.PASS,
            "key-permissions",
            "N02",
            msg("others may read the key {path}", path=case.key_path) if wide else msg("the key is private"),
            msg("chmod 600 {path}", path=case.key_path) if wide else EMPTY,
            mode=f"{case.key_mode:04o}",
        )
    yield _server_version(case)
    root = case.user == "root" and case.red_hat
    yield case.grade(
        Status.FAIL if root else Status.PASS,
        "user",
        "N05",
        msg("RKE cannot work as root on this system") if root else msg("logs in as {user}", user=case.user or "-"),
        msg("useradd -m -G docker rancher; use that user") if root else EMPTY,
        groups=(case.gathered.text("groups") or "").split(),
    )


def _server_version(case: Case) -> Finding:
    """OpenSSH before 6.7 cannot forward a Unix socket (its release notes)."""
    name, _, rest = case.banner.removeprefix("SSH-2.0-").partition("_")
    version = version_of(rest) if name == "OpenSSH" else None
    if version is None:
        return case.good("ssh-version", "N03", msg("SSH server: {banner}", banner=case.banner or "-"))
    bounds = limits()["openssh"]
    status = _below(version, bounds)
    return case.grade(
        status,
        "ssh-version",
        "N03",
        msg("OpenSSH {version}", version=f"{version[0]}.{version[1]}"),
        msg("update the SSH server to 7.0 or newer") if status is not Status.PASS else EMPTY,
        banner=case.banner,
    )


def _below(version: tuple[int, ...], bounds: dict[str, Any]) -> Status:
    if version < tuple(bounds["fail_below"]):
        return Status.FAIL
    return Status.WARN if version < tuple(bounds["warn_below"]) else Status.PASS


def judge_release(case: Case) -> Iterator[Finding]:
    """System, architecture, kernel."""
    text = case.gathered.text("os")
    if text is None:
        yield case.unseen("os", "N06", msg("the system's name is not known"), "os")
    else:
        yield _system(case, os_release(text))
    kernel = (case.gathered.text("kernel") or "").split()
    if len(kernel) < 3:
        yield case.unseen("architecture", "N07", msg("kernel and architecture are not known"), "kernel")
        return
    fits = kernel[0] == "Linux" and kernel[-1] in ("x86_64", "amd64")
    yield case.grade(
        Status.PASS if fits else Status.FAIL,
        "architecture",
        "N07",
        msg("{system} on {machine}", system=kernel[0], machine=kernel[-1]),
        msg("use an x86_64 Linux host: the images of this time have no other") if not fits else EMPTY,
        uname=" ".join(kernel),
    )
    version = version_of(kernel[1])
    if version is None:
        yield case.unseen("kernel", "N08", msg("the kernel's version is not known"), "kernel")
        return
    status = _below(version, limits()["kernel"])
    yield case.grade(
        status,
        "kernel",
        "N08",
        msg("kernel {release}", release=kernel[1]),
        msg("update the kernel: 3.10 is the least, 4.4 or newer is better")
        if status is not Status.PASS
        else EMPTY,
        release=kernel[1],
    )


def _system(case: Case, release: dict[str, str]) -> Finding:
    known = limits()["systems"]
    name = release.get("ID", "").lower()
    shown = release.get("PRETTY_NAME") or f"{name} {release.get('VERSION_ID', '')}".strip() or "-"
    family = [word for word in [name, *release.get("ID_LIKE", "").lower().split()] if word in known]
    version = release.get("VERSION_ID", "")
    tried = any(version == wanted or version.startswith(f"{wanted}.") for wanted in known.get(name, []))
    if tried:
        return case.good("os", "N06", msg("{system}", system=shown), os_release=release)
    return case.grade(
        Status.WARN,
        "os",
        "N06",
        msg("{system} was not tried with Rancher of this time", system=shown),
        msg("Ubuntu 16.04, RHEL or CentOS 7 and the like were; others mostly work with a fitting Docker"),
        msg("akin to {family}", family=family[0]) if family else msg("an unknown family"),
        os_release=release,
    )


def docker_info(case: Case) -> dict[str, Any]:
    """`docker info` as an object; empty when it could not be had. Warnings may stand before it."""
    for line in (case.gathered.text("docker-info") or "").splitlines():
        if line.startswith("{"):
            try:
                info = json.loads(line)
            except ValueError:
                return {}
            return info if isinstance(info, dict) else {}
    return {}


def judge_docker_setup(case: Case) -> Iterator[Finding]:
    """Storage driver, snap package, control groups, logs, proxy of the engine."""
    info = docker_info(case)
    driver = str(info.get("Driver", ""))
    if driver:
        loop = driver == "devicemapper" and "loop" in json.dumps(info.get("DriverStatus", "")).lower()
        slow = driver in ("vfs", "aufs") or loop
        yield case.grade(
            Status.WARN if slow else Status.PASS,
            "docker-storage",
            "N12",
            msg("Docker stores with {driver}", driver=f"{driver} (loop)" if loop else driver),
            msg("use overlay2") if slow else EMPTY,
            driver=driver,
            cgroup_driver=info.get("CgroupDriver"),
            security=info.get("SecurityOptions"),
        )
    else:
        yield case.unseen("docker-storage", "N12", msg("Docker's storage driver is not known"), "docker-info")
    place = (case.gathered.text("docker-place") or "").split("\n")
    snap = any(path.startswith("/snap/") or "/snapd/" in path for path in place)
    if snap:
        yield case.grade(
            Status.WARN,
            "snap-docker",
            "N14",
            msg("Docker comes from a snap package; its bind mounts fail"),
            msg("snap remove docker; install the distribution's or Docker's own package"),
            place=place,
        )
    yield from _cgroups(case, info)
    yield from _logs(case, info)


def _cgroups(case: Case, info: dict[str, Any]) -> Iterator[Finding]:
    version = str(info.get("CgroupVersion") or (case.gathered.text("cgroup") or "").strip())
    minor = case.expected.kubernetes_minor
    if version == "2" and minor is not None and minor < limits()["cgroup_v2_since_kubernetes"]:
        yield case.grade(
            Status.FAIL,
            "cgroup",
            "N12",
            msg("control groups v2: kubelet {version} cannot work with them", version=case.expected.kubernetes),
            msg("boot with systemd.unified_cgroup_hierarchy=0"),
            version=version,
        )
    elif version:
        yield case.good("cgroup", "N12", msg("control groups v{version}", version=version), version=version)


def _logs(case: Case, info: dict[str, Any]) -> Iterator[Finding]:
    """For information: whether container logs are bounded."""
    if info.get("LoggingDriver") == "json-file":
        bounded = "max-size" in (case.gathered.text("docker-settings") or "")
        title = msg("container logs are bounded") if bounded else msg("container logs grow without bound")
        yield case.good("docker-log", "N49", title, settings=case.gathered.text("docker-settings"))


def judge_size(case: Case) -> Iterator[Finding]:
    """Processors and memory (for up to 5 clusters and 50 nodes: 2 and 8 GB)."""
    cpus = (case.gathered.text("cpus") or "").strip()
    least = limits()["cpus"]["warn_below"]
    if cpus.isascii() and cpus.isdigit():
        few = int(cpus) < least
        yield case.grade(
            Status.WARN if few else Status.PASS,
            "cpus",
            "N15",
            msg("{cpus} processors", cpus=cpus),
            msg("give it {least} or more", least=least) if few else EMPTY,
            cpus=int(cpus),
        )
    else:
        yield case.unseen("cpus", "N15", msg("the number of processors is not known"), "cpus")
    total = meminfo_kib(case.gathered.text("memory") or "")
    if total is None:
        yield case.unseen("memory", "N16", msg("the size of memory is not known"), "memory")
        return
    bounds = limits()["memory_gib"]
    status = _floor(total / GIB, bounds)
    yield case.grade(
        status,
        "memory",
        "N16",
        msg("{size} GiB of memory", size=f"{total / GIB:.1f}"),
        msg("give it 8 GB: {least} GiB is the least", least=bounds["fail_below"])
        if status is not Status.PASS
        else EMPTY,
        kib=total,
    )


def _floor(value: float, bounds: dict[str, float]) -> Status:
    if value < bounds["fail_below"]:
        return Status.FAIL
    return Status.WARN if value < bounds["warn_below"] else Status.PASS


def judge_disks(case: Case) -> Iterator[Finding]:
    """Room where Docker and etcd write, and whether the disks turn (etcd wants 99 % of its syncs under 10 ms)."""
    said = case.gathered.get("disk")
    known = disks(said.text) if said else []
    root = str(docker_info(case).get("DockerRootDir") or "/var/lib/docker")
    places = {path: disk for path in (root, "/var/lib/etcd") if (disk := disk_for(path, known))}
    if not places:
        yield case.unseen("disk-space", "N17", msg("the room on its disks is not known"), "disk")
    else:
        path, disk = min(places.items(), key=lambda item: item[1].free)
        status = _floor(disk.free / GIB, limits()["disk_gib"])
        yield case.grade(
            status,
            "disk-space",
            "N17",
            msg("{free} GiB free for {path}", free=f"{disk.free / GIB:.0f}", path=path),
            msg("make room on {mount}: 20 GiB or more", mount=disk.mount) if status is not Status.PASS else EMPTY,
            disks=[[each.mount, each.size, each.free] for each in known],
        )
    yield _disk_kind(case)


def _disk_kind(case: Case) -> Finding:
    said = case.gathered.text("disk-kinds")
    lines = (said or "").splitlines()
    turning = [line.split()[0] for line in lines if line.split()[1:] == ["1", "disk"]]
    turning += [match[1] for line in lines if (match := _ROTATIONAL.fullmatch(line))]
    if said is None:
        return case.unseen("disk-kind", "N18", msg("whether its disks turn is not known"), "disk-kinds")
    if not turning:
        return case.good("disk-kind", "N18", msg("no turning disk"), said=said)
    return case.grade(
        Status.WARN,
        "disk-kind",
        "N18",
        msg("turning disk, or one that says so: {disks}", disks=", ".join(turning[:5])),
        msg("etcd wants an SSD; measure: fio --rw=write --fdatasync=1 --bs=2300 --size=22m --name=etcd"),
        msg("virtual disks often say that they turn; etcd needs 99 % of its syncs under 10 ms (N19)"),
        said=said,
    )


def judge_swap(case: Case) -> Finding:
    """RKE lets kubelet run with swap; it slows everything down."""
    text = case.gathered.text("swap")
    if text is None:
        return case.unseen("swap", "N20", msg("whether it swaps is not known"), "swap")
    areas = [line.split()[0] for line in text.splitlines()[1:] if line.strip()]
    if not areas:
        return case.good("swap", "N20", msg("no swap"))
    return case.grade(
        Status.WARN,
        "swap",
        "N20",
        msg("swap is on: {areas}", areas=", ".join(areas[:5])),
        msg("swapoff -a, and take it out of /etc/fstab"),
        areas=areas,
    )
