"""The offline bundle: wheels of the program and all it needs, hashes, and an installer, in one archive.

`python -m building.bundle [3.11 3.12 …]` writes dist/rancher-tui-VERSION-offline.tar.gz with wheels for these
versions of Python on x86-64 Linux; without versions for the one that runs it. Wheels come from the package index,
by their hashes.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from building.texts import ROOT
from rancher_tui import __version__

PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64")


def fetch(python: str, folder: Path) -> None:
    """Every wheel of the locked requirements, and pip itself, for a version of Python."""
    chosen = ["--only-binary=:all:", "--python-version", python, "--implementation", "cp"]
    platforms = [part for platform in PLATFORMS for part in ("--platform", platform)]
    base = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--dest",
        str(folder),
    ]
    locked = ["--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")]
    subprocess.run([*base, *chosen, *platforms, *locked], check=True)
    subprocess.run([*base, *chosen, *platforms, "--no-deps", "pip>=25"], check=True)


def build_wheel(folder: Path) -> None:
    """The program's own wheel."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def target() -> Path:
    """The archive."""
    return ROOT / "dist" / f"rancher-tui-{__version__}-offline.tar.gz"


def complete(folder: Path) -> None:
    """Installer, requirements and sums beside the wheels."""
    shutil.copy(ROOT / "packaging" / "install.sh", folder / "install.sh")
    shutil.copy(ROOT / "requirements" / "run.txt", folder / "requirements.txt")
    sum_up(folder)


def sum_up(folder: Path) -> None:
    """SHA256SUMS of everything in the folder, as sha256sum reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")


def main(versions: list[str]) -> None:
    name = target().name.removesuffix(".tar.gz")
    folder = ROOT / "build" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for python in versions or ["{}.{}".format(*sys.version_info[:2])]:
        fetch(python, folder / "wheels" / python)
    build_wheel(folder)
    complete(folder)
    target().parent.mkdir(exist_ok=True)
    with tarfile.open(target(), "w:gz") as archive:
        archive.add(folder, name)
    print(f"{target().relative_to(ROOT)}: {target().stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
