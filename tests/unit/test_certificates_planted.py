"""Every planted case is told as what it is, and as nothing else."""

from __future__ import annotations

import pytest

from tests.unit import (
    certificates_cases_form,
    certificates_cases_names,
    certificates_cases_order,
    certificates_cases_path,
)
from tests.unit.certificates_planted import Planted

CASES: list[Planted] = [
    *certificates_cases_order.CASES,
    *certificates_cases_path.CASES,
    *certificates_cases_names.CASES,
    *certificates_cases_form.CASES,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_planted_is_told_and_nothing_else(case: Planted) -> None:
    assert case.differences() == []
