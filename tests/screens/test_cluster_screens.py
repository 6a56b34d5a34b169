"""Template, versions, options, review and reading a file, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.install.state import Certificates, InstallState, Node
from screens.widgets.file_lines import FileLines
from tests.screens.conftest import begun, using
from tests.unit.cluster_file_case import ca_text

PASSWORD = "hunter2"


def whole(**fields: object) -> InstallState:
    nodes = tuple(Node(address=f"10.0.1.{n}", user="rancher") for n in (11, 12, 13))
    known = {
        "template": "external-certificate",
        "nodes": nodes,
        "fqdn": "rancher.example.com",
        "certificates": Certificates(ca_text=ca_text()),
        "kubernetes_version": "v1.11.6-rancher1-1",
    }
    return InstallState.model_validate({**known, **fields})


def with_placeholder() -> InstallState:
    state = whole()
    first, *rest = state.nodes
    return state.model_copy(update={"nodes": (first.model_copy(update={"user": "USER"}), *rest)})


async def test_the_review_shows_the_whole_file_with_findings_beside_their_lines(home: Path) -> None:
    async with using(home, begun(home, with_placeholder())) as user:
        await user.press("g", "1", "0", "enter")
        await user.sees("1 fail")
        place = next(row for row, line in enumerate(user.lines) if "user: USER" in line)
        assert "fail  the placeholder USER is not filled in" in user.lines[place + 1]
        file = user.app.screen.query_one(FileLines)
        assert any("kind: Deployment" in text for row in file._rows for text, _ink in row)


async def test_n_goes_from_one_finding_to_the_next_and_i_tells_all_about_it(home: Path) -> None:
    nodes = tuple(Node(address=f"10.0.1.{n}", user="USER") for n in (11, 12, 13))
    async with using(home, begun(home, whole(nodes=nodes, fqdn="10.0.0.1"))) as user:
        await user.press("g", "1", "0", "enter")
        await user.sees("3 fails")
        file = user.app.screen.query_one(FileLines)
        seen = []
        for _ in range(len(file.findings)):
            await user.press("n")
            assert file.current is not None
            seen.append(file.current.subject)
        assert seen == sorted(seen, key=lambda subject: int(subject.split(":")[1]))
        assert len(set(seen)) == len(seen) == 4
        assert "the Ingress's host must be a name" in user.screen, "the last one, far below, is in view"
        await user.press("N")
        before = file.current
        assert before is not None
        assert before.subject == seen[-2]
        await user.press("i")
        assert "nodes.placeholder" in user.screen


async def test_after_the_files_last_finding_n_goes_on_to_what_has_no_line_and_to_other_steps(home: Path) -> None:
    async with using(home, begun(home, with_placeholder())) as user:
        await user.press("g", "1", "0", "enter", "c")
        await user.sees("1 fail")
        await user.sees("not exported yet")
        await user.press("n")
        assert "placeholder USER" in user.line_with("▸ fail")
        await user.press("n")
        assert "not exported yet" in user.line_with("▸unknown")
        assert "▸ fail" not in user.screen
        await user.press("n")
        assert user.app.frame is not None and user.app.frame.PLACE != "backup-config"


async def test_without_an_input_the_review_says_what_is_missing_in_place_of_the_file(home: Path) -> None:
    async with using(home, begun(home, whole(certificates=Certificates()))) as user:
        await user.press("g", "1", "0", "enter")
        await user.sees("cannot be composed yet")
        assert "certificate is missing" in user.screen
        assert "The file is composed from what is entered" in user.screen


async def test_what_was_written_and_copied_is_told_with_what_was_found(home: Path) -> None:
    async with using(home, begun(home, whole())) as user:
        await user.press("g", "1", "0", "enter")
        await user.sees("rancher-cluster.yml: ")
        await user.press("b")
        await user.sees("not exported")
        await user.press("e")
        await user.sees("rancher-cluster.yml is written; ")
        await user.press("b")
        await user.sees("rancher-cluster.yml is copied; ")


async def test_lines_that_go_on_beyond_an_edge_carry_a_sign(home: Path) -> None:
    async with using(home, begun(home, whole())) as user:
        await user.press("g", "1", "0", "enter")
        await user.sees("# rancher-cluster.yml: Rancher on")
        assert user.line_with("# rancher-cluster.yml: Rancher on").rstrip().endswith("…")
        await user.press("right")
        assert "◂" in user.line_with("  1  ")


async def test_an_export_with_failing_findings_needs_a_typed_yes(home: Path) -> None:
    written = home / "sessions" / "prod" / "cluster" / "rancher-cluster.yml"
    async with using(home, begun(home, with_placeholder())) as user:
        await user.press("e")
        await user.sees("To go on, type  yes")
        assert "the placeholder USER is not filled in" in user.screen
        await user.type("no")
        await user.press("enter")
        assert not written.exists()
        await user.press("ctrl+u")
        await user.type("yes")
        await user.press("enter")
        await user.sees("written:")
        assert "user: USER" in written.read_text()


async def test_an_export_without_is_written_at_once_and_the_difference_shows_what_changed(home: Path) -> None:
    written = home / "sessions" / "prod" / "cluster" / "rancher-cluster.yml"
    async with using(home, begun(home, whole())) as user:
        await user.press("e")
        await user.sees("written:")
        assert "10.0.1.13" in written.read_text()
        await user.press("g", "8", "enter", "enter", "ctrl+u")
        await user.type("other.example.com")
        await user.press("enter", "g", "1", "0", "enter", "D")
        await user.sees("host: other.example.com")
        assert "-  " in user.line_with("host: rancher.example.com")
        await user.press("a")
        await user.sees("no run has applied a file yet")


async def test_no_password_is_on_the_review_or_in_a_difference(home: Path) -> None:
    async with using(home, begun(home, whole())) as user:
        options = user.state.options
        registry = options.registry.model_copy(update={"url": "r.example.com", "user": "u", "password": PASSWORD})
        user.store.update("registry", options=options.model_copy(update={"registry": registry}))
        assert user.state.options.registry.password.startswith("secret:")
        await user.press("g", "1", "0", "enter")
        await user.sees("nothing against it")
        drawn = "\n".join(
            "".join(text for text, _ink in row) for row in user.app.screen.query_one(FileLines)._rows
        )
        assert "password: ••••••" in drawn
        assert PASSWORD not in drawn
        other = home / "other.yml"
        other.write_text("nodes: []\nprivate_registries: [{url: r.example.com, user: u, password: 0ther}]\n")
        await user.press("D", "f")
        await user.paste(str(other))
        await user.press("enter")
        await user.sees("r.example.com")
        assert PASSWORD not in user.screen
        assert "0ther" not in user.screen


async def test_the_template_is_proposed_with_a_reason_for_each_half(home: Path) -> None:
    state = InstallState(nodes=(Node(address="10.0.1.11"),))
    async with using(home, begun(home, state)) as user:
        await user.press("g", "5", "enter")
        assert "no load balancer is entered yet; in the guide it ends TLS" in user.screen
        assert "the guide's case is a" in user.screen
        user.store.update("balancer", balancer=state.balancer.model_copy(update={"address": "10.0.1.11"}))
        await user.pilot.pause()
        assert "10.0.1.11 is a node): the ingress ends TLS" in user.screen
        await user.press("t")
        assert user.state.template == "ingress-certificate"
        await user.press("u")
        assert user.state.template == ""


async def test_the_version_screen_names_the_set_what_to_know_and_the_row_of_a_refusal(home: Path) -> None:
    async with using(home, begun(home), (120, 40)) as user:
        await user.press("g", "9", "enter")
        assert "These go together" in user.screen
        assert "RKE1 reached its end of life on 2025-07-31" in user.screen
        assert "CVE-2018-20321" in user.screen
        assert "v2.0.8 and earlier" in user.screen
        assert "RKE2 or K3s" in user.screen
        user.store.update("tag", rancher_version="latest", kubernetes_version="v1.17.4-rancher1-3")
        user.store.update("rke", rke=user.state.rke.model_copy(update={"version": "v1.1.0"}))
        await user.pilot.pause()
        assert "These do not go together" in user.screen
        assert "row: first 1.9, last 1.11, hard_last 1.15" in user.screen
        assert "latest is no version" in user.screen
        await user.press("t")
        assert (user.state.rke.version, user.state.kubernetes_version[:6]) == ("v1.1.0", "v1.11.")


@pytest.mark.parametrize("tag", ["latest", "stable", "master", "v2.0.9"])
async def test_a_version_that_cannot_be_installed_fails_step_nine(home: Path, tag: str) -> None:
    async with using(home, begun(home, whole(rancher_version=tag))) as user:
        assert user.app.steps[8].status == "failed"


async def test_the_images_are_listed_and_written(home: Path) -> None:
    async with using(home, begun(home, whole())) as user:
        await user.press("g", "9", "enter", "G")
        assert "rancher/hyperkube:v1.11.6-rancher1" in user.screen
        assert "rancher/rancher:v2.0.8" in user.screen
        await user.press("w")
        listed = (home / "sessions" / "prod" / "cluster" / "images.txt").read_text().split()
        assert "rancher/rancher-agent:v2.0.8" in listed


async def test_t_on_the_options_writes_the_no_proxy_list_out(home: Path) -> None:
    async with using(home, begun(home, whole())) as user:
        await user.press("o", "t")
        spared = user.state.options.proxy.no_proxy.split(",")
        assert {"localhost", "10.43.0.0/16", "10.0.1.12", "rancher.example.com", ".svc"} <= set(spared)
        assert "No proxy for" in user.line_with("10.42.0.0/16") or user.line_with("No proxy for")


async def test_what_is_mine_is_kept_for_the_next_session(home: Path) -> None:
    async with using(home, begun(home, whole())) as user:
        from rancher_tui.install import paths

        user.store.edit("balancer", lambda state: paths.put(state, "balancer.kind", "haproxy"))
        user.store.edit("registry", lambda state: paths.put(state, "options.registry.url", "r.example.com"))
        await user.press("o", "S")
        assert "new sessions begin with these" in user.screen
        await user.press("escape", "escape", "a")
        await user.type("next")
        await user.press("enter")
        await user.sees("next")
        assert user.state.balancer.kind == "haproxy"
        assert user.state.options.registry.url == "r.example.com"
        await user.press("g", "6", "enter", "a")
        await user.type("10.0.0.1")
        await user.press("enter")
        assert user.state.nodes[0].user == "rancher"


GUIDES = """\
nodes:
    # The IP address or hostname of the node
