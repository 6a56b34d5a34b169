"""The runner: a small process that owns one run and outlives every screen.

Started by `runs.start` as `python -I -S runner.py RUN_FOLDER CHANNEL_FD`. It leaves its parent (second
fork; the first gave it a session of its own), starts rke with default signals, an empty signal mask, /dev/null as
input and `rke.log` as output, waits for it and writes `status.json` at every change. Meanwhile it keeps each
generation of the files that rke overwrites in place (`keep` in the draft); at the end it starts what comes after a
run (`after`). It imports the standard library's cheapest parts only, never the rest of the package.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import Any

STATUS = "status.json"
LOG = "rke.log"
RESERVE = ".reserve"
RESERVE_BYTES = 16384
"""Space kept back so that the end of a run can be written on a disk that its log has filled."""
KEPT = "kept"
"""Folder of the run with the generations of files that rke overwrites: `NAME.0001` and so on."""
MOST_KEPT = 20
LOOK_MS = 1000
AFTER_LOG = "after.log"


def boot_id() -> str:
    """The kernel's id of this boot; empty where it tells none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123
            return file.read().strip()
    except OSError:
        return ""


def start_ticks(pid: int) -> int | None:
    """When process `pid` began, in clock ticks since boot (proc(5), stat field 22); None when there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def write_status(folder: str, status: dict[str, Any]) -> None:
    """Replace `status.json` at once and durably; OSError leaves the old one."""
    target = os.path.join(folder, STATUS)  # noqa: PTH118
    temporary = f"{target}.{os.getpid()}"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            data = json.dumps(status, indent=1).encode()
            if os.write(descriptor, data) != len(data):
                raise OSError("the disk took only a part of the status")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)  # noqa: PTH105
    except OSError:
        _remove(temporary)
        raise
    _sync_folder(folder)


def _remove(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        return


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _keep_reserve(path: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, b"\0" * RESERVE_BYTES)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _spawn(argv: list[str], log: int) -> int:
    """Start rke; OSError when the system cannot."""
    defaults = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    return os.posix_spawn(
        argv[0],
        argv,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)],
        setsigdef=defaults,
        setsigmask=[],
    )


def _begin(folder: str) -> tuple[dict[str, Any], int]:
    """Start rke as the draft of a status in the folder says: the status, now with its processes, and rke's pid."""
    with open(os.path.join(folder, STATUS), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        status: dict[str, Any] = json.load(file)
    status.update(
        boot_id=boot_id(),
        runner_pid=os.getpid(),
        runner_start_ticks=start_ticks(os.getpid()),
        started=_now(),
        started_boottime_s=round(time.clock_gettime(time.CLOCK_BOOTTIME), 3),
    )
    _keep_reserve(os.path.join(folder, RESERVE))  # noqa: PTH118
    write_status(folder, status)
    log = os.open(os.path.join(folder, LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)  # noqa: PTH118
    os.chdir(status["cwd"])
    pid = _spawn(status["argv"], log)
    os.close(log)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
    status.update(pid=pid, start_ticks=start_ticks(pid))
    try:
        write_status(folder, status)
    except OSError:
        os.kill(pid, signal.SIGKILL)
        raise
    return status, pid


def _wait(folder: str, pid: int, paths: list[str]) -> int:
    """Wait for rke's end: its wait status. A file that was at rest for two looks is kept, and at the end each."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return os.waitpid(pid, 0)[1]
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    seen: dict[str, object] = {path: _stamp(path) for path in paths}
    kept: dict[str, object] = dict.fromkeys(paths)
    while not poller.poll(LOOK_MS):
        for path in paths:
            now = _stamp(path)
            if now == seen[path] != kept[path]:
                kept[path] = _keep(folder, path, now)
            seen[path] = now
    for path in paths:
        if _stamp(path) != kept[path]:
            _keep(folder, path, None)
    os.close(handle)
    return os.waitpid(pid, 0)[1]


def _stamp(path: str) -> object:
    try:
        told = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino


def _keep(folder: str, path: str, stamp: object) -> object:
    """Copy a file into the run's folder; a full disk must not disturb the run. The stamp of the copy."""
    target = os.path.join(folder, KEPT)  # noqa: PTH118
    try:
        os.makedirs(target, 0o700, exist_ok=True)  # noqa: PTH103
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
        name = os.path.basename(path)  # noqa: PTH119
        numbers = sorted(int(entry[-4:]) for entry in os.listdir(target) if entry.startswith(f"{name}."))  # noqa: PTH208
        place = os.path.join(target, f"{name}.{(numbers or [0])[-1] + 1:04}")  # noqa: PTH118
        descriptor = os.open(f"{target}/.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            if os.write(descriptor, data) != len(data):
                return None
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(f"{target}/.new", place)  # noqa: PTH105
        for number in numbers[1 : max(1, len(numbers) - MOST_KEPT)]:
            _remove(os.path.join(target, f"{name}.{number:04}"))  # noqa: PTH118
    except (OSError, ValueError):
        return None
    return stamp


def _after(folder: str, argv: list[str]) -> None:
    """Start what comes after a run; it outlives us, and what it says goes into a file of the run."""
    if not argv:
        return
    try:
        log = os.open(os.path.join(folder, AFTER_LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)  # noqa: PTH118
        _spawn([*argv, folder], log)
    except OSError:
        return


def _end(folder: str, status: dict[str, Any], waited: int) -> None:
    """Write how rke ended; on a full disk first into the reserve, then again every second for an hour."""
    code = os.waitstatus_to_exitcode(waited)
    elapsed = time.clock_gettime(time.CLOCK_BOOTTIME) - status["started_boottime_s"]
    status.update(
        ended=_now(),
        elapsed_s=round(elapsed, 3),
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        disk_full=os.statvfs(folder).f_bavail == 0,
    )
    _remove(os.path.join(folder, RESERVE))  # noqa: PTH118
    for _ in range(3600):
        try:
            write_status(folder, status)
        except OSError:
            time.sleep(1)
        else:
            return


def main(folder: str, channel: int) -> None:
    """Own the run in `folder` until rke has ended; tell the parent over `channel` when it began or why not."""
    if os.fork():
        os._exit(0)
    os.set_inheritable(channel, False)
    os.umask(0o077)
    for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    try:
        status, pid = _begin(folder)
    except (OSError, ValueError, KeyError) as error:
        os.write(channel, f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    os.write(channel, b"started")
    os.close(channel)
    _end(folder, status, _wait(folder, pid, status.get("keep", [])))
    _after(folder, status.get("after", []))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
