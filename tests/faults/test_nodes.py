"""Several servers on one PostgreSQL, some of which die, freeze or leave: turns and their readers go on at the others
(R2–R6, R17, R20, R21)."""

import asyncio
import signal
import time
from contextlib import suppress
from statistics import median, quantiles
from typing import Any

import pytest

from tests.faults.caller import Reading, follow
from tests.faults.conftest import LEASE_S, OpenNodes, Stage
from tests.faults.model import wish, words_of
from tests.faults.node import RIGGED, Node
from tests.faults.rigged import TOOLGROUP
from tests.faults.size import IS_FULL, PATIENCE_S, chances, either, figure

pytestmark = pytest.mark.faults

MOST_AFTER_LEASE_S = 5.0
"""How much longer than the lease a takeover may take, at p99."""
LONG = wish(80, pause_ms=30)
"""An answer that is under way when its server dies: two seconds and a half."""
ANSWER = "".join(words_of(80))
DRAIN_S = 0.5
MOST_TO_LEAVE_S = 1.0 if IS_FULL else 30.0
"""How long a cancel that was answered by another server may take to the model server, as that one sees it."""


async def begin_at(stage: Stage, node: Node, session: str, words: str, **more: Any) -> str:
    """Start a turn on one server; return its path."""
    where, stage.caller.where = stage.caller.where, lambda: node.url
    try:
        return await stage.caller.begin(session, words, **more)
    finally:
        stage.caller.where = where


def end_of(reading: Reading) -> dict[str, Any]:
    return reading.frames[-1].payload["turn"]


class Watched:
    """A turn that is read at one server while the one that runs it is lost."""

    def __init__(self, stage: Stage, turn: str) -> None:
        self._stage = stage
        self._turn = turn
        self.moved_at = 0.0

    async def watch(self) -> dict[str, Any]:
        """Read it to its end; remember when something came of it under another epoch than the first."""
        reading = Reading()
        reader = asyncio.create_task(follow(self._stage.caller, self._turn, reading=reading))
        while not reader.done():
            await asyncio.sleep(0.02)
            if (
                not self.moved_at
                and reading.last_id
                and not reading.last_id.startswith(f"{reading.frames[0].place[0]}.1.")
            ):
                self.moved_at = time.monotonic()
        await reader
        return end_of(reading)