- address: 10.0.1.11
    user: rancher
    role: [controlplane,etcd,worker]
    ssh_key_path: ~/.ssh/id_rsa
services:
  etcd:
    backup: false
"""


async def test_a_mis_indented_file_is_read_into_a_session_after_its_difference_was_agreed_to(home: Path) -> None:
    file = home.parent / "guide.yml"
    file.write_text(GUIDES)
    async with using(home, begun(home, whole())) as user:
        await user.press("g", "5", "enter", "O")
        await user.paste(str(file))
        await user.press("enter")
        await user.sees("mended like this")
        assert "+  user: rancher" in user.screen
        await user.press("escape")
        assert len(user.state.nodes) == 3
        await user.press("O")
        await user.paste(str(file))
        await user.press("enter")
        await user.sees("mended like this")
        await user.type("yes")
        await user.press("enter")
        await user.sees("is read")
        assert [node.address for node in user.state.nodes] == ["10.0.1.11"]
        await user.press("u")
        assert len(user.state.nodes) == 3


async def test_what_cannot_be_read_is_explained_at_its_line(home: Path) -> None:
    file = home.parent / "broken.yml"
    file.write_text("nodes:\n- address: 'a\n")
    async with using(home, begun(home, whole())) as user:
        await user.press("g", "5", "enter", "O")
        await user.paste(str(file))
        await user.press("enter")
        await user.sees("broken.yml:")
        assert "cannot be taken in" in user.screen
        assert len(user.state.nodes) == 3


async def test_a_session_begins_with_a_file_from_the_list(home: Path) -> None:
    file = home.parent / "theirs.yml"
    file.write_text(
        GUIDES.replace("    user", "  user").replace("    role", "  role").replace("    ssh_", "  ssh_")
    )
    async with using(home, begun(home, whole())) as user:
        await user.press("escape", "escape", "O")
        await user.paste(str(file))
        await user.press("enter")
        await user.sees("A name for the session")
        await user.press("enter")
        await user.sees("theirs")
        await user.sees("is read")
        assert user.app.session.name == "theirs"
        assert [node.address for node in user.state.nodes] == ["10.0.1.11"]
