"""Pasting hosts: whatever form they are at hand in, they become rows of the node table."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rancher_tui.install.state import ROLES, Node
from rancher_tui.nodes.paste import parse
from rancher_tui.nodes.paste_ansible import expand_range
from rancher_tui.nodes.paste_rows import MOST_PROBLEMS, MOST_ROWS

LIKE = Node(user="rancher", ssh_key_path="~/.ssh/id_rsa", internal_address="10.9.9.9", hostname_override="old")


def rows(text: str, *fields: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(node, field) for field in fields) for node in parse(text, LIKE).nodes]


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1\n10.0.0.2\n10.0.0.3\n",
        "10.0.0.1 10.0.0.2 10.0.0.3",
        "10.0.0.1, 10.0.0.2, 10.0.0.3",
        "10.0.0.1;10.0.0.2;10.0.0.3",
        "  - 10.0.0.1\n  - 10.0.0.2\n  - 10.0.0.3",
        "\ufeff10.0.0.1\r\n10.0.0.2\r\n\r\n10.0.0.3",
        "# our hosts\n10.0.0.1 # first\n10.0.0.2\u200b\n10.0.0.3\n",
        '"10.0.0.1"\n"10.0.0.2"\n"10.0.0.3"',
    ],
)
def test_three_addresses_become_three_rows_like_the_one_before(text: str) -> None:
    pasted = parse(text, LIKE)
    assert pasted.form == "plain"
    assert [node.address for node in pasted.nodes] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert {node.user for node in pasted.nodes} == {"rancher"}
    assert {node.internal_address + node.hostname_override for node in pasted.nodes} == {""}
    assert pasted.problems == ()


def test_user_and_port_stand_with_the_address() -> None:
    text = (
        "ubuntu@node1.example.com:2222\nssh://root@10.0.0.2\n[2001:db8::1]:22\n"
        "ssh -i ~/k.pem -p 2200 admin@10.0.0.4\n"
    )
    assert rows(text, "address", "user", "port", "ssh_key_path") == [
        ("node1.example.com", "ubuntu", "2222", "~/.ssh/id_rsa"),
        ("10.0.0.2", "root", "22", "~/.ssh/id_rsa"),
        ("2001:db8::1", "rancher", "22", "~/.ssh/id_rsa"),
        ("10.0.0.4", "admin", "2200", "~/k.pem"),
    ]


def test_a_hosts_file_gives_addresses_and_names_but_not_the_machines_own() -> None:
    text = (
        "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\n"
        "192.168.1.11  Node1.lan node1\n192.168.1.12\tnode2.lan # second\n"
    )
    pasted = parse(text, LIKE)
    assert pasted.form == "hosts"
    assert rows(text, "address", "hostname_override") == [
        ("192.168.1.11", "node1.lan"),
        ("192.168.1.12", "node2.lan"),
    ]
    assert {problem.line for problem in pasted.problems} == {1, 2, 3}


def test_a_name_before_its_address_is_one_host() -> None:
    text = "rancher-1.example.com 10.0.0.1\nnode02\t10.0.0.2\n10.0.0.3 10.0.0.4\n"
    assert rows(text, "address", "hostname_override") == [
        ("10.0.0.1", "rancher-1.example.com"),
        ("10.0.0.2", "node02"),
        ("10.0.0.3", ""),
        ("10.0.0.4", ""),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_with_a_header(delimiter: str) -> None:
    lines = [
        "Hostname,IP Address,SSH-User,Port,Role",
        'n1,10.0.0.1,ubuntu,2222,"etcd worker"',
        "n2,10.0.0.2,,,master",
    ]
    text = "\n".join(line.replace(",", delimiter) for line in lines)
    assert parse(text, LIKE).form == "table"
    assert rows(text, "address", "hostname_override", "user", "port", "roles") == [
        ("10.0.0.1", "n1", "ubuntu", "2222", ("etcd", "worker")),
        ("10.0.0.2", "n2", "rancher", "22", ("controlplane",)),
    ]


def test_a_table_with_only_a_host_name_column_takes_it_as_the_address() -> None:
    assert rows("name,user\nweb1.example,adm\n", "address", "hostname_override", "user") == [
        ("web1.example", "", "adm")
    ]


def test_a_table_without_a_header_is_told_by_the_shape_of_its_cells() -> None:
    text = (
        "10.0.0.1,192.168.0.1,ubuntu,2222,~/.ssh/k,node-1,etcd+controlplane\n"
        "10.0.0.2,192.168.0.2,ubuntu,2222,~/.ssh/k,node-2,worker\n"
    )
    fields = ("address", "internal_address", "user", "port", "ssh_key_path", "hostname_override", "roles")
    assert rows(text, *fields) == [
        ("10.0.0.1", "192.168.0.1", "ubuntu", "2222", "~/.ssh/k", "node-1", ("controlplane", "etcd")),
        ("10.0.0.2", "192.168.0.2", "ubuntu", "2222", "~/.ssh/k", "node-2", ("worker",)),
    ]


def test_quoted_cells_may_hold_the_delimiter_and_line_ends() -> None:
    text = 'address,user,role\n10.0.0.1,"a","controlplane,etcd,worker"\n10.0.0.2,b,"etcd\nworker"\n'
    assert rows(text, "address", "user", "roles") == [
        ("10.0.0.1", "a", ROLES),
        ("10.0.0.2", "b", ("etcd", "worker")),
    ]


INI = """
[all:vars]
ansible_user=ops
ansible_port=2022

