"""Turns: the three ways to be answered, keys, queues, lists, steps, cancel."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from tertulia.domain.tools import ToolPolicy
from tertulia.models.scripted import Call, Reply, Think
from tertulia.tools.base import ToolResult
from tests.runtime.tools import StuckTool
from tests.server.conftest import Log, OpenSite
from tests.server.site import Site, frames_of, is_problem, said

# --- three ways to be answered ---


async def test_plain_the_answer_is_the_turn_once_it_rests(site: Site) -> None:
    session = await site.new_session()
    answer = await site.say(session)
    turn = answer.json()
    assert (answer.status_code, turn["status"], turn["n"]) == (200, "completed", 1)
    assert answer.headers["turn-id"] == turn["turn_id"]
    assert answer.headers["location"] == f"{session}/turn/{turn['turn_id']}"
    assert (await site.get(answer.headers["location"])).json() == turn


async def test_streamed_the_answer_is_its_events(site: Site) -> None:
    session = await site.new_session()
    answer = await site.say(session, stream=True)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
    assert answer.headers["location"] == f"{session}/turn/{answer.headers['turn-id']}"
    frames = frames_of(answer.content)
    assert [frame.type for frame in frames[:3]] == ["turn_queued", "turn_start", "step_start"]
    assert [frame.type for frame in frames[-2:]] == ["step_complete", "turn_complete"]
    assert {frame.payload["turn_id"] for frame in frames[:2]} == {answer.headers["turn-id"]}


async def test_in_the_background_the_answer_comes_at_once(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Done."))
    session = await site.new_session()
    answer = await site.say(session, background=True)
    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    assert answer.headers["location"] == f"{session}/turn/{answer.headers['turn-id']}"
    gate.set()
    await site.until(answer.headers["location"], lambda turn: turn["output_message"]["content"] == "Done.")


async def test_a_model_that_fails_is_a_failed_turn_and_no_failed_request(site: Site) -> None:
    agent = await site.new_agent(model="nowhere/none")
    session = await site.new_session(agent)
    turn = await site.turn(session, "Keep me")
    assert (turn["status"], turn["error"]["code"]) == ("failed", "model_not_found")
    assert turn["input_messages"][0]["content"] == "Keep me"
    streamed = await site.say(session, stream=True)
    end = frames_of(streamed.content)[-1]
    assert (streamed.status_code, end.type, end.payload["error"]["code"]) == (200, "turn_failed", "model_not_found")


async def test_a_message_of_text_and_images_is_kept_as_it_is(site: Site) -> None:
    image = {"url": None, "data": "R0lGODlhAQABAAAAADs=", "media_type": "image/gif"}
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image", "image": image},
        {"type": "image", "image": {"url": {"uri": "https://a/b.png"}, "data": None, "media_type": "image/png"}},
    ]
    session = await site.new_session()
    turn = (await site.post(f"{session}/turn", {"messages": [{"role": "user", "content": content}]})).json()
    text, inline, linked = turn["input_messages"][0]["content"]
    assert (text, linked["image"]) == (content[0], {**content[2]["image"], "file_id": None})
    assert inline["image"] == {**image, "file_id": inline["image"]["file_id"]}


async def test_a_turn_may_have_tools_of_its_own(open_: OpenSite) -> None:
    site = await open_(tools=[StuckTool()])
    session = await site.new_session()
    await site.turn(session, toolgroups=["test::stuck"], tool_config={"tool_choice": "none"})
    await site.turn(session)
    given = [([tool.name for tool in asked.tools], asked.tool_choice) for asked in site.script.requests]
    assert given == [(["stuck"], "none"), ([], "auto")]


# --- one key, one turn ---


async def test_of_a_hundred_posts_with_one_key_one_makes_a_turn_and_all_get_it(site: Site) -> None:
    session = await site.new_session()
    answers = await asyncio.gather(*(site.say(session, key="k") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["turn-id"] for answer in answers}) == 1
    assert (await site.get(session)).json()["turn_count"] == 1
    assert len(site.script.requests) == 1


async def test_the_same_key_streams_the_same_turn_again_from_its_start(site: Site) -> None:
    session = await site.new_session()
    first = await site.say(session, key="k", stream=True)
    again = await site.say(session, key="k", stream=True)
    assert again.content == first.content
    assert again.headers["turn-id"] == first.headers["turn-id"]
    plain = await site.say(session, key="k")
    assert plain.json() == frames_of(first.content)[-1].payload["turn"]


@pytest.mark.parametrize(
    "other",
    [
        said("Something else"),
        said("Hello", on_busy="reject"),
        said("Hello", toolgroups=[]),
        said("Hello", tool_config={"tool_choice": "none"}),
    ],
)
async def test_the_same_key_with_another_body_is_a_conflict(site: Site, other: dict[str, Any]) -> None:
    session = await site.new_session()
    await site.say(session, key="k")
    is_problem(await site.post(f"{session}/turn", other, idempotency_key="k"), 409, "idempotency_mismatch")
    assert (await site.get(session)).json()["turn_count"] == 1


async def test_a_key_is_the_sessions_own(site: Site) -> None:
    one, other = await site.new_session(), await site.new_session()
    assert (await site.turn(one, key="k"))["turn_id"] != (await site.turn(other, key="k"))["turn_id"]


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_a_length(site: Site, key: str) -> None:
    session = await site.new_session()
    answer = await site.post(f"{session}/turn", said("Hello"), idempotency_key=key)
    is_problem(answer, 400, "invalid_request", "Idempotency-Key")
    assert (await site.say(session, key="k" * 255)).status_code == 200


# --- a busy session ---


async def test_of_fifty_posts_that_reject_one_is_taken(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Done."))
    session = await site.new_session()
    answers = await asyncio.gather(*(site.say(session, f"{n}", on_busy="reject", background=True) for n in range(50)))
    taken = [answer for answer in answers if answer.status_code == 202]
    assert len(taken) == 1
    for answer in answers:
        if answer not in taken:
            problem = is_problem(answer, 409, "session_busy")
            assert problem["turn_id"] == taken[0].headers["turn-id"]
    gate.set()
    await site.until(session, lambda found: found["status"] == "idle")
    assert (await site.get(session)).json()["turn_count"] == 1


async def test_of_fifty_posts_that_enqueue_nine_run_in_their_order_and_the_rest_wait(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Done."))
    session = await site.new_session()
    answers = await asyncio.gather(*(site.say(session, f"{n}", background=True) for n in range(50)))
    taken = [answer for answer in answers if answer.status_code == 202]
    assert [answer.json()["status"] for answer in taken] == ["running"] + ["queued"] * 8
    for answer in answers:
        if answer not in taken:
            problem = is_problem(answer, 429, "queue_full")
            assert int(answer.headers["retry-after"]) == problem["retry_after"] >= 1
    gate.set()
    found = await site.until(session, lambda found: found["status"] == "idle")
    turns = found["turns"]
    assert [turn["n"] for turn in turns] == list(range(1, 10))
    assert {turn["status"] for turn in turns} == {"completed"}
    for before, after in pairwise(turns):
        assert before["completed_at"] < after["steps"][0]["started_at"]
    assert [request.messages[-1].content for request in site.script.requests] == [
        turn["input_messages"][0]["content"] for turn in turns
    ]


async def test_a_waiting_turn_can_be_streamed_before_it_starts(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Done."))
    session = await site.new_session()
    await site.say(session, "first", background=True)
    streamed = asyncio.create_task(site.say(session, "second", stream=True))
    await site.until(session, lambda found: found["turn_count"] == 2)
    gate.set()
    frames = frames_of((await streamed).content)
    assert [frame.type for frame in frames[:3]] == ["turn_queued", "turn_start", "step_start"]
    assert [frame.place[:2] for frame in frames[:2]] == [(2, 0), (2, 1)]


async def test_a_session_that_takes_no_queue_says_so_at_once(open_: OpenSite) -> None:
    site = await open_(Reply(asyncio.Event()), max_queued=0)
    session = await site.new_session()
    await site.say(session, background=True)
    is_problem(await site.say(session), 429, "queue_full")


# --- cancel ---


async def test_a_stopped_turn_keeps_what_was_said(open_: OpenSite) -> None:
    site = await open_(Reply(Think("hm"), "So far. ", asyncio.Event(), "Never."))
    session = await site.new_session()
    streamed = asyncio.create_task(site.say(session, stream=True))
    found = await site.until(session, lambda found: found["turns"] and found["turns"][0]["output_message"]["content"])
    turn = f"{session}/turn/{found['turns'][0]['turn_id']}"
    answer = await site.post(f"{turn}/cancel")
    stopped = answer.json()
    assert (answer.status_code, stopped["status"]) == (202, "cancelled")
    assert (stopped["output_message"]["content"], stopped["output_message"]["stop_reason"]) == ("So far. ", "cancelled")
    assert [(step["status"], step["completed_at"] is None) for step in stopped["steps"]] == [("cancelled", False)]
    end = frames_of((await streamed).content)[-1]
    assert (end.type, end.payload["turn"]) == ("turn_cancelled", stopped)
    assert (await site.get(turn)).json() == stopped


async def test_stopping_twice_or_too_late_changes_nothing(site: Site) -> None:
    session = await site.new_session()
    done = await site.turn(session)
    for _ in range(2):
        answer = await site.post(f"{session}/turn/{done['turn_id']}/cancel")
        assert (answer.status_code, answer.json()) == (202, done)


async def test_of_many_who_stop_a_turn_all_see_the_same_end(open_: OpenSite) -> None:
    tool = StuckTool()
    site = await open_(Reply(Call("stuck")), tools=[tool])
    session = await site.new_session()
    turn = await site.turn(session, background=True, toolgroups=["test::stuck"])
    await tool.started.wait()
    path = f"{session}/turn/{turn['turn_id']}"
    answers = await asyncio.gather(*(site.post(f"{path}/cancel") for _ in range(20)))
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["status"] == "cancelled"
    assert tool.was_cancelled


async def test_a_waiting_turn_that_is_stopped_never_starts(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Done."))
    session = await site.new_session()
    await site.say(session, "first", background=True)
    second = await site.turn(session, "second", background=True)
    third = await site.turn(session, "third", background=True)
    stopped = await site.post(f"{session}/turn/{second['turn_id']}/cancel")
    assert (stopped.json()["status"], stopped.json()["steps"]) == ("cancelled", [])
    gate.set()
    await site.until(f"{session}/turn/{third['turn_id']}", lambda turn: turn["status"] == "completed")
    assert [request.messages[-1].content for request in site.script.requests] == ["first", "third"]


async def test_a_waiting_turn_that_many_stop_at_once_leaves_its_place_once(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Done."))
    session = await site.new_session()
    await site.say(session, "first", background=True)
    turns = [f"{session}/turn/{(await site.turn(session, f'{n}', background=True))['turn_id']}" for n in range(3)]
    answers = await asyncio.gather(*(site.post(f"{turns[0]}/cancel") for _ in range(5)))
    assert {answer.json()["status"] for answer in answers} == {"cancelled"}
    gate.set()
    for turn in turns[1:]:
        await site.until(turn, lambda turn: turn["status"] == "completed")


@pytest.mark.parametrize("ticks", range(0, 60, 3))
async def test_at_whatever_moment_turns_are_stopped_each_ends_once_and_the_session_goes_on(
    open_: OpenSite, ticks: int
) -> None:
    site = await open_(Reply("One. ", Call("stuck")), Reply("Two."), tools=[Clock()])
    session = await site.new_session()
    asked = [
        asyncio.create_task(site.say(session, f"{n}", background=True, toolgroups=["test::clock"])) for n in range(3)
    ]
    turns = [(await each).headers["location"] for each in asked]
    for _ in range(ticks):
        await asyncio.sleep(0)
    stopped = await asyncio.gather(*(site.post(f"{turn}/cancel") for turn in [*turns, *turns]))
    for turn, answer in zip([*turns, *turns], stopped, strict=True):
        found = (await site.get(turn)).json()
        assert answer.json() == found
        assert found["status"] in ("cancelled", "completed")
        ends = [frame.type for frame in frames_of((await site.get(f"{turn}/events")).content)][-1]
        assert ends == {"cancelled": "turn_cancelled", "completed": "turn_complete"}[found["status"]]
    assert (await site.get(session)).json()["status"] == "idle"
    assert (await site.turn(session))["status"] == "completed"


async def test_cancel_takes_no_body_and_minds_none(site: Site) -> None:
    session = await site.new_session()
    turn = await site.turn(session)
    assert (await site.post(f"{session}/turn/{turn['turn_id']}/cancel", b"anything")).status_code == 202


# --- lists and steps ---


async def numbers(site: Site, session: str, query: str = "") -> list[int]:
    found = await site.get(f"{session}/turns{query}")
    assert found.status_code == 200, found.text
    return [turn["n"] for turn in found.json()["turns"]]


async def test_turns_are_listed_in_both_orders_between_any_two(site: Site) -> None:
    session = await site.new_session()
    ids = [(await site.turn(session, f"{n}"))["turn_id"] for n in range(5)]
    assert await numbers(site, session) == await numbers(site, session, "?cursor=") == [1, 2, 3, 4, 5]
    assert await numbers(site, session, "?order=desc") == [5, 4, 3, 2, 1]
    assert await numbers(site, session, f"?before={ids[2]}") == [1, 2]
    assert await numbers(site, session, f"?after={ids[2]}") == [4, 5]
    assert await numbers(site, session, f"?order=desc&before={ids[3]}&limit=2") == [3, 2]
    assert await numbers(site, session, f"?after={ids[0]}&before={ids[4]}") == [2, 3, 4]
    assert await numbers(site, session, f"?after={ids[3]}&before={ids[1]}") == []


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_of_turns_neither_skip_nor_repeat(site: Site, order: str) -> None:
    session = await site.new_session()
    for n in range(5):
        await site.turn(session, f"{n}")
    seen: list[int] = []
    query = f"?order={order}&limit=2"
    page = (await site.get(f"{session}/turns{query}")).json()
    while True:
        seen += [turn["n"] for turn in page["turns"]]
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            break
        if len(seen) == 2:
            await site.turn(session, "one more")
        page = (await site.get(f"{session}/turns{query}&cursor={page['next_cursor']}")).json()
    assert seen == ([1, 2, 3, 4, 5, 6] if order == "asc" else [5, 4, 3, 2, 1])


async def test_a_page_between_two_turns_goes_on_within_them(site: Site) -> None:
    session = await site.new_session()
    ids = [(await site.turn(session, f"{n}"))["turn_id"] for n in range(5)]
    query = f"?after={ids[0]}&before={ids[4]}&limit=2"
    page = (await site.get(f"{session}/turns{query}")).json()
    assert await numbers(site, session, f"{query}&cursor={page['next_cursor']}") == [4]


@pytest.mark.parametrize(
    ("query", "status", "code", "pointers"),
    [
        ("before=none", 404, "turn_not_found", []),
        ("after=none", 404, "turn_not_found", []),
        ("limit=0", 400, "invalid_request", ["limit"]),
        ("limit=1e9", 400, "invalid_request", ["limit"]),
        ("order=up", 400, "invalid_request", ["order"]),
        ("cursor=x", 400, "invalid_cursor", []),
        ("cursor=WyJhIiwiYiJd", 400, "invalid_cursor", []),
        ("cursor=Wy0xXQ", 400, "invalid_cursor", []),
        ("cursor=WzFlMzBd", 400, "invalid_cursor", []),
        ("cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTldCg", 400, "invalid_cursor", []),
    ],
)
async def test_what_is_wrong_with_a_query_is_named(
    site: Site, query: str, status: int, code: str, pointers: list[str]
) -> None:
    session = await site.new_session()
    await site.turn(session)
    is_problem(await site.get(f"{session}/turns?{query}"), status, code, *pointers)


async def test_a_turn_of_another_session_is_no_place_in_this_one(site: Site) -> None:
    session, other = await site.new_session(), await site.new_session()
    turn = await site.turn(other)
    is_problem(await site.get(f"{session}/turns?before={turn['turn_id']}"), 404, "turn_not_found")
    is_problem(await site.get(f"{session}/turn/{turn['turn_id']}"), 404, "turn_not_found")


class Clock:
    """A tool that answers."""

    toolgroup = "test::clock"
    policy = ToolPolicy(is_idempotent=True)
    definition = StuckTool.definition

    async def call(self, arguments: dict[str, Any], context: Any) -> ToolResult:
        return ToolResult(content="noon")


async def test_a_step_is_read_on_its_own(open_: OpenSite) -> None:
    site = await open_(Reply(Call("stuck")), Reply("It is noon."), tools=[Clock()])
    session = await site.new_session()
    turn = await site.turn(session, toolgroups=["test::clock"])
    for step in turn["steps"]:
        found = await site.get(f"{session}/turn/{turn['turn_id']}/step/{step['step_id']}")
        assert found.json() == step
    is_problem(await site.get(f"{session}/turn/{turn['turn_id']}/step/none"), 404, "step_not_found")


async def test_each_turn_is_one_line_when_it_starts_and_one_when_it_rests(site: Site, log: Log) -> None:
    session = await site.new_session()
    turn = await site.turn(session)
    lines = [line for line in log if line.get("turn_id") == turn["turn_id"]]
    assert [line["event"] for line in lines] == ["turn.started", "turn.rests"]
    assert (lines[1]["status"], lines[1]["n"]) == ("completed", 1)
