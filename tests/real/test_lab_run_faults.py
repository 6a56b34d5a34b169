"""What a run of the rehearsal's rke comes to when a fault of the lab is planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real.lab_world import until, world

pytestmark = pytest.mark.real


async def test_a_host_that_drops_out_makes_the_run_end_incomplete_and_is_back_afterwards(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "host-dropped") as lab:
        lab.cluster_file()
        done = lab.up()
        third = lab.state.nodes[2].address
        assert done.returncode == 1
        assert f"Removing host [{third}] from node lists" in done.stderr
        assert f"Provisioning incomplete, host(s) [{third}] skipped" in done.stderr.splitlines()[-1]
        assert (await lab.run("true", 3)).exit_status == 0


async def test_a_stalled_pull_leaves_the_run_silent(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "image-pull-stalls") as lab:
        lab.cluster_file()
        run = lab.start_up()
        second = lab.state.nodes[1].address
        pulling = f"[pre-deploy] Pulling image [rancher/hyperkube:v1.11.6-rancher1] on host [{second}]"

        async def others_are_done() -> bool:
            text = lab.log.read_text()
            return pulling in text and text.count("Successfully pulled image [rancher/hyperkube") == 2

        try:
            await until(others_are_done, 20)
            before = lab.log.read_text()
            with pytest.raises(TimeoutError):
                await until(lambda: _grown(lab.log, before), 0.5)
            assert run.poll() is None
        finally:
            run.kill()
            run.wait(5)


async def _grown(log: Path, before: str) -> bool:
    return log.read_text() != before


async def test_a_silent_rancher_is_deployed_and_never_answers(tmp_path: Path) -> None:
    with world(tmp_path / "lab", "rancher-silent") as lab:
        lab.cluster_file()
        assert lab.up().returncode == 0
        path = "/apis/extensions/v1beta1/namespaces/cattle-system/deployments/cattle"

        async def available() -> bool:
            return bool((await lab.kubernetes(path)).json()["status"].get("availableReplicas"))

        async def silent() -> bool:
            return (await lab.visit("/ping")).status_code == 504

        await until(available)
        await until(silent)
