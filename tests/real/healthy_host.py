"""Stand-in programs that make any machine look like a healthy, empty node; first on a session's PATH.

Only what tells of the machine is stood in for; `docker` is the real client. `without` hides programs, keyword
arguments are the bodies of further stand-ins.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

_USED = """
sh bash cat command date df docker echo env grep head hostname id kill ls nohup printf readlink sed sleep sort stat
sudo tail tee test timeout tr true uname wc getent python3 nc socat mktemp rm
"""

_MODULES = """
br_netfilter overlay vxlan ip_tables iptable_filter iptable_nat iptable_mangle iptable_raw ip_set ip_set_hash_ip
ip_set_hash_net nf_conntrack nf_conntrack_ipv4 nf_nat veth xt_addrtype xt_comment xt_conntrack xt_mark xt_multiport
xt_nat xt_recent xt_set xt_statistic xt_tcpudp ip6_udp_tunnel udp_tunnel x_tables nfnetlink
"""

_FILES = {
    "/etc/os-release": 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="16.04"\n',
    "/proc/meminfo": "MemTotal:        8167848 kB\nMemFree:         6000000 kB\nMemAvailable:    7000000 kB\n",
    "/proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n",
    "/proc/modules": "".join(f"{name} 16384 1 - Live 0x0000000000000000\n" for name in _MODULES.split()),
    "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "/etc/resolv.conf": "nameserver 192.0.2.53\n",
    "/sys/class/dmi/id/product_uuid": "",
    "/etc/docker/daemon.json": "",
    "/sys/module/apparmor/parameters/enabled": "N\n",
}

_PROGRAMS = {
    "uname": """case "$*" in
-r) echo 4.15.0-142-generic;;
*) echo Linux 4.15.0-142-generic x86_64;;
esac""",
    "nproc": "echo 4",
    "hostname": "echo node1",
    "df": """echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
echo '/dev/sda1 103079180 9079180 89000000 10% /'""",
    "lsblk": "echo sda 0 disk",
    "sysctl": 'case "$1" in *disable_ipv6) echo "$1 = 0";; *) echo "$1 = 1";; esac',
    "iptables": """case "$1" in
--version) echo iptables v1.6.0;;
*) echo '-P INPUT ACCEPT'; echo '-P FORWARD ACCEPT';;
esac""",
    "ip": r"""case "$*" in
*link*)
    printf '%s\n' '1: lo: <LOOPBACK,UP> mtu 65536 state UNKNOWN \    link/loopback 00:00:00:00:00:00 brd 0'
    printf '%s\n' '2: eth0: <BROADCAST,UP> mtu 1500 state UP \    link/ether 02:00:00:00:00:01 brd ff';;
*addr*)
    echo '1: lo    inet 127.0.0.1/8 scope host lo'
    echo '2: eth0    inet 192.0.2.11/24 brd 192.0.2.255 scope global eth0';;
*route*)
    echo 'default via 192.0.2.1 dev eth0'
    echo '192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.11';;
esac""",
    "ss": """echo 'Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port'
echo 'tcp LISTEN 0 128 *:22 *:*'""",
    "getenforce": "echo Disabled",
    "timedatectl": "echo 'NTP synchronized: yes'",
    "systemctl": """case "$1" in
is-active) shift; for unit; do echo inactive; done; exit 3;;
*) echo disabled; exit 1;;
esac""",
    "curl": 'case "$*" in *--unix-socket*) exit 7;; *) echo 401;; esac',
    "ls": """case "$*" in
*/etc/kubernetes*) echo "ls: cannot access '/etc/kubernetes': No such file or directory" >&2; exit 2;;
*cgroup.controllers*) exit 2;;
esac
exec /bin/ls "$@\"""",
}


def healthy_path(folder: Path, *, without: tuple[str, ...] = (), **bodies: Any) -> str:
    """A folder with links to the programs a node needs and stand-ins for what tells of the machine: a PATH."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _USED.split():
        real = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        if real and name not in without:
            (folder / name).symlink_to(real)
    cases = "".join(f"{path}) printf '%s' '{text}'; exit {0 if text else 1};;\n" for path, text in _FILES.items())
    programs = {**_PROGRAMS, "cat": f'case "$1" in\n{cases}esac\nexec /bin/cat "$@"', **bodies}
    for name, body in programs.items():
        if name in without:
            continue
        program = folder / name
        program.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    return str(folder)
