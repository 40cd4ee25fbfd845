"""docs/guide/tools.md: its tools are made as they stand there, and its names are those of the server."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tertulia.domain.tools import ToolPolicy
from tertulia.settings.values import Settings
from tertulia.store.memory.store import MemoryStore
from tertulia.tools import Answer, AnswerNeeded, Tool, ToolFile
from tertulia.tools.loading import named_tools
from tertulia.wiring import builtin_tools, extractor_of
from tests.tools.asking import CONTEXT, answer, ask, complaint

PAGE = (Path(__file__).parents[2] / "docs/guide/tools.md").read_text()
WEATHER, REPORT, BOOK, TESTED = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current directory of somebody who does as the guide says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "weather.py").write_text(WEATHER)
    yield tmp_path
    sys.modules.pop("weather", None)


@pytest.mark.usefixtures("here")
async def test_ten_lines_are_a_tool() -> None:
    assert len([line for line in WEATHER.splitlines() if line.strip()]) <= 10
    [weather] = named_tools(["weather:weather"])
    assert weather.toolgroup == "functions::weather"
    assert weather.definition.description == "Tell the weather in a city."
    assert weather.definition.input_schema["properties"]["days"]["description"] == "How many days to look ahead."
    assert await answer(weather, city="Lisbon", days="2") == '{"city":"Lisbon","in days":"2","weather":"sunny"}'
    assert await complaint(weather, city="Lisbon", days="two") in PAGE.replace("``", "")
    exec(compile(TESTED, "tools.md", "exec"), {})


async def test_a_report_has_a_file() -> None:
    names: dict[str, Any] = {}
    exec(compile(REPORT, "tools.md", "exec"), names)
    report = names["report"]
    assert report.definition.input_schema["properties"]["month"]["description"] == "1 to 12."
    assert (await ask(report, month=3)).files == [ToolFile(name="report.csv", type="text/csv", data=b"day,sum\n1,12\n")]
    assert await complaint(report, month=13) == "There is no month 13."


async def test_a_function_asks_a_person_and_is_called_again_with_the_answer() -> None:
    names: dict[str, Any] = {}
    exec(compile(BOOK, "tools.md", "exec"), names)
    with pytest.raises(AnswerNeeded) as asked:
        await ask(names["book"], train="IC 520")
    assert asked.value.question.message == "Where do you want to sit?"
    for given, said in (
        (Answer(action="accept", content={"seat": "aisle"}), "Booked in train IC 520: aisle."),
        (Answer(action="decline"), "Nothing was booked."),
    ):
        context = replace(CONTEXT, answers={asked.value.question.key: given})
        assert (await names["book"].call({"train": "IC 520"}, context)).content == said


def test_the_policies_are_these() -> None:
    for name in ToolPolicy.__struct_fields__:
        default = getattr(ToolPolicy(), name)
        written = f'"{default}"' if isinstance(default, str) else default
        assert f"| `{name}` | `{written}` |" in PAGE


def builtin(settings: Settings) -> list[Tool]:
    return builtin_tools(settings, MemoryStore(), extractor_of(settings))


def test_the_tools_that_come_with_the_server_are_these() -> None:
    tools = builtin(Settings(web_fetch=True))
    assert re.findall(r"^\| `(builtin::\w+)`", PAGE, flags=re.MULTILINE) == [tool.toolgroup for tool in tools]


def test_pages_of_the_web_are_read_only_if_that_is_wanted() -> None:
    tools = builtin(Settings())
    assert "builtin::web_fetch" not in [tool.toolgroup for tool in tools]
