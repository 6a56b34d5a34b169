"""A removal is judged by its own end: whether Rancher is up is no question of it."""

from __future__ import annotations

import json

import pytest

from rancher_tui.install.session import Home
from tests.unit.backup_case import Call

REMOVED = 'time="2026-01-01T00:00:09Z" level=info msg="Cluster removed successfully"\n'
FATAL = 'time="2026-01-01T00:00:09Z" level=fatal msg="Failed to remove host"\n'


@pytest.mark.parametrize(
    ("log", "exit_code", "code", "said"),
    [
        (REMOVED, 0, 0, "is taken off its nodes"),
        (FATAL, 1, 3, "is not taken off"),
        (FATAL, 0, 3, "is not taken off"),
    ],
    ids=["removed", "failed", "no last line"],
)
def test_a_removal_tells_whether_the_cluster_is_gone(
    call: Call, home: Home, log: str, exit_code: int, code: int, said: str
) -> None:
    call("new", "trial")
    run = home.session("trial").path / "runs" / "0001-20260101T000000Z"
    run.mkdir(parents=True)
    (run / "rke.log").write_text(
        'time="2026-01-01T00:00:00Z" level=info msg="Tearing down Kubernetes cluster"\n' + log
    )
    record = {"argv": ["/rke", "remove", "--force"], "ended": "2026-01-01T00:00:10Z", "exit_code": exit_code}
    (run / "status.json").write_text(json.dumps(record))
    got, out, _err = call("attach", "trial")
    assert (got, said in out) == (code, True)
    assert "verdict" not in out
    got, out, _err = call("attach", "trial", "--json")
    assert (got, json.loads(out)["verdict"]) == (code, None)
