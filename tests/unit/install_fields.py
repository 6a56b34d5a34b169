"""Fields typed badly and nearly so: a code of the rules, what must give it, what must not."""

from __future__ import annotations

from typing import Any

import pytest

from rancher_tui.install.state import Node


def cell(code: str, field: str, bad: list[str], near: list[str], status: str = "fail") -> list[Any]:
    key = f"n0__{field}" if field in Node.model_fields else field
    return [
        *(pytest.param(code, status, {key: text}, True, id=f"{code}-{field}-{text[:20]!r}") for text in bad),
        *(pytest.param(code, status, {key: text}, False, id=f"not-{code}-{field}-{text[:20]!r}") for text in near),
    ]


FIELDS = [
    *cell("address-blank", "address", [" 10.0.0.1", "10.0.0.1\t", "a b", "10.0.0.1\u3000"], ["10.0.0.1"]),
    *cell("address-ipv6", "address", ["::1", "2001:db8::1", "fe80::1%eth0"], ["10.0.0.1", "fe80.example"]),
    *cell("address-url", "address", ["http://10.0.0.1", "ssh://host"], ["http.example.com"]),
    *cell("address-port", "address", ["10.0.0.1:22", "host:2222", "[::1]:22"], ["10.0.0.1", "::1"]),
    *cell(
        "bad-address",
        "address",
        [
            "10.0.0.256",
            "10.0.0",
            "010.0.0.1",
            "1.2.3.4.5",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "a_b",
            "-a",
            "a..b",
            "１０.0.0.1",
            "x" * 64,
        ],
        ["10.0.0.255", "node1", "node-1.example.com", "x" * 63, "223.255.255.255"],
    ),
    *cell(
        "address-loopback",
        "address",
        ["127.0.0.1", "127.9.9.9", "localhost", "LocalHost"],
        ["128.0.0.1", "localhost1"],
        "warn",
    ),
    *cell(
        "placeholder",
        "address",
        ["<IP>", "IP_ADDRESS_1", "HOSTNAME.DOMAIN.COM"],
        ["ip-address-1", "host.domain.com"],
    ),
    *cell("bad-address", "internal_address", ["10.0.0.300"], ["10.1.0.1", ""]),
    *cell(
        "bad-user",
        "user",
        ["a b", " root", "ubuntu ", "1st", "a;b", "ü", "-x", "a/b"],
        ["ubuntu", "_x", "a.b-c_d", "svc$", "DOM\\user", "u@dom"],
    ),
    *cell("placeholder", "user", ["USER", "<USER>"], ["user"]),
    *cell("root-user", "user", ["root"], ["root2", "Root"], "warn"),
    *cell(
        "bad-port", "port", ["0", "65536", "22 ", "-1", "1e3", "٢٢", "ssh", "9" * 5000], ["1", "22", "65535", ""]
    ),
    *cell("bad-role", "roles", ["master", "etcd,Worker"], ["etcd,worker"]),
    *cell("no-role", "roles", [""], ["worker"]),
    *cell("bad-hostname", "hostname_override", ["a_b", "-a", "a.", "x" * 254], ["node1", "Node1.example.com", ""]),
    *cell("key-inline", "ssh_key", ["-----BEGIN RSA PRIVATE KEY-----"], ["secret:k", "env:KEY", "file:/k", ""]),
    *cell("key-path-short", "ssh_key_path", ["k", "/", "~"], ["/k", ""]),
    *cell("key-path-home", "ssh_key_path", ["~ubuntu/.ssh/id_rsa", "~.ssh/id"], ["~/.ssh/id_rsa", "/home/~x/id"]),
    *cell("key-path-public", "ssh_key_path", ["~/.ssh/id_rsa.pub"], ["~/.ssh/id_rsa", "/keys/pub"]),
    *cell("key-path-key", "ssh_key_path", ["-----BEGIN RSA", "ssh-rsa AAAA"], ["/ssh-rsa"]),
    *cell("key-path-relative", "ssh_key_path", ["id_rsa", "./id", "keys/id"], ["/id", "~/id"], "warn"),
    *cell("bad-docker-socket", "docker_socket", ["var/run/docker.sock", "tcp://x"], ["/run/docker.sock", ""]),
    *cell("fqdn-blank", "fqdn", [" a.b", "a.b ", "a .b", "a.b\u00a0"], ["a.b"]),
    *cell("fqdn-scheme", "fqdn", ["https://a.b"], ["https.a.b"]),
    *cell("fqdn-path", "fqdn", ["a.b/c", "a.b/"], ["a.b"]),
    *cell("fqdn-ip", "fqdn", ["10.0.0.1", "::1", "[::1]", "1.2.3"], ["10.0.0.1.nip.io", "a1.2"]),
    *cell("fqdn-port", "fqdn", ["a.b:443"], ["a.b"]),
    *cell("fqdn-wildcard", "fqdn", ["*.a.b"], ["a.b"]),
    *cell("placeholder", "fqdn", ["<FQDN>", "hostname.domain.com", "rancher.yourdomain.com"], ["my.domain.com"]),
    *cell("fqdn-case", "fqdn", ["Rancher.example.com"], ["rancher.example.com"]),
    *cell("fqdn-dot", "fqdn", ["a.b."], ["a.b"]),
    *cell("fqdn-idn", "fqdn", ["ränch.example.com", "牧场.cn"], ["xn--rnch-loa.example.com"]),
    *cell(
        "fqdn-syntax",
        "fqdn",
        ["a_b.c", "-a.b", "a-.b", "a..b", f"{'x' * 64}.b", ".a", ".".join(["x" * 49] * 6)],
        [f"{'x' * 63}.b", "1a.b", "a--b.c"],
    ),
    *cell("fqdn-not-qualified", "fqdn", ["rancher", "localhost"], ["rancher.local"]),
    *cell("floating-tag", "rancher_version", ["latest", "stable", "master", "master-head"], ["v2.0.8"]),
    *cell("pre-release", "rancher_version", ["v2.0.8-rc1", "v2.0.0-beta1"], ["v2.0.8"]),
    *cell(
        "bad-tag",
        "rancher_version",
        ["2.0.8", "v2.0", "v2.0.8.1", "vv2.0.8", f"v{'1' * 5000}.0.0", "v٢.0.8"],
        ["v2.0.8"],
    ),
    *cell("version-too-new", "rancher_version", ["v2.0.9", "v2.1.0", "v3.0.0"], ["v2.0.8"]),
    *cell("version-too-old", "rancher_version", ["v1.6.30"], ["v2.0.0"]),
    *cell("bad-rke-version", "rke__version", ["0.1.16", "latest", "v0.1", "v0.1.16 x"], ["v0.1.16", ""]),
    *cell(
        "bad-template", "template", ["3-node-certificate", "x"], ["external-recognized-ca", "ingress-certificate"]
    ),
    *cell("bad-balancer-kind", "balancer__kind", ["apache", "", "Nginx"], ["nginx", "alb", "envoy"]),
    *cell(
        "bad-balancer-address",
        "balancer__address",
        ["10.0.0.256", "a b", "http://x", "a_b"],
        ["lb.example.com", "LB.Example.com.", "2001:db8::1"],
    ),
    *cell("balancer-on-node", "balancer__address", ["10.0.0.11", " 10.0.0.13 "], ["10.0.0.1", "10.0.0.111"]),
    *cell("bad-port", "balancer__http_port", ["", "0", "http"], ["8080"]),
    *cell("same-port", "balancer__https_port", ["80"], ["443", "8443"]),
    *cell(
        "bad-name-server",
        "dns__servers",
        ["ns1.example.com", "10.0.0.1:0", "10.0.0.1:", "[::1", "10.0.0.1,x"],
        ["10.0.0.1", "10.0.0.1:5353", "::1", "[::1]:53", ""],
    ),
    *cell(
        "bad-duration",
        "etcd__creation",
        ["", "6", "1d", "6 h", "h", "6H", "٦h", "1h30"],
        ["6h", "1h30m", "1.5h", ".5h", "90m", "1µs"],
    ),
    *cell("bad-duration", "etcd__retention", ["7d"], ["168h"]),
    *cell(
        "bad-number",
        "options__addon_job_timeout",
        ["0", "-1", "1.5", "30s", "86401", "9" * 5000, "٣"],
        ["1", "120", "86400", ""],
    ),
    *cell(
        "bad-cidr",
        "options__cluster_cidr",
        ["10.42.0.0", "10.42.0.0/33", "10.42.0.0/255.255.0.0", "x/16", "10.42.0.0/", "10.42.0/16"],
        ["10.42.0.0/16", "10.42.1.2/16", "fd00::/8", ""],
    ),
    *cell(
        "cidr-overlap",
        "options__cluster_cidr",
        ["10.43.0.0/16", "10.0.0.0/8", "0.0.0.0/0"],
        ["10.44.0.0/16", "fd00::/8"],
    ),
    *cell("bad-dns-server", "options__cluster_dns_server", ["10.42.0.10", "x", "fd00::1"], ["10.43.0.10", ""]),
    *cell("bad-network-plugin", "options__network_plugin", ["cilium", "Canal"], ["canal", "calico", "none", ""]),
    *cell("bad-audit-level", "options__audit__level", ["4", "-1", "x"], ["0", "3", ""]),
]
