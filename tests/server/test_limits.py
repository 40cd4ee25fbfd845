"""Limits as owners meet them: refusals that say when to come back, headers, usage, and what admins set."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tertulia.domain.steps import Usage
from tertulia.domain.users import SCOPES, Caller, Role, User
from tertulia.models.scripted import Call, Reply
from tertulia.tools.builtin.calculator import calculator
from tests.server.conftest import OpenSite
from tests.server.live import serve_live
from tests.server.site import MODEL, Site, frames_of, is_problem, said

USAGE = "/v1/account/usage"
LIMITS = "/v1/users/local/limits"


async def used(site: Site, name: str) -> dict[str, Any]:
    return (await site.get(USAGE)).json()[name]


async def limit(site: Site, **own: int | None) -> None:
    answer = await site.ask("PUT", LIMITS, own)
    assert answer.status_code == 200, answer.text


# --- requests ---


async def test_who_asks_too_often_is_told_when_to_come_back(open_: OpenSite) -> None:
    site = await open_(max_requests_per_minute=6)
    answers = [await site.get("/v1/agents") for _ in range(12)]
    good = [answer for answer in answers if answer.is_success]
    refused = answers[-1]
    problem = is_problem(refused, 429, "rate_limited")
    assert len(good) <= 6
    assert problem["limit"] == "requests_per_minute"
    assert 1 <= problem["retry_after"] <= 60
    assert refused.headers["retry-after"] == str(problem["retry_after"])


async def test_every_answer_says_how_many_requests_are_left(open_: OpenSite) -> None:
    site = await open_(max_requests_per_minute=50)
    first, second = (await site.get("/v1/agents")).headers, (await site.get("/v1/agents/nope")).headers
    assert first["ratelimit-policy"] == '"requests";q=50;w=60'
    for headers in (first, second):
        told = re.fullmatch(r'"requests";r=(\d+);t=(\d+)', headers["ratelimit"])
        assert told is not None
        assert (headers["ratelimit-limit"], *told.groups()) == (
            "50",
            headers["ratelimit-remaining"],
            headers["ratelimit-reset"],
        )
    assert int(second["ratelimit-remaining"]) == int(first["ratelimit-remaining"]) - 1


async def test_so_does_the_refusal(open_: OpenSite) -> None:
    site = await open_(max_requests_per_minute=3)
    refused = [await site.get("/v1/agents") for _ in range(6)][-1]
    assert refused.status_code == 429
    assert refused.headers["ratelimit-remaining"] == "0"
    assert refused.headers["ratelimit-reset"] == refused.headers["retry-after"]


async def test_without_a_limit_nothing_is_said_of_one(site: Site) -> None:
    answer = await site.get("/v1/agents")
    assert not [name for name in answer.headers if name.startswith("ratelimit")]


async def test_whoever_watches_the_server_is_not_counted(open_: OpenSite) -> None:
    site = await open_(max_requests_per_minute=2)
    for _ in range(5):
        assert (await site.get("/v1/health")).status_code == 200
        assert (await site.get("/v1/ready")).status_code == 200


# --- turns ---


async def test_a_turn_too_many_is_refused_until_one_has_ended(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Done."), max_concurrent_turns=2)
    sessions = [await site.new_session() for _ in range(3)]
    running = [await site.turn(session, background=True) for session in sessions[:2]]
    refused = await site.say(sessions[2], background=True)
    problem = is_problem(refused, 429, "rate_limited")
    assert (problem["limit"], refused.headers["retry-after"]) == ("concurrent_turns", "1")
    assert await used(site, "concurrent_turns") == {"used": 2, "limit": 2, "resets_at": None}
    gate.set()
    for turn in running:
        await site.until(f"{site.agent}/session/{turn['session_id']}/turn/{turn['turn_id']}", has_ended)
    assert (await site.say(sessions[2])).status_code == 200


def has_ended(turn: dict[str, Any]) -> bool:
    return turn["completed_at"] is not None


# --- tokens ---

COSTS = Usage(input_tokens=70, output_tokens=30, cached_input_tokens=50)


async def test_whoever_has_used_up_his_day_may_go_on_tomorrow(open_: OpenSite) -> None:
    site = await open_(Reply("Hi.", usage=COSTS), max_tokens_per_day=150)
    session = await site.new_session()
    await site.turn(session)
    await site.turn(session)
    problem = is_problem(await site.say(session), 429, "rate_limited")
    assert problem["limit"] == "tokens_per_day"
    assert 1 <= problem["retry_after"] <= 86_400
    now = await used(site, "tokens_per_day")
    assert (now["used"], now["limit"], now["resets_at"][10:]) == (200, 150, "T00:00:00.000000Z")
    refused = await site.post(
        "/v1/inference/chat-completion", {"model_id": MODEL, "messages": []}, x_dialect="llama_stack"
    )
    assert refused.status_code == 429


async def test_what_is_asked_without_an_agent_counts_too(open_: OpenSite) -> None:
    site = await open_(Reply("Hi.", usage=COSTS), max_tokens_per_day=10_000)
    body = {"model_id": MODEL, "messages": [{"role": "user", "content": "Hi"}]}
    for stream in (False, True):
        asked = {**body, "stream": stream}
        assert (await site.post("/v1/inference/chat-completion", asked, x_dialect="llama_stack")).status_code == 200
    assert (await used(site, "tokens_per_day"))["used"] == 200


# --- budgets ---

SUM = Reply("Let me see. ", Call("calculator", {"expression": "1+1"}), usage=COSTS)


async def test_a_turn_that_has_cost_its_budget_ends_and_keeps_what_it_said(open_: OpenSite) -> None:
    site = await open_(SUM, tools=[calculator])
    agent = await site.new_agent(toolgroups=["builtin::calculator"], budget={"turn_tokens": 250})
    turn = await site.turn(await site.new_session(agent))
    assert (turn["status"], turn["output_message"]["stop_reason"]) == ("completed", "budget_reached")
    assert turn["output_message"]["content"] == "Let me see. "
    kinds = [step["step_type"] for step in turn["steps"]]
    assert kinds == ["inference", "tool_call"] * 3
    assert turn["usage"]["input_tokens"] + turn["usage"]["output_tokens"] == 300


async def test_the_smaller_of_the_servers_and_the_agents_budget_counts(open_: OpenSite) -> None:
    site = await open_(SUM, tools=[calculator], max_turn_tokens=100)
    agent = await site.new_agent(toolgroups=["builtin::calculator"], budget={"turn_tokens": 250})
    turn = await site.turn(await site.new_session(agent))
    assert [step["step_type"] for step in turn["steps"]] == ["inference", "tool_call"]
    streamed = frames_of((await site.say(await site.new_session(agent), stream=True)).content)[-1]
    assert (streamed.type, streamed.payload["stop_reason"]) == ("turn_complete", "budget_reached")


async def test_a_session_that_has_cost_its_budget_takes_no_turn_and_others_do(open_: OpenSite) -> None:
    site = await open_(Reply("Hi.", usage=COSTS))
    agent = await site.new_agent(budget={"session_tokens": 150})
    session = await site.new_session(agent)
    assert [(await site.turn(session))["output_message"]["stop_reason"] for _ in range(2)] == ["end_of_turn"] * 2
    refused = await site.say(session)
    is_problem(refused, 409, "budget_reached")
    assert "retry-after" not in refused.headers
    assert (await site.get(session)).json()["turn_count"] == 2
    await site.turn(await site.new_session(agent))
    await site.patch(agent, {"agent_config": {"budget": {"session_tokens": 1000}}})
    await site.turn(session)


async def test_a_turn_ends_when_the_budget_of_its_session_is_reached(open_: OpenSite) -> None:
    site = await open_(Reply("Hi.", usage=COSTS), SUM, tools=[calculator])
    agent = await site.new_agent(toolgroups=["builtin::calculator"], budget={"session_tokens": 250})
    session = await site.new_session(agent)
    await site.turn(session)
    turn = await site.turn(session)
    assert turn["output_message"]["stop_reason"] == "budget_reached"
    assert [step["step_type"] for step in turn["steps"]] == ["inference", "tool_call"] * 2


async def test_a_turn_that_waited_while_its_session_spent_its_budget_asks_no_model(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply(gate, "Hi.", usage=COSTS))
    session = await site.new_session(await site.new_agent(budget={"session_tokens": 100}))
    await site.turn(session, background=True)
    waiting = await site.turn(session, background=True)
    gate.set()
    turn = await site.until(f"{session}/turn/{waiting['turn_id']}", has_ended)
    assert (turn["steps"], turn["output_message"]["stop_reason"]) == ([], "budget_reached")
    assert len(site.script.requests) == 1


async def test_what_a_turn_cost_before_it_waited_is_not_counted_twice(open_: OpenSite) -> None:
    asks = Reply(Call("camera", call_id="c1"), usage=COSTS)
    site = await open_(asks, Reply("A cat.", usage=COSTS))
    agent = await site.new_agent(client_tools=[{"name": "camera"}], budget={"session_tokens": 150})
    session = await site.new_session(agent)
    turn = await site.turn(session)
    assert turn["status"] == "awaiting_input"
    answers = {"tool_responses": [{"call_id": "c1", "content": "cat.png"}]}
    ended = (await site.post(f"{session}/turn/{turn['turn_id']}/resume", answers)).json()
    assert (ended["output_message"]["content"], ended["output_message"]["stop_reason"]) == ("A cat.", "end_of_turn")
    assert (await used(site, "tokens_per_day"))["used"] == 200


@pytest.mark.parametrize("wrong", [0, -1, 2**53, "many"])
async def test_a_budget_is_a_number_of_tokens(site: Site, wrong: object) -> None:
    config = {"model": MODEL, "budget": {"turn_tokens": wrong}}
    answer = await site.post("/v1/agents", {"agent_config": config})
    is_problem(answer, 400, "invalid_request", "/agent_config/budget/turn_tokens")


# --- files ---


async def upload(site: Site, data: bytes) -> httpx.Response:
    return await site.client.post("/v1/files", files={"file": ("f.txt", data, "text/plain")})


AROUND = 400
"""What a form has at the most around its file here: an upload counts as the whole of it until it is kept."""


async def test_a_file_for_which_there_is_no_room_is_refused(open_: OpenSite) -> None:
    site = await open_(max_storage_bytes=2000 + AROUND)
    kept = await upload(site, b"a" * 1500)
    assert kept.status_code == 201
    refused = await upload(site, b"b" * 1500)
    is_problem(refused, 413, "storage_full")
    assert await used(site, "storage_bytes") == {"used": 1500, "limit": 2000 + AROUND, "resets_at": None}
    assert (await site.delete(kept.headers["location"])).status_code == 204
    assert (await upload(site, b"b" * 1500)).status_code == 201


async def test_uploads_at_once_do_not_go_beyond_the_limit(open_: OpenSite) -> None:
    site = await open_(max_storage_bytes=5000)
    answers = await asyncio.gather(*(upload(site, bytes([65 + n]) * 1000) for n in range(10)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {201, 413}
    kept = statuses.count(201)
    assert kept <= 5
    assert (await used(site, "storage_bytes"))["used"] == kept * 1000


async def test_nor_do_files_that_come_with_messages(open_: OpenSite) -> None:
    site = await open_(max_storage_bytes=100)
    session = await site.new_session()
    message = {
        "role": "user",
        "content": "Read",
        "file": {"name": "a.txt", "type": "text/plain", "content": "YWJj" * 50},
    }
    is_problem(await site.post(f"{session}/turn", {"messages": [message]}), 413, "storage_full")
    message["file"]["content"] = "YWJj" * 20  # type: ignore[index] - the dict above has it
    assert (await site.post(f"{session}/turn", {"messages": [message]})).status_code == 200
    assert (await used(site, "storage_bytes"))["used"] == 60


async def test_nor_does_a_session_that_is_brought_in(open_: OpenSite) -> None:
    site = await open_(max_storage_bytes=100)
    session = await site.new_session()
    file = {"name": "a.txt", "type": "text/plain", "content": "YWJj" * 20}
    await site.post(f"{session}/turn", {"messages": [{"role": "user", "content": "Read", "file": file}]})
    taken_out = (await site.get(f"{session}/export")).json()
    agent = await site.new_agent()
    is_problem(await site.post(f"{agent}/sessions/import", taken_out), 413, "storage_full")
    assert (await used(site, "storage_bytes"))["used"] == 60
    await limit(site, storage_bytes=200)
    assert (await site.post(f"{agent}/sessions/import", taken_out)).status_code == 201


async def test_an_upload_that_breaks_off_gives_its_room_back(open_: OpenSite) -> None:
    site = await open_(max_storage_bytes=2000)
    headers = {"content-type": "multipart/form-data; boundary=x"}
    broken = await site.client.post("/v1/files", content=b"--x\r\nnonsense", headers=headers)
    assert broken.status_code == 400
    assert (await used(site, "storage_bytes"))["used"] == 0


# --- streams ---


async def test_so_many_streams_are_open_at_once_and_no_more() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("Hel", gate, "lo"), max_open_streams=2) as live:
        session = await live.site.new_session()
        streams = [await live.connect() for _ in range(2)]
        await streams[0].send("POST", f"{session}/turn", said("Hello", stream=True))
        turn = (await live.site.until(session, lambda found: bool(found["turns"])))["turns"][0]
        events = f"{session}/turn/{turn['turn_id']}/events"
        await streams[1].send("GET", events)
        await live.site.until(USAGE, lambda usage: usage["open_streams"]["used"] == 2)
        problem = is_problem(await live.site.get(events), 429, "rate_limited")
        assert problem["limit"] == "open_streams"
        refused = await live.site.say(session, stream=True)
        is_problem(refused, 429, "rate_limited")
        assert (await live.site.get(session)).json()["turn_count"] == 1
        await streams[1].close()
        await live.site.until(USAGE, lambda usage: usage["open_streams"]["used"] == 1)
        gate.set()
        assert (await live.site.get(events)).status_code == 200
        await streams[0].close()
        await live.site.until(USAGE, lambda usage: usage["open_streams"]["used"] == 0)


async def test_a_turn_that_is_waited_for_has_a_place_among_the_streams_and_one_in_the_background_has_none() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("Hel", gate, "lo"), max_open_streams=1) as live:
        site, session = live.site, await live.site.new_session()
        assert (await site.say(session, background=True)).status_code == 202
        assert (await used(site, "open_streams"))["used"] == 0
        waiting = asyncio.create_task(site.say(session))
        await site.until(USAGE, lambda usage: usage["open_streams"]["used"] == 1)
        for refused in (await site.say(session), await site.get(f"{session}/export"), await site.get("/v1/export")):
            assert is_problem(refused, 429, "rate_limited")["limit"] == "open_streams"
        assert (await site.say(session, background=True)).status_code == 202
        gate.set()
        assert (await waiting).json()["status"] == "completed"
        await site.until(USAGE, lambda usage: usage["open_streams"]["used"] == 0)
        assert (await site.get(f"{session}/export")).status_code == 200


async def test_what_is_refused_takes_no_place_among_the_streams(open_: OpenSite) -> None:
    site = await open_(max_open_streams=1)
    for _ in range(3):
        assert (await site.say(f"{site.agent}/session/nope", stream=True)).status_code == 404
        assert (await site.get(f"{site.agent}/session/nope/turn/nope/events")).status_code == 404
    assert (await used(site, "open_streams"))["used"] == 0


# --- what admins set ---


async def test_what_an_admin_sets_counts_at_once(open_: OpenSite) -> None:
    site = await open_(max_concurrent_turns=7)
    own = {"requests_per_minute": 1000, "tokens_per_day": None}
    answer = await site.ask("PUT", LIMITS, own)
    found = answer.json()
    assert found == (await site.get(LIMITS)).json()
    assert found["own"]["requests_per_minute"] == 1000
    assert found["effective"] == {
        "requests_per_minute": 1000,
        "concurrent_turns": 7,
        "tokens_per_day": 0,
        "storage_bytes": 0,
        "open_streams": 0,
    }
    assert (await site.get("/v1/agents")).headers["ratelimit-limit"] == "1000"
    await limit(site, concurrent_turns=0)
    assert "ratelimit-limit" not in (await site.get("/v1/agents")).headers
    assert (await used(site, "concurrent_turns"))["limit"] is None


@pytest.mark.parametrize(("body", "pointer"), [({"requests_per_minute": -1}, "/requests_per_minute")])
async def test_what_is_no_limit_is_refused_by_its_name(site: Site, body: Any, pointer: str) -> None:
    is_problem(await site.ask("PUT", LIMITS, body), 400, "invalid_request", pointer)
    is_problem(await site.ask("PUT", LIMITS, {"limitless": True}), 400, "unknown_field", "/limitless")


async def test_there_are_no_limits_of_someone_who_is_not_there(site: Site) -> None:
    is_problem(await site.ask("PUT", "/v1/users/eve/limits", {"concurrent_turns": 1}), 404, "user_not_found")
    is_problem(await site.get("/v1/users/eve/limits"), 404, "user_not_found")


# --- where people sign in ---


class Member:
    """A user, who asks with a key of theirs."""

    def __init__(self, site: Site, user: User, key: str) -> None:
        self.site = site
        self.user = user
        self._headers = {"authorization": f"Bearer {key}"}

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.site.client.request(method, path, json=body, headers=self._headers)

    async def until_refused(self) -> int:
        """Ask until that is refused; return how often it was not."""
        for count in range(100):
            if (await self.ask("GET", "/v1/agents")).status_code == 429:
                return count
        raise AssertionError("nothing was refused")


async def member(site: Site, name: str, role: Role = "user") -> Member:
    accounts = site.services.accounts
    user = await accounts.create_user(name, role=role)
    caller = Caller(owner=user.user_id, role=role, scopes=SCOPES[role], via="cookie", name=name)
    return Member(site, user, (await accounts.create_key(caller, "test")).key)


async def test_each_has_limits_of_their_own(open_: OpenSite) -> None:
    site = await open_(auth="accounts", max_requests_per_minute=10)
    ana, ben, boss = [await member(site, name, role) for name, role in MEMBERS]
    assert await ana.until_refused() <= 10
    assert (await ben.ask("GET", "/v1/agents")).status_code == 200
    own = await boss.ask("PUT", f"/v1/users/{ana.user.user_id}/limits", {"requests_per_minute": 0})
    assert own.status_code == 200
    assert (await ana.ask("GET", "/v1/agents")).status_code == 200
    for method in ("GET", "PUT"):
        is_problem(await ben.ask(method, f"/v1/users/{ben.user.user_id}/limits", {}), 403, "forbidden")
    assert (await ben.ask("GET", USAGE)).json()["requests_per_minute"]["limit"] == 10
    is_problem(await boss.ask("GET", "/v1/users/nobody/limits"), 404, "user_not_found")


MEMBERS: list[tuple[str, Role]] = [("ana", "user"), ("ben", "user"), ("boss", "admin")]


async def test_who_may_not_ask_uses_up_nobodys_requests(open_: OpenSite) -> None:
    site = await open_(auth="accounts", max_requests_per_minute=5)
    ben = await member(site, "ben")
    for _ in range(10):
        assert (await site.get("/v1/agents")).status_code == 401
        assert (await ben.ask("GET", "/v1/users")).status_code == 403
    assert (await ben.ask("GET", "/v1/agents")).headers["ratelimit-remaining"] == "4"


async def test_where_people_sign_in_there_are_limits_that_nobody_has_set(open_: OpenSite) -> None:
    site = await open_(auth="accounts")
    usage = (await (await member(site, "ana")).ask("GET", USAGE)).json()
    limits = {name: each["limit"] for name, each in usage.items()}
    assert limits == {
        "requests_per_minute": 1200,
        "concurrent_turns": 64,
        "tokens_per_day": None,
        "storage_bytes": 10_000_000_000,
        "open_streams": 256,
    }
