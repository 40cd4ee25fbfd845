"""docs/guide/python-client.md: its examples run, in order, against a real server, and say what they should."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.server_process import ServerProcess, serving

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs/guide/python-client.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:8321"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data") as process:
        yield process


def test_the_examples_run_in_order(server: ServerProcess, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    said: list[str] = []
    for example in EXAMPLES:
        exec(compile(example.replace(ADDRESS, server.url), "python-client.md", "exec"), names)
        said.append(capsys.readouterr().out)
    names["client"].close()
    (answer, stream, fold, follow, tools, lists, errors, patience, with_asyncio) = said
    assert answer.strip()
    assert stream.strip()
    assert fold.startswith("completed ")
    assert follow == "completed\n"
    assert "a quarter past nine" in tools
    assert lists == "['Plans for Lisbon'] None\n1 completed\n2 completed\n3 completed\n"
    assert errors.startswith("404 session_not_found ")
    assert patience == "ready\n"
    assert with_asyncio.startswith("TurnQueued\nTurnStarted\n")
    assert with_asyncio.endswith("TurnCompleted\nTrue ['Plans for Lisbon']\n")
