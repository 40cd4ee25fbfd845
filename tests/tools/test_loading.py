"""Tools by name: what an operator or a package names is loaded, or the start ends with a sentence."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tertulia.asgi import app_of
from tertulia.domain.errors import StartupError
from tertulia.settings.values import Settings
from tertulia.tools import tool
from tertulia.tools.loading import check_names, installed_tools, named_tools
from tertulia.wiring import Services

MODULE = '''
"""Tools of somebody."""
from tertulia.tools import tool

def plain(x: int) -> int:
    """Say it again."""
    return x

@tool
def made(x: int) -> int:
    """Say it again."""
    return x

class Box:
    all = [plain, made]

several = [made]
nothing = 3

def untyped(x):
    """Lacks a type."""
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current directory with modules; they are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "tools_of_ana.py").write_text(MODULE)
    (tmp_path / "broken_tools.py").write_text("import no_such_thing_anywhere\n")
    yield tmp_path
    for name in ("tools_of_ana", "broken_tools"):
        sys.modules.pop(name, None)


def named(*names: str) -> list[str]:
    return [each.definition.name for each in named_tools(names)]


@pytest.mark.usefixtures("here")
def test_a_name_is_a_function_a_tool_or_a_list_of_them() -> None:
    assert named("tools_of_ana:plain", "tools_of_ana:several", "tools_of_ana:Box.all") == [
        "plain",
        "made",
        "plain",
        "made",
    ]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no_such_module_anywhere:x", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
        ("broken_tools:x", "ModuleNotFoundError: No module named 'no_such_thing_anywhere'"),
        ("tools_of_ana:gone", "AttributeError: module 'tools_of_ana' has no attribute 'gone'"),
        ("tools_of_ana:nothing", "TypeError: int is neither a function nor a tool nor a list of them"),
        ("tools_of_ana:untyped", "TypeError: untyped cannot be a tool: `x` has no type: write one, such as `x: str`"),
    ],
)
def test_what_cannot_be_loaded_is_a_sentence_for_the_operator(name: str, why: str) -> None:
    with pytest.raises(StartupError) as caught:
        named(name)
    assert caught.value.message == f'"{name}" of --tools (TERTULIA_TOOLS) cannot be loaded: {why}'


def test_a_package_brings_tools_by_an_entry_point(here: Path) -> None:
    package = here / "ana_tools-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: ana-tools\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[tertulia.tools]\nmine = tools_of_ana:Box.all\n")
    sys.path.append(str(here))
    assert [each.definition.name for each in installed_tools()] == ["plain", "made"]
    (package / "entry_points.txt").write_text("[tertulia.tools]\nmine = tools_of_ana:gone\n")
    with pytest.raises(StartupError, match="The entry point mine of ana-tools cannot be loaded: AttributeError"):
        list(installed_tools())


def test_two_tools_of_one_name_are_refused() -> None:
    def clock() -> str:
        """Tell the time."""
        return "noon"

    with pytest.raises(StartupError, match=r"two tools 'clock', in builtin::clock and in functions::clock"):
        check_names([tool(toolgroup="builtin::clock")(clock), tool(clock)])


@pytest.mark.usefixtures("here")
async def test_tools_in_code_come_beside_those_of_the_settings_and_of_the_server(tmp_path: Path) -> None:
    @tool
    def mine() -> str:
        """Be one of a program's own."""
        return "mine"

    settings = Settings(data_dir=tmp_path, discover=False, tools=["tools_of_ana:made"])
    services = Services.from_settings(settings, tools=[mine])
    await services.start()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app_of(services)), base_url="http://localhost"
    ) as client:
        listed = (await client.get("/v1/tools")).json()["tools"]
    await services.stop()
    assert [each["name"] for each in listed] == ["calculator", "clock", "search_sessions", "made", "mine"]
    with pytest.raises(StartupError, match="There are two tools 'mine'"):
        Services.from_settings(settings, tools=[mine, mine])
