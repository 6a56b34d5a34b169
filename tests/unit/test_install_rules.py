"""Every code of the rules: given by the input that it is for, and not by one that only looks like it."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import SCREEN
from rancher_tui.install import paths, rules
from rancher_tui.install.field_rules import fqdn_problem
from rancher_tui.install.state import InstallState, Node
from tests.unit.install_fields import FIELDS

GOOD = InstallState(
    template="external-certificate",
    nodes=tuple(Node(address=f"10.0.0.{last}", user="ubuntu") for last in (11, 12, 13)),
    fqdn="rancher.example.com",
)
GOOD = paths.put(GOOD, "balancer.address", "10.0.0.10")


def with_(**fields: str) -> InstallState:
    """The good install with fields typed over: dots as two underscores, `n` and a number for a node."""
    state = GOOD
    for name, text in fields.items():
        state = paths.put(
            state, name.replace("__", ".").replace("n0.", "nodes.0.").replace("n1.", "nodes.1."), text
        )
    return state


def judged(state: InstallState) -> set[tuple[str, str]]:
    """Code and status of everything said about a state."""
    return {(finding.code, finding.status.value) for finding in rules.all_findings(state)}


def test_a_good_install_gets_no_complaint() -> None:
    assert judged(GOOD) == {("roles", "pass")}


@pytest.mark.parametrize(("code", "status", "typed", "expected"), FIELDS)
def test_a_field(code: str, status: str, typed: dict[str, str], expected: bool) -> None:
    said = judged(with_(**typed))
    assert ((code, status) in said) is expected
    if expected and status == "fail":
        state = with_(**typed)
        fails = [finding for finding in rules.all_findings(state) if finding.status is Status.FAIL]
        assert {finding.code for finding in fails} - {
            f"no-{role}" for role in ("etcd", "controlplane", "worker")
        } == {code}, "one cause gives one red line"


def test_versions_judged_with_the_template_and_the_options() -> None:
    old = with_(rancher_version="v2.0.0", template="external-recognized-ca")
    assert ("no-cacerts-unknown", "fail") in judged(old)
    assert ("no-cacerts-unknown", "fail") not in judged(with_(rancher_version="v2.0.0"))
    assert ("no-cacerts-unknown", "fail") not in judged(paths.put(old, "rancher_version", "v2.0.1"))
    assert ("audit-unknown", "warn") in judged(with_(rancher_version="v2.0.6", options__audit__level="1"))
    assert ("audit-unknown", "warn") not in judged(with_(rancher_version="v2.0.7", options__audit__level="1"))
    assert ("audit-unknown", "warn") not in judged(with_(rancher_version="v2.0.6", options__audit__level="0"))


def test_a_ca_file_beside_a_recognized_ca_is_a_warning() -> None:
    assert ("ca-not-used", "warn") in judged(with_(template="external-recognized-ca", certificates__ca_path="/ca"))
    assert ("ca-not-used", "warn") not in judged(with_(certificates__ca_path="/ca"))


def test_a_balancer_on_a_node_is_judged_by_the_ports_of_the_ingress() -> None:
    apart = {"balancer__address": "10.0.0.11", "balancer__http_port": "8080", "balancer__https_port": "8443"}
    assert ("balancer-on-node", "fail") not in judged(with_(**apart))
    assert ("balancer-on-node", "fail") in judged(with_(**{**apart, "balancer__https_port": "443"}))


def test_snapshots_that_are_off_are_not_judged() -> None:
    assert ("bad-duration", "fail") not in judged(with_(etcd__enabled="no", etcd__creation="x"))


def nodes(*rows: dict[str, Any]) -> InstallState:
    return InstallState(nodes=tuple(Node(**{"user": "ubuntu", **row}) for row in rows))


def subjects(state: InstallState, code: str) -> list[str]:
    return [finding.subject for finding in rules.findings(state, 6) if finding.code == code]


def test_duplicates_are_named_at_the_later_row() -> None:
    same = nodes(
        {"address": "10.0.0.1"}, {"address": "10.0.0.2"}, {"address": "10.0.0.1"}, {"address": "10.0.0.1"}
    )
    assert subjects(same, "duplicate-address") == ["3 address", "4 address"]
    named = nodes({"address": "a", "hostname_override": "N"}, {"address": "b", "hostname_override": "n"})
    assert subjects(named, "duplicate-hostname") == ["2 hostname_override"]
    assert subjects(nodes({"address": "a"}, {"address": "b", "hostname_override": "A"}), "duplicate-hostname") == [
        "2 hostname_override"
    ]
    inner = nodes(
        {"address": "a", "internal_address": "10.1.0.1"}, {"address": "b", "internal_address": "10.1.0.1"}
    )
    assert subjects(inner, "duplicate-internal-address") == ["2 internal_address"]


def test_what_only_looks_like_a_duplicate_is_none() -> None:
    apart = nodes(
        {"address": "10.0.0.1", "internal_address": "10.1.0.1"},
        {"address": "10.0.0.11", "internal_address": "10.1.0.11"},
        {"address": "10.1.0.1"},
        {"address": ""},
        {"address": ""},
    )
    codes = {finding.code for finding in rules.findings(apart, 6)}
    assert not {code for code in codes if code.startswith("duplicate")}


@pytest.mark.parametrize(
    ("etcd", "code"),
    [
        (0, "no-etcd"),
        (1, "single-etcd"),
        (2, "even-etcd"),
        (3, None),
        (4, "even-etcd"),
        (5, None),
        (6, "even-etcd"),
    ],
)
def test_counts_of_etcd_nodes(etcd: int, code: str | None) -> None:
    rows = [
        {"address": f"10.0.0.{row}", "roles": ("controlplane", "worker", *(("etcd",) if row <= etcd else ()))}
        for row in range(1, 8)
    ]
    found = {finding.code for finding in rules.findings(nodes(*rows), 6) if finding.subject == "nodes"}
    assert found & {"no-etcd", "single-etcd", "even-etcd"} == ({code} if code else set())


@pytest.mark.parametrize("role", ["controlplane", "etcd", "worker"])
def test_each_role_is_needed_once(role: str) -> None:
    others = tuple(other for other in ("controlplane", "etcd", "worker") if other != role)
    lacking = nodes({"address": "a", "roles": others})
    assert (f"no-{role}", "fail") in judged(lacking)
    assert (f"no-{role}", "fail") not in judged(
        nodes({"address": "a", "roles": others}, {"address": "b", "roles": (role,)})
    )


def test_what_is_missing_is_said_in_words() -> None:
    empty = InstallState(rancher_version="")
    for step in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12):
        assert str(rules.missing(empty, step)), step
    assert rules.missing(empty, 4).template == ""
    full = paths.put(paths.put(GOOD, "certificates.chain_path", "/c"), "certificates.ca_path", "/ca")
    assert not any(rules.missing(full, step) for step in range(1, 13))
    one, many = (
        nodes({"address": "a", "user": " "}),
        nodes(*({"address": f"h{row}", "user": ""} for row in range(9))),
    )
    assert str(rules.missing(one, 6)) == "node 1 has no user"
    assert str(rules.missing(many, 6)) == "nodes 1, 2, 3, 4, 5 and 4 more have no user"


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        ["{", "}", "{x}", "{0}", "%s", "\x00", "\x1b[2J", "\u202egnp", "\u200b", "[bold]", "\ud800", "9" * 10_000]
    ),
    st.text(alphabet="0123456789.:/-[]vh ~%", max_size=30),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=3), st.integers(1, 20_000)),
)
PATHS = paths.leaves(GOOD)


@settings(max_examples=250, deadline=None)
@given(typed=st.dictionaries(st.sampled_from(PATHS), HOSTILE, max_size=6))
def test_no_text_makes_the_rules_fail_or_repeat_themselves(typed: dict[str, str]) -> None:
    state = GOOD
    for path, text in typed.items():
        value: Any = paths.get(GOOD, path)
        if not isinstance(value, bool):
            state = paths.replace(state, path, (text,) if isinstance(value, tuple) else text)
    found = list(rules.all_findings(state))
    for finding in found:
        well_said(finding)
    for step in range(1, 13):
        assert isinstance(str(rules.missing(state, step)), str)
    counted = Counter((finding.code, finding.subject) for finding in found)
    assert set(counted.values()) == {1}, "a code appears once a subject"


def well_said(finding: Finding) -> None:
    told = finding.to_json()
    assert told["title"]
    for message in (finding.title, finding.detail, finding.remedy):
        assert str(message) == message.english
        for placeholder in message.arguments.keys() - ({SCREEN, "number"} if message.plural else {SCREEN}):
            assert f"{{{placeholder}" in message.template
    assert told["check"]
    assert 1 <= told["step"] <= 12
    assert Finding.restore(finding.record()).to_json() == told


@pytest.mark.parametrize("same", [False, True])
def test_a_thousand_nodes_are_judged_in_time_that_grows_with_their_number(same: bool) -> None:
    def table(size: int) -> InstallState:
        return nodes(*({"address": "h" if same else f"h{row}"} for row in range(size)))

    def seconds(state: InstallState) -> float:
        taken = []
        for _ in range(3):
            began = time.process_time()
            list(rules.findings(state, 6))
            taken.append(time.process_time() - began)
        return min(taken)

    small, big = seconds(table(500)), seconds(table(4000))
    assert big < 8 * small * 3 + 0.02, "eight times the nodes, eight times the work (and room for noise)"


@pytest.mark.parametrize(
    ("to", "codes"),
    [
        ("", []),
        ("/mnt/safe", []),
        ("sftp://ops@safe/backups", []),
        ("secret:copies.to", []),
        ("http://safe/backups", ["bad-copy-place"]),
        ("sftp://", ["bad-copy-place"]),
        ("sftp://safe:99999/x", ["bad-copy-place"]),
        ("sftp://[::1/x", ["bad-copy-place"]),
    ],
)
def test_where_a_second_copy_may_go(to: str, codes: list[str]) -> None:
    from rancher_tui.install.state import Copies

    assert [finding.code for finding in rules.findings(InstallState(copies=Copies(to=to)), 12)] == codes


@pytest.mark.parametrize(("kind", "codes"), [("", []), ("osc9", []), ("growl", ["unknown-message"])])
def test_which_message_of_the_terminal_there_is(kind: str, codes: list[str]) -> None:
    from rancher_tui.install.state import Notice

    assert [finding.code for finding in rules.findings(InstallState(notice=Notice(terminal=kind)), 11)] == codes


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://rancher.example.com/", "rancher.example.com"),
        ("HTTPS://Rancher.Example.com:8443/dashboard", "rancher.example.com"),
        ("Rancher.Example.COM", "rancher.example.com"),
        ("rancher.example.com.", "rancher.example.com"),
        (" rancher.example.com", "rancher.example.com"),
        ("rancher.example.com:443", "rancher.example.com"),
        ("ränch.example.com", "xn--rnch-loa.example.com"),
    ],
)
def test_the_remedy_of_a_wrong_name_is_the_one_that_was_meant(typed: str, meant: str) -> None:
    problem = fqdn_problem(typed)
    assert problem is not None and problem[2].english == meant


@pytest.mark.parametrize(
    "typed", ["rancher", "*.example.com", "10.0.0.1", "rancher_x.example.com", "https://", "a b.c"]
)
def test_where_no_name_is_meant_the_remedy_says_what_is_wanted(typed: str) -> None:
    problem = fqdn_problem(typed)
    assert problem is not None and problem[2].english not in ("", typed)


@pytest.mark.parametrize("address", ["10.9.8.11g6", "10.9.8.l1", "1O.9.8.11"])
def test_an_address_with_a_slip_is_told_where_it_stands(address: str) -> None:
    state = with_(n0__address=address)
    found = [finding for finding in rules.all_findings(state) if finding.code == "address-slip"]
    assert [(finding.status, finding.subject) for finding in found] == [(Status.WARN, "1 address")]


@pytest.mark.parametrize("address", ["node1.10.9.example", "10.9.8.11", "a.b.c.d", "1.2.3.example.com"])
def test_a_name_with_numbers_is_no_address_with_a_slip(address: str) -> None:
    assert "address-slip" not in {code for code, _status in judged(with_(n0__address=address))}


@pytest.mark.parametrize("name", ["RANCHER_1.x", "RANCHER", "rancher_1.x.", "-Rancher.example.com"])
def test_no_remedy_for_an_fqdn_is_a_name_that_is_refused_itself(name: str) -> None:
    problem = fqdn_problem(name)
    assert problem is not None and problem[0] in ("fqdn-syntax", "fqdn-not-qualified")
    assert str(problem[2]) != name.lower().rstrip(".")
