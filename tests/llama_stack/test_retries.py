"""Requests that clients send again: official ones count their tries, and send no key."""

import asyncio
from typing import Any

import pytest

from tertulia.models.scripted import Reply
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import Accepted, NewTurn
from tests.llama_stack.stack import OpenStack, Stack, data_of, open_stack, says
from tests.llama_stack.test_turns import CAMERA, LOOK, answers
from tests.server.live import LiveSite, serve_live

FIRST = {"x_stainless_retry_count": "0"}
AGAIN = {"x_stainless_retry_count": "1"}


async def turns_of(stack: Stack, session: str) -> list[dict[str, Any]]:
    return (await stack.get(session)).json()["turns"]


class Impatient:
    """A client on a real socket that leaves before the answer."""

    def __init__(self, live: LiveSite) -> None:
        self.live = live
        self.stack = Stack(live.site, "/v1")

    async def leaves(self, path: str, body: Any) -> None:
        """Send a request, wait until the model is asked, and go."""
        asked = len(self.live.site.script.requests)
        connection = await self.live.connect()
        await connection.send("POST", f"/v1{path}", body, x_stainless_lang="python", **FIRST)
        async with asyncio.timeout(60):
            while len(self.live.site.script.requests) == asked:  # noqa: ASYNC110 - the model rings no bell
                await asyncio.sleep(0.001)
        await connection.close()


class SlowStore(MemoryStore):
    """Takes so long to keep a turn that others come meanwhile."""

    async def accept_turn(self, owner: str, new: NewTurn, *, node: str) -> Accepted:
        for _ in range(500):
            await asyncio.sleep(0)
        return await super().accept_turn(owner, new, node=node)


async def test_another_try_joins_the_turn_that_the_first_has_begun() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("Once ", gate, "more")) as live:
        client = Impatient(live)
        session = await client.stack.new_session()
        await client.leaves(f"{session}/turn", says("Hello"))
        tries = [asyncio.create_task(client.stack.post(f"{session}/turn", says("Hello"), **AGAIN)) for _ in range(2)]
        streaming = await live.connect()
        await streaming.send("POST", f"/v1{session}/turn", says("Hello", stream=True), x_stainless_lang="js", **AGAIN)
        await streaming.head()  # they are looked at one after the other, and this one came last
        gate.set()
        found = [(await each).json() for each in tries]
        streamed = data_of(await streaming.body())[-1]["event"]["payload"]["turn"]
        await streaming.close()
        assert found == [streamed, streamed]
        assert await turns_of(client.stack, session) == [streamed]
        assert len(live.site.script.requests) == 1


async def test_tries_that_come_at_once_are_one_turn() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("Once ", gate, "more"), store=SlowStore()) as live:
        stack = Stack(live.site, "/v1")
        session = await stack.new_session()
        tries = [await live.connect() for _ in range(3)]
        for one, count in zip(tries, (FIRST, AGAIN, AGAIN), strict=True):
            await one.send("POST", f"/v1{session}/turn", says("Hello", stream=True), x_stainless_lang="js", **count)
        for one in tries:
            await one.head()
        gate.set()
        ends = [data_of(await one.body())[-1]["event"]["payload"]["turn"] for one in tries]
        assert ends == await turns_of(stack, session) * 3
        for one in tries:
            await one.close()


async def test_a_first_try_that_comes_last_of_a_client_that_has_left_is_no_turn_of_its_own() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("Once ", gate, "more")) as live:
        client = Impatient(live)
        session = await client.stack.new_session()
        second = asyncio.create_task(client.stack.post(f"{session}/turn", says("Hello"), **AGAIN))
        await client.stack.until(session, lambda s: s["turns"])
        late = await live.connect()
        await late.send("POST", f"/v1{session}/turn", says("Hello"), x_stainless_lang="python", **FIRST)
        await late.close()
        other = asyncio.create_task(client.stack.post(f"{session}/turn", says("And then?")))
        await client.stack.until(session, lambda s: len(s["turns"]) > 1)
        gate.set()
        answered = [(await second).json(), (await other).json()]
        assert await turns_of(client.stack, session) == answered


async def test_another_try_finds_a_turn_that_has_ended_meanwhile() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("Once ", gate, "more")) as live:
        client = Impatient(live)
        session = await client.stack.new_session()
        await client.leaves(f"{session}/turn", says("Hello"))
        gate.set()
        await client.stack.until(session, lambda s: s["turns"][0]["status"] == "completed")
        again = await client.stack.post(f"{session}/turn", says("Hello"), **AGAIN)
        assert await turns_of(client.stack, session) == [again.json()]


