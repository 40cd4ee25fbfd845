"""The tree of errors is the one that stands at the top of its file, and what the guide says of its codes is so."""

import re
from collections.abc import Iterator
from pathlib import Path

from tertulia.domain import errors
from tertulia.domain.errors import TertuliaError

GUIDE = (Path(__file__).parents[2] / "docs/guide/http.md").read_text()
ELSEWHERE = {"internal_error"}
"""Codes of what no error of the tree foresees."""


def tree(error: type[TertuliaError]) -> Iterator[type[TertuliaError]]:
    yield error
    for kind in error.__subclasses__():
        yield from tree(kind)


def test_the_file_begins_with_its_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert drawn == [kind.__name__ for kind in tree(TertuliaError)][1:]


def test_every_code_stands_beside_its_error() -> None:
    for name, code in re.findall(r"[├└]── (\w+) +([a-z_]+)", errors.__doc__ or ""):
        assert getattr(errors, name).code == code


def test_the_codes_of_the_guide_are_codes() -> None:
    rows = re.findall(r"^\| \d{3}.*? \| (.*?) \|", GUIDE, flags=re.MULTILINE)
    codes = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    assert len(codes) > 20
    assert codes - {kind.code for kind in tree(TertuliaError)} - ELSEWHERE == set()
