"""Whether this system kills what a user leaves running at logout (systemd-logind), and what helps.

Facts from logind.conf(5) and loginctl(1): with `KillUserProcesses=yes` the processes of a session's scope are
ended with it, users named in KillExcludeUsers (by default root) spared; what runs under `user@UID.service` ends
with the user's last session unless lingering is enabled.
"""

from __future__ import annotations

import configparser
import getpass
import os
import re
from pathlib import Path

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import msg

_TRUE = {"1", "yes", "y", "true", "t", "on"}


def judge(root: Path = Path("/"), *, user: str | None = None, uid: int | None = None) -> Finding | None:
    """A warning when a run would not survive logout; None when it would, or where no systemd-logind runs."""
    user = getpass.getuser() if user is None else user
    uid = os.getuid() if uid is None else uid
    group = _text(root / "proc/self/cgroup")
    lingers = (root / "var/lib/systemd/linger" / user).exists()
    settings = _settings(root)
    spared = user in settings.get("killexcludeusers", "root").split()
    only = settings.get("killonlyusers", "").split()
    kills = settings.get("killuserprocesses", "no").lower() in _TRUE and not spared and (not only or user in only)
    in_session = re.search(r"/session-[^/\s]+\.scope", group) is not None
    in_manager = f"/user@{uid}.service" in group
    if in_session and kills:
        title = msg("logind kills this user's processes at logout; the run would end with them")
        remedy = msg("loginctl enable-linger, then start with: systemd-run --user --scope rancher-tui")
    elif in_manager and not lingers:
        title = msg("this user's services end at the last logout; the run would end with them")
        remedy = msg("loginctl enable-linger")
    else:
        return None
    evidence = {"kill_user_processes": kills, "linger": lingers, "cgroup": group.strip()[-200:]}
    return Finding(
        Status.WARN, "killed-at-logout", user, title, remedy=remedy, evidence=evidence, check="plan", step=11
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _settings(root: Path) -> dict[str, str]:
    """logind's [Login] settings, the main file first, then its drop-ins by name, a later one winning."""
    folders = [root / folder / "systemd" for folder in ("usr/lib", "usr/local/lib", "run", "etc")]
    main = next((path for folder in reversed(folders) if (path := folder / "logind.conf").is_file()), None)
    drop_ins: dict[str, Path] = {}
    for folder in folders:
        for path in sorted((folder / "logind.conf.d").glob("*.conf")):
            drop_ins[path.name] = path
    found: dict[str, str] = {}
    for path in [*([main] if main else []), *(drop_ins[name] for name in sorted(drop_ins))]:
        parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
        try:
            parser.read_string(_text(path))
        except configparser.Error:
            continue
        if parser.has_section("Login"):
            found.update({key: value or "" for key, value in parser.items("Login")})
    return found
