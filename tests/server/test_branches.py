"""Branches: another attempt, another question, switching between them, forks, and what deleting leaves."""

import asyncio
from typing import Any

from tertulia.domain.messages import text_of
from tertulia.models.scripted import Call, Reply
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, is_problem, said


def replies(count: int) -> list[Reply]:
    return [Reply(f"answer {i}") for i in range(1, count + 1)]


def told(site: Site, request: int = -1) -> list[str]:
    """What the model was told and had said, of one request, besides its instructions."""
    return [text_of(message.content) for message in site.script.requests[request].messages[1:]]


async def words(site: Site, session: str, **which: str) -> list[str]:
    """What was asked on a branch."""
    query = "&".join(f"{name}={value}" for name, value in which.items())
    page = (await site.get(f"{session}/turns?{query}")).json()
    return [turn["input_messages"][0]["content"] for turn in page["turns"]]


# --- another attempt ---


async def test_a_retry_is_another_attempt_at_the_same_input(open_: OpenSite) -> None:
    site = await open_(*replies(4))
    session = await site.new_session()
    await site.turn(session, "a")
    first = await site.turn(session, "b")
    answer = await site.post(f"{session}/turn/{first['turn_id']}/retry", {})
    second = answer.json()
    assert (answer.status_code, second["status"], second["n"]) == (200, "completed", 3)
    assert (first["output_message"]["content"], second["output_message"]["content"]) == ("answer 2", "answer 3")
    assert second["input_messages"] == first["input_messages"]
    assert second["parent_turn_id"] == first["parent_turn_id"] != second["turn_id"]
    assert answer.headers["location"] == f"{session}/turn/{second['turn_id']}"
    assert told(site) == ["a", "answer 1", "b"]
    page = (await site.get(f"{session}/turns")).json()
    assert [turn["n"] for turn in page["turns"]] == [1, 3]
    assert page["siblings"] == {second["turn_id"]: [first["turn_id"], second["turn_id"]]}
    await site.turn(session, "c")
    assert told(site) == ["a", "answer 1", "b", "answer 3", "c"]


async def test_a_retry_streams_and_its_key_starts_it_once(open_: OpenSite) -> None:
    site = await open_(*replies(3))
    session = await site.new_session()
    first = await site.turn(session, "a")
    path = f"{session}/turn/{first['turn_id']}/retry"
    streamed = [await site.post(path, {"stream": True}, idempotency_key="k") for _ in range(2)]
    assert len({answer.headers["turn-id"] for answer in streamed}) == 1
    assert [frame.type for frame in frames_of(streamed[1].content)][-1] == "turn_complete"
    assert len(site.script.requests) == 2


async def test_a_retry_of_a_turn_that_runs_waits_unless_it_is_said_otherwise(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "one"), Reply("two"))
    session = await site.new_session()
    first = (await site.say(session, "a", background=True)).json()
    path = f"{session}/turn/{first['turn_id']}/retry"
    is_problem(await site.post(path, {"on_busy": "reject"}), 409, "session_busy")
    second = (await site.post(path, {"background": True})).json()
    assert second["status"] == "queued"
    gate.set()
    rested = await site.until(f"{session}/turn/{second['turn_id']}", lambda turn: turn["status"] == "completed")
    assert rested["output_message"]["content"] == "two"
    assert told(site) == ["a"]


async def test_a_retry_takes_along_files_and_what_the_turn_was_started_with(open_: OpenSite) -> None:
    site = await open_(*replies(2))
    session = await site.new_session()
    body: dict[str, Any] = said("a", tool_config={"tool_choice": "none"})
    body["messages"][0]["file"] = {"name": "a.txt", "type": "text/plain", "content": "QWE="}
    first = (await site.post(f"{session}/turn", body)).json()
    second = (await site.post(f"{session}/turn/{first['turn_id']}/retry", {})).json()
    assert second["input_messages"] == first["input_messages"]
    assert told(site) == told(site, 0)
    assert [request.tool_choice for request in site.script.requests] == ["none", "none"]


# --- another question ---


async def test_an_edited_turn_stands_beside_the_first_one(open_: OpenSite) -> None:
    site = await open_(*replies(5))
    session = await site.new_session()
    await site.turn(session, "a")
    second = await site.turn(session, "b")
    await site.turn(session, "c")
    edited = await site.turn(session, "B", parent_turn_id=second["parent_turn_id"])
    assert told(site) == ["a", "answer 1", "B"]
    assert await words(site, session) == ["a", "B"]
    assert await words(site, session, tip=second["turn_id"]) == ["a", "b"]
    whole = (await site.get(session)).json()
    assert [turn["turn_id"] for turn in whole["turns"]][1:] == [edited["turn_id"]]
    assert (whole["turn_count"], whole["active_turn_id"], whole["preview"]) == (2, edited["turn_id"], "B")
    first = await site.turn(session, "A", parent_turn_id=None)
    assert (first["parent_turn_id"], first["n"]) == (None, 5)
    assert told(site) == ["A"]
    last = (await site.get(f"{session}?turns=last:9")).json()["turns"]
    assert [turn["n"] for turn in last] == [5]


