"""The Docker engine of a practice host: enough of the Remote API 1.12-1.27 for `docker ps` and for RKE.

Containers and images are kept in the host's folder, where the host's `docker` command reads them. Whoever
watches the engine is told of every container that starts or goes.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rancher_tui.lab.http import Request, Response, as_json, text
from rancher_tui.lab.layout import replace_text

_OLDEST, _NEWEST = (1, 12), (1, 27)
_FOR_EVER = 86400.0

Listener = Callable[["Engine", str, dict[str, Any]], None]


def _error(status: int, message: str) -> Response:
    return as_json(status, {"message": message})


class Engine:
    """One host's Docker engine."""

    def __init__(self, folder: Path, *, stalled_image: str = "") -> None:
        """A pull of an image whose name holds `stalled_image` (if not empty) never ends."""
        self.folder = folder
        self.listeners: list[Listener] = []
        self.containers: list[dict[str, Any]] = json.loads((folder / "containers.json").read_text())
        self.images: list[str] = json.loads((folder / "images.json").read_text())
        self.about: dict[str, Any] = json.loads((folder / "engine.json").read_text())
        self._stalled_image = stalled_image

    def running(self, name: str) -> dict[str, Any] | None:
        """The running container of that name."""
        return next((item for item in self.containers if item["Name"] == name and item["Running"]), None)

    def set_container(self, name: str, image: str, *, running: bool = True) -> None:
        """Have a container without a client's asking, as the kubelet makes them."""
        self.drop_containers(lambda other: other == name)
        self.containers.append(
            {"Id": secrets.token_hex(32), "Name": name, "Image": image, "Running": running, "Config": {}}
        )
        self._save()

    def drop_containers(self, gone: Callable[[str], bool]) -> None:
        """Remove the containers whose names `gone` is true for."""
        kept = [item for item in self.containers if not gone(item["Name"])]
        if len(kept) < len(self.containers):
            self.containers = kept
            self._save()

    async def handle(self, request: Request) -> Response:
        """Answer one request of the Docker API."""
        match = re.fullmatch(r"(?:/v(\d+)\.(\d+))?(/.*)", request.path)
        if match is None:
            return _error(404, "page not found")
        if match.group(1):
            version = (int(match.group(1)), int(match.group(2)))
            shown = ".".join(match.group(1, 2))
            if version > _NEWEST:
                return _error(
                    400, f"client is newer than server (client API version: {shown}, server API version: 1.27)"
                )
            if version < _OLDEST:
                return _error(
                    400,
                    f"client version {shown} is too old. Minimum supported API version is 1.12, "
                    "please upgrade your client to a newer version",
                )
        return await self._route(request, match.group(3))

    async def _route(self, request: Request, path: str) -> Response:
        read = {
            "/_ping": self._ping,
            "/version": self._version,
            "/info": self._info,
            "/containers/json": self._list,
            "/images/json": self._list_images,
        }
        if request.method in ("GET", "HEAD") and path in read:
            return read[path](request)
        if request.method == "POST" and path == "/containers/create":
            return self._create(request)
        if request.method == "POST" and path == "/images/create":
            return await self._pull(request)
        if match := re.fullmatch(r"/containers/([^/]+)(/\w+)?", path):
            return self._container(request, match.group(1), match.group(2) or "")
        if request.method == "GET" and (match := re.fullmatch(r"/images/(.+)/json", path)):
            return self._image(match.group(1))
        return _error(404, "page not found")

    def _ping(self, _request: Request) -> Response:
        return text(200, "OK")

    def _version(self, _request: Request) -> Response:
        return as_json(200, self.about["version"])

    def _info(self, _request: Request) -> Response:
        running = sum(1 for item in self.containers if item["Running"])
        counts = {
            "Containers": len(self.containers),
            "ContainersRunning": running,
            "ContainersPaused": 0,
            "ContainersStopped": len(self.containers) - running,
            "Images": len(self.images),
        }
        return as_json(200, {**self.about["info"], **counts})

    def _list(self, request: Request) -> Response:
        every = request.query.get("all", "0").lower() in ("1", "true")
        rows = [
            {
                "Id": item["Id"],
                "Names": [f"/{item['Name']}"],
                "Image": item["Image"],
                "ImageID": "",
                "Command": "/opt/rke-tools/entry",
                "Created": 1535796000,
                "Ports": [],
                "Labels": {},
                "State": "running" if item["Running"] else "exited",
                "Status": "Up About a minute" if item["Running"] else "Exited (0) About a minute ago",
            }
            for item in self.containers
            if every or item["Running"]
        ]
        return as_json(200, rows)

    def _list_images(self, _request: Request) -> Response:
        return as_json(200, [{"Id": f"sha256:{name}", "RepoTags": [name]} for name in self.images])

    def _image(self, name: str) -> Response:
        if name not in self.images:
            return _error(404, f"No such image: {name}")
        return as_json(200, {"Id": f"sha256:{name}", "RepoTags": [name]})

    async def _pull(self, request: Request) -> Response:
        name = f"{request.query.get('fromImage', '')}:{request.query.get('tag', 'latest')}"
        if self._stalled_image and self._stalled_image in name:
            await asyncio.sleep(_FOR_EVER)
        if name not in self.images:
            self.images.append(name)
            replace_text(self.folder / "images.json", json.dumps(self.images))
        status = {"status": f"Status: Downloaded newer image for {name}"}
        return Response(200, json.dumps(status).encode() + b"\r\n", [("content-type", "application/json")])

    def _create(self, request: Request) -> Response:
        name = request.query.get("name", secrets.token_hex(4))
        taken = self._find(name)
        if taken is not None:
            return _error(
                409,
                f'Conflict. The container name "/{name}" is already in use by container "{taken["Id"]}". '
                "You have to remove (or rename) that container to be able to reuse that name.",
            )
        config = json.loads(request.body or b"{}")
        image = str(config.get("Image", ""))
        if image not in self.images:
            return _error(404, f"No such image: {image}")
        container = {
            "Id": secrets.token_hex(32),
            "Name": name,
            "Image": image,
            "Running": False,
            "Config": {"Env": config.get("Env") or [], "Cmd": config.get("Cmd") or []},
        }
        self.containers.append(container)
        self._save()
        return as_json(201, {"Id": container["Id"], "Warnings": None})

    def _find(self, name: str) -> dict[str, Any] | None:
        return next(
            (item for item in self.containers if item["Name"] == name or item["Id"].startswith(name)), None
        )

    def _container(self, request: Request, name: str, action: str) -> Response:
        container = self._find(name)
        if container is None:
            return _error(404, f"No such container: {name}")
        if request.method == "GET" and action == "/json":
            state = {"Running": container["Running"], "ExitCode": 0}
            return as_json(200, {"Id": container["Id"], "Name": f"/{container['Name']}", "State": state})
        if request.method == "DELETE" and not action:
            self.containers.remove(container)
            self._save()
            self._tell("gone", container)
            return Response(204)
        if request.method == "POST" and action in ("/start", "/stop", "/kill", "/wait", "/restart"):
            return self._change(container, action)
        return _error(404, "page not found")

    def _change(self, container: dict[str, Any], action: str) -> Response:
        if action == "/wait":
            return as_json(200, {"StatusCode": 0})
        container["Running"] = action in ("/start", "/restart")
        self._save()
        self._tell("started" if container["Running"] else "gone", container)
        return Response(204)

    def end(self, name: str) -> None:
        """A container's process ends by itself, with code 0."""
        for item in self.containers:
            if item["Name"] == name:
                item["Running"] = False
        self._save()

    def _tell(self, event: str, container: dict[str, Any]) -> None:
        for listener in self.listeners:
            listener(self, event, container)

    def _save(self) -> None:
        replace_text(self.folder / "containers.json", json.dumps(self.containers))
