"""Where the twelve steps stand: a pure function of the inputs and the reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import paths, steps
from rancher_tui.install.state import Change, Cursor, InstallState, Node
from rancher_tui.install.steps import STEPS, StepStatus, inputs_digest, judge

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATE = InstallState(
    template="external-certificate",
    fqdn="rancher.example.com",
    nodes=tuple(Node(address=f"10.0.0.{last}", user="ubuntu") for last in (1, 2, 3)),
)
for _path, _text in (
    ("balancer.address", "10.0.0.10"),
    ("certificates.chain_path", "/chain.pem"),
    ("certificates.ca_path", "/ca.pem"),
):
    STATE = paths.put(STATE, _path, _text)


def report(check: str, *statuses: Status, state: InstallState = STATE, age: timedelta = timedelta()) -> Report:
    findings = tuple(
        Finding(status, f"code-{number}", "subject", msg("observed {n}", n=number), check=check)
        for number, status in enumerate(statuses)
    )
    return Report(check, findings, digest=inputs_digest(state, check), taken_at=NOW - age)


def standing(number: int, *reports: Report, state: InstallState = STATE) -> StepStatus:
    return judge(STEPS[number - 1], state, {item.check: item for item in reports}, NOW).status


def test_the_twelve_are_those_of_the_guide() -> None:
    slugs = "hosts balancer dns rke template nodes certificates fqdn version backup-config run backup-result"
    assert " ".join(item.slug for item in STEPS) == slugs
    assert [item.number for item in STEPS] == list(range(1, 13))
    assert steps.step("3") is steps.step("dns") is STEPS[2]
    assert steps.step("13") is steps.step("DNS") is None


@pytest.mark.parametrize("item", STEPS, ids=lambda item: item.slug)
def test_every_step_goes_from_ready_to_done_to_stale_and_can_fail(item: steps.Step) -> None:
    assert standing(item.number) is StepStatus.READY
    passed = [report(check, Status.PASS, Status.WARN) for check in item.checks]
    assert standing(item.number, *passed) is StepStatus.DONE
    other = STATE.model_copy(
        update={
            "fqdn": "other.example.com",
            "nodes": STATE.nodes[:1],
            "template": "external-recognized-ca",
            "rke": STATE.rke.model_copy(update={"version": "v0.1.16"}),
        }
    )
    stale = [report(check, Status.PASS, state=other) for check in item.checks]
    assert standing(item.number, *stale) is StepStatus.STALE
    assert standing(item.number, *passed[:-1], report(item.checks[-1], Status.FAIL)) is StepStatus.FAILED
    assert standing(item.number, *passed[:-1], report(item.checks[-1], Status.UNKNOWN)) is StepStatus.READY


def test_a_missing_input_comes_before_everything() -> None:
    empty = STATE.model_copy(update={"fqdn": " "})
    assert standing(8, report("fqdn", Status.FAIL, state=empty), state=empty) is StepStatus.TODO


def test_a_rule_that_fails_makes_the_step_fail_without_any_check() -> None:
    wrong = STATE.model_copy(update={"fqdn": "10.0.0.1"})
    judged = judge(STEPS[7], wrong, {}, NOW)
    assert judged.status is StepStatus.FAILED
    assert judged.note.english == "fqdn: Kubernetes refuses an IP address as host of an Ingress"


def test_a_fail_for_other_inputs_is_no_fail_of_these() -> None:
    other = STATE.model_copy(update={"fqdn": "other.example.com"})
    assert standing(3, report("dns", Status.FAIL, state=other)) is StepStatus.READY


def test_one_of_two_checks_proves_nothing_yet() -> None:
    assert standing(10, report("cluster-file", Status.PASS)) is StepStatus.READY


def test_one_current_and_one_outdated_check_make_a_step_stale() -> None:
    other = STATE.model_copy(update={"fqdn": "other.example.com"})
    assert (
        standing(10, report("cluster-file", Status.PASS), report("backup-config", Status.PASS, state=other))
        is StepStatus.STALE
    )


def test_a_report_that_found_nothing_proves_nothing() -> None:
    assert standing(3, report("dns")) is StepStatus.READY


def test_the_age_of_a_proof_older_than_a_day_shows() -> None:
    old = judge(STEPS[2], STATE, {"dns": report("dns", Status.PASS, age=timedelta(days=3))}, NOW)
    assert (old.status, old.note.english) == (StepStatus.DONE, "proven 3 days ago")
    fresh = judge(STEPS[2], STATE, {"dns": report("dns", Status.PASS, age=timedelta(hours=23))}, NOW)
    assert fresh.note.english == "observed 0"


def test_problems_come_gravest_first_with_their_steps() -> None:
    reports = {"dns": report("dns", Status.WARN, Status.UNKNOWN), "rke": report("rke", Status.PASS, Status.FAIL)}
    found = steps.problems(steps.overview(STATE, reports, NOW))
    assert [(step.slug, finding.status.value) for step, finding in found] == [
        ("rke", "fail"),
        ("dns", "unknown"),
        ("dns", "warn"),
    ]


def test_a_damaged_report_of_another_check_is_harmless() -> None:
    stray = report("dns", Status.PASS)
    assert judge(STEPS[3], STATE, {"rke": stray}, NOW).status in (StepStatus.READY, StepStatus.STALE)


def affected(path: str, text: str) -> set[str]:
    """The checks whose digest changes when a field does."""
    changed = paths.put(STATE, path, text)
    return {check for check in steps.INPUTS if inputs_digest(changed, check) != inputs_digest(STATE, check)}


FILE = {"cluster-file", "backup-config"}


@pytest.mark.parametrize(
    ("path", "checks"),
    [
        ("label", set()),
        ("dns.servers", {"dns"}),
        ("balancer.kind", {"balancer", "template"}),
        ("balancer.address", {"balancer", "dns"}),
        ("rke.binary", {"rke"}),
        ("rke.version", {"rke", "version", *FILE}),
        ("nodes.1.labels", {"preflight", "balancer", "verdict", "backup-result", *FILE}),
        ("nodes.1.port", {"preflight", "docker-ps", "ports", "balancer", "verdict", "backup-result", *FILE}),
        ("nodes.1.roles", {"preflight", "ports", "balancer", "verdict", "backup-result", *FILE}),
        ("options.bastion.address", {"preflight", "docker-ps", "ports", "verdict", *FILE}),
        ("options.cluster_name", {"verdict", *FILE}),
        ("etcd.creation", {"verdict", *FILE}),
        ("certificates.chain_path", {"template", "certificates", "verdict", *FILE}),
        ("fqdn", {"balancer", "dns", "certificates", "fqdn", "verdict", "backup-result", *FILE}),
        ("cluster_file_source", FILE),
    ],
)
def test_a_digest_changes_exactly_with_what_its_check_judges(path: str, checks: set[str]) -> None:
    assert affected(path, "9") == checks


def test_every_field_that_proves_something_is_the_input_of_some_check() -> None:
    """How it is shown, how long a run may be quiet, who is told and where second copies go prove nothing."""
    deaf = set()
    for path in paths.leaves(STATE):
        value = paths.get(STATE, path)
        if not affected(path, "false" if value is True else "true" if value is False else "changed"):
            deaf.add(path)
    assert {path for path in deaf if not path.startswith(("notice.", "copies."))} == {"label", "rke.quiet_limit"}


def test_moving_about_undoing_and_redoing_make_nothing_stale() -> None:
    moved = STATE.model_copy(
        update={"cursor": Cursor(row=3), "history": (Change(name="x"),), "future": (Change(name="y"),)}
    )
    assert all(inputs_digest(moved, check) == inputs_digest(STATE, check) for check in steps.INPUTS)


def test_checks_of_steps_are_those_with_inputs() -> None:
    assert {check for item in STEPS for check in (*item.checks, *item.also)} == set(steps.INPUTS)


def judged_lines(state: InstallState, check: str, findings: tuple[Finding, ...]) -> Report:
    """A report about nodes, which says what it judged of each."""
    digests = steps.line_digests(state, check)
    lines = {
        f"node {row} {node.address}": {"digest": digest, "taken_at": NOW.isoformat()}
        for row, (node, digest) in enumerate(zip(state.nodes, digests, strict=True), 1)
    }
    return Report(check, findings, {"lines": lines}, inputs_digest(state, check), NOW, 1)


def about(row: int, status: Status) -> Finding:
    return Finding(status, "memory", f"node {row} {STATE.nodes[row - 1].address}", msg("4 GiB"))


def test_a_changed_line_makes_that_node_stale_and_no_other() -> None:
    report = judged_lines(STATE, "preflight", (about(1, Status.PASS), about(2, Status.PASS)))
    assert judge(STEPS[0], STATE, {"preflight": report}, NOW).status is StepStatus.DONE
    changed = paths.put(STATE, "nodes.1.user", "somebody")
    item = judge(STEPS[0], changed, {"preflight": report}, NOW)
    assert item.status is StepStatus.STALE
    assert "node 2" in item.note.english
    assert steps.changed_rows(changed, report) == [2]


def test_a_fail_of_a_line_that_is_as_it_was_still_stands() -> None:
    report = judged_lines(STATE, "preflight", (about(1, Status.FAIL), about(2, Status.FAIL)))
    changed = paths.put(STATE, "nodes.1.user", "somebody")
    item = judge(STEPS[0], changed, {"preflight": report}, NOW)
    assert item.status is StepStatus.FAILED
    assert [finding.subject for finding in item.findings if finding.code == "memory"] == [
        about(1, Status.FAIL).subject
    ]


def test_what_need_not_be_tried_counts_when_it_was() -> None:
    report = judged_lines(STATE, "preflight", (about(1, Status.PASS),))
    blocked = Report("ports", (about(1, Status.FAIL),), {}, inputs_digest(STATE, "ports"), NOW, 1)
    assert judge(STEPS[0], STATE, {"preflight": report}, NOW).status is StepStatus.DONE
    assert judge(STEPS[0], STATE, {"preflight": report, "ports": blocked}, NOW).status is StepStatus.FAILED
    elsewhere = paths.put(STATE, "nodes.1.internal_address", "10.9.9.9")
    again = judged_lines(elsewhere, "preflight", (about(1, Status.PASS),))
    assert judge(STEPS[0], elsewhere, {"preflight": again, "ports": blocked}, NOW).status is StepStatus.DONE


def test_a_bad_address_counts_as_failed_though_something_is_missing_too() -> None:
    wrong = STATE.model_copy(update={"nodes": (Node(address="10.0.0.999"), Node(address="10.0.0.2"))})
    judged = judge(STEPS[5], wrong, {}, NOW)
    assert judged.status is StepStatus.FAILED and "10.0.0.999" in judged.note.english


def test_a_wrong_fqdn_is_told_at_dns_too() -> None:
    wrong = STATE.model_copy(update={"fqdn": "Rancher.example.com"})
    assert judge(STEPS[2], wrong, {}, NOW).note.english == "step 8: Kubernetes takes lower case only"
    assert standing(3, report("dns", Status.PASS, state=wrong), state=wrong) is StepStatus.READY


def test_the_first_step_tells_how_many_hosts_passed_and_whether_their_ports_were_tried() -> None:
    passed = {"preflight": report("preflight", Status.PASS)}
    assert judge(STEPS[0], STATE, passed, NOW).note.english == "3 hosts passed; ports between them not tried"
    passed["ports"] = report("ports", Status.PASS)
    assert judge(STEPS[0], STATE, passed, NOW).note.english == "3 hosts passed, the ports between them too"


def test_the_run_answers_in_words_whether_rancher_is_up() -> None:
    def told(*statuses: Status) -> str:
        reports = {"verdict": report("verdict", *statuses)} if statuses else {}
        return judge(STEPS[10], STATE, reports, NOW).note.english

    assert told(Status.PASS).startswith("Rancher is up")
    assert told(Status.PASS, Status.FAIL).startswith("Rancher is not up")
    assert told(Status.PASS, Status.UNKNOWN).startswith("not known")
    assert "rancher-tui verdict" in told()


@pytest.mark.parametrize(
    ("code", "title"), [("ping", "Rancher answers pong"), ("rehearsed", "rehearsed at 2026-11-23 11:00 UTC")]
)
def test_of_a_load_balancer_it_is_told_what_was_seen_through_it(code: str, title: str) -> None:
    seen = [(code, title), ("chain", "the chain that is served is in order")]
    findings = tuple(Finding(Status.PASS, name, "x", msg(text), check="balancer") for name, text in seen)
    looked = Report("balancer", findings, digest=inputs_digest(STATE, "balancer"), taken_at=NOW)
    assert str(judge(STEPS[1], STATE, {"balancer": looked}, NOW).note) == title
