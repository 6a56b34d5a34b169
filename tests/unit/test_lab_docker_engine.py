"""A practice host's Docker API: containers and images as RKE handles them, kept in the host's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.lab.docker_engine import Engine
from rancher_tui.lab.http import Request, Response

IMAGE = "rancher/rke-tools:v0.1.15"
PULL = "/v1.24/images/create?fromImage=rancher/rke-tools&tag=v0.1.15"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "containers.json").write_text("[]")
    (tmp_path / "images.json").write_text("[]")
    about = {"version": {"Version": "17.03.2-ce"}, "info": {"ServerVersion": "17.03.2-ce"}}
    (tmp_path / "engine.json").write_text(json.dumps(about))
    return tmp_path


async def call(engine: Engine, method: str, target: str, body: Any = None) -> Response:
    data = b"" if body is None else json.dumps(body).encode()
    return await engine.handle(Request(method, target, [("host", "docker")], data))


async def create(engine: Engine, name: str) -> Response:
    await call(engine, "POST", PULL)
    return await call(engine, "POST", f"/v1.24/containers/create?name={name}", {"Image": IMAGE, "Cmd": ["x"]})


async def names(engine: Engine, *, every: bool) -> list[str]:
    answer = await call(engine, "GET", f"/v1.24/containers/json?all={int(every)}")
    return [item["Names"][0] for item in json.loads(answer.body)]


async def test_a_container_is_created_started_stopped_and_removed(folder: Path) -> None:
    engine = Engine(folder)
    identity = json.loads((await create(engine, "etcd")).body)["Id"]
    assert (await names(engine, every=False), await names(engine, every=True)) == ([], ["/etcd"])
    assert (await call(engine, "POST", f"/v1.24/containers/{identity}/start")).status == 204
    assert await names(engine, every=False) == ["/etcd"]
    assert json.loads((await call(engine, "GET", "/containers/etcd/json")).body)["State"]["Running"] is True
    assert (await call(engine, "POST", "/v1.24/containers/etcd/stop")).status == 204
    assert await names(engine, every=False) == []
    assert (await call(engine, "DELETE", "/v1.24/containers/etcd?force=1")).status == 204
    assert (await call(engine, "DELETE", "/v1.24/containers/etcd?force=1")).status == 404


async def test_a_taken_name_is_a_conflict_in_docker_s_words(folder: Path) -> None:
    engine = Engine(folder)
    first = json.loads((await create(engine, "etcd")).body)["Id"]
    second = await create(engine, "etcd")
    assert second.status == 409
    words = json.loads(second.body)["message"]
    assert words.startswith(f'Conflict. The container name "/etcd" is already in use by container "{first}".')


async def test_a_container_needs_its_image(folder: Path) -> None:
    engine = Engine(folder)
    answer = await call(engine, "POST", "/containers/create?name=etcd", {"Image": IMAGE})
    assert (answer.status, json.loads(answer.body)["message"]) == (404, f"No such image: {IMAGE}")
    assert (await call(engine, "GET", f"/images/{IMAGE}/json")).status == 404
    assert (await call(engine, "POST", PULL)).status == 200
    assert (await call(engine, "GET", f"/images/{IMAGE}/json")).status == 200


async def test_an_engine_that_starts_again_knows_its_containers(folder: Path) -> None:
    engine = Engine(folder)
    await create(engine, "etcd")
    await call(engine, "POST", "/containers/etcd/start")
    assert await names(Engine(folder), every=False) == ["/etcd"]


async def test_listeners_hear_of_starts_and_ends(folder: Path) -> None:
    engine = Engine(folder)
    heard: list[tuple[str, str]] = []
    engine.listeners.append(lambda _engine, event, container: heard.append((event, container["Name"])))
    await create(engine, "kubelet")
    await call(engine, "POST", "/containers/kubelet/start")
    await call(engine, "DELETE", "/containers/kubelet")
    assert heard == [("started", "kubelet"), ("gone", "kubelet")]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/_ping", 200),
        ("/v1.12/info", 200),
        ("/v1.27/version", 200),
        ("/v1.28/info", 400),
        ("/v1.11/info", 400),
        ("/v1.24/nothing", 404),
        ("nothing", 404),
    ],
)
async def test_versions_of_the_api(folder: Path, target: str, status: int) -> None:
    assert (await call(Engine(folder), "GET", target)).status == status


async def test_info_counts_containers_and_images(folder: Path) -> None:
    engine = Engine(folder)
    await create(engine, "etcd")
    info = json.loads((await call(engine, "GET", "/info")).body)
    assert (info["Containers"], info["ContainersRunning"], info["Images"]) == (1, 0, 1)
