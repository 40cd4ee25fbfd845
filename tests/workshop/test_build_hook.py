"""What the build hook decides before it builds: whether the page is there, which Node to take, what to install."""

import json
from pathlib import Path

import pytest

import hatch_build
from tests.workshop.project import read_pyproject


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """The least that a page is made of."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("export {};")
    (tmp_path / "index.html").write_text("<!doctype html>")
    return tmp_path


@pytest.fixture
def built(web: Path) -> Path:
    (web / "dist").mkdir()
    (web / "dist" / ".build-stamp").write_text(hatch_build.fingerprint(web))
    return web


def test_a_page_is_built_once_it_bears_the_stamp_of_its_sources(built: Path) -> None:
    assert hatch_build.is_built(built)


def test_a_page_without_a_stamp_is_not_built(web: Path) -> None:
    assert not hatch_build.is_built(web)


@pytest.mark.parametrize("change", ["src/main.ts", "index.html", "package-lock.json", "public/robots.txt"])
def test_a_changed_or_added_source_makes_the_page_out_of_date(built: Path, change: str) -> None:
    (built / change).parent.mkdir(exist_ok=True)
    (built / change).write_text("new")
    assert not hatch_build.is_built(built)


def test_a_moved_source_makes_the_page_out_of_date(built: Path) -> None:
    (built / "src" / "main.ts").rename(built / "src" / "other.ts")
    assert not hatch_build.is_built(built)


def test_what_is_no_source_does_not_make_the_page_out_of_date(built: Path) -> None:
    (built / "node_modules").mkdir()
    (built / "node_modules" / "x.js").write_text("new")
    (built / "eslint.config.js").write_text("new")
    assert hatch_build.is_built(built)


def lock(file: Path, **versions: str) -> None:
    """Write an npm lockfile with packages, of which those named `dev…` are for developers."""
    file.parent.mkdir(exist_ok=True)
    packages = {
        f"node_modules/{name}": {"version": version} | ({"dev": True} if name.startswith("dev") else {})
        for name, version in versions.items()
    }
    file.write_text(json.dumps({"packages": {"": {"name": "page"}, **packages}}))


def test_a_developers_fuller_node_modules_are_left_as_they_are(web: Path) -> None:
    lock(web / "package-lock.json", react="19.3.1", devtool="1.0.0")
    lock(web / "node_modules" / ".package-lock.json", react="19.3.1", devtool="1.0.0")
    assert hatch_build.has_dependencies(web)


def test_packages_for_developers_are_not_wanted_for_a_build(web: Path) -> None:
    lock(web / "package-lock.json", react="19.3.1", devtool="1.0.0")
    lock(web / "node_modules" / ".package-lock.json", react="19.3.1")
    assert hatch_build.has_dependencies(web)


def test_another_version_is_not_what_the_lockfile_wants(web: Path) -> None:
    lock(web / "package-lock.json", react="19.3.1")
    lock(web / "node_modules" / ".package-lock.json", react="19.3.0")
    assert not hatch_build.has_dependencies(web)


def test_without_node_modules_everything_is_wanted(web: Path) -> None:
    lock(web / "package-lock.json", react="19.3.1")
    assert not hatch_build.has_dependencies(web)


def put_node(folder: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a Node of that version, and its npm, all that is on the PATH."""
    for name, says in (("node", version), ("npm", "11.0.0")):
        (folder / name).write_text(f"#!/bin/sh\necho {says}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v24.1.0"])
def test_the_systems_node_is_taken_when_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    put_node(tmp_path, version, monkeypatch)
    assert hatch_build.system_npm() == [str(tmp_path / "npm")]


@pytest.mark.parametrize("version", ["v20.18.3", "v18.20.0", "unknown"])
def test_the_systems_node_is_not_taken_when_it_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    put_node(tmp_path, version, monkeypatch)
    assert hatch_build.system_npm() is None


def test_node_without_npm_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_node(tmp_path, "v24.1.0", monkeypatch)
    (tmp_path / "npm").unlink()
    assert hatch_build.system_npm() is None


def test_uv_rebuilds_upon_just_what_the_page_is_made_of() -> None:
    keys = read_pyproject()["tool"]["uv"]["cache-keys"]
    watched = {key["file"].removeprefix("web/") for key in keys if key.get("file", "").startswith("web/")}
    assert watched == set(hatch_build.SOURCES)
