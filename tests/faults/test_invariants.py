"""The checks of the invariants bite: each finds what was spoilt in what is right, and nothing before that."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults import invariants, rows
from tests.faults.conftest import Stage
from tests.faults.model import wish
from tests.server.site import Frame

Json = dict[str, Any]


def turn(n: int, status: str = "completed", **more: Any) -> Json:
    ended = status in invariants.ENDED
    return {
        "turn_id": f"t{n}",
        "n": n,
        "status": status,
        "completed_at": "now" if ended else None,
        "steps": [{}] if ended else [],
        **more,
    }


RUNNING = turn(2, "running", steps=[{}])


@pytest.mark.parametrize(
    ("turns", "begin"),
    [
        ([turn(1), turn(2, "awaiting_input", steps=[{}]), turn(3, "queued")], None),
        ([turn(1), RUNNING, turn(3, "queued"), turn(4, "cancelled", steps=[])], None),
        ([turn(1), turn(3)], "I2: the turns are numbered [1, 3]"),
        ([turn(2), turn(1)], "I2: the turns are numbered [2, 1]"),
        ([turn(1), RUNNING, turn(3, "running")], "I2: turns [2, 3] run at once"),
        ([turn(1, "queued"), turn(2)], "I2: turns [2] have run before turn 1 has ended"),
        ([turn(1, "stuck")], "I1: turn 1 is stuck"),
        ([turn(1, completed_at=None)], "I1: turn 1 is completed, and was completed at None"),
    ],
)
def test_the_order_of_turns(turns: list[Json], begin: str | None) -> None:
    assert_found(list(invariants.order(turns)), begin)


def test_a_promise_that_was_broken() -> None:
    assert list(invariants.promises(["t1"], [turn(1)])) == []
    assert_found(list(invariants.promises(["t1", "t2"], [turn(1)])), "I1: turn t2 was acknowledged and is not there")


def frame(place: str, event_type: str, **fields: Any) -> Frame:
    payload = {"event_type": event_type, **fields}
    return Frame(f"id: {place}\ndata: {json.dumps({'event': {'payload': payload}})}".encode())


def piece(place: str, text: str) -> Frame:
    return frame(place, "step_progress", step_id="i1", delta={"type": "text", "text": text})


def inference(text: str) -> Json:
    return {"step_id": "i1", "step_type": "inference", "model_response": {"content": text}}


START = frame("1.1.1", "step_start", step_id="i1")
DONE = {"step_id": "i1", "step_details": inference("Hello.")}
LOG = [START, piece("1.1.2", "Hel"), piece("1.1.3", "lo."), frame("1.1.4", "step_complete", **DONE)]
RESTARTED = [
    *LOG[:2],
    frame("1.2.1", "step_restart", step_id="i1", epoch=2),
    piece("1.2.2", "Hello."),
    frame("1.2.3", "step_complete", **DONE),
]


@pytest.mark.parametrize(
    ("frames", "begin"),
    [
        (LOG, None),
        (RESTARTED, None),
        ([*RESTARTED[:2], *RESTARTED[3:]], "I6: the events of turn 1 in epoch 2 are numbered [2, 3]"),
        ([each for each in RESTARTED if each.type != "step_restart"], "I3: step i1 of turn 1 is 'Hello.', and its"),
        ([LOG[0], LOG[1], LOG[3]], "I6: the events of turn 1 in epoch 1 are numbered [1, 2, 4]"),
        ([*LOG[:3], LOG[2], LOG[3]], "I6: event 1.1.3 comes after 1.1.3"),
        ([*LOG[:2], piece("1.1.3", "p!"), LOG[3]], "I3: step i1 of turn 1 is 'Hello.', and its pieces are 'Help!'"),
        ([*LOG, frame("1.1.5", "step_complete", **DONE)], "I4: step i1 of turn 1 was completed 2 times"),
        ([frame("1.0.1", "turn_queued", at="10"), frame("1.1.1", "turn_start", at="10")], "I3: turn 1 has the steps"),
        (
            [frame("1.0.1", "turn_queued", at="10"), frame("1.1.1", "turn_start", at="09")],
            "I4: event 1.1.1 happened at",
        ),
        (
            [frame("1.1.1", "step_start", step_id="i1", at="10"), frame("1.1.2", "x", at="10")],
            "I4: event 1.1.2 happened",
        ),
        ([*LOG, frame("1.1.5", "step_start", step_id="i2")], "I3: turn 1 has the steps ['i1'], and its events"),
    ],
)
def test_a_log_of_events(frames: list[Frame], begin: str | None) -> None:
    assert_found(list(invariants.log(frames, turn(1, steps=[inference("Hello.")]))), begin)


def test_a_suffix_that_is_not_one() -> None:
    whole = b"id: 1.1.1\ndata: a\n\nid: 1.1.2\ndata: b\n\nid: 1.1.3\ndata: c\n\n"
    rest = whole[whole.index(b"id: 1.1.3") :]
    assert list(invariants.resumed(whole, "1.1.2", rest)) == []
    assert_found(list(invariants.resumed(whole, "1.1.1", rest)), "I6: after 1.1.1")


def asks(*ids: str) -> Json:
    return {"role": "assistant", "tool_calls": [{"id": each} for each in ids]}


def result(of: str) -> Json:
    return {"role": "tool", "tool_call_id": of}


USER = {"role": "user", "content": "Hi"}


@pytest.mark.parametrize(
    ("messages", "begin"),
    [
        ([USER, asks("a", "b"), result("b"), result("a"), USER], None),
        ([USER, asks("a"), USER], "I7: the calls ['a'] have the results []"),
        ([USER, asks("a"), result("a"), result("a")], "I7: the calls ['a'] have the results ['a', 'a']"),
        ([USER, result("a")], "I7: the calls [] have the results ['a']"),
        ([USER, asks("a"), USER, result("a")], "I7: the calls ['a'] have the results []"),
    ],
)
def test_a_transcript(messages: list[Json], begin: str | None) -> None:
    assert_found(list(invariants.transcript(messages)), begin)


CALL = {"arguments_json": '{"n": 7}'}
CALLED = turn(1, steps=[{"step_type": "tool_call", "status": "completed", "tool_call": CALL}])


@pytest.mark.parametrize(
    ("lines", "begin"),
    [
        (["t1:s1 7"], None),
        (["t1:s1 7", "t1:s1 7"], None),
        ([], "I5: call 7 of turn 1 had 0 logical effects"),
        (["t1:s1 7", "t1:s2 7"], "I5: call 7 of turn 1 had 2 logical effects"),
        (["t1:s1 7", "t1:s1 8"], "I5: the key t1:s1 was used for the calls ['7', '8']"),
    ],
)
def test_the_effects_of_tools(lines: list[str], begin: str | None) -> None:
    assert_found(list(invariants.effects(lines, [CALLED])), begin)


SPOILT: dict[str, tuple[str, str]] = {
    "a turn is gone": ("DELETE FROM turns WHERE n = 2", "I2: session"),
    "two turns run": ("UPDATE turns SET status = 'running', completed_at = NULL", "I2: session"),
    "a session that is not idle": ("UPDATE sessions SET status = 'running'", "I2: session"),
    "events of a fence that was never given": ("UPDATE turn_events SET epoch = 9", "I4: turn 1"),
    "a chunk is gone": ("DELETE FROM turn_events WHERE kind = 'delta'", "I4: turn 1"),
    "a step that is completed twice": (
        "INSERT INTO turn_events SELECT turn_id, epoch, first_seq + 1000, shard, last_seq + 1000, kind, data "
        "FROM turn_events WHERE CAST(data AS TEXT) LIKE '%step_complete%'",
        "I4: step",
    ),
    "a lease that was not let go": ("UPDATE turns SET lease_owner = 1", "I8: turn 1"),
}


@pytest.fixture
async def good(stage: Stage, tmp_path: Path) -> Path:
    """The database of a server that has ended well, after two turns."""
    session = await stage.new_session()
    for _ in range(2):
        await stage.caller.turn(session, wish(5, calls=2))
    await stage.check()
    assert await stage.node.terminate() == 0
    return Path(shutil.copy(stage.node.database, tmp_path / "copy.db"))


@pytest.mark.faults
async def test_a_database(good: Path, tmp_path: Path) -> None:
    assert list(rows.of_sqlite(good)) == []
    for what, (statement, begin) in SPOILT.items():
        path = Path(shutil.copy(good, tmp_path / f"{what}.db"))
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute(statement)
        found = list(rows.of_sqlite(path))
        assert any(each.startswith(begin) for each in found), (what, found)


@pytest.mark.faults
async def test_the_check_of_a_stage_looks_at_all_of_it(stage: Stage) -> None:
    session = await stage.new_session()
    await stage.caller.turn(session, wish(2))
    await stage.check()
    stage.caller.promised["none"] = f"{session}/turn/none"
    stage.caller.surprises.append("GET / was answered 500")
    stage.model.chats[0].body["messages"].append({"role": "tool", "tool_call_id": "x"})
    with pytest.raises(AssertionError) as failure:
        await stage.check()
    assert [line[:3] for line in str(failure.value).splitlines() if line.startswith("I")] == ["I1:", "I7:", "I8:"]


def assert_found(found: list[str], begin: str | None) -> None:
    if begin is None:
        assert found == []
    else:
        assert any(each.startswith(begin) for each in found), found
