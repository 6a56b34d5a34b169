"""What ~/.ssh/config would say is offered, where it differs; nothing of it is taken unasked."""

from __future__ import annotations

from pathlib import Path

from rancher_tui.install.state import Node
from rancher_tui.nodes.ssh_config import Offer, offers

CONFIG = """
Host n1 n2
    HostName 10.0.0.1
    User rancher
    Port 2222
    IdentityFile ~/.ssh/cluster
Host n2
    ProxyJump gate.example.org
Host plain
    User operator
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "config"
    file.write_text(text)
    return file


def test_what_differs_from_the_row_is_offered(tmp_path: Path) -> None:
    nodes = [Node(address="n1", user="rancher"), Node(address="n2", user="x"), Node(address="10.9.9.9", user="y")]
    first, second = offers(nodes, written(tmp_path, CONFIG))
    assert (first.row, first.jump) == (1, "")
    assert first.fields["address"] == "10.0.0.1"
    assert first.fields["port"] == "2222"
    assert first.fields["ssh_key_path"].endswith(".ssh/cluster")
    assert "user" not in first.fields
    assert second.fields["user"] == "rancher"
    assert second.jump == "gate.example.org"


def test_where_it_says_the_same_nothing_is_offered(tmp_path: Path) -> None:
    file = written(tmp_path, CONFIG)
    assert offers([Node(address="plain", user="operator")], file) == []
    assert offers([Node(address="plain", user="other")], file) == [Offer(1, {"user": "operator"})]


def test_a_file_that_is_missing_or_broken_offers_nothing(tmp_path: Path) -> None:
    assert offers([Node(address="n1")], tmp_path / "none") == []
    assert offers([Node(address="n1")], written(tmp_path, 'Host "n1\n  Port x\n')) == []
