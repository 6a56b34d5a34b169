"""Whether a file that must not be lost has a verified copy: steps 10 and 12."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rancher_tui.backup import copies
from rancher_tui.files import sha256
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg


def of_files(
    folder: Path, purposes: tuple[str, ...], wanted: Mapping[str, Path], *, check: str, step: int
) -> Iterator[Finding]:
    """One finding a wanted file: whether the newest backup of these purposes holds a whole copy of it, as it is.

    A copy that was not made yet is no fail; one that is damaged or of another time is.
    """

    def finding(status: Status, code: str, name: str, title: Message, remedy: Message = EMPTY) -> Finding:
        return Finding(status, code, name, title, remedy=remedy, check=check, step=step)

    back_up = msg("rancher-tui backup SESSION").or_key("{key:back-up} backs it up")
    backup = next((made for made in copies.all_of(folder) if made.purpose in purposes), None)
    broken = copies.verify(backup) if backup else {}
    for name, source in wanted.items():
        if not source.is_file():
            yield finding(Status.FAIL, "file-missing", name, msg("{path} is not there", path=str(source)))
            continue
        entry = backup.entry(name) if backup else None
        if backup is None or entry is None:
            yield finding(Status.UNKNOWN, "not-backed-up", name, msg("there is no copy of it"), back_up)
        elif name in broken:
            title = msg("the copy in {folder} is not whole: {why}", folder=str(backup.folder), why=broken[name])
            yield finding(Status.FAIL, "copy-damaged", name, title, back_up)
        elif entry.sha256 != sha256(source):
            yield finding(Status.FAIL, "copy-outdated", name, msg("it has changed since it was copied"), back_up)
        else:
            place = f"{backup.folder.parent.name}/{backup.folder.name}"
            made = finding(Status.PASS, "backed-up", name, msg("copied to {folder}, verified", folder=place))
            yield replace(made, evidence={"folder": str(backup.folder), "sha256": entry.sha256})