async def test_a_parent_that_is_not_there_is_a_problem(site: Site) -> None:
    session, other = await site.new_session(), await site.new_session()
    foreign = await site.turn(other)
    for parent in ("nothing", foreign["turn_id"]):
        is_problem(await site.say(session, parent_turn_id=parent), 404, "turn_not_found")
    assert (await site.get(session)).json()["turn_count"] == 0


# --- switching ---


async def test_switching_goes_on_from_another_branch(open_: OpenSite) -> None:
    site = await open_(*replies(5))
    session = await site.new_session()
    first = await site.turn(session, "a")
    await site.turn(session, "b")
    await site.turn(session, "A", parent_turn_id=None)
    switched = await site.patch(session, {"active_turn_id": first["turn_id"]}, if_match='"1"')
    assert (switched.status_code, switched.json()["turn_count"], switched.headers["etag"]) == (200, 2, '"2"')
    assert await words(site, session) == ["a", "b"]
    await site.turn(session, "c")
    assert told(site) == ["a", "answer 1", "b", "answer 2", "c"]
    is_problem(await site.patch(session, {"active_turn_id": "nothing"}), 404, "turn_not_found")
    is_problem(await site.patch(session, {"active_turn_id": first["turn_id"]}, if_match='"1"'), 412, "stale")


async def test_llama_stack_sees_the_active_branch(open_: OpenSite) -> None:
    site = await open_(*replies(4))
    session = await site.new_session()
    first = await site.turn(session, "a")
    second = await site.turn(session, "b")
    retried = (await site.post(f"{session}/turn/{first['turn_id']}/retry", {})).json()
    seen = (await site.get(session, x_dialect="llama_stack")).json()
    assert [turn["turn_id"] for turn in seen["turns"]] == [retried["turn_id"]]
    body = {"messages": [{"role": "user", "content": "c"}], "stream": False}
    answered = await site.post(f"{session}/turn", body, x_dialect="llama_stack")
    assert answered.status_code == 200, answered.text
    assert told(site) == ["a", "answer 3", "c"]
    assert second["turn_id"] not in (await site.get(session, x_dialect="llama_stack")).text


# --- forks ---


async def test_a_fork_goes_on_by_itself(open_: OpenSite) -> None:
    site = await open_(*replies(5))
    session = await site.new_session(session_name="Lisbon")
    first = await site.turn(session, "a")
    await site.turn(session, "b")
    made = await site.post(f"{session}/fork", {"turn_id": first["turn_id"]})
    fork = made.json()
    assert (made.status_code, fork["session_name"], fork["turn_count"]) == (201, "Lisbon", 1)
    assert fork["forked_from"] == first["session_id"] != fork["session_id"]
    place = made.headers["location"]
    assert place.endswith(fork["session_id"])
    own = await site.turn(place, "c")
    assert told(site) == ["a", "answer 1", "c"]
    assert (own["n"], own["session_id"]) == (2, fork["session_id"])
    assert await words(site, place) == ["a", "c"]
    assert await words(site, session) == ["a", "b"]
    shared = (await site.get(f"{place}/turn/{first['turn_id']}")).json()
    assert shared == {**first, "session_id": fork["session_id"]}
    events = await site.get(f"{place}/turn/{first['turn_id']}/events")
    assert frames_of(events.content)[-1].type == "turn_complete"
    await site.delete(session)
    assert await words(site, place) == ["a", "c"]
    await site.turn(place, "d")
    assert told(site) == ["a", "answer 1", "c", "answer 3", "d"]