[kube_control_plane]
n1 ansible_host=10.0.0.1
n[2:3] ansible_user=other

[etcd]
n1

[kube_node]
w[01:02].lan

[k8s_cluster:children]
kube_control_plane
kube_node

[bastion]
jump ansible_connection=local
"""


def test_an_ansible_inventory_in_ini_form() -> None:
    pasted = parse(INI, LIKE)
    assert pasted.form == "ansible-ini"
    found = {node.address: (node.user, node.port, node.hostname_override, node.roles) for node in pasted.nodes}
    assert found["10.0.0.1"] == ("ops", "2022", "n1", ROLES)
    assert found["n2"][:2] == ("other", "2022")
    assert {"w01.lan", "w02.lan", "n3"} <= found.keys()
    assert "jump" not in found
    assert any("jump" in problem.text.english for problem in pasted.problems)


def test_roles_come_from_the_groups_where_these_name_them() -> None:
    text = "[controlplane]\na\n[etcd]\na\nb\n[worker]\nc\n[databases]\nd\n"
    assert {node.address: node.roles for node in parse(text, LIKE).nodes} == {
        "a": ("controlplane", "etcd"),
        "b": ("etcd",),
        "c": ("worker",),
        "d": ROLES,
    }


def test_an_ansible_inventory_in_yaml_form() -> None:
    text = (
        "all:\n  vars:\n    ansible_user: ops\n  children:\n"
        "    etcd:\n      hosts:\n        n1:\n          ansible_host: 10.0.0.1\n"
        "    worker:\n      hosts:\n        n1:\n        n[2:3]:\n          ansible_port: 0222\n"
    )
    pasted = parse(text, LIKE)
    assert pasted.form == "ansible-yaml"
    assert {(node.address, node.user, node.port, node.roles) for node in pasted.nodes} == {
        ("10.0.0.1", "ops", "22", ("etcd", "worker")),
        ("n2", "ops", "0222", ("worker",)),
        ("n3", "ops", "0222", ("worker",)),
    }


def test_groups_in_a_circle_end() -> None:
    assert rows("[a:children]\nb\n[b:children]\na\n[a]\nh1\n", "address") == [("h1",)]


RKE = """
  nodes:
  - address: 10.0.0.1   # first
    port: "2222"
    user: 1000
    role: [controlplane, etcd]
    internal_address: 192.168.0.1
    docker_socket: /run/d.sock
    labels: {zone: a, disk: ssd}
    taints:
    - {key: k, value: v, effect: NoSchedule}
  - address: 10.0.0.2
    role:
    - worker
    ssh_key: |-
      -----BEGIN RSA PRIVATE KEY-----