async def test_turns_of_servers_that_are_killed_are_taken_over_and_finished(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(3)
    chance = chances("kills")
    sessions = [await stage.new_session() for _ in range(8)]
    delays: list[float] = []
    while len(delays) < either(8, 200):
        victim = chance.choice(stage.nodes)
        turns = [await begin_at(stage, victim, session, LONG) for session in sessions]
        await asyncio.sleep(chance.uniform(0, 1.5))
        killed_at = time.monotonic()
        await victim.kill()
        watched = [Watched(stage, turn) for turn in turns]
        async with asyncio.timeout(PATIENCE_S):
            ends = await asyncio.gather(*(each.watch() for each in watched))
        assert [(end["status"], end["output_message"]["content"]) for end in ends] == [("completed", ANSWER)] * 8
        delays += [each.moved_at - killed_at for each in watched if each.moved_at]  # some had ended before
        await victim.start()
    p99 = quantiles(delays, n=100)[98]
    figure(f"{len(delays)} takeovers, lease {LEASE_S:g} s: median {median(delays):.2f} s, p99 {p99:.2f} s")
    assert not IS_FULL or p99 <= LEASE_S + MOST_AFTER_LEASE_S
    await stage.check()


async def test_a_server_that_was_frozen_for_longer_than_its_lease_changes_nothing_when_it_thaws(
    open_nodes: OpenNodes,
) -> None:
    stage = await open_nodes(2, module=RIGGED)
    for _ in range(either(1, 20)):
        await freeze_and_thaw(stage)
    stage.allowed.add("lease.lost")
    await stage.check()


async def freeze_and_thaw(stage: Stage) -> None:
    """Stop a server wherever it is, in a transaction perhaps, and let it go on when its turns have ended elsewhere."""
    frozen, other = stage.nodes
    sessions = [await stage.new_session(toolgroups=[TOOLGROUP]), await stage.new_session()]
    wishes = [wish(100, pause_ms=20, tool="note", calls=1), wish(100, pause_ms=20)]
    asked = len(stage.model.chats)
    turns = [await begin_at(stage, frozen, *each) for each in zip(sessions, wishes, strict=True)]
    readers_there = [asyncio.create_task(follow(stage.caller, turn, lambda: frozen.url)) for turn in turns]
    while len(stage.model.chats) < asked + 3:  # noqa: ASYNC110 - both are in the middle of their last answer
        await asyncio.sleep(0.01)
    frozen.send(signal.SIGSTOP)
    async with asyncio.timeout(PATIENCE_S):
        ends = [end_of(await follow(stage.caller, turn, lambda: other.url)) for turn in turns]
    assert [end["status"] for end in ends] == ["completed"] * 2
    rows_before, lines_before = await stage.rows(), len(frozen.log)
    frozen.send(signal.SIGCONT)
    async with asyncio.timeout(PATIENCE_S):
        assert [end_of(await reader) for reader in readers_there] == ends
        while not any(  # noqa: ASYNC110 - no bell
            line["event"] in ("turn.lease_lost", "lease.lost") for line in frozen.log[lines_before:]
        ):
            await asyncio.sleep(0.05)
    assert await stage.rows() == rows_before, "the zombie has written"
    again = await begin_at(stage, frozen, sessions[1], wish(2))
    assert end_of(await follow(stage.caller, again))["status"] == "completed"


async def test_a_server_whose_event_loop_is_blocked_keeps_its_lease(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(2, module=RIGGED, FAULTS_TOOL_SECONDS=str(3 * LEASE_S))
    blocked, other = stage.nodes
    session, elsewhere = await stage.new_session(toolgroups=[TOOLGROUP]), await stage.new_session()
    begun = time.monotonic()  # the block may come before the answer to this request does
    turn = await begin_at(stage, blocked, session, wish(3, tool="block", calls=1))
    going_on = await begin_at(stage, other, elsewhere, wish(3))
    assert end_of(await follow(stage.caller, going_on, lambda: other.url))["status"] == "completed"
    end = end_of(await follow(stage.caller, turn, lambda: other.url))
    assert time.monotonic() - begun > 2 * LEASE_S, "nothing was blocked"
    assert end["status"] == "completed"
    assert [step["attempt"] for step in end["steps"]] == [1, 1, 1]
    assert len(stage.effects) == 1
    assert not any(line["event"] == "turn.adopted" for node in stage.nodes for line in node.log)
    await stage.check()


async def test_a_function_that_blocks_holds_up_its_own_turn_and_no_other_on_its_server(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(2, module=RIGGED, FAULTS_TOOL_SECONDS=str(either(int(2 * LEASE_S), 30)))
    busy, other = stage.nodes
    sessions = [await stage.new_session(toolgroups=[TOOLGROUP]) for _ in range(8)]
    dozing = [await begin_at(stage, busy, session, wish(3, tool="doze", calls=1)) for session in sessions]
    async with asyncio.timeout(PATIENCE_S):
        while len(stage.effects) < len(dozing):  # noqa: ASYNC110 - more of them than the loop's own pool has threads
            await asyncio.sleep(0.02)
        going_on = await begin_at(stage, busy, await stage.new_session(), wish(3))
        assert end_of(await follow(stage.caller, going_on, lambda: busy.url))["status"] == "completed"
    stage.effects_file.with_suffix(".go").touch()
    ends = [end_of(await follow(stage.caller, turn, lambda: other.url)) for turn in dozing]
    assert [end["status"] for end in ends] == ["completed"] * len(dozing)
    assert [step["attempt"] for end in ends for step in end["steps"]] == [1, 1, 1] * len(dozing)
    assert len(stage.effects) == len(dozing)
    assert not any(line["event"] in ("turn.adopted", "lease.lost") for node in stage.nodes for line in node.log)
    await stage.check()


async def test_when_one_of_two_servers_is_killed_every_client_reads_on_at_the_other(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(2)
    killed, _ = stage.nodes
    sessions = [await stage.new_session() for _ in range(either(10, 50))]
    turns = [await begin_at(stage, killed, session, LONG) for session in sessions]
    readings = [Reading() for _ in range(2 * len(turns))]
    readers = [
        asyncio.create_task(follow(stage.caller, turn, reading=reading))
        for turn, reading in zip(turns * 2, readings, strict=True)
    ]
    await asyncio.sleep(chances("kill").uniform(0.5, 1.5))
    await killed.kill()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*readers)
    for turn, one, two in zip(turns, readings[: len(turns)], readings[len(turns) :], strict=True):
        assert end_of(one) == end_of(two) == await stage.caller.get(turn)
        assert end_of(one)["output_message"]["content"] == ANSWER
    assert sum(reading.torn for reading in readings) >= len(turns) // 2
    await stage.check()


async def test_when_servers_are_restarted_one_after_the_other_no_turn_fails_and_takeover_does_not_wait_for_the_lease(
    open_nodes: OpenNodes,
) -> None:
    stage = await open_nodes(2, TERTULIA_DRAIN_TIMEOUT=str(DRAIN_S), TERTULIA_LEASE_SECONDS="60")
    sessions = [await stage.new_session() for _ in range(6)]
    waits: list[float] = []
    for number in range(either(2, 10)):
        leaving = stage.nodes[number % 2]
        turns = [await begin_at(stage, leaving, session, LONG) for session in sessions]
        watched = [Watched(stage, turn) for turn in turns]
        watching = [asyncio.create_task(each.watch()) for each in watched]
        told_at = time.monotonic()
        assert await leaving.terminate() == 0
        async with asyncio.timeout(PATIENCE_S):
            ends = await asyncio.gather(*watching)
        assert [(end["status"], end["output_message"]["content"]) for end in ends] == [("completed", ANSWER)] * 6
        waits += [each.moved_at - told_at - DRAIN_S for each in watched]
        await leaving.start()
    figure(f"{len(waits)} takeovers from servers that were told to stop: at most {max(waits):.2f} s after their drain")
    assert max(waits) < 30, "the takeover has waited for a lease"
    await stage.check()


async def test_clocks_that_are_hours_apart_make_no_difference(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(1, module=RIGGED)
    for hours in (1, -1):
        await stage.add_node(
            "--database-url",
            stage.postgres,
            module=RIGGED,
            **stage.node.variables,
            FAULTS_CLOCK_SECONDS=str(hours * 3600),
        )
    session = await stage.new_session()
    words = wish(200, pause_ms=30)
    for node in stage.nodes:
        turn = await begin_at(stage, node, session, words)
        await asyncio.sleep(LEASE_S + 1)
        assert (await stage.caller.get(turn))["steps"][0]["attempt"] == 1, "it was taken over from a server that lives"
        await node.kill()
        end = end_of(await follow(stage.caller, turn))
        assert (end["status"], end["output_message"]["content"]) == ("completed", "".join(words_of(200)))
        await node.start()
    await stage.check()


async def cancel_elsewhere(stage: Stage, session: str) -> float:
    """Cancel a turn that runs at one server at the other; return how long after the answer the model server was left.

    That may be before the answer: a cancel that is answered has been asked for and no more.
    """
    owner, other = stage.nodes
    asked = len(stage.model.chats)
    turn = await begin_at(stage, owner, session, LONG)
    async with asyncio.timeout(PATIENCE_S):
        while len(stage.model.chats) == asked:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.01)
    chat = stage.model.chats[-1]
    stage.caller.where = lambda: other.url
    assert (await stage.caller.ask("POST", f"{turn}/cancel")).status_code == 202
    answered_at = time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        await chat.ended.wait()
    assert chat.left_at is not None, "the answer was whole before the cancel came"
    assert end_of(await follow(stage.caller, turn))["status"] == "cancelled"
    return chat.left_at - answered_at


async def test_a_cancel_at_another_server_stops_the_turn_within_a_second_and_one_of_a_dead_server_too(
    open_nodes: OpenNodes,
) -> None:
    stage = await open_nodes(2)
    owner, other = stage.nodes
    session = await stage.new_session()
    delays = [await cancel_elsewhere(stage, session) for _ in range(either(1, 20))]
    figure(f"{len(delays)} cancels at another server reached the model server after {max(delays):.2f} s at most")
    assert max(delays) < MOST_TO_LEAVE_S
    stage.caller.where = lambda: other.url
    orphan = await begin_at(stage, owner, session, LONG)
    await owner.kill()
    assert (await stage.caller.ask("POST", f"{orphan}/cancel")).status_code == 202
    async with asyncio.timeout(PATIENCE_S):
        assert end_of(await follow(stage.caller, orphan))["status"] == "cancelled"
    assert (await stage.caller.turn(session, wish(2)))["status"] == "completed"
    await owner.start()
    await stage.check()


async def test_a_lost_tool_waits_at_every_server_and_of_all_who_decide_one_does(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(3, module=RIGGED, FAULTS_TOOL_SECONDS="60")
    session = await stage.new_session(toolgroups=[TOOLGROUP])
    turn = await begin_at(stage, stage.node, session, wish(3, tool="stamp", calls=1))
    async with asyncio.timeout(PATIENCE_S):
        while not stage.effects:  # noqa: ASYNC110 - a file rings no bell
            await asyncio.sleep(0.02)
        await stage.node.kill()
        while (waiting := await stage.caller.get(turn))["status"] != "awaiting_input":  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.05)
    body = {"call_id": waiting["steps"][-1]["tool_call"]["call_id"], "decision": "deny"}
    answers = await asyncio.gather(*(stage.caller.ask("POST", f"{turn}/decision", body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert (await stage.until_idle(session))[0]["status"] == "completed"
    assert len(stage.effects) == 1
    await stage.node.start()
    await stage.check()


async def test_of_a_hundred_posts_with_one_key_at_three_servers_one_makes_a_turn(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(3)
    session = await stage.new_session()
    answers = await asyncio.gather(*(stage.caller.post(session, wish(20, pause_ms=2), key="once") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(await stage.caller.turns(session)) == len(stage.model.chats) == 1
    await stage.check()


async def test_tries_of_one_request_that_reach_two_servers_at_once_are_one_turn(open_nodes: OpenNodes) -> None:
    """Llama Stack's clients lose their patience and send a request again without a key, perhaps to another server."""
    stage = await open_nodes(2)
    chance = chances("tries")
    first, other = stage.nodes
    for _ in range(either(10, 100)):
        session = await stage.new_session()
        body = {"messages": [{"role": "user", "content": wish(20, pause_ms=5)}], "stream": False}

        async def send(node: Node, count: int, session: str = session, body: dict[str, Any] = body) -> Any:
            headers = {"x-stainless-lang": "python", "x-stainless-retry-count": str(count)}
            answer = await stage.caller.http.post(f"{node.url}{session}/turn", json=body, headers=headers)
            assert answer.status_code == 200
            return answer.json()["turn_id"]

        with suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(0.001, 0.03)):
                await send(first, 0)
        found = await send(other, 1)
        assert [turn["turn_id"] for turn in await stage.until_idle(session)] == [found]
    await stage.check()
