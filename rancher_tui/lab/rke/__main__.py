"""The command line of the lab's rke, read as Go's urfave/cli does; exit 0, 1 fatal, 2 panic, 3 no command."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rancher_tui.lab.rke import config as cluster_file
from rancher_tui.lab.rke.facts import facts
from rancher_tui.lab.rke.log import FatalError, Log
from rancher_tui.lab.rke.run import Run

if TYPE_CHECKING:
    from rancher_tui.lab.layout import Settings


class UsageError(Exception):
    """Options that rke does not know; `str()` is its fatal record."""


def _options(command: str, words: list[str]) -> dict[str, str]:
    """Options of a command; one or two dashes, `=VALUE` or the next word."""
    known: dict[str, bool] = facts()["options"][command]
    found: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            break
        name, equals, value = word.lstrip("-").partition("=")
        if name not in known:
            raise UsageError(f"flag provided but not defined: -{name}")
        if known[name] and not equals:
            value = next(rest, "")
            if not value:
                raise UsageError(f"flag needs an argument: -{name}")
        found[name] = value if known[name] else value or "true"
    return found


def _read_cluster(options: dict[str, str]) -> tuple[Path, dict[str, Any]]:
    path = Path(options.get("config") or os.environ.get("RKE_CONFIG") or "cluster.yml")
    return path, cluster_file.parse(cluster_file.read(str(path)))


def _judged(path: Path, decoded: dict[str, Any], options: dict[str, str]) -> cluster_file.ClusterConfig:
    config = cluster_file.judge(decoded, path)
    return replace(
        config,
        ignore_docker_version=config.ignore_docker_version or "ignore-docker-version" in options,
        ssh_agent_auth=(config.ssh_agent_auth or "ssh-agent-auth" in options)
        and bool(os.environ.get("SSH_AUTH_SOCK")),
    )


def _settings(lab: Path) -> Settings:
    from rancher_tui.lab.layout import Place

    try:
        return Place(lab).read_settings()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FatalError(f"the rehearsal's lab in {lab} cannot be read: {error}") from error


def _hold_run_lock(lab: Path) -> int:
    """Show the lab that rke works, for as long as this process lives."""
    import fcntl

    from rancher_tui.lab.layout import Place

    descriptor = os.open(Place(lab).run_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _work(
    lab: Path,
    log: Log,
    path: Path,
    decoded: dict[str, Any],
    options: dict[str, str],
    job: Callable[[Run], Coroutine[Any, Any, None]],
) -> None:
    config = _judged(path, decoded, options)
    settings = _settings(lab)
    lock = _hold_run_lock(lab)

    async def work() -> None:
        run = Run(config, log, settings.pace, settings.api_port)
        try:
            await job(run)
        except* FatalError as group:
            raise _first(group) from None
        finally:
            run.close()

    try:
        asyncio.run(work())
    finally:
        os.close(lock)


def _first(group: BaseExceptionGroup[FatalError]) -> FatalError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def _up(lab: Path, log: Log, options: dict[str, str]) -> None:
    path, decoded = _read_cluster(options)
    log.info("Building Kubernetes cluster")

    async def job(run: Run) -> None:
        from rancher_tui.lab.rke.up import bring_up

        await bring_up(run, check_ports="disable-port-check" not in options)

    _work(lab, log, path, decoded, options, job)


def _remove(lab: Path, log: Log, options: dict[str, str]) -> None:
    path, decoded = _read_cluster(options)
    if "force" not in options:
        sys.stdout.write("Are you sure you want to remove Kubernetes cluster [y/n]: ")
        sys.stdout.flush()
        if sys.stdin.readline().strip() != "y":
            return

    async def job(run: Run) -> None:
        from rancher_tui.lab.rke.remove import remove_cluster

        await remove_cluster(run)

    _work(lab, log, path, decoded, options, job)


def _config(_lab: Path, _log: Log, options: dict[str, str]) -> None:
    from rancher_tui.lab.rke.empty import system_images, write_empty

    name = options.get("name") or options.get("n") or "cluster.yml"
    if "system-images" in options:
        sys.stdout.write(system_images())
    elif "empty" in options or "e" in options:
        write_empty(Path(name), printed="print" in options or "p" in options)
    else:
        raise FatalError("the rehearsal's rke asks no questions; rke config --empty writes a file to fill in")


def _version(_lab: Path, _log: Log, options: dict[str, str]) -> None:
    from rancher_tui.lab.rke.api import Api, ApiError

    path = Path(options.get("config") or os.environ.get("RKE_CONFIG") or "cluster.yml")
    api = Api.from_kubeconfig(path.with_name(f"kube_config_{path.name}"))
    if api is None:
        raise FatalError(f"Failed to read kubeconfig: ./kube_config_{path.name}")
    try:
        version = asyncio.run(api.ask("GET", "/version"))
    except ApiError as error:
        raise FatalError(f"Failed to get Kubernetes server version: {error}") from error
    sys.stdout.write(f"Server Version: {version['gitVersion']}\n")


_COMMANDS: dict[str, Callable[[Path, Log, dict[str, str]], None]] = {
    "up": _up,
    "remove": _remove,
    "config": _config,
    "version": _version,
}


def _help(command: str = "") -> str:
    if command not in _COMMANDS:
        return str(facts()["help"]["root"])
    options = facts()["options"][command]
    lines = [f"   --{name}{' value' if takes else ''}" for name, takes in options.items()]
    return "\n".join(["NAME:", f"   rke {command}", "", "OPTIONS:", *lines, ""])


def run(lab: Path, arguments: list[str]) -> int:
    """What `rke ARGUMENTS` does; the exit code."""
    words = list(arguments)
    debug = False
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in ("--version", "-v"):
            sys.stdout.write(f"rke version {facts()['version']}\n")
            return 0
        if option in ("--help", "-h"):
            sys.stdout.write(_help())
            return 0
        if option not in ("--debug", "-d"):
            sys.stdout.write(f"Incorrect Usage.\n\n{_help()}")
            Log().fatal(f"flag provided but not defined: -{option.lstrip('-')}")
            return 1
        debug = True
    command, *rest = words or ["help"]
    if command in ("help", "h") or "--help" in rest or "-h" in rest:
        sys.stdout.write(_help(rest[0] if command in ("help", "h") and rest else command))
        return 0
    if command not in _COMMANDS:
        sys.stdout.write(f"No help topic for '{command}'\n")
        return 3
    return _run_command(lab, command, rest, Log(debug=debug))


def _run_command(lab: Path, command: str, words: list[str], log: Log) -> int:
    try:
        _COMMANDS[command](lab, log, _options(command, words))
    except UsageError as error:
        sys.stdout.write(f"Incorrect Usage.\n\n{_help(command)}")
        sys.stdout.flush()
        log.fatal(str(error))
        return 1
    except FatalError as error:
        log.fatal(str(error))
        return 1
    except cluster_file.PanicError as error:
        os.write(2, f"panic: {error}\n\ngoroutine 1 [running]:\nmain.main()\n".encode())
        return 2
    return 0


def main() -> int:
    """Signals end this process as they end rke: at once, unless the parent had them ignored."""
    for number in (signal.SIGINT, signal.SIGPIPE):
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGPIPE:
            signal.signal(number, signal.SIG_DFL)
    return run(Path(sys.argv[1]), sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
