"""The drawing of a chain: what is left out is counted, and the right order is made of the whole file."""

from __future__ import annotations

from typing import Any

from screens.panels.certificates import MOST, chain_rows


def _huge(strangers: int) -> dict[str, Any]:
    """A server's certificate, so many strangers, and its issuer at the end of the file."""
    names = ["rancher.example.com", *(f"Stranger {number}" for number in range(strangers)), "Example Issuing CA"]
    certificates = [
        {
            "position": place,
            "sha256": str(place),
            "subject": f"CN={name}",
            "issuer": "CN=Example Root",
            "role": "leaf",
        }
        for place, name in enumerate(names, 1)
    ]
    return {
        "certificates": certificates,
        "correct_order": ["1", str(len(names))],
        "edges": {"file": [], "right": [{"names": True, "key_ids": True, "signature": True}]},
        "path_end": "trusted",
        "anchor": "CN=Example Root",
        "chain_valid": True,
    }


def _text(facts: dict[str, Any]) -> list[str]:
    return ["".join(part for part, _ink in row.line) for row in chain_rows(facts, 100)]


def test_the_issuer_at_the_end_of_a_huge_file_stands_in_the_right_order() -> None:
    drawn = _text(_huge(1000))
    assert "2 Example Issuing CA" in drawn[3] and "(was 1002)" in drawn[3]
    assert "signed by Example Root" not in drawn[2], "the server's own issuer is in the file"


def test_certificates_that_are_not_drawn_are_counted() -> None:
    drawn = _text(_huge(1000))
    assert any(f"and {1002 - MOST} more" in line for line in drawn)
    assert not any("more" in line for line in _text(_huge(5)))


def test_numbers_of_three_digits_leave_room_for_the_cursor() -> None:
    lines = [row.line[0][0] for row in chain_rows(_huge(1000), 100) if row.certificate is not None]
    assert all(text.startswith(" ") and text.endswith(" ") for text in lines)
    assert lines[149].strip() == "150"
