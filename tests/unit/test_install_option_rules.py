"""What is entered beyond the guide is judged: each mistake at its field, its near miss not at all."""

from __future__ import annotations

from typing import Any

import pytest

from rancher_tui.finding import Status
from rancher_tui.install import paths, rules
from rancher_tui.install.state import InstallState

WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    "bastion address": ({"options.bastion.address": "jump:22"}, "bad-address", "options.bastion.address"),
    "bastion user": ({"options.bastion.address": "jump"}, "bastion-incomplete", "options.bastion.user"),
    "bastion port": ({"options.bastion.address": "jump", "options.bastion.user": "u", "options.bastion.port": "0"}, "bad-port", "options.bastion.port"),
    "bastion alone": ({"options.bastion.user": "u"}, "bastion-incomplete", "options.bastion.address"),
    "bastion key": ({"options.bastion.address": "jump", "options.bastion.user": "u", "options.bastion.ssh_key_path": "x"}, "bad-key-path", "options.bastion.ssh_key_path"),
    "registry scheme": ({"options.registry.url": "https://r.example.com"}, "registry-scheme", "options.registry.url"),
    "registry port": ({"options.registry.url": "r.example.com:99999"}, "bad-registry", "options.registry.url"),
    "registry user": ({"options.registry.url": "r", "options.registry.user": "u"}, "registry-incomplete", "options.registry.password"),
    "registry password": ({"options.registry.url": "r", "options.registry.password": "secret:x"}, "registry-incomplete", "options.registry.user"),
    "login alone": ({"options.registry.user": "u"}, "registry-incomplete", "options.registry.url"),
    "proxy": ({"options.proxy.http": "proxy:3128"}, "bad-proxy", "options.proxy.http"),
    "proxy port": ({"options.proxy.https": "http://proxy:99999"}, "bad-proxy", "options.proxy.https"),
    "no proxy alone": ({"options.proxy.no_proxy": "localhost"}, "no-proxy-unused", "options.proxy.no_proxy"),
    "no proxy": ({"options.proxy.http": "http://p:1", "options.proxy.no_proxy": "localhost,127.0.0.1"}, "no-proxy-lacks", "options.proxy.no_proxy"),
    "audit age": ({"options.audit.level": "1", "options.audit.max_age": "ten"}, "bad-number", "options.audit.max_age"),
    "audit path": ({"options.audit.level": "1", "options.audit.host_path": "var/log"}, "bad-path", "options.audit.host_path"),
    "san": ({"options.authentication_sans": "https://api"}, "bad-name", "options.authentication_sans.0"),
    "key path": ({"options.ssh_key_path": "k"}, "bad-key-path", "options.ssh_key_path"),
    "interface": ({"options.network_plugin": "calico", "options.network_interface": "eth1"}, "interface-not-taken", "options.network_interface"),
    "ingress": ({"options.ingress_options": "proxy-body-size"}, "bad-pair", "options.ingress_options.0"),
    "s3 rke": ({"etcd.s3_bucket": "b", "etcd.s3_endpoint": "e", "rke.version": "v0.1.16"}, "s3-too-old-rke", "etcd.s3_bucket"),
    "s3 endpoint": ({"etcd.s3_bucket": "b"}, "s3-incomplete", "etcd.s3_endpoint"),
    "s3 hours": ({"etcd.s3_bucket": "b", "etcd.s3_endpoint": "e", "etcd.creation": "90m"}, "s3-interval", "etcd.creation"),
    "s3 bucket": ({"etcd.s3_endpoint": "e"}, "s3-incomplete", "etcd.s3_bucket"),
    "label": ({"nodes.0.labels": "a b=c"}, "bad-label", "1 labels"),
    "label value": ({"nodes.0.labels": "a=b/c"}, "bad-label", "1 labels"),
    "taint": ({"nodes.0.taints": "a=b:Never"}, "bad-taint", "1 taints"),
    "taint key": ({"nodes.0.taints": "-a=b:NoExecute"}, "bad-taint", "1 taints"),
    "taint ignored": ({"nodes.0.taints": "a=b:NoExecute", "rke.version": "v0.2.8"}, "taints-ignored", "1 taints"),
}  # fmt: skip
RIGHT: dict[str, dict[str, str]] = {
    "bastion": {"options.bastion.address": "jump.example.com", "options.bastion.user": "u", "options.bastion.port": "65535", "options.bastion.ssh_key_path": "~k"},
    "registry": {"options.registry.url": "r.example.com:5000/mirror", "options.registry.user": "u", "options.registry.password": "env:P"},
    "proxy": {"options.proxy.http": "http://u:p%40@proxy:3128", "options.proxy.https": "secret:proxy", "options.proxy.no_proxy": "localhost,127.0.0.1,10.43.0.0/16"},
    "audit": {"options.audit.level": "3", "options.audit.max_age": "0"},
    "names": {"options.authentication_sans": "api.example.com,10.0.0.1", "options.ssh_key_path": "~/k", "options.network_plugin": "flannel", "options.network_interface": "eth1"},
    "ingress": {"options.ingress_options": "proxy-body-size=0"},
    "s3": {"etcd.s3_bucket": "b", "etcd.s3_endpoint": "e", "rke.version": "v0.2.0"},
    "labels": {"nodes.0.labels": "example.com/a=b,empty=", "nodes.0.taints": "a=b:NoExecute,only:NoSchedule", "rke.version": "v0.3.0"},
}  # fmt: skip


def entered(fields: dict[str, str]) -> InstallState:
    state = InstallState()
    for path, text in fields.items():
        state = paths.put(state, path, text)
    return state


def judged(state: InstallState) -> list[tuple[str, str, Any]]:
    return [
        (item.code, item.subject, item.status)
        for item in rules.all_findings(state)
        if item.status is not Status.PASS
    ]


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_at_its_field(name: str) -> None:
    fields, code, subject = WRONG[name]
    assert (code, subject) in [item[:2] for item in judged(entered(fields))]


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_just_right_is_not(name: str) -> None:
    state = entered(RIGHT[name])
    assert [
        item for item in judged(state) if item[1].startswith(("options", "etcd", "1 labels", "1 taints"))
    ] == []


def test_a_password_in_a_proxy_is_not_repeated() -> None:
    told = [str(item.title) for item in rules.all_findings(entered({"options.proxy.http": "http//u:hunter2@p"}))]
    assert told
    assert "hunter2" not in " ".join(told)


def test_an_install_without_options_hears_nothing_of_them() -> None:
    assert [item for item in judged(InstallState()) if "options" in item[1] or "etcd" in item[1]] == []
