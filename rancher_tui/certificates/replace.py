"""How certificate or CA are replaced later, for this install's values (Rancher v2.0.8)."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from rancher_tui.i18n import EMPTY, Message, msg


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and the command for it where there is one."""

    text: Message
    command: str = ""
    why: Message = EMPTY


def advice(
    *,
    new_ca: bool,
    fqdn: str,
    certificate_path: str,
    key_path: str,
    reload_command: str = "nginx -s reload",
    ca_path: str = "ca.pem",
    checksum: str = "",
    port: str = "443",
) -> list[Step]:
    """What to do in order. With the same CA agents need nothing; a new CA must reach Rancher, then every agent.

    Without paths nothing is put onto the load balancer: its reload command brings the files.
    """
    name, ca = fqdn or "FQDN", shlex.quote(ca_path)
    key, certificate = shlex.quote(key_path), shlex.quote(certificate_path)
    files = Step(
        msg("put the new chain and key on the load balancer"),
        f"install -m 600 new.key {key} && install -m 644 new.crt {certificate}",
    )
    balancer = [
        *([files] if certificate_path and key_path else []),
        Step(msg("let it read them"), reload_command),
        Step(
            msg("look at what is served now"),
            f"rancher-tui cert --connect {name}:{port} --ca {ca} --fqdn {name}",
        ),
    ]
    place = name if port == "443" else f"{name}:{port}"
    return [*balancer, *_for_new_ca(place, ca, checksum)] if new_ca else balancer


def _for_new_ca(place: str, ca_path: str, checksum: str) -> list[Step]:
    system = "kubectl --kubeconfig kube_config_rancher-cluster.yml -n cattle-system"
    data = f'{{"data":{{"cacerts.pem":"\'$(base64 -w0 < {ca_path})\'"}}}}'
    agents = "daemonset/cattle-node-agent deployment/cattle-cluster-agent"
    return [
        Step(
            msg("give Rancher the new CA, in the Secret cattle-keys-server"),
            f"{system} patch secret cattle-keys-server -p '{data}'",
            msg("put it into rancher-cluster.yml too, or the next rke up brings the old one back"),
        ),
        Step(
            msg("restart Rancher: it reads the Secret at start only"),
            f"{system} delete pod -l app=cattle",
        ),
        Step(
            msg("compare the sum that agents will compare"),
            f"curl -sk https://{place}/v3/settings/cacerts | jq -r .value | sha256sum",
            msg("it must be {sum}", sum=checksum) if checksum else EMPTY,
        ),
        Step(
            msg("give every cluster's agents the new sum"),
            f"kubectl -n cattle-system set env {agents} CATTLE_CA_CHECKSUM={checksum or 'SUM'}",
            msg("run it with each cluster's own kubeconfig; until then its agents are cut off"),
        ),
    ]
