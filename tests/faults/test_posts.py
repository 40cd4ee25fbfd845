"""Many who post at once, and servers that die before they answer: one turn a key, and the order that was promised
(R18, R19)."""

import asyncio
import signal
from collections import Counter
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.faults.caller import GONE, Caller
from tests.faults.conftest import Stage
from tests.faults.model import wish
from tests.faults.size import chances, either

pytestmark = pytest.mark.faults

QUEUE = 8
"""How many turns of a session wait, unless an operator says otherwise."""


async def test_of_a_hundred_posts_with_one_key_one_makes_a_turn_and_all_get_it(stage: Stage) -> None:
    session = await stage.new_session()
    answers = await asyncio.gather(*(stage.caller.post(session, wish(20, pause_ms=2), key="once") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    other = await stage.caller.post(session, wish(21), key="once")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
    assert len(await stage.caller.turns(session)) == len(stage.model.chats) == 1
    await stage.check()


async def test_a_server_that_is_killed_before_it_answers_has_taken_the_turn_or_not_and_never_twice(
    stage: Stage,
) -> None:
    """Some are killed when the model is asked: after the commit, before the answer. Others at any moment."""
    chance = chances("kills")
    session = await stage.new_session()
    keys = [f"key{number}" for number in range(either(6, 60))]
    for number, key in enumerate(keys):
        stage.model.asked.clear()
        posting = asyncio.create_task(stage.caller.post(session, wish(3, pause_ms=200), key=key))
        if number % 2:
            await stage.model.asked.wait()
        else:
            await asyncio.sleep(chance.random() * 0.05)
        await stage.node.kill()
        with pytest.raises(GONE):
            await posting
        await stage.node.start()
        again = await stage.caller.turn(session, wish(3, pause_ms=200), key=key)
        assert again["n"] == number + 1
        assert (await stage.caller.turn(session, wish(3, pause_ms=200), key=key)) == again
    turns = await stage.until_idle(session)
    assert len(turns) == len(keys)
    await stage.check()


async def burst(caller: Caller, session: str, on_busy: str) -> list[httpx.Response]:
    """Fifty posts at once."""
    words = wish(3, pause_ms=300)
    return await asyncio.gather(*(caller.post(session, words, on_busy=on_busy, background=True) for _ in range(50)))


def outcomes(answers: list[httpx.Response]) -> Counter[tuple[int, Any]]:
    return Counter((answer.status_code, answer.json().get("code")) for answer in answers)


async def test_of_fifty_posts_that_reject_one_is_taken(stage: Stage) -> None:
    session = await stage.new_session()
    answers = await burst(stage.caller, session, "reject")
    assert outcomes(answers) == {(202, None): 1, (409, "session_busy"): 49}
    running = {answer.json().get("turn_id") for answer in answers}
    assert len(running) == 1, "a refusal names the turn that runs"
    assert len(await stage.until_idle(session)) == 1
    await stage.check()


async def test_of_fifty_posts_that_enqueue_nine_run_in_their_order_and_the_others_may_come_again(
    stage: Stage,
) -> None:
    session = await stage.new_session()
    answers = await burst(stage.caller, session, "enqueue")
    assert outcomes(answers) == {(202, None): 1 + QUEUE, (429, "queue_full"): 49 - QUEUE}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status_code == 429)
    turns = await stage.until_idle(session)
    assert [turn["status"] for turn in turns] == ["completed"] * (1 + QUEUE)
    ends = [turn["completed_at"] for turn in turns]
    begins = [turn["steps"][0]["started_at"] for turn in turns]
    assert all(end <= begin for end, begin in zip(ends[:-1], begins[1:], strict=True)), "two turns ran at once"
    await stage.check()


async def test_of_fifty_posts_that_interrupt_each_is_taken_in_order_or_told_and_none_runs_beside_another(
    stage: Stage,
) -> None:
    session = await stage.new_session()
    first = await stage.caller.begin(session, wish(1000, pause_ms=100))
    await stage.model.asked.wait()
    answers = await burst(stage.caller, session, "interrupt")
    assert set(outcomes(answers)) <= {(202, None), (429, "queue_full")}
    turns = await stage.until_idle(session)
    assert len(turns) == 1 + outcomes(answers)[202, None] > QUEUE
    assert (await stage.caller.get(first))["status"] == "cancelled"
    assert {turn["status"] for turn in turns} <= {"cancelled", "completed"}
    assert turns[-1]["status"] == "completed", "nobody has interrupted the last one"
    ran = [turn for turn in turns if turn["steps"]]
    assert all(one["completed_at"] <= other["steps"][0]["started_at"] for one, other in pairwise(ran))
    await stage.check()


async def test_what_waits_starts_in_its_order_after_a_kill(stage: Stage) -> None:
    session = await stage.new_session()
    for _ in range(4):
        await stage.caller.begin(session, wish(3, pause_ms=100))
    await stage.model.asked.wait()
    stage.node.send(signal.SIGKILL)
    await stage.node.ended()
    await stage.node.start()
    turns = await stage.until_idle(session)
    assert [turn["n"] for turn in turns] == [1, 2, 3, 4]
    assert [turn["status"] for turn in turns[1:]] == ["completed"] * 3
    begins = [turn["steps"][0]["started_at"] for turn in turns[1:]]
    assert begins == sorted(begins)
    await stage.check()
