"""The `docker` of a practice host: reads the host's engine state from files and prints what Docker 17.03 prints.

Run by path with the standard library alone (`python -I -S docker_command.py HOST_FOLDER ARGUMENTS`), so that it
starts in a few milliseconds. It reads `engine.json`, `containers.json`, `images.json` and `groups` there.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SOCKET = "/var/run/docker.sock"


class DockerError(Exception):
    """The command fails; `str()` is what it prints on standard error."""


def _read(folder: Path, name: str, default: Any) -> Any:
    try:
        return json.loads((folder / name).read_text())
    except FileNotFoundError:
        return default


def _field(data: Any, path: str, whole: str) -> Any:
    for part in filter(None, path.split(".")):
        if not isinstance(data, dict) or part not in data:
            raise DockerError(
                f'template: :1:2: executing "" at <{path}>: can\'t evaluate field {part} in type {whole}'
            )
        data = data[part]
    return data


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + " ".join(_shown(item) for item in value) + "]"
    return str(value)


def render(template: str, data: Any, whole: str) -> str:
    """A Go template of plain fields and `json FIELD` filled in; DockerError for a field that is not there."""

    def fill(match: re.Match[str]) -> str:
        words = match.group(1).split()
        if len(words) == 2 and words[0] == "json":
            return json.dumps(_field(data, words[1], whole), separators=(",", ":"))
        if len(words) == 1:
            return _shown(_field(data, words[0], whole))
        raise DockerError("Template parsing error: template: :1: unexpected action")

    return re.sub(r"\{\{\s*(.*?)\s*\}\}", fill, template.replace("\\t", "\t").replace("\\n", "\n"))


def _options(arguments: Sequence[str], with_value: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """Options and operands; single letters are split, one of `with_value` takes the next word or `=VALUE`."""
    found: dict[str, str] = {}
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            found[name] = value if equals else next(words, "") if name in with_value else "true"
        elif word.startswith("-") and len(word) > 1:
            for letter in word[1:]:
                option = f"-{letter}"
                found[option] = next(words, "") if option in with_value else "true"
        else:
            rest.append(word)
    return found, rest


def _row(container: dict[str, Any]) -> dict[str, Any]:
    return {
        "ID": container["Id"][:12],
        "Image": container["Image"],
        "Command": '"/opt/rke-tools/entry"',
        "CreatedAt": "2018-09-01 10:00:00 +0000 UTC",
        "RunningFor": "About a minute",
        "Status": "Up About a minute" if container["Running"] else "Exited (0) About a minute ago",
        "Ports": "",
        "Names": container["Name"],
        "Labels": "",
        "State": "running" if container["Running"] else "exited",
    }


def _ps(folder: Path, arguments: Sequence[str]) -> str:
    options, _rest = _options(arguments, frozenset({"--format", "--filter", "-f", "-n"}))
    every = "-a" in options or "--all" in options
    rows = [_row(item) for item in _read(folder, "containers.json", []) if every or item["Running"]]
    if "-q" in options or "--quiet" in options:
        return "".join(f"{row['ID']}\n" for row in rows)
    if "--format" in options:
        template = options["--format"]
        return "".join(
            (json.dumps(row) if template == "{{json .}}" else render(template, row, "*formatter.containerContext"))
            + "\n"
            for row in rows
        )
    columns = {"ID": "CONTAINER ID", "Image": "IMAGE", "Command": "COMMAND", "RunningFor": "CREATED"}
    columns |= {"Status": "STATUS", "Ports": "PORTS", "Names": "NAMES"}
    table = [columns, *({name: row[name] for name in columns} for row in rows)]
    widths = {name: max(len(line[name]) for line in table) + 3 for name in columns}
    return "".join("".join(line[name].ljust(widths[name]) for name in columns).rstrip() + "\n" for line in table)


def _info(folder: Path, arguments: Sequence[str]) -> str:
    options, _rest = _options(arguments, frozenset({"--format", "-f"}))
    info = _live_info(folder)
    template = options.get("--format", options.get("-f"))
    if template is not None:
        text = json.dumps(info) if template == "{{json .}}" else render(template, info, "types.Info")
        return text + "\n"
    lines = [
        f"Containers: {info['Containers']}",
        f" Running: {info['ContainersRunning']}",
        f" Paused: {info['ContainersPaused']}",
        f" Stopped: {info['ContainersStopped']}",
        f"Images: {info['Images']}",
        f"Server Version: {info['ServerVersion']}",
        f"Storage Driver: {info['Driver']}",
        *(f" {name}: {value}" for name, value in info["DriverStatus"]),
        f"Logging Driver: {info['LoggingDriver']}",
        f"Cgroup Driver: {info['CgroupDriver']}",
        "Security Options:",
        *(f" {option.removeprefix('name=').split(',')[0]}" for option in info["SecurityOptions"]),
        f"Kernel Version: {info['KernelVersion']}",
        f"Operating System: {info['OperatingSystem']}",
        f"OSType: {info['OSType']}",
        f"Architecture: {info['Architecture']}",
        f"CPUs: {info['NCPU']}",
        f"Total Memory: {info['MemTotal'] / 2**30:.3f} GiB",
        f"Name: {info['Name']}",
        f"ID: {info['ID']}",
        f"Docker Root Dir: {info['DockerRootDir']}",
        f"Debug Mode (server): {_shown(info['Debug'])}",
        f"Live Restore Enabled: {_shown(info['LiveRestoreEnabled'])}",
    ]
    return "\n".join(lines) + "\n"


def _live_info(folder: Path) -> dict[str, Any]:
    containers = _read(folder, "containers.json", [])
    running = sum(1 for item in containers if item["Running"])
    counts = {
        "Containers": len(containers),
        "ContainersRunning": running,
        "ContainersPaused": 0,
        "ContainersStopped": len(containers) - running,
        "Images": len(_read(folder, "images.json", [])),
    }
    return {**_read(folder, "engine.json", {})["info"], **counts}


def _version(folder: Path, arguments: Sequence[str]) -> str:
    options, _rest = _options(arguments, frozenset({"--format", "-f"}))
    version = _read(folder, "engine.json", {})["version"]
    both = {"Client": version, "Server": version}
    template = options.get("--format", options.get("-f"))
    if template is not None:
        text = json.dumps(both) if template == "{{json .}}" else render(template, both, "types.VersionResponse")
        return text + "\n"
    lines = []
    for side in both:
        lines += [
            f"{side}:",
            f" Version:      {version['Version']}",
            f" API version:  {version['ApiVersion']}",
            f" Go version:   {version['GoVersion']}",
            f" Git commit:   {version['GitCommit']}",
            f" OS/Arch:      {version['Os']}/{version['Arch']}",
            "",
        ]
    return "\n".join(lines)


def _images(folder: Path, _arguments: Sequence[str]) -> str:
    lines = ["REPOSITORY                TAG                 IMAGE ID            CREATED             SIZE"]
    for name in _read(folder, "images.json", []):
        repository, _colon, tag = name.rpartition(":")
        lines.append(f"{repository:<26}{tag:<20}{'0c3a2bf6c9d1':<20}{'2 months ago':<20}120 MB")
    return "\n".join(lines) + "\n"


def _name_only(folder: Path) -> str:
    version = _read(folder, "engine.json", {})["version"]
    return f"Docker version {version['Version']}, build {version['GitCommit']}\n"


_CALLS = {"ps": "containers/json", "info": "info", "version": "version", "images": "images/json"}
_COMMANDS = {"ps": _ps, "info": _info, "version": _version, "images": _images}


def run(folder: Path, arguments: Sequence[str]) -> str:
    """What the command prints; DockerError when it fails."""
    if list(arguments) in (["--version"], ["-v"]):
        return _name_only(folder)
    words = list(arguments)
    if words[:2] in (["container", "ls"], ["system", "info"]):
        words = ["ps" if words[0] == "container" else "info", *words[2:]]
    if not words or words[0] not in _COMMANDS:
        raise DockerError(f"docker: '{' '.join(words[:1])}' is not a docker command.\nSee 'docker --help'")
    if "docker" not in (folder / "groups").read_text().split():
        socket = os.environ.get("DOCKER_HOST", f"unix://{SOCKET}").removeprefix("unix://")
        raise DockerError(
            "Got permission denied while trying to connect to the Docker daemon socket at "
            f"unix://{socket}: Get http://{socket.replace('/', '%2F')}/v1.27/{_CALLS[words[0]]}: "
            f"dial unix {socket}: connect: permission denied"
        )
    return _COMMANDS[words[0]](folder, words[1:])


def main() -> int:
    """Print the answer; 1 with the reason on standard error when there is none."""
    try:
        sys.stdout.write(run(Path(sys.argv[1]), sys.argv[2:]))
    except DockerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
