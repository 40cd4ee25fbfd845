"""R28: a backup that was taken while turns ran is restored by the commands of docs/guide/operating.md, and is whole.

What ran then goes on where its log ends; a tool that has a key has one effect under it, however often it is run.
"""

import asyncio
import base64
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.server_process import environment
from tests.faults import rows
from tests.faults.conftest import Open, Stage
from tests.faults.model import wish, words_of
from tests.faults.node import RIGGED, ROOT, Node
from tests.faults.rigged import TOOLGROUP
from tests.faults.size import PATIENCE_S
from tests.store.postgres import binaries, new_database

pytestmark = pytest.mark.faults

GUIDE = (ROOT / "docs/guide/operating.md").read_text()
PLAN = b"The plan: Lisbon, then Porto."
FILE = {"name": "plan.txt", "type": "text/plain", "content": base64.b64encode(PLAN).decode()}
SLOW = wish(60, pause_ms=40)
ANSWER = "".join(words_of(60))


def commands(heading: str) -> list[str]:
    """The commands of a section of the guide, a line each, without comments."""
    section = GUIDE.partition(f"### {heading}\n")[2].partition("\n#")[0]
    lines = "\n".join(re.findall(r"^```sh\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)).splitlines()
    return [line for line in lines if line.strip()]


async def run(command: str, variables: Mapping[str, str]) -> None:
    """Run a command as a person would, in a shell that knows `tertulia` and PostgreSQL's programs."""
    path = os.pathsep.join([str(Path(sys.executable).parent), str(binaries()), os.environ["PATH"]])
    done = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-eu", "-c", command],
        env=environment(**{**variables, "PATH": path}),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"


async def busy(open_: Open, *options: str) -> tuple[Stage, str]:
    """A stage with one turn that has ended and has a file, one that speaks with one behind it, and one in a tool.

    Return the path of the file's content, too.
    """
    stage = await open_(*options, module=RIGGED, FAULTS_TOOL_SECONDS="600")
    ended, speaks, acts = [await stage.new_session(toolgroups=[TOOLGROUP]) for _ in range(3)]
    message = {"role": "user", "content": wish(5), "files": [FILE]}
    turn = (await stage.caller.ask("POST", f"{ended}/turn", {"messages": [message]})).json()
    assert turn["status"] == "completed"
    await stage.caller.begin(acts, wish(5, tool="note", calls=1))
    await stage.caller.begin(speaks, SLOW)
    await stage.caller.begin(speaks, wish(5))
    async with asyncio.timeout(PATIENCE_S):
        while not stage.effects or not has_spoken(stage):  # noqa: ASYNC110 - a file rings no bell
            await asyncio.sleep(0.01)
    return stage, f"/v1/files/{turn['input_messages'][0]['files'][0]['file_id']}/content"


def has_spoken(stage: Stage) -> bool:
    """Whether the long answer is under way, so that some of it is stored and the rest is not."""
    return any(SLOW in chat.wish and len(chat.spoken_at) > 10 for chat in stage.model.chats)


async def goes_on(stage: Stage, restored: Node, file: str) -> None:
    """Assert that what was restored is whole, and that what ran comes to its end there."""
    await stage.node.end()
    await restored.start(FAULTS_TOOL_SECONDS="0")
    stage.nodes = [restored]
    ended, speaks, acts = [await stage.until_idle(session) for session in stage.sessions]
    assert [turn["status"] for turn in (*ended, *speaks, *acts)] == ["completed"] * 4
    assert [turn["output_message"]["content"] for turn in speaks] == [ANSWER, "".join(words_of(5))]
    assert set(stage.effects) == {stage.effects[0]}, "a tool was run under another key"
    assert (await stage.caller.ask("GET", file)).content == PLAN
    assert await stage.caller.get("/v1/audit?action=session.create")
    await stage.check()
    again = await stage.caller.turn(stage.sessions[0], wish(5))
    assert (again["n"], again["status"]) == (2, "completed")


async def test_a_sqlite_backup_taken_while_turns_run_is_restored_and_whole(open_: Open, tmp_path: Path) -> None:
    stage, file = await busy(open_)
    data, backup = tmp_path / "restored", tmp_path / "backup"
    for command in commands("Back up SQLite"):
        await run(command, {"BACKUP": str(backup), "TERTULIA_DATA_DIR": str(stage.node.data_dir)})
    for command in commands("Restore SQLite"):
        await run(command, {"BACKUP": str(backup), "TERTULIA_DATA_DIR": str(data)})
    assert list(rows.of_sqlite(data / "tertulia.db")) == []
    await goes_on(stage, Node(data, *stage.model.option, module=RIGGED, **stage.node.variables), file)


async def test_a_postgres_backup_taken_while_turns_run_is_restored_and_whole(
    open_: Open, postgres_url: str, postgres_server_url: str, tmp_path: Path
) -> None:
    stage, file = await busy(open_, "--database-url", postgres_url)
    data, backup = tmp_path / "restored", tmp_path / "backup"
    here = {"BACKUP": str(backup), "TERTULIA_DATA_DIR": str(stage.node.data_dir)}
    for command in commands("Back up PostgreSQL"):
        await run(command, {**here, "TERTULIA_DATABASE_URL": postgres_url})
    with new_database(postgres_server_url, "restored") as url:
        for command in commands("Restore PostgreSQL"):
            await run(command, {"BACKUP": str(backup), "TERTULIA_DATA_DIR": str(data), "TERTULIA_DATABASE_URL": url})
        stage.postgres = url
        options = ("--database-url", url)
        await goes_on(stage, Node(data, *stage.model.option, *options, module=RIGGED, **stage.node.variables), file)
        await stage.node.end()


def test_the_guide_has_the_commands() -> None:
    places = [f"{what} {where}" for what in ("Back up", "Restore") for where in ("SQLite", "PostgreSQL")]
    assert [len(commands(place)) for place in places] == [1, 3, 1, 2]
