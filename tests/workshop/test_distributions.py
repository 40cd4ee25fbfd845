"""What is shipped: the server with its page, however it is installed, or else a sentence that says why not.

Everything is built for real, in copies of the work tree.
"""

import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import tertulia
from tests.workshop.project import ROOT, attempt, listed_files, run

pytestmark = pytest.mark.slow

NOWHERE = "http://127.0.0.1:9"
FIND_PAGE = "import tertulia, tertulia_web as web; print(tertulia.__file__, web.__path__[0], sep='\\n')"


@pytest.fixture(scope="module")
def built(clone: Path, uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("built")
    tree = shutil.copytree(clone, folder / "tree")
    run(tree, uv, "build", "--out-dir", folder / "dist")
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def sdist_names(built: Path) -> set[str]:
    """What the sdist holds, below its one folder."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH with a shell, which npm wants, and no Node."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    return str(folder)


def test_the_wheel_has_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    sources = {file.relative_to("src").as_posix() for file in listed_files() if file.is_relative_to("src/tertulia")}
    shipped = {name for name in wheel.namelist() if name.startswith("tertulia/")}
    assert shipped == sources
    assert "tertulia/py.typed" in shipped


def test_the_wheel_has_the_page_and_all_that_the_page_refers_to(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    index = wheel.read("tertulia_web/index.html").decode()
    referred = re.findall(r'(?:src|href)="/([^"]+)"', index)
    assert any(name.endswith(".js") for name in referred)
    assert {f"tertulia_web/{name}" for name in referred} <= names


@pytest.mark.parametrize("suffix", [".br", ".gz"])
def test_the_page_lies_compressed_in_the_wheel(wheel: zipfile.ZipFile, suffix: str) -> None:
    large = [
        info.filename
        for info in wheel.infolist()
        if info.filename.startswith("tertulia_web/assets/") and info.filename.endswith((".js", ".css"))
        if info.file_size > 2048
    ]
    assert large
    assert {name + suffix for name in large} <= set(wheel.namelist())


def test_the_wheel_has_no_sources_of_the_page_and_nothing_that_only_developers_want(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"tertulia", "tertulia_web", f"tertulia-{tertulia.__version__}.dist-info"}
    assert not [name for name in wheel.namelist() if name.endswith((".map", ".ts", ".tsx", ".pyc"))]


def test_the_wheel_carries_the_licence(wheel: zipfile.ZipFile) -> None:
    carried = wheel.read(f"tertulia-{tertulia.__version__}.dist-info/licenses/LICENSE")
    assert carried == (ROOT / "LICENSE").read_bytes()


def test_the_sdist_has_the_page_built_and_its_sources(sdist_names: set[str]) -> None:
    assert {"web/dist/index.html", "web/package-lock.json", "web/src/main.tsx", "hatch_build.py"} <= sdist_names
    assert not [name for name in sdist_names if "node_modules" in name or name.endswith(".map")]


def test_the_sdist_installs_without_node_and_without_the_npm_registry(
    built: Path, uv: str, tmp_path: Path, bare_path: str
) -> None:
    sdist = next(built.glob("*.tar.gz"))
    python = make_environment(uv, tmp_path)
    run(tmp_path, *uv_install(uv, python), "--no-cache", sdist, PATH=bare_path, npm_config_registry=NOWHERE)
    assert Path(run(tmp_path, python, "-c", FIND_PAGE).splitlines()[1], "index.html").is_file()


def test_pip_installs_a_working_command_with_its_page(built: Path, tmp_path: Path) -> None:
    run(tmp_path, sys.executable, "-m", "venv", "env")
    run(tmp_path, "env/bin/pip", "install", next(built.glob("*.tar.gz")))
    assert run(tmp_path, "env/bin/tertulia", "--version").endswith(tertulia.__version__)
    assert Path(run(tmp_path, "env/bin/python", "-c", FIND_PAGE).splitlines()[1], "index.html").is_file()


def test_an_editable_install_links_the_sources_and_builds_and_copies_the_page_also_where_there_is_no_node(
    fresh: Path, uv: str, tmp_path: Path, bare_path: str
) -> None:
    python = make_environment(uv, tmp_path)
    run(fresh, *uv_install(uv, python), "--editable", ".", PATH=bare_path)
    shutil.rmtree(fresh / "web" / "dist")  # as `git clean` does
    module, page = run(tmp_path, python, "-c", FIND_PAGE).splitlines()
    assert Path(module) == fresh / "src" / "tertulia" / "__init__.py"
    assert Path(page, "index.html").is_file()


def test_it_builds_without_the_page_when_that_is_wanted(fresh: Path, uv: str, tmp_path: Path) -> None:
    run(
        fresh,
        uv,
        "build",
        "--quiet",
        "--wheel",
        "--out-dir",
        tmp_path,
        TERTULIA_SKIP_WEB="1",
        npm_config_registry=NOWHERE,
    )
    names = names_in(tmp_path)
    assert "tertulia/__init__.py" in names
    assert not [name for name in names if name.startswith("tertulia_web")]


def test_without_the_npm_registry_the_build_fails_with_a_sentence(fresh: Path, uv: str, tmp_path: Path) -> None:
    unreachable = {
        "npm_config_registry": NOWHERE,
        "npm_config_cache": str(tmp_path / "empty"),
        "npm_config_fetch_retries": "0",
    }
    done = attempt(fresh, uv, "build", "--wheel", "--out-dir", tmp_path, **unreachable)
    assert done.returncode != 0
    assert "The web page could not be built: the npm registry could not be reached (ECONNREFUSED).\n" in done.stdout
    assert "Set TERTULIA_SKIP_WEB=1 to install the server without its web page (the API only).\n" in done.stdout
    assert "Traceback" not in done.stdout
    assert not list(tmp_path.glob("*.whl"))


def make_environment(uv: str, folder: Path) -> Path:
    """Make an empty environment and return its Python."""
    run(folder, uv, "venv", "--quiet", "env")
    return folder / "env" / "bin" / "python"


def uv_install(uv: str, python: Path) -> list[str | Path]:
    """The beginning of a command that installs one package into an environment."""
    return [uv, "pip", "install", "--no-deps", "--python", python]


def names_in(folder: Path) -> list[str]:
    """What the one wheel in a folder holds."""
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()
