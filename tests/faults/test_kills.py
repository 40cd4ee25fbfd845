"""`kill -9` at any commit of a turn: it goes on where its log ends, and its reader sees one answer (R1, R20, R21)."""

import asyncio
from contextlib import suppress
from statistics import median
from typing import Any

import pytest

from tests.faults import invariants
from tests.faults.caller import GONE, Reading, follow
from tests.faults.conftest import Open, Stage
from tests.faults.model import wish, words_of
from tests.faults.node import RIGGED
from tests.faults.rigged import TOOLGROUP
from tests.faults.size import IS_FULL, PATIENCE_S, chances, either, figure

pytestmark = pytest.mark.faults

SIX_STEPS = wish(40, pause_ms=4, tool="note", calls=3)
"""Three answers that call a tool, three calls, and the last answer, over two or three flushes."""
ANSWER = "".join(words_of(40))
MOST_COMMITS = 60


async def rigged(open_: Open, **variables: str) -> Stage:
    return await open_(module=RIGGED, **variables)


async def test_whichever_commit_a_kill_prevents_the_turn_is_finished_and_its_reader_sees_one_answer(
    open_: Open,
) -> None:
    stage = await rigged(open_)
    session = await stage.new_session(toolgroups=[TOOLGROUP])
    places = commits()
    starts = [await stage.node.restart(FAULTS_DIES_AT=str(places[0]))]
    for commit, following in zip(places, [*places[1:], 0], strict=True):
        turn, reader = await until_killed(stage, session, f"commit{commit}")
        if not stage.node.has_ended:
            break
        # A turn that is not there is taken on anew: by a server that does not die of it.
        starts.append(await stage.node.start(FAULTS_DIES_AT=str(following) if turn else "0"))
        await finished(stage, session, f"commit{commit}", reader)
        if not turn:
            starts.append(await stage.node.restart(FAULTS_DIES_AT=str(following)))
    else:
        assert not IS_FULL, f"after {MOST_COMMITS} commits there are still more"
    await stage.check()
    figure(f"{len(starts)} starts on the same data: {median(starts):.2f} s, at most {max(starts):.2f} s")


def commits() -> list[int]:
    """All of them, one after the other; in a part, some."""
    if IS_FULL:
        return list(range(1, MOST_COMMITS + 1))
    return sorted(chances("commits").sample(range(1, 16), 5))


async def until_killed(stage: Stage, session: str, key: str) -> tuple[str, "asyncio.Task[Reading] | None"]:
    """Run a turn and read it until its server has killed itself, or it ends; return its path if it was taken on."""
    turn, reader = "", None
    with suppress(GONE):
        turn = await stage.caller.begin(session, SIX_STEPS, key=key)
        reader = asyncio.create_task(follow(stage.caller, turn))
    dying = asyncio.create_task(stage.node.ended())
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.wait({dying, reader} if reader else {dying}, return_when=asyncio.FIRST_COMPLETED)
    return turn, reader


async def finished(stage: Stage, session: str, key: str, reader: "asyncio.Task[Reading] | None") -> None:
    """Assert that the turn comes to its end, in the database and before the eyes of its reader."""
    async with asyncio.timeout(PATIENCE_S):
        end = await stage.caller.turn(session, SIX_STEPS, key=key)
        assert (end["status"], end["output_message"]["content"]) == ("completed", ANSWER)
        if reader is not None:
            assert list(invariants.log((await reader).frames, end)) == [], "a reader has seen what is not kept"


async def lost_in_tool(open_: Open, tool: str) -> tuple[Stage, str]:
    """A server that was killed while a tool ran that had had its effect already, and the turn's path."""
    stage = await rigged(open_, FAULTS_TOOL_SECONDS="60")
    session = await stage.new_session(toolgroups=[TOOLGROUP])
    turn = await stage.caller.begin(session, wish(5, tool=tool, calls=1))
    async with asyncio.timeout(PATIENCE_S):
        while not stage.effects:  # noqa: ASYNC110 - a file rings no bell
            await asyncio.sleep(0.01)
    await stage.node.restart(FAULTS_TOOL_SECONDS="0")
    return stage, turn


