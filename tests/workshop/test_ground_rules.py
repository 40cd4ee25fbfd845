"""Rules of the house that no other tool holds."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workshop.project import ROOT, listed_files, read_pyproject, read_texts

# Where a registry's packages come from for everybody; a lockfile that names another installs on one machine only.
PUBLIC = {"pypi.org", "files.pythonhosted.org"}

# The packages that people import from; the inits of all others are empty.
FACES = {Path("src/tertulia") / each for each in ("__init__.py", "client/__init__.py", "tools/__init__.py")}

ELSEWHERE = {
    "a home directory": re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/"),
    "a folder beside the clone": re.compile(r"(?<![\w/])\.\./shared\b"),
    "an address in a private network": re.compile(
        r"https?://(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+[:/]"
    ),
}


# What silences a tool for a line; its reason stands behind it: `- because` in Python, `-- because` in TypeScript.
SILENCED = re.compile(
    r"[#] (?:noqa|type: ignore|pyright: ignore)\b.*|(?://|/\*) (?:eslint-disable|@ts-(?:expect-error|ignore)).*"
)
WITH_A_REASON = re.compile(
    r"[#] noqa: [\w, ]+ - \w.*|[#] (?:type|pyright): ignore\[[\w, -]+\] - \w.*"
    r"|.. eslint-disable[a-z-]* [\w@/, -]+ -- \w.*|.. @ts-expect-error \w.*"
)


@pytest.mark.parametrize("what", ELSEWHERE)
def test_no_file_names(what: str) -> None:
    found = [str(file) for file, text in read_texts().items() if ELSEWHERE[what].search(text)]
    assert found == []


def test_the_lockfile_of_python_names_public_registries_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text()))
    assert hosts == PUBLIC


def test_the_lockfile_of_the_page_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "web" / "package-lock.json").read_text()


def first_column(document: str, heading: str) -> set[str]:
    """The code words in the first column of the table under a heading."""
    section = document.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE))


def test_every_dependency_of_the_server_has_its_reason() -> None:
    document = (ROOT / "docs/reference/dependencies.md").read_text()
    wanted = {re.split(r"[^\w.-]", line)[0] for line in read_pyproject()["project"]["dependencies"]}
    assert first_column(document, "The server (Python)") == wanted


def test_every_optional_dependency_has_its_reason() -> None:
    document = (ROOT / "docs/reference/dependencies.md").read_text()
    extras = read_pyproject()["project"]["optional-dependencies"].values()
    wanted = {re.split(r"[^\w.-]", line)[0] for lines in extras for line in lines}
    assert first_column(document, "What is installed on demand (Python)") == wanted


def test_every_dependency_of_the_page_has_its_reason() -> None:
    document = (ROOT / "docs/reference/dependencies.md").read_text()
    wanted = set(json.loads((ROOT / "web/package.json").read_text())["dependencies"])
    assert first_column(document, "The page (JavaScript)") == wanted


def test_whatever_silences_a_tool_says_why() -> None:
    found = [
        f"{file}: {silenced[0]}"
        for file, text in read_texts(".py", ".ts", ".tsx", ".js").items()
        for silenced in SILENCED.finditer(text)
        if not WITH_A_REASON.fullmatch(silenced[0])
    ]
    assert found == []


def modules() -> dict[Path, ast.Module]:
    """Our Python modules, by their path."""
    return {
        file: ast.parse(text) for file, text in read_texts(".py").items() if file.is_relative_to("src") and text.strip()
    }


def imports(function: ast.AST) -> Iterator[tuple[int, str]]:
    """The imports inside a function: their lines, and what they import."""
    for node in ast.walk(function):
        match node:
            case ast.Import(names=names, lineno=line):
                yield from ((line, name.name) for name in names)
            case ast.ImportFrom(module=str(module), lineno=line):
                yield line, module
            case _:
                pass


ON_DEMAND = {"tertulia.server.llama_stack.app", "tertulia.server.prometheus", "tertulia.terminal.opening"}
"""What most servers and commands are never asked for, and do not pay for: decisions 0028 and 0030."""


def test_our_own_modules_are_imported_at_the_top_only() -> None:
    late = [
        f"{file}:{line} {name}"
        for file, module in modules().items()
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for line, name in imports(function)
        if name.split(".")[0] == "tertulia" and name not in ON_DEMAND
    ]
    assert late == []


def test_only_what_users_import_from_has_something_in_its_init() -> None:
    inits = [file for file in listed_files() if file.is_relative_to("src") and file.name == "__init__.py"]
    assert {file for file in inits if (ROOT / file).read_text()} <= FACES


def test_every_module_says_what_it_is() -> None:
    assert [str(file) for file, module in modules().items() if not ast.get_docstring(module)] == []


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text()
