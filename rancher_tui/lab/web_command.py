"""The `curl` of a practice host: reaches the world's load balancer by name, and a registry that asks for a login.

Run by path with the standard library alone: `python -I -S web_command.py LAB_FOLDER ARGUMENTS`. Ports 80 and 443
of the FQDN are those of the lab's balancer. It knows `-s -k -o -w -H -I -i --max-time` and few others.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

REGISTRY = "registry-1.docker.io"
_WITH_VALUE = frozenset({"-o", "--output", "-w", "--write-out", "-H", "--header", "--max-time", "-m", "-X"})
_WITH_VALUE |= frozenset({"--request", "--connect-timeout", "--resolve", "--unix-socket", "--cacert"})


class CurlError(Exception):
    """The call fails: curl's exit code and its words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


def _options(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    urls: list[str] = []
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            found[word.replace("--write-out", "-w").replace("--max-time", "-m")] = next(words, "")
        elif word.startswith("--"):
            found[word] = "true"
        elif word.startswith("-"):
            found |= {f"-{letter}": "true" for letter in word[1:]}
        else:
            urls.append(word)
    return found, urls


def _address(lab: Path, name: str) -> str:
    for line in (lab / "names").read_text().splitlines():
        address, _blank, known = line.partition(" ")
        if known == name or address == name:
            return address
    raise CurlError(6, f"curl: (6) Could not resolve host: {name}")


def fetch(lab: Path, url: str, method: str, limit: float) -> tuple[int, bytes]:
    """Status and body of a URL as the host sees it; CurlError where there is no answer."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    name = parts.hostname or ""
    if name == REGISTRY:
        return (401, b'{"errors":[{"code":"UNAUTHORIZED"}]}') if parts.path.startswith("/v2") else (404, b"")
    settings = json.loads((lab / "world.json").read_text())
    own = name == settings["fqdn"]
    standard = 443 if parts.scheme == "https" else 80
    port = parts.port or standard
    if own and port == standard:
        port = settings["https_port" if standard == 443 else "http_port"]
    target = parts.path or "/"
    try:
        raw = socket.create_connection((_address(lab, name), port), timeout=limit)
        if parts.scheme == "https":
            context = ssl._create_unverified_context()  # noqa: S323 - what curl -k does
            raw = context.wrap_socket(raw, server_hostname=name)
        connection = http.client.HTTPConnection(name, port, timeout=limit)
        connection.sock = raw
        connection.request(method, f"{target}?{parts.query}" if parts.query else target)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except TimeoutError as error:
        raise CurlError(28, f"curl: (28) Operation timed out after {limit:g} s") from error
    except (OSError, http.client.HTTPException) as error:
        raise CurlError(7, f"curl: (7) Failed to connect to {name} port {port}: {error}") from error


def main() -> int:
    """curl's output and exit code."""
    lab = Path(sys.argv[1])
    options, urls = _options(sys.argv[2:])
    if "--version" in options:
        sys.stdout.write("curl 7.47.0 (x86_64-pc-linux-gnu)\n")
        return 0
    status = 0
    code = 0
    try:
        if "--unix-socket" in options or not urls:
            raise CurlError(7, "curl: (7) Couldn't connect to server")
        status, body = fetch(lab, urls[0], "HEAD" if "-I" in options else "GET", float(options.get("-m", "30")))
        if "-o" not in options:
            sys.stdout.write(body.decode(errors="replace"))
    except CurlError as error:
        code = error.code
        if "-s" not in options:
            sys.stderr.write(f"{error}\n")
    if "-w" in options:
        sys.stdout.write(options["-w"].replace("%{http_code}", f"{status:03d}").replace("\\n", "\n"))
    return code


if __name__ == "__main__":
    sys.exit(main())
