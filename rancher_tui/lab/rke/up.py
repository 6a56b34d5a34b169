"""`rke up`: all phases in order, and its two ends."""

from __future__ import annotations

from rancher_tui.lab.rke import addons, planes
from rancher_tui.lab.rke.log import FatalError
from rancher_tui.lab.rke.run import Run


async def bring_up(run: Run, *, check_ports: bool) -> None:
    """Bring the cluster up; FatalError where rke gives up, also at the end when a host had to be left out."""
    await run.dial()
    await planes.recover_state(run)
    if check_ports:
        await planes.check_ports(run)
    await planes.make_certificates(run)
    await planes.reconcile(run)
    await planes.deploy_certificates(run)
    await planes.pull_images(run)
    await planes.build_etcd(run)
    await planes.build_control_plane(run)
    await planes.connect_api(run)
    await planes.save_state(run)
    await planes.build_workers(run)
    await planes.sync_nodes(run)
    await addons.deploy_all(run)
    if run.skipped:
        names = ",".join(config.address for config in run.skipped)
        raise FatalError(f"Provisioning incomplete, host(s) [{names}] skipped because they could not be contacted")
    run.log.info("Finished building Kubernetes cluster successfully")
