"""One file that runs without Python: PyInstaller's folder behind a small script that unpacks it once.

`python -m building.executable` writes dist/rancher-tui. Started programs lie in a lasting folder, so that a run
goes on when the screen that started it has gone, and a start costs no unpacking.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from building.texts import ROOT
from rancher_tui import __version__

_OFFSET_CELLS = 8


def freeze(work: Path) -> Path:
    """Let PyInstaller make the program's folder below `work`; the folder."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(work / "dist"), "--workpath", str(work / "build")]
    subprocess.run([*command, *places, str(ROOT / "packaging" / "rancher-tui.spec")], check=True, cwd=work)
    return work / "dist" / "rancher-tui"


def glibc_floor(folder: Path) -> str:
    """The newest glibc that anything in the folder asks for: `2.34`."""
    asked = {(0, 0)}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if data[:4] == b"\x7fELF":
                asked |= {(int(major), int(minor)) for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", data)}
    return "{}.{}".format(*max(asked))


def packed(folder: Path) -> bytes:
    """The folder as one compressed archive, the same for the same contents."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=9, format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            archive.add(path, str(path.relative_to(folder)), recursive=False, filter=_plain)
    return buffer.getvalue()


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    return member


def one_file(folder: Path) -> bytes:
    """The script and, behind it, the archive."""
    archive = packed(folder)
    values = {
        "VERSION": __version__,
        "GLIBC": glibc_floor(folder),
        "DIGEST": hashlib.sha256(archive).hexdigest()[:12],
    }
    script = (ROOT / "packaging" / "stub.sh").read_text("utf-8")
    for name, value in values.items():
        script = script.replace(f"@{name}@", value)
    length = len(script.encode()) - len("@OFFSET@") + _OFFSET_CELLS
    return script.replace("@OFFSET@", f"{length + 1:<{_OFFSET_CELLS}}").encode() + archive


def main() -> None:
    work = ROOT / "build" / "frozen"
    work.mkdir(parents=True, exist_ok=True)
    folder = freeze(work)
    target = ROOT / "dist" / "rancher-tui"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(one_file(folder))
    target.chmod(0o755)
    print(
        f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.1f} MB, glibc {glibc_floor(folder)} or newer"
    )


if __name__ == "__main__":
    main()
