"""docs/guide/python-client.md: its examples run, in order, against a real server, and say what they should.

Those of other pages go on from there: they have a client, an agent and a session.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.client import Client
from tests.cli.server_process import ServerProcess, serving

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "docs/guide"
ADDRESS = "http://127.0.0.1:8321"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("server") / "data") as process:
        yield process


def examples(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", (GUIDE / page).read_text(), flags=re.MULTILINE | re.DOTALL)


def test_the_examples_run_in_order(server: ServerProcess, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    said: list[str] = []
    for example in examples("python-client.md"):
        exec(compile(example.replace(ADDRESS, server.url), "python-client.md", "exec"), names)
        said.append(capsys.readouterr().out)
    names["client"].close()
    (answer, stream, fold, follow, tools, lists, errors, patience, with_asyncio) = said
    assert answer.strip()
    assert stream.strip()
    assert fold.startswith("completed ")
    assert follow == "completed\n"
    assert "a quarter past nine" in tools
    assert lists == "['Plans for Lisbon'] None\n['Plans for Lisbon']\n1 completed\n2 completed\n3 completed\n"
    assert errors.startswith("404 session_not_found ")
    assert patience == "ready\n"
    assert with_asyncio.startswith("TurnQueued\nTurnStarted\n")
    assert with_asyncio.endswith("TurnCompleted\nTrue ['Plans for Lisbon']\n")


def test_those_of_other_pages_run_too(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("report.pdf").write_bytes(b"%PDF-1.4")
    with Client(server.url) as client:
        agent_id = client.get_config().default_agent_id
        assert agent_id is not None
        session_id = client.create_session(agent_id, session_name="A night train to Lisbon").session_id
        given = {"client": client, "agent_id": agent_id, "session_id": session_id}
        for example in (*examples("attachments.md"), *examples("search.md"), examples("limits.md")[0]):
            exec(compile(example, "guide", "exec"), dict(given))
        [turn] = client.get_session(agent_id, session_id).turns
    assert turn.status == "completed"
    hit, usage = capsys.readouterr().out.splitlines()
    assert hit == "A night train to Lisbon None ['A night train to Lisbon']"
    assert re.fullmatch(r"\d+ of None until None", usage)
