"""`cert-replace`: how certificate or CA are replaced later, with this install's values."""

from __future__ import annotations

import json

from tests.unit.backup_case import Call


def test_a_certificate_of_the_same_ca_concerns_the_load_balancer_alone(call: Call) -> None:
    call("new", "trial")
    call("set", "trial", "fqdn=rancher.example.org", "balancer.kind=haproxy")
    code, out, _err = call("cert-replace", "trial")
    assert code == 0
    assert "rancher-tui cert --connect rancher.example.org:443" in out
    assert "systemctl reload haproxy" in out
    assert "cattle-keys-server" not in out


def test_a_new_ca_goes_to_rancher_then_to_every_agent(call: Call) -> None:
    call("new", "trial")
    call("set", "trial", "fqdn=rancher.example.org")
    code, out, _err = call("cert-replace", "trial", "--new-ca", "--json")
    told = json.loads(out)
    commands = " ".join(step["command"] for step in told["steps"])
    assert (code, told["new_ca"]) == (0, True)
    places = [
        commands.index(word) for word in ("--connect", "cattle-keys-server", "delete pod", "CATTLE_CA_CHECKSUM")
    ]
    assert places == sorted(places)
