"""SECURITY.md: what it says is tested somewhere is tested there, and no threat of the list is left out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = dict(re.findall(r"^\| (S\d+)\*? \| .* \| (.*) \|$", (ROOT / "SECURITY.md").read_text(), flags=re.MULTILINE))
THREATS = (
    "S1",
    "S2",
    "S3",
    "S4",
    "S6",
    "S7",
    "S9",
    "S10",
    "S11",
    "S13",
    "S14",
    "S15",
    "S16",
    "S17",
    "S18",
    "S19",
    "S20",
    "S22",
)


def test_every_threat_has_a_row() -> None:
    assert tuple(ROWS) == THREATS


@pytest.mark.parametrize("threat", ROWS)
def test_the_tests_of_a_row_are_there(threat: str) -> None:
    places = re.findall(r"`((?:tests|web)/[^`]+)`", ROWS[threat])
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_file_of_these_tests_is_named() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    files = sorted(path.name for path in (ROOT / "tests/security").glob("test_*.py"))
    assert [name for name in files if f"tests/security/{name}`" not in page] == []