async def test_a_fork_is_named_and_its_key_makes_it_once(site: Site) -> None:
    session = await site.new_session()
    await site.turn(session)
    body = {"session_name": "Another way"}
    made = [await site.post(f"{session}/fork", body, idempotency_key="k") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert made[0].json()["session_name"] == "Another way"
    is_problem(await site.post(f"{session}/fork", {}, idempotency_key="k"), 409, "idempotency_mismatch")


async def test_a_turn_that_runs_is_not_forked(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply("one"), Reply(gate, "two"))
    session = await site.new_session()
    await site.turn(session, "a")
    running = (await site.say(session, "b", background=True)).json()
    problem = is_problem(await site.post(f"{session}/fork", {"turn_id": running["turn_id"]}), 409, "session_busy")
    assert problem["turn_id"] == running["turn_id"]
    assert (await site.post(f"{session}/fork", {})).json()["turn_count"] == 1
    gate.set()
    await site.until(f"{session}/turn/{running['turn_id']}", lambda turn: turn["status"] == "completed")


# --- deleting ---


async def test_a_deleted_turn_takes_along_what_comes_after_it(open_: OpenSite) -> None:
    site = await open_(*replies(4))
    session = await site.new_session()
    await site.turn(session, "a")
    second = await site.turn(session, "b")
    third = await site.turn(session, "c")
    assert (await site.delete(f"{session}/turn/{second['turn_id']}")).status_code == 204
    assert await words(site, session) == ["a"]
    is_problem(await site.get(f"{session}/turn/{third['turn_id']}"), 404, "turn_not_found")
    await site.turn(session, "d")
    assert told(site) == ["a", "answer 1", "d"]


async def test_a_turn_that_runs_is_deleted_and_what_waits_goes_on(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply("one"), Reply(gate, "two"), Reply("three"))
    session = await site.new_session()
    first = await site.turn(session, "a")
    running = (await site.say(session, "b", background=True)).json()
    waiting = (await site.say(session, "c", background=True, parent_turn_id=first["turn_id"])).json()
    assert (await site.delete(f"{session}/turn/{running['turn_id']}")).status_code == 204
    place = f"{session}/turn/{waiting['turn_id']}"
    rested = await site.until(place, lambda turn: turn["status"] == "completed")
    assert rested["output_message"]["content"] == "three"
    assert told(site) == ["a", "one", "c"]


async def test_a_fork_does_not_delete_what_it_shares(site: Site) -> None:
    session = await site.new_session()
    turn = await site.turn(session)
    fork = (await site.post(f"{session}/fork", {})).headers["location"]
    is_problem(await site.delete(f"{fork}/turn/{turn['turn_id']}"), 409, "conflict")


# --- another agent ---


async def test_another_agent_goes_on_from_a_turn_in_a_session_of_its_own(open_: OpenSite) -> None:
    site = await open_(*replies(4))
    session = await site.new_session(session_name="Lisbon")
    first = await site.turn(session, "a")
    await site.turn(session, "b")
    other = await site.new_agent(instructions="Be brief.")
    made = await site.post(f"{session}/fork", {"turn_id": first["turn_id"], "agent_id": other.rsplit("/", 1)[1]})
    assert made.status_code == 201, made.text
    fork = made.json()
    assert fork["forked_from"] == session.rsplit("/", 1)[1]
    assert (fork["session_name"], fork["turn_count"]) == ("Lisbon", 1)
    place = f"{other}/session/{fork['session_id']}"
    assert made.headers["location"] == place
    assert await words(site, place) == ["a"]
    assert (await site.get(f"{place}/turn/{first['turn_id']}")).status_code == 404
    await site.delete(f"{session}?for_good=true")
    await site.turn(place, "c")
    assert told(site) == ["a", "answer 1", "c"]
    assert text_of(site.script.requests[-1].messages[0].content) == "Be brief."


async def test_a_talk_is_handed_over_once_for_a_key_and_up_to_its_last_answer(open_: OpenSite) -> None:
    site = await open_(*replies(2), Reply(Call("camera", {}, call_id="c1")))
    session = await site.new_session(await site.new_agent(client_tools=[{"name": "camera", "description": "Looks."}]))
    for words_ in ("a", "b"):
        await site.turn(session, words_)
    waiting = await site.turn(session, "c")
    to = {"agent_id": site.agent_id}
    made = [(await site.post(f"{session}/fork", to, idempotency_key="k")).json() for _ in range(2)]
    assert made[0]["session_id"] == made[1]["session_id"]
    assert await words(site, f"{site.agent}/session/{made[0]['session_id']}") == ["a", "b"]
    busy = await site.post(f"{session}/fork", to | {"turn_id": waiting["turn_id"]})
    is_problem(busy, 409, "session_busy")
    is_problem(await site.post(f"{session}/fork", {"agent_id": "none"}), 404, "agent_not_found")


async def test_files_of_a_talk_that_is_handed_over_stay_when_the_first_session_goes(open_: OpenSite) -> None:
    site = await open_(*replies(2))
    session = await site.new_session()
    body = said("Look")
    body["messages"][0]["file"] = {"name": "note.txt", "type": "text/plain", "content": "bm90ZS1jYW5hcnk="}
    turn = (await site.post(f"{session}/turn", body)).json()
    file_id = turn["input_messages"][0]["file"]["file_id"]
    other = await site.new_agent()
    fork = (await site.post(f"{session}/fork", {"agent_id": other.rsplit("/", 1)[1]})).json()
    await site.delete(f"{session}?for_good=true")
    assert (await site.get(f"/v1/files/{file_id}/content")).content == b"note-canary"
    await site.turn(f"{other}/session/{fork['session_id']}", "And now?")
    assert "note-canary" in str(site.script.requests[-1])
