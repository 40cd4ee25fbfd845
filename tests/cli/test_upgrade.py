"""An older database with data in it is backed up, brought up to date by the start, and goes on; as the guide says."""

import hashlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tertulia.client import Client
from tertulia.domain.messages import UserMessage
from tertulia.domain.steps import InferenceStep, ToolCallStep
from tertulia.store.sql.schema import NEWEST, READ_VERSION
from tests.cli.server_process import environment, serving

pytestmark = pytest.mark.slow

OLD = Path(__file__).parents[1] / "store/older/0006.sql"
PLAN = b"The plan: Lisbon, then Porto."


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data directory as version 0006 left it."""
    data = tmp_path / "data"
    name = hashlib.sha256(PLAN).hexdigest()
    blob = data / "files/content" / name[:2] / name[2:4] / name
    blob.parent.mkdir(parents=True)
    blob.write_bytes(PLAN)
    with closing(sqlite3.connect(data / "tertulia.db")) as raw:
        raw.executescript(OLD.read_text())
    return data


def version_of(data: Path) -> str:
    with closing(sqlite3.connect(data / "tertulia.db")) as raw:
        return raw.execute(READ_VERSION).fetchone()[0]


@pytest.fixture
def client(old: Path) -> Iterator[Client]:
    """A client of a server on that directory, which was backed up before."""
    command = [sys.executable, "-m", "tertulia.cli", "backup", str(old.parent / "backup"), "--data-dir", str(old)]
    subprocess.run(command, check=True, env=environment(), stdout=subprocess.DEVNULL, timeout=60)
    with serving(old) as server, Client(server.url) as client:
        yield client
    assert (version_of(old.parent / "backup"), version_of(old)) == ("0006", NEWEST)


def test_what_an_older_version_kept_is_there_found_and_gone_on_with(client: Client) -> None:
    (agent,) = client.list_agents().agents
    trains, plans = client.list_sessions(agent.agent_id).sessions
    assert (plans.session_name, plans.turn_count, trains.pinned) == ("Plans for Lisbon", 2, True)
    first, second = client.list_turns(agent.agent_id, plans.session_id).turns
    assert [(turn.n, turn.status) for turn in (first, second)] == [(1, "completed"), (2, "completed")]
    assert [type(step) for step in first.steps] == [InferenceStep, ToolCallStep, InferenceStep]
    (message,) = first.input_messages
    assert isinstance(message, UserMessage)
    assert isinstance(message.files, list)
    assert client.get_file_content(str(message.files[0].file_id)) == PLAN
    with client.follow_turn(agent.agent_id, plans.session_id, first.turn_id) as events:
        assert [str(logged.id) for logged in events][-1] == first.last_event_id
    turn = client.create_turn(agent.agent_id, plans.session_id, "What time is it in Lisbon?")
    assert (turn.n, turn.status) == (3, "completed")
    deadline = time.monotonic() + 60
    while len(client.search("porto").hits) < 1:  # it goes through what is there already a little at a time
        assert time.monotonic() < deadline
        time.sleep(0.05)
    client.delete_session(agent.agent_id, trains.session_id)
    assert [session.session_id for session in client.list_sessions(agent.agent_id).sessions] == [plans.session_id]
