"""A session with everything that a backup holds, each secret a canary that can be looked for."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path

from rancher_tui.certificates.make import make_pair
from rancher_tui.install.session import Home, Session
from rancher_tui.install.state import (
    Bastion,
    Certificates,
    InstallState,
    Node,
    Options,
    Proxy,
    Registry,
    Rke,
    Snapshots,
)
from rancher_tui.install.store import Store

Call = Callable[..., tuple[int, str, str]]
"""A command line called; exit code, standard output, standard error."""

CANARIES = {
    "registry": "c4nary-registry-Pw",
    "s3": "c4nary-s3-secret+key/=",
    "proxy": "c4naryProxyPass word&pw",
    "inline-key": "c4naryInlineKeyBodyLine0123456789abcdef",
    "gate-key": "c4naryBastionKeyBodyLine0123456789abcdef",
    "gate-cert": "c4naryBastionCertificate0123456789abcdef",
    "kube-key": "c4naryKubeKeyBodyLine0123456789abcdefgh",
    "kube-token": "c4nary-kube-token-0123456789",
    "state-key": "c4naryStateFileKeyBody0123456789abcdef",
    "ssh-key": "c4narySshKeyFileBody0123456789abcdefghi",
    "server-key": "c4naryServerKeyBody0123456789abcdefghij",
    "log-token": "c4naryLogToken0123456789",
    "log-password": "c4nary-log-password",
    "error": "c4nary-error-password",
    "argument": "c4naryArgumentToken0123",
}
"""What is planted where: none of it may leave a session but in a backup."""


def pem(body: str) -> str:
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n{body[::-1]}\n-----END RSA PRIVATE KEY-----\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def kubeconfig() -> str:
    """As rke writes it, with a key that is a canary."""
    return (
        "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority-data: "
        f"{encoded('-----BEGIN CERTIFICATE-----')}\n    server: https://10.0.1.11:6443\n  name: local\n"
        "users:\n- name: kube-admin-local\n  user:\n    client-certificate-data: "
        f"{encoded('-----BEGIN CERTIFICATE-----')}\n    client-key-data: {encoded(pem(CANARIES['kube-key']))}\n"
        f"    token: {CANARIES['kube-token']}\n"
    )


def rke_state() -> str:
    key = pem(CANARIES["state-key"]).replace("\n", "\\n")
    bundle = f'{{"kube-ca": {{"certificatePEM": "x", "keyPEM": "{key}"}}}}'
    return f'{{"desiredState": {{"certificatesBundle": {bundle}}}, "currentState": {{}}}}'


def planted(home: Home, folder: Path, name: str = "prod") -> Session:
    """A session after a run, with a canary in every input and in every outside source's words."""
    folder.mkdir(parents=True, exist_ok=True)
    pair = make_pair("rancher.example.com")
    files = {
        "chain.pem": pair.chain.decode(),
        "ca.pem": pair.ca.decode(),
        "key.pem": pem(CANARIES["server-key"]),
        "id_rsa": pem(CANARIES["ssh-key"]),
    }
    for file, text in files.items():
        (folder / file).write_text(text)
    session = home.create(name)
    store = Store(InstallState(), session)
    node = Node(address="10.0.1.11", user="rancher", ssh_key_path=str(folder / "id_rsa"))
    store.edit(
        "everything",
        lambda state: state.model_copy(
            update={
                "fqdn": "rancher.example.com",
                "template": "external-certificate",
                "nodes": (
                    node,
                    node.model_copy(update={"address": "10.0.1.12", "ssh_key": pem(CANARIES["inline-key"])}),
                ),
                "certificates": Certificates(
                    chain_path=str(folder / "chain.pem"),
                    key_path=str(folder / "key.pem"),
                    ca_path=str(folder / "ca.pem"),
                ),
                "rke": Rke(version="v0.2.8"),
                "etcd": Snapshots(s3_bucket="bucket", s3_secret_key=CANARIES["s3"]),
                "options": Options(
                    registry=Registry(url="registry:5000", user="ops", password=CANARIES["registry"]),
                    bastion=Bastion(
                        address="gate.example.com",
                        user="ops",
                        ssh_key=pem(CANARIES["gate-key"]),
                        ssh_cert=CANARIES["gate-cert"],
                    ),
                    proxy=Proxy(http=f"http://ops:{CANARIES['proxy']}@proxy:3128"),
                ),
            }
        ),
    )
    cluster = session.cluster_folder
    (cluster / "rancher-cluster.yml").write_text(
        f"nodes:\n- address: 10.0.1.11\n  user: rancher\n  role: [controlplane, etcd, worker]\nprivate_registries:\n- url: registry:5000\n  user: ops\n  password: {CANARIES['registry']}\n"
    )
    (cluster / "kube_config_rancher-cluster.yml").write_text(kubeconfig())
    (cluster / "rancher-cluster.rkestate").write_text(rke_state())
    (session.path / "known_hosts").write_text("10.0.1.11 ssh-ed25519 AAAA\n")
    (session.path / "errors.log").write_text(f"Traceback: login with password={CANARIES['error']} failed\n")
    run = session.runs_folder / "0001-20261123T072151Z"
    run.mkdir()
    (run / "status.json").write_text(
        f'{{"argv": ["/usr/bin/rke", "up", "--token", "token-abcde:{CANARIES["argument"].lower()}"], "exit_code": 0, "ended": "2026-11-23T07:25:51Z", "started": "2026-11-23T07:21:51Z"}}'
    )
    lines = (
        f'time="2026-11-23T07:21:51Z" level=info msg="registry http://ops:{CANARIES["log-password"]}@registry:5000"\n'
        f'time="2026-11-23T07:21:52Z" level=error msg="Authorization: Bearer {CANARIES["log-token"]}"\n'
        f'time="2026-11-23T07:21:53Z" level=info msg="{encoded(pem(CANARIES["state-key"]))}"\n'
        f'time="2026-11-23T07:21:54Z" level=info msg="secret is {CANARIES["s3"]}"\n'
    )
    (run / "rke.log").write_text(lines)
    session.close()
    return session


def forms(value: str) -> list[bytes]:
    """The ways in which a canary may be found in an output."""
    return [value.encode(), encoded(value).encode(), encoded(pem(value)).encode()[:120], os.fsencode(value[::-1])]
