"""What a file that was read in hides: kept apart from the state, masked where it is shown, back in its place on export."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ruamel.yaml.error import YAMLError

from rancher_tui.cluster_file import roundtrip
from rancher_tui.cluster_file.compose import compose
from rancher_tui.cluster_file.diff import shown
from rancher_tui.cluster_file.masking import MASK, masked
from rancher_tui.cluster_file.read import ReadFile, read
from rancher_tui.install.state import InstallState, Proxy
from tests.unit.cluster_file_case import ca_text, encoded

PEM = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\nBBBB\n-----END RSA PRIVATE KEY-----\n"
TLS = base64.b64encode(PEM.encode()).decode()
FILE = f"""\
# our cluster
nodes:
  - address: 10.0.1.11   # the first
    user: rancher
    role: [controlplane,etcd,worker]
    ssh_key: |
      {PEM.strip().replace(chr(10), chr(10) + "      ")}

    # the port stays
    port: 22
private_registries:
  - url: r.example.com
    user: pull
    password: 'hunter''2 #x'  # change it
weird:   {{password: "other-pw", more: 1}}
network:
    weave_network_provider: {{password: weave-pw}}
services:
  etcd: {{snapshot: true, creation: 6h, retention: 24h}}
  kube-api:
    secrets_encryption_config:
      custom_config: {{resources: [{{providers: [{{aescbc: {{keys: [{{name: k1, secret: ZW5jcnlwdGlvbg==}}]}}}}]}}]}}
addons: |-
  ---
  # the certificate
  kind: Secret
  apiVersion: v1
  metadata: {{name: cattle-keys-ingress, namespace: cattle-system}}
  data:
    tls.crt:   {encoded(ca_text())}
    tls.key: {TLS}   # private
  ---
  kind: Deployment
  apiVersion: apps/v1
  metadata: {{name: cattle, namespace: cattle-system}}
  spec:
    template:
      spec:
        containers:
        - image: r.example.com/rancher/rancher:v2.0.8
          args: [--no-cacerts]
          env:
          - name: HTTP_PROXY
            value: "http://u:proxy-pw@proxy:3128"
          - {{name: DB_PASSWORD, value: "db-pw"}}
  ---
  kind: Ingress
  apiVersion: extensions/v1beta1
  metadata: {{name: cattle-ingress-http, namespace: cattle-system}}
  spec: {{rules: [{{host: rancher.example.com}}], tls: [{{hosts: [rancher.example.com], secretName: cattle-keys-ingress}}]}}