"""


@pytest.mark.parametrize("text", [RKE, RKE.replace("  nodes:\n", ""), RKE + "  addons: |-\n    x\n"])
def test_a_nodes_block_of_rke(text: str) -> None:
    pasted = parse(text, LIKE)
    assert pasted.form == "rke"
    first, second = pasted.nodes
    assert (first.address, first.port, first.user, first.roles) == (
        "10.0.0.1",
        "2222",
        "1000",
        ("controlplane", "etcd"),
    )
    assert (first.internal_address, first.docker_socket) == ("192.168.0.1", "/run/d.sock")
    assert first.labels == ("zone=a", "disk=ssd")
    assert first.taints == ("k=v:NoSchedule",)
    assert (second.roles, second.user) == (("worker",), "rancher")


def test_an_inline_private_key_is_never_taken_into_the_state() -> None:
    pasted = parse(RKE, LIKE)
    assert "PRIVATE KEY" not in pasted.nodes[1].model_dump_json()
    assert any("private key" in problem.text.english for problem in pasted.problems)


def test_json_is_yaml_too() -> None:
    assert rows('{"nodes": [{"address": "10.0.0.1", "user": "x", "role": ["etcd"]}]}', "address", "user") == [
        ("10.0.0.1", "x")
    ]


def test_a_host_that_is_pasted_twice_becomes_one_row_and_is_told() -> None:
    pasted = parse("10.0.0.1\n10.0.0.2\n10.0.0.1\n", LIKE)
    assert len(pasted.nodes) == 2
    assert [problem.line for problem in pasted.problems] == [3]


def test_broken_yaml_names_the_line_and_gives_no_rows() -> None:
    pasted = parse("nodes:\n- address: 10.0.0.1\n  user: [x\n", LIKE)
    assert pasted.nodes == ()
    assert pasted.problems[0].line >= 3


@pytest.mark.parametrize(
    "text", ["", "   \n\n", "\ufeff", "\x00\x00", "-", "[", "{", "}: {", "nodes:", "ssh ", "|", ",,,\n,,,"]
)
def test_nothing_in_it_gives_no_rows_and_no_error(text: str) -> None:
    assert parse(text, LIKE).nodes == ()


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(100_000)),
        "nodes:\n" + "\n".join(f"- address: h{i}\n  user: u" for i in range(50_000)),
        "address,user\n" + "\n".join(f"h{i},u" for i in range(100_000)),
        "[all]\n" + "\n".join(f"h{i} ansible_user=u" for i in range(100_000)),
    ],
    ids=["plain", "rke", "table", "inventory"],
)
def test_a_hundred_thousand_lines_are_bounded(text: str) -> None:
    began = time.process_time()
    pasted = parse(text, LIKE)
    assert len(pasted.nodes) == MOST_ROWS
    assert any("first" in problem.text.english for problem in pasted.problems)
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    "text",
    [
        "nodes:\n" + "[" * 100_000,
        "nodes:\n" + "- " * 100_000,
        "nodes:\n" + "".join(f"{' ' * i}a:\n" for i in range(500)),
        "nodes: &a [*a, *a]",
        "nodes:\n- &a {address: x, labels: {y: &b [*a]}}\n- *a",
        "nodes:\n- !!python/object/apply:os.system [id]",
        "[all]\nn[1:99999999][1:99999999][1:9]\n",
        "[all]\n" + "[1:2]" * 700,
        "a" * 3_000_000,
        "10.0.0.1 " * 200_000,
        '"' * 500_000,
        "ssh " + "-" * 100_000,
    ],
    ids=lambda text: text[:24].encode("unicode_escape").decode(),
)
def test_hostile_text_costs_little(text: str) -> None:
    began = time.process_time()
    pasted = parse(text, LIKE)
    assert len(pasted.nodes) <= MOST_ROWS
    assert len(pasted.problems) <= MOST_PROBLEMS
    assert time.process_time() - began < 10


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("nodes:-[]{}&*!|>,;\t\n \"'#@=.0a²١\x00\u200b"), max_size=200))
def test_no_text_at_all_makes_it_fail(text: str) -> None:
    for node in parse(text, LIKE).nodes:
        assert node.address
        assert "\n" not in node.address


def test_ranges_expand_as_ansible_does() -> None:
    assert list(expand_range("n[01:03].x")) == ["n01.x", "n02.x", "n03.x"]
    assert list(expand_range("db-[a:c]")) == ["db-a", "db-b", "db-c"]
    assert list(expand_range("n[0:4:2]")) == ["n0", "n2", "n4"]
    assert list(expand_range("r[1:2]n[1:2]")) == ["r1n1", "r1n2", "r2n1", "r2n2"]


@pytest.mark.parametrize(
    "text", ["10.77.0.11 rancher-1\n10.77.0.12 rancher-2, user=ops\n", "10.77.0.12 rancher-2, user=ops\n"]
)
def test_a_named_value_beside_an_address_is_taken(text: str) -> None:
    last = parse(text, Node(user="like")).nodes[-1]
    assert (last.address, last.hostname_override, last.user) == ("10.77.0.12", "rancher-2", "ops")


@pytest.mark.parametrize(
    ("text", "hosts", "told"),
    [
        ("10.0.0.1\nhello\n", 2, "hello was taken as a host's name"),
        ("10.0.0.1\nthese are words\n", 1, "these are words"),
        ("10.0.0.1 rancher-1 colour=red\n", 1, "not taken: colour=red"),
        ("10.0.0.1, rancher-1, ops, web-1\n10.0.0.2, rancher-2\n", 2, "not taken: web-1"),
    ],
    ids=["a word", "prose", "an unknown name", "a cell too many"],
)
def test_what_is_no_clear_host_is_told(text: str, hosts: int, told: str) -> None:
    pasted = parse(text, Node())
    assert len(pasted.nodes) == hosts
    assert any(told in problem.text.english for problem in pasted.problems)


@pytest.mark.parametrize(
    ("text", "name", "user", "roles"),
    [
        ("10.0.0.8,node8,ubuntu", "node8", "ubuntu", ROLES),
        ("10.0.0.1 n1 root", "n1", "root", ROLES),
        ("n1 10.0.0.1 root", "n1", "root", ROLES),
        ("10.0.0.7 etcd worker", "", "rancher", ("etcd", "worker")),
        ("root@10.0.0.1:2222 n1", "n1", "root", ROLES),
        ("主机一 10.0.0.2", "", "rancher", ROLES),
    ],
)
def test_words_beside_an_address_are_of_that_host(text: str, name: str, user: str, roles: tuple[str, ...]) -> None:
    assert rows(text, "hostname_override", "user", "roles") == [(name, user, roles)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10.0.0.9\n10.0.0.1 n1 ops", "not taken: ops; if it is the user: user=ops"),
        ("10.0.0.9\n10.0.0.1 n1 root", "root was taken as the user"),
        ("10.0.0.9\n主机一 10.0.0.2", "not taken: 主机一"),
        ("10.0.0.1,10.0.1.1,root,22\n10.0.0.2,10.0.1.2,root,22,33", "not taken: 33"),
        ("10.0.0.1,10.0.1.1,root\n10.0.0.2,10.0.1.2,10.0.2.2", "not taken: 10.0.2.2"),
        ("10.0.0.1,10.0.1.1,root\n10.0.0.2,机房三,节点2", "not taken: 节点2"),
        ("address,user\n10.0.0.1,root,more", "not taken: more"),
    ],
)
def test_no_word_of_a_line_is_lost_silently(text: str, told: str) -> None:
    assert (2, told) in [(problem.line, str(problem.text)) for problem in parse(text, LIKE).problems]


def test_a_column_that_no_field_is_for_is_told_once() -> None:
    problems = parse("address,colour\n10.0.0.1,red\n10.0.0.2,blue\n", LIKE).problems
    assert [(problem.line, str(problem.text)) for problem in problems] == [(1, "no field for the column colour")]