async def test_a_tool_that_may_be_repeated_is_run_again_under_its_key(open_: Open) -> None:
    stage, turn = await lost_in_tool(open_, "note")
    [end] = await stage.until_idle(stage.sessions[0])
    assert (end["status"], end["output_message"]["content"]) == ("completed", "".join(words_of(5)))
    assert len(stage.effects) == 2
    assert len(set(stage.effects)) == 1, "the key has changed"
    assert (await stage.caller.get(turn))["steps"][1]["attempt"] == 2
    await stage.check()


async def until_waiting(stage: Stage, turn: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        while (found := await stage.caller.get(turn))["status"] != "awaiting_input":  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.02)
    return found


def call_of(turn: dict[str, Any]) -> str:
    """The id of a turn's last call."""
    return turn["steps"][-1]["tool_call"]["call_id"]


@pytest.mark.parametrize(("decision", "times"), [("approve", 2), ("deny", 1)])
async def test_a_tool_that_may_not_be_repeated_waits_for_a_person_across_restarts_and_the_first_one_decides(
    open_: Open, decision: str, times: int
) -> None:
    stage, turn = await lost_in_tool(open_, "stamp")
    waiting = await until_waiting(stage, turn)
    assert waiting["wait_reason"] == "unknown_outcome"
    await stage.node.restart(FAULTS_TOOL_SECONDS="0")
    assert await stage.caller.get(turn) == waiting, "the waiting does not survive a restart"
    body = {"call_id": call_of(waiting), "decision": decision}
    answers = await asyncio.gather(*(stage.caller.ask("POST", f"{turn}/decision", body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    [end] = await stage.until_idle(stage.sessions[0])
    assert (end["status"], end["output_message"]["content"]) == ("completed", "".join(words_of(5)))
    assert len(stage.effects) == times
    assert (await stage.caller.ask("POST", f"{turn}/decision", body)).status_code == 409
    await stage.check()


async def test_a_decision_after_a_cancel_comes_too_late(open_: Open) -> None:
    stage, turn = await lost_in_tool(open_, "stamp")
    body = {"call_id": call_of(await until_waiting(stage, turn)), "decision": "approve"}
    assert (await stage.caller.ask("POST", f"{turn}/cancel")).json()["status"] == "cancelled"
    late = await stage.caller.ask("POST", f"{turn}/decision", body)
    assert late.status_code == 409
    assert len(stage.effects) == 1
    assert (await stage.caller.turn(stage.sessions[0], wish(2)))["status"] == "completed"
    await stage.check()


async def is_running(stage: Stage, turn: str) -> bool:
    return (await stage.caller.get(turn))["status"] == "running"


async def test_a_turn_that_kills_its_server_again_and_again_is_given_up_and_the_session_goes_on(open_: Open) -> None:
    stage = await rigged(open_)
    session = await stage.new_session()
    turn = await stage.caller.begin(session, wish(1000, pause_ms=50))
    for life in range(1, 6):
        async with asyncio.timeout(PATIENCE_S):
            while len(stage.model.chats) < life and await is_running(stage, turn):  # noqa: ASYNC110 - no bell
                await asyncio.sleep(0.02)
        if not await is_running(stage, turn):
            break
        await stage.node.restart()
    end = await stage.caller.get(turn)
    assert (end["status"], end["error"]["code"]) == ("failed", "attempts_exhausted")
    assert len(stage.model.chats) == 3
    assert (await stage.caller.turn(session, wish(2)))["status"] == "completed"
    await stage.check()


async def test_a_cancel_while_its_server_is_killed_ends_the_turn_once(stage: Stage) -> None:
    chance = chances("cancel and kill")
    session = await stage.new_session()
    for _ in range(either(4, 40)):
        stage.model.asked.clear()
        turn = await stage.caller.begin(session, wish(10, pause_ms=20))
        await stage.model.asked.wait()
        asking = asyncio.create_task(stage.caller.ask("POST", f"{turn}/cancel"))
        await asyncio.sleep(chance.random() * 0.01)
        await stage.node.kill()
        with suppress(GONE):
            answer = await asking
            assert answer.json()["status"] in ("cancelled", "completed")
        await stage.node.start()
        again = await stage.caller.ask("POST", f"{turn}/cancel")
        assert again.json()["status"] in ("cancelled", "completed")
    assert await stage.until_idle(session)
    assert (await stage.caller.turn(session, wish(2)))["status"] == "completed"
    await stage.check()