"""
HIDDEN = ("AAAA", "hunter", "other-pw", "weave-pw", "ZW5jcnlwdGlvbg==", TLS, "proxy-pw", "db-pw")


def taken(text: str = FILE) -> tuple[ReadFile, InstallState]:
    found = read(text.encode(), "rancher-cluster.yml")
    assert found.state is not None, found.findings
    return found, found.state


def written(found: ReadFile, state: InstallState) -> str:
    secrets: dict[str, Any] = {f"secret:{name}": value for name, value in found.secrets.items()}
    return compose(state, secret=lambda name: secrets.get(name, name), rke="v0.1.16")


@pytest.mark.parametrize("hidden", HIDDEN)
def test_no_secret_of_the_file_or_its_addons_is_in_the_state(hidden: str) -> None:
    assert hidden in FILE
    found, state = taken()
    assert hidden not in state.model_dump_json()
    assert any(hidden in value for value in found.secrets.values())


def test_a_file_that_is_not_edited_comes_out_as_it_went_in() -> None:
    found, state = taken()
    assert written(found, state) == FILE.replace("{password: weave-pw}", '{password: "weave-pw"}').replace(
        "secret: ZW5jcnlwdGlvbg==", 'secret: "ZW5jcnlwdGlvbg=="'
    )


def test_an_edit_changes_its_own_lines_and_no_others() -> None:
    found, state = taken()
    before = written(found, state)
    after = written(found, state.model_copy(update={"fqdn": "new.example.com"}))
    assert after != before
    for old, new in zip(before.split("\n"), after.split("\n"), strict=True):
        assert old == new or "new.example.com" in new
    assert "rancher.example.com" not in after


def test_a_password_of_a_proxy_is_a_reference_and_the_rest_of_the_environment_stays() -> None:
    found, state = taken()
    assert state.options.proxy.http.startswith("secret:")
    other = state.options.model_copy(update={"proxy": Proxy(http="http://other:3128", no_proxy="localhost")})
    text = written(found, state.model_copy(update={"options": other}))
    assert 'value: "http://other:3128"' in text
    assert '{name: DB_PASSWORD, value: "db-pw"}' in text


@pytest.mark.parametrize("hidden", HIDDEN)
def test_nothing_of_it_is_shown(hidden: str) -> None:
    lines = masked(FILE)
    assert len(lines) == len(FILE.split("\n"))
    assert hidden not in "\n".join(lines)
    broken = FILE.replace("user: rancher", "user: [rancher")
    if hidden not in ("ZW5jcnlwdGlvbg==", "proxy-pw", "db-pw", "other-pw", "weave-pw"):
        assert hidden not in "\n".join(masked(broken)), "a file that is no YAML is masked by its lines"


def test_a_certificate_is_public_and_shown() -> None:
    assert encoded(ca_text()) in "\n".join(masked(FILE))


def test_another_password_is_a_difference_without_the_passwords() -> None:
    lines = shown(FILE, FILE.replace("hunter''2", "hunter3"), "exported", "now")
    changed = [line for line in lines[2:] if line[:1] in "+-"]
    assert changed == [f"-    password: {MASK}  # change it", f"+    password: {MASK}  # change it"]
    assert shown(FILE, FILE, "exported", "now") == []


@pytest.mark.parametrize("form", ["addons: >\n", 'addons: "'])
def test_addons_of_another_style_hide_their_secrets_too(form: str) -> None:
    body = f"kind: Secret\n\napiVersion: v1\n\nmetadata: {{name: a}}\n\ndata: {{tls.key: {TLS}}}\n"
    if form.endswith(">\n"):
        text = "cluster_name: a\n" + form + "".join(f"  {line}\n" if line else "\n" for line in body.split("\n"))
    else:
        text = (
            "cluster_name: a\n" + form + body.replace("\n\n", "\\n\\\n  ").replace("\n", "\n", 1).rstrip() + '"\n'
        )
    found, state = taken(text)
    assert TLS not in state.cluster_file_source
    assert TLS in found.secrets.values()


def test_an_edit_of_a_file_of_many_hosts_keeps_its_hand_too() -> None:
    node = "  - {{address: 10.0.{a}.{b}, user: rancher,role: [controlplane,etcd,worker]}}   # {n}\n"
    nodes = "".join(node.format(a=n // 250, b=n % 250 + 1, n=n) for n in range(220))
    text = FILE[: FILE.index("  - address")] + nodes + FILE[FILE.index("private_registries") :]
    found, state = taken(text)
    before = written(found, state)
    after = written(found, state.model_copy(update={"fqdn": "new.example.com"}))
    changed = [new for old, new in zip(before.split("\n"), after.split("\n"), strict=True) if old != new]
    assert changed
    assert all("new.example.com" in line for line in changed)


CERT = "ssh-ed25519-cert-v01@openssh.com AAAAcert of-the-node"
BEHIND = f"""\
ssh_cert_path: ~/.ssh/all-cert.pub
bastion_host:
  address: gate.example.com
  user: jump
  ssh_key: |
    {PEM.strip().replace(chr(10), chr(10) + "    ")}
  ssh_cert: "{CERT}"
  ssh_cert_path: ~/.ssh/gate-cert.pub
"""


def test_keys_and_certificates_of_bastion_and_nodes_are_references_and_come_back() -> None:
    text = FILE.replace("    user: rancher\n", f'    user: rancher\n    ssh_cert: "{CERT}"\n') + BEHIND
    found, state = taken(text)
    bastion, node = state.options.bastion, state.nodes[0]
    assert "AAAA" not in state.model_dump_json()
    for reference, value in (
        *((bastion.ssh_key, PEM), (bastion.ssh_cert, CERT)),
        *((node.ssh_key, PEM), (node.ssh_cert, CERT)),
    ):
        assert found.secrets[reference.removeprefix("secret:")].strip() == value.strip()
    assert (state.options.ssh_cert_path, bastion.ssh_cert_path) == ("~/.ssh/all-cert.pub", "~/.ssh/gate-cert.pub")
    assert BEHIND in written(found, state)


def test_a_row_or_bastion_with_a_key_of_many_lines_can_be_edited() -> None:
    found, state = taken(FILE + BEHIND)
    nodes = (state.nodes[0].model_copy(update={"port": "2222"}),)
    options = state.options.model_copy(
        update={"bastion": state.options.bastion.model_copy(update={"user": "other"})}
    )
    text = written(found, state.model_copy(update={"nodes": nodes, "options": options}))
    again, edited = taken(text)
    assert (edited.nodes[0].port, edited.options.bastion.user) == ("2222", "other")
    keys = [value.strip() for value in again.secrets.values() if "BEGIN" in value]
    assert keys == [PEM.strip()] * 2


@pytest.mark.parametrize(
    "text",
    [
        "password: {a: hunter2\n",
        "a: 'hunter2\n",
        "? {password: hunter2}\n: [hunter2\n",
        "a: |\n  b\n c: hunter2\n",
    ],
)
def test_what_cannot_be_edited_is_told_by_its_line_and_not_by_its_text(text: str) -> None:
    with pytest.raises(YAMLError) as refused:
        roundtrip.load(text)
    told = roundtrip.trouble(refused.value)
    assert "hunter" in str(refused.value)
    assert "hunter" not in told
    assert "(line " in told
