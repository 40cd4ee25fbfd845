"""The documents hold together: links lead somewhere, decisions are numbered, listed and of one form."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workshop.project import ROOT, listed_files, read_texts

LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", flags=re.MULTILINE | re.DOTALL)

DOCUMENTS = read_texts(".md")
DECISIONS = sorted(file for file in DOCUMENTS if file.parent == Path("docs/decisions") and file.name != "README.md")


def links() -> Iterator[tuple[Path, str]]:
    """Every link of every document that leads to a place in the project."""
    for file, text in DOCUMENTS.items():
        for target in (one or other for one, other in LINK.findall(CODE.sub("", text))):
            if not re.match(r"[a-z]+:", target):
                yield file, target


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub(lambda code: code[0].strip("`"), text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_there_are_links_to_look_at() -> None:
    assert len(list(links())) > len(DECISIONS)


def test_every_link_leads_to_a_file_of_the_project() -> None:
    known = {file.resolve() for file in listed_files()}
    folders = {parent for file in known for parent in file.parents}
    lost = [
        f"{file}: {target}"
        for file, target in links()
        if (path := target.partition("#")[0])
        if (ROOT / file.parent / path).resolve() not in known | folders
    ]
    assert lost == []


def test_every_anchor_is_a_heading() -> None:
    lost = [
        f"{file}: {target}"
        for file, target in links()
        if (anchor := target.partition("#")[2])
        if anchor not in anchors((ROOT / file.parent / (target.partition("#")[0] or file.name)).read_text())
    ]
    assert lost == []


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_tells_context_decision_and_price_on_one_screen(file: Path) -> None:
    text = DOCUMENTS[file]
    assert text.startswith(f"# {file.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Price"]
    assert len(text.splitlines()) <= 40


def test_every_decision_is_listed() -> None:
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", DOCUMENTS[Path("docs/decisions/README.md")])
    assert listed == [file.name for file in DECISIONS]
