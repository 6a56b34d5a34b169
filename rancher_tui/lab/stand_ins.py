"""A practice host's folder: its files (`root/`), its programs (`bin/`) and what its Docker tells.

`bin/` is the host's whole PATH: stand-ins from assets/lab/host.yml, file programs that see and change `root/` in
the place of the machine's files, and links to tools that touch nothing. So a script runs as on a clean host.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import sys
import uuid
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from rancher_tui.lab import docker_command, web_command
from rancher_tui.lab.layout import LabHost, Place, Settings, replace_text

SOCKET = docker_command.SOCKET
SOCKET_NAME = "docker.sock"
"""The Docker socket's name in a host's folder, the path that the lab's node table has."""


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"@([a-z_]+)@", lambda match: values.get(match.group(1), match.group(0)), text)


def _inside_quotes(text: str) -> str:
    """`text` for a place between single quotes in a shell script."""
    return text.replace("'", "'\\''")


def _values(place: Place, settings: Settings, host: LabHost) -> dict[str, str]:
    folder = place.host(host.name)
    seed = uuid.uuid5(uuid.NAMESPACE_DNS, f"{host.address}.{settings.fqdn}")
    return {
        "name": host.name,
        "address": host.address,
        "network": host.address.rpartition(".")[0],
        "number": str(settings.hosts.index(host) + 1),
        "user": settings.user,
        "fqdn": settings.fqdn,
        "domain": settings.domain,
        "folder": _inside_quotes(str(folder)),
        "pattern": _inside_quotes(re.sub(r"([][.*^$\\|])", r"\\\1", str(folder))),
        "names": _inside_quotes(str(place.names)),
        "machine": seed.hex,
        "boot": str(seed),
    }


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o700)


def description() -> dict[str, Any]:
    """The description of a practice host, assets/lab/host.yml."""
    text = (resources.files("assets") / "lab" / "host.yml").read_text()
    loaded: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return loaded


def _real(program: str) -> str | None:
    return shutil.which(program, path="/usr/local/bin:/usr/bin:/bin")


def write_programs(place: Place, settings: Settings, host: LabHost, described: dict[str, Any]) -> None:
    """Write the host's programs, in the place of those that are there."""
    folder = place.host(host.name)
    values = _values(place, settings, host)
    binaries = folder / "bin"
    shutil.rmtree(binaries, ignore_errors=True)
    binaries.mkdir(mode=0o700, parents=True)
    for tool in described["tools"]:
        real = _real(tool)
        if real:
            (binaries / tool).symlink_to(real)
    for kind, words in (("files_only", "file_words"), ("patterns", "pattern_words")):
        for name in described[kind]:
            real = _real(name)
            if real:
                more = {"reader": name, "real": real, "sed": _real("sed") or "cat", "words": described[words]}
                _script(binaries / name, "#!/bin/sh\n" + _filled(described["reader"], values | more))
    for program, body in described["programs"].items():
        _script(binaries / program, "#!/bin/sh\n" + _filled(body, values))
    sources = [("docker", docker_command.__file__, str(folder)), ("curl", web_command.__file__, str(place.folder))]
    for program, source, told in sources:
        command = shlex.join([sys.executable, "-I", "-S", source, told])
        _script(binaries / program, f'#!/bin/sh\nexec {command} "$@"\n')
    _script(binaries / "python3", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -S "$@"\n')


def _write_files(folder: Path, described: dict[str, Any], values: dict[str, str]) -> None:
    root = folder / "root"
    for name in (*described["folders"], f"/home/{values['user']}", "/var/run"):
        (root / name.lstrip("/")).mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in described["files"].items():
        path = root / name.lstrip("/")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(_filled(text, values))
    for path in (root / SOCKET.lstrip("/"), folder / SOCKET_NAME):
        with suppress(OSError):
            os.mknod(path, stat.S_IFSOCK | 0o660)


def lay_out(place: Place, settings: Settings, host: LabHost, described: dict[str, Any]) -> None:
    """Write the files of one host, as after a clean installation."""
    folder = place.host(host.name)
    values = _values(place, settings, host)
    _write_files(folder, described, values)
    engine = json.loads(_filled(json.dumps(described["engine"]), values))
    replace_text(folder / "engine.json", json.dumps(engine))
    replace_text(folder / "containers.json", "[]")
    replace_text(folder / "images.json", "[]")
    replace_text(folder / "listening", f"tcp {host.ssh_port}\n")
    write_groups(folder, settings.user, docker=True)


def write_groups(folder: Path, user: str, *, docker: bool) -> None:
    """Say in which groups the host's user is."""
    replace_text(folder / "groups", f"{user} docker\n" if docker else f"{user}\n")
