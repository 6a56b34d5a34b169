"""etcd's snapshots in the form that the RKE honours: `snapshot` from v0.1.7, `backup_config` from v0.2.0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ruamel.yaml.comments import CommentedMap

from rancher_tui import facts
from rancher_tui.cluster_file import durations, objects, roundtrip
from rancher_tui.cluster_file.errors import ComposeError
from rancher_tui.i18n import msg
from rancher_tui.install.state import InstallState, Snapshots

SNAPSHOTS_SINCE = (0, 1, 7)
BACKUP_CONFIG_SINCE = (0, 2, 0)
_LEGACY = ("snapshot", "creation", "retention")
_S3 = {
    "access_key": "s3_access_key",
    "bucket_name": "s3_bucket",
    "region": "s3_region",
    "endpoint": "s3_endpoint",
    "folder": "s3_folder",
}


def put(tree: Any, state: InstallState, known: InstallState, secret: Callable[[str], str], rke: str) -> None:
    """Write the snapshots where they differ from the file."""
    wanted = state.etcd
    if wanted.s3_secret_key:
        wanted = wanted.model_copy(update={"s3_secret_key": secret(wanted.s3_secret_key)})
    if not state.cluster_file_source and (facts.release(rke) or SNAPSHOTS_SINCE) < SNAPSHOTS_SINCE:
        for key in _LEGACY:
            roundtrip.delete_path(tree, ("services", "etcd", key))
        return
    if wanted == known.etcd:
        return
    present = objects.get(tree, "services", "etcd", "backup_config") is not None
    if wanted.s3_bucket.strip() or present:
        if (facts.release(rke) or (0, 0, 0)) < BACKUP_CONFIG_SINCE:
            raise ComposeError(msg("rke {rke} cannot copy snapshots to S3; v0.2.0 and later can", rke=rke))
        for key in _LEGACY:
            roundtrip.delete_path(tree, ("services", "etcd", key))
        roundtrip.set_path(tree, ("services", "etcd", "backup_config"), _backup_config(wanted), before="addons")
        return
    values = {
        "snapshot": wanted.enabled,
        "creation": wanted.creation.strip(),
        "retention": wanted.retention.strip(),
    }
    for key, value in values.items():
        if key == "snapshot" or wanted.enabled:
            roundtrip.set_path(tree, ("services", "etcd", key), value, before="addons")
        else:
            roundtrip.delete_path(tree, ("services", "etcd", key))


def _backup_config(wanted: Snapshots) -> CommentedMap:
    """`backup_config`: an interval in whole hours, a number of copies, and S3 where it is asked for."""
    hours = durations.whole_hours(wanted.creation)
    kept = durations.seconds(wanted.retention)
    if hours is None or kept is None:
        raise ComposeError(
            msg("with S3, snapshots are taken every so many whole hours, not {every}", every=wanted.creation)
        )
    block = CommentedMap(
        {"enabled": wanted.enabled, "interval_hours": hours, "retention": max(1, round(kept / (hours * 3600)))}
    )
    if wanted.s3_bucket.strip():
        s3 = {key: getattr(wanted, field).strip() for key, field in _S3.items()}
        entry = CommentedMap({key: roundtrip.scalar(value) for key, value in s3.items() if value})
        if wanted.s3_secret_key:
            entry.insert(1, "secret_key", roundtrip.scalar(wanted.s3_secret_key))
        block["s3backupconfig"] = entry
    return block
