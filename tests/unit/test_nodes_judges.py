"""Every check of a node, judged on what programs print: one thing changed on a healthy node, one verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rancher_tui.finding import Status
from rancher_tui.install.state import Node
from rancher_tui.nodes.expected import Expected
from rancher_tui.nodes.gather import Gathered, parse
from rancher_tui.nodes.judge_system import docker_info
from rancher_tui.nodes.ladder import Reached
from rancher_tui.nodes.learnt import learnt_of
from tests.unit.nodes_case import EXPECTED, case, composed, judged, systems

RECORDED = Path(__file__).parent / "nodes_recorded"
MEMORY = "MemTotal:        {} kB"
DF = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 103079180 1 {} 10% {}"
LISTEN = "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n{} LISTEN 0 128 {} *:*"
INFO = '{{"Driver":"overlay2","DockerRootDir":"/var/lib/docker",{}}}'
MODULES = composed("ubuntu-16.04")["modules-known"].text
LEFT = [2, "/etc/kubernetes\nls: cannot access '/var/lib/etcd': No such file or directory"]
LINK = "1: lo: <LOOPBACK,UP> mtu 65536 state UNKNOWN\n2: eth0: <BROADCAST,UP> mtu {} state UP"
ADDRESSES = "2: eth0    inet {} brd 192.0.2.255 scope global eth0"

# check, the facts changed, the code that must change its status, the status.
FACTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("N06", {"os": "ID=nixos\nVERSION_ID=23.11"}, "os", "warn"),
    ("N06", {"os": [1, "cat: /etc/os-release: No such file or directory"]}, "os", "unknown"),
    ("N07", {"kernel": "Linux 4.4.0 aarch64"}, "architecture", "fail"),
    ("N07", {"kernel": "Darwin 23.1.0 x86_64"}, "architecture", "fail"),
    ("N07", {"kernel": [127, "sh: uname: not found"]}, "architecture", "unknown"),
    ("N08", {"kernel": "Linux 2.6.32-754.el6.x86_64 x86_64"}, "kernel", "fail"),
    ("N08", {"kernel": "Linux 3.10.0-1160.el7.x86_64 x86_64"}, "kernel", "warn"),
    ("N12", {"docker-info": '{"Driver":"vfs"}'}, "docker-storage", "warn"),
    (
        "N12",
        {"docker-info": '{"Driver":"devicemapper","DriverStatus":[["Data loop file","x"]]}'},
        "docker-storage",
        "warn",
    ),
    ("N12", {"docker-info": [1, "template parsing error"]}, "docker-storage", "unknown"),
    ("N12", {"cgroup": "2"}, "cgroup", "fail"),
    ("N14", {"docker-place": "/snap/bin/docker\n/usr/bin/snap"}, "snap-docker", "warn"),
    ("N15", {"cpus": "1"}, "cpus", "warn"),
    ("N15", {"cpus": [127, "nproc: not found"]}, "cpus", "unknown"),
    ("N16", {"memory": MEMORY.format(3_900_000)}, "memory", "fail"),
    ("N16", {"memory": MEMORY.format(6_000_000)}, "memory", "warn"),
    ("N16", {"memory": MEMORY.format(7_850_000)}, "memory", "pass"),
    ("N16", {"memory": [1, "cat: /proc/meminfo: Permission denied"]}, "memory", "unknown"),
    ("N17", {"disk": DF.format(9_000_000, "/")}, "disk-space", "fail"),
    ("N17", {"disk": DF.format(15_000_000, "/")}, "disk-space", "warn"),
    (
        "N17",
        {"disk": [1, DF.format(50_000_000, "/") + "\n/dev/sdb1 10000000 1 900000 99% /var/lib/docker"]},
        "disk-space",
        "fail",
    ),
    ("N17", {"disk": [137, ""]}, "disk-space", "unknown"),
    ("N18", {"disk-kinds": "sda 1 disk\nsr0 1 rom"}, "disk-kind", "warn"),
    (
        "N18",
        {"disk-kinds": "/sys/block/sr0/queue/rotational:1\n/sys/block/vda/queue/rotational:1"},
        "disk-kind",
        "warn",
    ),
    (
        "N18",
        {"disk-kinds": "/sys/block/loop0/queue/rotational:1\n/sys/block/nvme0n1/queue/rotational:0"},
        "disk-kind",
        "pass",
    ),
    ("N20", {"swap": "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2"}, "swap", "warn"),
    ("N20", {"swap": [1, "cat: /proc/swaps: No such file or directory"]}, "swap", "unknown"),
    (
        "N21",
        {"settings": "net.bridge.bridge-nf-call-iptables = 0\nnet.ipv4.ip_forward = 1"},
        "bridge-netfilter",
        "fail",
    ),
    ("N21", {"settings": "net.ipv4.ip_forward = 1"}, "bridge-netfilter", "warn"),
    ("N21", {"settings": [127, "sysctl: not found"]}, "bridge-netfilter", "unknown"),
    ("N22", {"settings": "net.bridge.bridge-nf-call-iptables = 1\nnet.ipv4.ip_forward = 0"}, "ip-forward", "warn"),
    ("N23", {"modules-known": MODULES.replace("/vxlan.ko\n", "")}, "kernel-modules", "fail"),
    ("N23", {"modules-known": MODULES.replace("/xt_statistic.ko\n", "")}, "kernel-modules", "warn"),
    ("N23", {"modules-known": "", "modules-loaded": [1, "cat: no"]}, "kernel-modules", "unknown"),
    ("N24", {"iptables": "iptables v1.8.7 (nf_tables)"}, "iptables-backend", "warn"),
    ("N24", {"iptables": "iptables v1.8.7 (legacy)"}, "iptables-backend", "pass"),
    ("N24", {"iptables": [127, "iptables: not found"]}, "iptables-backend", "unknown"),
    ("N26", {"hostname": "localhost.localdomain"}, "hostname", "fail"),
    ("N26", {"hostname": "Node_1"}, "hostname", "warn"),
    ("N26", {"hostname": [1, ""]}, "hostname", "fail"),
    ("N29", {"time-service": "NTP synchronized: no"}, "time-sync", "warn"),
    (
        "N29",
        {"time-service": "System clock synchronized: no", "chrony": "Leap status     : Normal"},
        "time-sync",
        "pass",
    ),
    ("N29", {"time-service": [127, ""], "ntp": "*10.0.0.1 .GPS. 1 u"}, "time-sync", "pass"),
    ("N29", {"time-service": [127, ""], "ntp": " 10.0.0.1 .INIT. 16 u"}, "time-sync", "warn"),
    ("N29", {"time-service": [1, "no systemd"], "programs": "init\nntpd"}, "time-sync", "pass"),
    ("N29", {"time-service": [1, "no systemd"], "programs": "init\nsshd"}, "time-sync", "warn"),
    ("N29", {"time-service": [1, "no systemd"]}, "time-sync", "unknown"),
    ("N30", {"firewalls": [0, "active\ninactive\ninactive\ninactive\ninactive"]}, "firewall", "warn"),
    ("N30", {"ufw": "ENABLED=yes"}, "firewall", "warn"),
    ("N30", {"firewalls": [1, "no systemd here"]}, "firewall", "unknown"),
    ("N30", {"firewalls": [1, "no systemd here"], "programs": "init\nfirewalld"}, "firewall", "warn"),
    ("N31", {"packet-rules": "-P INPUT DROP\n-P FORWARD ACCEPT"}, "packet-rules", "warn"),
    ("N31", {"packet-rules": "-P INPUT ACCEPT\n-A INPUT -j REJECT"}, "packet-rules", "warn"),
    ("N31", {"packet-rules": "-P INPUT ACCEPT\n-P FORWARD DROP"}, "packet-rules", "pass"),
    ("N32", {"selinux": "Enforcing"}, "selinux", "warn"),
    ("N32", {"selinux": "Permissive"}, "selinux", "pass"),
    ("N32", {"selinux": [1, "getenforce: cannot open"]}, "selinux", "unknown"),
    ("N33", {"apparmor": "N"}, "apparmor", "pass"),
    ("N34", {"cloud-setup": [0, "enabled\ndisabled"]}, "cloud-setup", "warn"),
    ("N35", {"listening": LISTEN.format("tcp", "*:80")}, "ports-in-use", "fail"),
    ("N35", {"listening": LISTEN.format("tcp", "[::]:443")}, "ports-in-use", "fail"),
    ("N35", {"listening": LISTEN.format("udp", "0.0.0.0:8472")}, "ports-in-use", "fail"),
    ("N35", {"listening": LISTEN.format("udp", "0.0.0.0:6443")}, "ports-in-use", "pass"),
    ("N35", {"listening": LISTEN.format("tcp", "*:30080")}, "ports-in-use", "pass"),
    ("N35", {"listening": [127, "netstat: not found"]}, "ports-in-use", "unknown"),
    ("N36", {"leftovers": LEFT}, "leftovers", "fail"),
    ("N36", {"containers": "web\nk8s_POD_x"}, "leftovers", "fail"),
    ("N36", {"containers": "etcd"}, "leftovers", "fail"),
    ("N36", {"containers": "my-etcd-backup\nkubeless"}, "leftovers", "pass"),
    ("N36", {"leftovers": [127, "ls: not found"]}, "leftovers", "unknown"),
    (
        "N37",
        {"links": LINK.format(1500) + "\n9: flannel.1: <BROADCAST,UP> mtu 1450 state UNKNOWN"},
        "leftovers",
        "fail",
    ),
    ("N38", {"addresses": ADDRESSES.format("10.0.0.5/24")}, "own-address", "warn"),
    ("N38", {"addresses": [127, "ip: not found"]}, "own-address", "unknown"),
    (
        "N38",
        {"addresses": ADDRESSES.format("192.0.2.11/24") + "\n3: eth1    inet 10.0.0.5/8 scope global eth1"},
        "own-address",
        "warn",
    ),
    (
        "N39",
        {"routes": "default via 192.0.2.1 dev eth0\n10.42.0.0/16 dev eth1 scope link"},
        "cidr-overlap",
        "fail",
    ),
    ("N39", {"routes": "10.43.7.0/24 via 192.0.2.9 dev eth0"}, "cidr-overlap", "fail"),
    ("N39", {"routes": "10.0.0.0/8 via 192.0.2.9 dev eth0"}, "cidr-overlap", "warn"),
    ("N39", {"routes": "10.42.1.0/24 dev flannel.1"}, "cidr-overlap", "pass"),
    ("N39", {"routes": "172.17.0.0/16 dev docker0\n172.16.0.0/12 via 192.0.2.9 dev eth0"}, "cidr-overlap", "warn"),
    ("N39", {"routes": [127, "ip: not found"]}, "cidr-overlap", "unknown"),
    ("N42", {"links": LINK.format(1400)}, "mtu", "warn"),
    ("N42", {"links": LINK.format(9000)}, "mtu", "pass"),
    ("N42", {"links": [127, ""]}, "mtu", "unknown"),
    ("N43", {"resolver": "nameserver 127.0.0.53"}, "resolver", "warn"),
    ("N43", {"resolver": "nameserver ::1\nnameserver 192.0.2.53"}, "resolver", "pass"),
    ("N43", {"resolver": "search example.org"}, "resolver", "warn"),
    ("N43", {"resolver": [1, "cat: no"]}, "resolver", "unknown"),
    ("N44", {"fqdn": [2, ""]}, "fqdn-from-node", "warn"),
    ("N44", {"fqdn": "192.0.2.101 STREAM rancher.example.org"}, "fqdn-from-node", "warn"),
    (
        "N44",
        {"fqdn": "Server:\t192.0.2.53\nAddress:\t192.0.2.53#53\n\nName:\trancher.example\nAddress: 192.0.2.100"},
        "fqdn-from-node",
        "pass",
    ),
    ("N45", {"balancer": [7, "000"]}, "balancer-from-node", "warn"),
    ("N45", {"balancer": [8, "  HTTP/1.1 404 Not Found\n  Server: nginx"]}, "balancer-from-node", "pass"),
    ("N46", {"registry": [28, "000"]}, "registry-from-node", "warn"),
    ("N46", {"registry": [127, ""]}, "registry-from-node", "unknown"),
    (
        "N46",
        {"registry": [28, "000"], "docker-info": INFO.format('"HttpsProxy":"http://p:3128"')},
        "registry-from-node",
        "pass",
    ),
    (
        "N47",
        {"docker-info": INFO.format('"HttpProxy":"http://p:3128","NoProxy":"localhost"')},
        "docker-proxy",
        "warn",
    ),
    (
        "N47",
        {"docker-info": INFO.format('"HttpProxy":"http://p:1","NoProxy":"192.0.2.0/24,10.42.0.0/15"')},
        "docker-proxy",
        "pass",
    ),
    ("N49", {"docker-info": INFO.format('"LoggingDriver":"json-file"')}, "docker-log", "pass"),
]


def test_a_healthy_node_has_nothing_but_passes() -> None:
    assert {code: found.status for code, found in judged(case()).items() if found.status is not Status.PASS} == {}


@pytest.mark.parametrize(("check", "changes", "code", "status"), FACTS, ids=lambda value: str(value)[:40])
def test_one_changed_fact_changes_one_verdict(check: str, changes: dict[str, Any], code: str, status: str) -> None:
    before, after = judged(case()), judged(case(changes))
    assert after[code].status == Status(status)
    assert after[code].evidence["id"] in {check, "N36"}
    worse = {
        other
        for other, found in after.items()
        if found.bad and (other not in before or not before[other].bad) and other != code
    }
    assert worse <= _RELATED.get(code, set())


_RELATED = {"architecture": {"kernel"}, "docker-storage": set(), "mtu": set()}


@pytest.mark.parametrize(("check", "changes", "code", "status"), FACTS, ids=lambda value: str(value)[:40])
def test_what_is_not_well_says_what_to_do(check: str, changes: dict[str, Any], code: str, status: str) -> None:
    found = judged(case(changes))[code]
    assert found.title.english
    assert len(found.title.english) <= 110
    if found.status is not Status.PASS:
        assert found.remedy.english


@pytest.mark.parametrize("name", list(systems()))
def test_composed_systems_are_judged_as_their_formats_say(name: str) -> None:
    found = judged(case(system=name))
    assert {code: found[code].status.value for code in systems()[name]["expect"]} == systems()[name]["expect"]


def recorded(name: str) -> Gathered:
    return Gathered(parse((RECORDED / f"{name}.txt").read_bytes(), "MARK"), complete=True, skew=(0.0, 0.1))


@pytest.mark.parametrize("name", ["debian-12-dash", "debian-12-busybox"])
def test_what_was_recorded_on_real_systems_is_read(name: str) -> None:
    looked_at = replace(
        case(), gathered=recorded(name), node=Node(address="192.0.2.2"), expected=Expected(registry="")
    )
    found = judged(looked_at)
    assert {found[code].status.value for code in ("architecture", "kernel", "cpus", "memory", "disk-space")} == {
        "pass"
    }
    assert found["kernel-modules"].status is Status.PASS
    assert found["own-address"].status is Status.PASS
    assert found["disk-kind"].status is Status.WARN
    assert found["mtu"].status is Status.WARN
    assert found["leftovers"].status is Status.PASS
    assert found["ports-in-use"].status is Status.PASS
    learnt = learnt_of(looked_at, Reached())
    assert (learnt["hostname"], learnt["os"], learnt["cpus"]) == ("vm", "debian", 2)
    assert learnt["memory_kib"] > 20_000_000


def test_memory_for_kubernetes_from_1_19_takes_control_groups_v2() -> None:
    expected = replace(EXPECTED, kubernetes="1.19")
    assert judged(case({"cgroup": "2"}, expected=expected))["cgroup"].status is Status.PASS


def test_firewalld_is_never_taken_from_kubernetes_1_19_on() -> None:
    active = {"firewalls": [0, "active\ninactive\ninactive\ninactive\ninactive"]}
    assert judged(case(active, expected=replace(EXPECTED, kubernetes="1.19")))["firewall"].status is Status.FAIL


def test_ports_of_roles_that_a_node_does_not_have_may_be_taken() -> None:
    taken = {"listening": LISTEN.format("tcp", "*:80") + "\ntcp LISTEN 0 128 *:2379 *:*"}
    worker = Node(address="192.0.2.11", roles=("worker",))
    found = judged(case(taken, node=worker))["ports-in-use"]
    assert [each[2] for each in found.evidence["listeners"]] == [80]


def test_what_listens_is_told_by_its_program() -> None:
    text = LISTEN.format("tcp", "*:80") + '    users:(("nginx",pid=1,fd=6))'
    assert "80/tcp (nginx)" in judged(case({"listening": text}))["ports-in-use"].title.english


def test_ports_of_leftover_containers_are_no_second_red_line() -> None:
    changes = {"containers": "kube-apiserver\netcd", "listening": LISTEN.format("tcp", "*:6443")}
    assert [code for code, found in judged(case(changes)).items() if found.bad] == ["leftovers"]


def test_the_installed_cluster_itself_is_no_leftover() -> None:
    changes = {"containers": "kube-apiserver", "leftovers": LEFT, "listening": LISTEN.format("tcp", "*:6443")}
    assert not [
        code
        for code, found in judged(case(changes, expected=replace(EXPECTED, installed=True))).items()
        if found.bad
    ]


def test_an_inner_address_must_be_the_hosts_own() -> None:
    wrong = Node(address="203.0.113.5", internal_address="10.9.9.9")
    assert judged(case(node=wrong))["own-address"].status is Status.FAIL
    right = Node(address="203.0.113.5", internal_address="192.0.2.11")
    assert judged(case(node=right))["own-address"].status is Status.PASS


def test_behind_address_translation_the_hosts_own_address_is_offered() -> None:
    looked_at = case(node=Node(address="203.0.113.5"))
    assert judged(looked_at)["own-address"].status is Status.WARN
    assert learnt_of(looked_at, Reached())["internal_address"] == "192.0.2.11"


def test_root_cannot_be_used_on_red_hat_systems_but_elsewhere() -> None:
    assert judged(case({"user": "root"}))["user"].status is Status.PASS
    assert judged(case({"user": "root"}, system="centos-7"))["user"].status is Status.FAIL


@pytest.mark.parametrize(
    ("banner", "status"),
    [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2", "pass"),
        ("SSH-2.0-OpenSSH_7.0", "pass"),
        ("SSH-2.0-OpenSSH_6.9", "warn"),
        ("SSH-2.0-OpenSSH_6.6.1p1 Ubuntu-2ubuntu2", "fail"),
        ("SSH-2.0-dropbear_2022.83", "pass"),
    ],
)
def test_the_servers_version(banner: str, status: str) -> None:
    assert judged(case(banner=banner))["ssh-version"].status == Status(status)


def test_a_key_that_others_may_read_is_warned_about() -> None:
    assert judged(case(key_mode=0o644))["key-permissions"].status is Status.WARN
    assert "key-permissions" not in judged(case(key_mode=None))


def test_the_audit_folder_is_asked_for_only_where_the_audit_log_is_on() -> None:
    assert "audit-folder" not in judged(case())
    expected = replace(EXPECTED, audit_folder="/var/log/rancher/auditlog")
    assert judged(case(expected=expected))["audit-folder"].status is Status.FAIL
    there = {"audit-folder": "drwxr-xr-x 2 root root 4096 Nov 20 08:00 /var/log/rancher/auditlog"}
    assert judged(case(there, expected=expected))["audit-folder"].status is Status.PASS


def test_engine_info_is_read_past_warnings_and_never_trusted_in_shape() -> None:
    assert docker_info(case({"docker-info": 'WARNING: No swap\n{"Driver":"x"}'}))["Driver"] == "x"
    for text in ("", "{", "[1]", '"x"', "{}\n{}"):
        assert docker_info(case({"docker-info": text})) == {}


@pytest.mark.parametrize(
    "junk", ["", "\x1b[2J", "a b c d e f g h", "tcp tcp tcp tcp tcp:99999999999999", "1: x: <", "= = =", "{}"]
)
def test_junk_in_every_fact_is_no_error(junk: str) -> None:
    changes = dict.fromkeys(composed("ubuntu-16.04"), junk)
    assert judged(case(changes))
    assert learnt_of(case(changes), Reached())
