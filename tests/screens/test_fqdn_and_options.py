"""Step 8 and the options by keys: what is known of the name, what is wrong with an option where it is entered."""

from __future__ import annotations

from pathlib import Path

from rancher_tui.finding import Finding, Report, Status
from rancher_tui.i18n import msg
from rancher_tui.install import steps
from rancher_tui.install.session import Home
from rancher_tui.install.state import Balancer, Certificates, InstallState, Node, Options
from tests.screens.conftest import begun, using
from tests.screens.test_certificates import _until

STATE = InstallState(
    fqdn="rancher.example.com",
    template="external-certificate",
    certificates=Certificates(chain_path="/etc/ssl/chain.pem", ca_path="/etc/ssl/ca.pem"),
    nodes=(Node(address="10.0.0.1", user="rancher"),),
)
LEAF = {"position": 1, "sha256": "a", "subject": "CN=other", "role": "leaf", "names": ["other.example.org"]}


def _judged(home: Path, covered: bool) -> str:
    """A session whose chain was judged for the name."""
    name = begun(home, STATE)
    digest = steps.inputs_digest(STATE, "certificates")
    found = (Finding(Status.PASS, "order", "chain.pem", msg("in order")),)
    facts = {"format": "pem", "certificates": [LEAF], "fqdn_covered": covered}
    Home(home).session(name).save_report(Report("certificates", found, facts, digest, step=7))
    return name


async def test_an_empty_name_says_what_it_must_be(home: Path) -> None:
    async with using(home, begun(home, InstallState())) as user:
        await user.press("g", "8", "enter")
        assert "lower case, with its domain" in user.screen
        assert "Agents keep it for good" in user.screen


async def test_a_good_name_says_who_calls_it_and_what_the_certificate_is_for(home: Path) -> None:
    async with using(home, _judged(home, covered=False)) as user:
        await user.press("g", "8", "enter")
        assert "https://rancher.example.com" in user.line_with("users and agents call")
        assert "is for other names: other.example.org" in user.line_with("certificate (step 7)")
        await user.press("enter", "ctrl+u", *"new.example.com", "enter")
        assert "not judged for this name yet" in user.line_with("certificate (step 7)")


async def test_a_wrong_name_gets_no_pass_beside_its_fail(home: Path) -> None:
    wrong = STATE.model_copy(update={"fqdn": "rancher_x.example.com"})
    async with using(home, begun(home, wrong)) as user:
        await user.press("g", "8", "enter", "c")
        await _until(user, lambda: not user.app.checks.running and "fqdn" in user.app.reports)
        assert "no DNS name by RFC 1123" in user.screen
        assert "is the host of the Ingress" not in user.screen


async def test_what_is_wrong_with_an_option_is_told_where_it_is_entered(home: Path) -> None:
    wrong = STATE.model_copy(update={"options": Options(addon_job_timeout="soon")})
    async with using(home, begun(home, wrong)) as user:
        await user.press("o")
        assert "soon  fail" in user.line_with("Add-on job timeout")
        assert "soon is no number of seconds" in user.screen
        await user.press("down", "down", "enter", "ctrl+u", *"60", "enter")
        assert "fail" not in user.screen.split("Options", 1)[1]


async def test_page_keys_move_through_the_options(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("o", "pagedown")
        assert "▸ Cluster name" not in user.screen
        await user.press("pageup")
        assert "▸ Cluster name" in user.screen


async def test_a_template_that_ends_tls_elsewhere_than_the_balancer_is_warned_of(home: Path) -> None:
    state = STATE.model_copy(
        update={"template": "ingress-certificate", "balancer": Balancer(address="203.0.113.10")}
    )
    async with using(home, begun(home, state)) as user:
        await user.press("g", "5", "enter", "c")
        await _until(user, lambda: not user.app.checks.running and "template" in user.app.reports)
        assert "the load balancer of step 2 ends TLS" in user.screen
        await user.press("enter", "enter", "c")
        await _until(user, lambda: not user.app.checks.running and "ends TLS, this" not in user.screen)


async def test_the_chosen_template_does_not_look_like_a_second_cursor(home: Path) -> None:
    async with using(home, begun(home, STATE)) as user:
        await user.press("g", "5", "enter")
        assert user.screen.count("▸") == 1
        assert user.line_with("TLS at the load balancer, your own CA").lstrip().startswith("✓")


async def test_what_is_needed_first_is_told_as_that(home: Path) -> None:
    async with using(home, begun(home, InstallState())) as user:
        await user.press("g", "2", "enter", "c")
        assert "needed first: the address or name of the load balancer" in user.screen
        await user.press("g", "7", "enter", "%")
        assert "needed first: the FQDN (step 8)" in user.screen
