"""openssl as the second judge of every planted case, and of the pair that we make."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from rancher_tui.certificates import make, repair
from rancher_tui.certificates.case import Case
from rancher_tui.certificates.certificate import Certificate
from rancher_tui.certificates.files import Files
from rancher_tui.certificates.judge import open_case
from tests.unit.certificates_faults import FAULTS, faulty
from tests.unit.certificates_pki import FQDN, NOW, Issued
from tests.unit.certificates_planted import Planted
from tests.unit.certificates_random import Made, plan
from tests.unit.test_certificates_planted import CASES

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]


def _opened(case: Planted) -> Case:
    return open_case(
        Files(
            case.chain,
            chain_name="chain",
            key=case.key,
            ca=case.ca,
            fqdn=case.fqdn,
            at=case.at,
            passphrase=case.passphrase,
        )
    )


def _verified(
    leaf: Certificate, others: list[Certificate], trusted: list[Certificate], at: int, folder: Path
) -> bool:
    """`openssl verify` for a TLS server, where any certificate of the CA file may end the path, as in Go."""
    for name, certificates in (("leaf", [leaf]), ("others", others), ("trusted", trusted)):
        (folder / name).write_bytes(repair.to_pem(certificates))
    command = ["openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", str(folder / "trusted")]
    command += ["-partial_chain", "-purpose", "sslserver", "-attime", str(at), "-auth_level", "0"]
    command += ["-untrusted", str(folder / "others")] if others else []
    done = subprocess.run([*command, str(folder / "leaf")], capture_output=True, text=True, timeout=30)
    return done.returncode == 0


JUDGED = [case for case in CASES if case.openssl and _opened(case).chain_valid is not None]


def test_enough_cases_have_a_second_judge() -> None:
    assert len(JUDGED) >= 120


def test_openssl_answers_as_we_do_for_every_planted_case(tmp_path: Path) -> None:
    """One call for the same files at the same time serves all cases that differ in name or key only."""
    answers: dict[tuple[bytes, ...], bool] = {}
    differing = []
    for case in JUDGED:
        opened = _opened(case)
        assert opened.leaf is not None
        others = [item for item in opened.distinct if item != opened.leaf]
        at = int(case.at.timestamp())
        files = (opened.leaf.der, repair.to_pem(others), repair.to_pem(opened.held), str(at).encode())
        if files not in answers:
            answers[files] = _verified(opened.leaf, others, opened.held, at, tmp_path)
        if answers[files] is not opened.chain_valid:
            differing.append(case.name)
    assert differing == []
    assert len(answers) >= 60


def test_openssl_answers_as_the_plan_says_for_random_chains_and_faults(tmp_path: Path) -> None:
    """The plan is known without any program; here the other judge agrees with it too."""
    plans = [chosen for chosen in map(plan, range(300)) if chosen.chain_valid is not None][:90]
    differing = []
    for chosen in plans:
        leaf, others = chosen.leaf, [made for made in chosen.distinct if made is not chosen.leaf]
        assert leaf is not None
        answer = _verified(*_read(leaf.issued, others, chosen.ca or []), int(NOW.timestamp()), tmp_path)
        differing += [chosen.label] if answer is not chosen.chain_valid else []
    for name in FAULTS:
        made = faulty(name, random.Random(name))
        first, *rest = made.chain
        answer = _verified(*_read(first, rest, [made.root]), int(NOW.timestamp()), tmp_path)
        differing += [[name]] if answer is not made.valid and name != "for anything" else []
    assert differing == []


def _read(
    leaf: Issued, others: Sequence[Issued | Made], trusted: Sequence[Issued | Made]
) -> tuple[Certificate, list[Certificate], list[Certificate]]:
    plain = [[item.issued if isinstance(item, Made) else item for item in items] for items in (others, trusted)]
    return Certificate(leaf.der), *([Certificate(item.der) for item in items] for items in plain)  # type: ignore[return-value]


def test_the_known_differences_are_differences(tmp_path: Path) -> None:
    """A case that says openssl answers otherwise is checked too, or the mark would hide an error."""
    for case in [case for case in CASES if not case.openssl]:
        opened = _opened(case)
        if opened.leaf is None or opened.chain_valid is None:
            continue
        others = [item for item in opened.distinct if item != opened.leaf]
        answer = _verified(opened.leaf, others, opened.held, int(case.at.timestamp()), tmp_path)
        assert answer is not opened.chain_valid, case.name


def test_a_made_pair_is_clean_by_the_strictest_rules(tmp_path: Path) -> None:
    paths = {path.name: str(path) for path in make.write_pair(FQDN, tmp_path)}
    verify = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-auth_level", "2"]
    done = subprocess.run(
        [*verify, "-verify_hostname", FQDN, "-CAfile", paths["cacerts.pem"], paths["tls.crt"]],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    public = [
        subprocess.run(command, capture_output=True, check=True).stdout
        for command in (
            ["openssl", "x509", "-in", paths["tls.crt"], "-noout", "-pubkey"],
            ["openssl", "pkey", "-in", paths["tls.key"], "-pubout"],
        )
    ]
    assert public[0] == public[1]