@pytest.mark.parametrize(("stream", "starved"), [(False, 0), (True, 0), (False, 1.5)])
async def test_who_hangs_up_at_an_answer_may_not_have_read_it(stream: bool, starved: float) -> None:
    async with serve_live(Reply("Once")) as live:
        stack = Stack(live.site, "/v1")
        path = f"{(session := await stack.new_session())}/turn"
        body = says("Hello", stream=stream)
        async with await live.connect() as first:
            await first.send("POST", f"/v1{path}", body, x_stainless_lang="python", **FIRST)
            await first.reader.readuntil(b"completed")  # it is in the last that is sent
            await asyncio.sleep(starved)  # it lost its patience before, but could not run
        async with asyncio.timeout(60):
            while live.waiting:  # noqa: ASYNC110 - a connection that is closed rings no bell
                await asyncio.sleep(0.001)
        again = await stack.post(path, says("Hello"), **AGAIN)
        assert await turns_of(stack, session) == [again.json()]


async def test_what_was_answered_to_its_end_is_not_given_again(open_: OpenStack) -> None:
    stack = await open_(Reply("One."), Reply("Two."), Reply("Three."))
    session = await stack.new_session()
    await stack.post(f"{session}/turn", says("Go on"))
    await stack.post(f"{session}/turn", says("Go on", stream=True))
    # Its first try has never reached the server.
    again = await stack.post(f"{session}/turn", says("Go on"), **AGAIN)
    assert again.json()["output_message"]["content"] == "Three."


async def test_another_body_or_another_session_is_another_turn() -> None:
    gate = asyncio.Event()
    gate.set()
    async with serve_live(Reply("Once ", gate, "more")) as live:
        client = Impatient(live)
        session = await client.stack.new_session()
        await client.leaves(f"{session}/turn", says("Hello"))
        other = await client.stack.new_session()
        bodies = [says("Hello!"), says("Hello", tool_config={"tool_choice": "none"})]
        for path, body in [(session, bodies[0]), (session, bodies[1]), (other, says("Hello"))]:
            assert (await client.stack.post(f"{path}/turn", body, **AGAIN)).status_code == 200
        assert (len(await turns_of(client.stack, session)), len(await turns_of(client.stack, other))) == (3, 1)


async def test_after_a_restart_what_had_ended_before_counts_as_answered() -> None:
    store = MemoryStore()
    async with open_stack(Reply("One."), store=store) as stack:
        session = await stack.new_session()
        await stack.post(f"{session}/turn", says("Go on"))
    async with open_stack(Reply("Two."), store=store) as stack:
        again = await stack.post(f"{session}/turn", says("Go on"), **AGAIN)
        assert again.json()["output_message"]["content"] == "Two."


async def test_after_a_restart_another_try_joins_what_had_not_ended() -> None:
    store = MemoryStore()
    async with open_stack(Reply("One ", asyncio.Event(), "more"), store=store) as stack:
        session = await stack.new_session()
        asked = [asyncio.create_task(stack.post(f"{session}/turn", says(words))) for words in ("First", "Go on")]
        await stack.until(session, lambda s: len(s["turns"]) == 2)
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    async with open_stack(Reply("Two."), store=store) as stack:
        again = await stack.post(f"{session}/turn", says("Go on"), **AGAIN)
        assert again.json()["output_message"]["content"] == "Two."
        assert len(await turns_of(stack, session)) == 2


async def test_a_resume_that_is_sent_again_joins_what_came_of_the_first() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply(LOOK), Reply("A ", gate, "cat.")) as live:
        client = Impatient(live)
        stack = client.stack
        session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA]))
        turn = (await stack.post(f"{session}/turn", says("Look"))).json()
        path = f"{session}/turn/{turn['turn_id']}/resume"
        await client.leaves(path, answers("c1"))
        gate.set()
        again = await stack.post(path, answers("c1", stream=True), **AGAIN)
        frames = data_of(again.content)
        assert frames[0]["event"]["payload"]["step_type"] == "tool_execution"
        assert frames[-1]["event"]["payload"]["turn"]["output_message"]["content"] == "A cat."
        other = await stack.post(path, answers("c1", content="a dog"), **AGAIN)
        assert other.status_code == 409
        assert len(live.site.script.requests) == 2


async def test_a_key_says_it_better(open_: OpenStack) -> None:
    stack = await open_(Reply("One."), Reply("Two."))
    session = await stack.new_session()
    first, second = [await stack.post(f"{session}/turn", says("Hi"), idempotency_key="k", **AGAIN) for _ in range(2)]
    assert first.json() == second.json()
    mismatch = await stack.post(f"{session}/turn", says("Ho"), idempotency_key="k")
    assert (mismatch.status_code, mismatch.headers["x-should-retry"]) == (409, "false")
