"""S16: links to sessions are secrets that are shown once, expire, can be revoked, and show no more than they should."""

import asyncio
import re
from typing import Any

import pytest

from tertulia.domain.errors import ShareGone
from tertulia.models.scripted import Call, Reply, Think
from tertulia.runtime.clock import new_id, new_secret
from tertulia.runtime.shares import Shares
from tests.server.conftest import Log, OpenSite
from tests.server.site import Site, is_problem, said

SOON = "2999-01-01T00:00:00+02:00"
LATER = "2999-01-01T00:00:00.000000Z"


async def share(site: Site, session: str, **body: Any) -> dict[str, Any]:
    """Make a link."""
    made = await site.post(f"{session}/share", body)
    assert made.status_code == 201, made.text
    return made.json()


async def read(site: Site, link: dict[str, Any]) -> dict[str, Any]:
    """What a link shows."""
    answer = await site.get(f"/v1/shared/{link['token']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def words(shown: dict[str, Any]) -> list[str]:
    return [turn["input_messages"][0]["content"] for turn in shown["turns"]]


async def test_whoever_has_a_link_reads_the_session_as_it_was(site: Site) -> None:
    session = await site.new_session(session_name="Lisbon")
    await site.turn(session, "a")
    link = await share(site, session)
    await site.turn(session, "b")
    await site.patch(session, {"session_name": "Porto"})
    shown = await read(site, link)
    assert (shown["session_name"], shown["live"], shown["include"]) == ("Lisbon", False, "messages")
    assert words(shown) == ["a"]
    (turn,) = shown["turns"]
    assert turn["output_message"]["content"] == "Hello, I am a script."
    assert turn["steps"] == []
    assert "agent_id" not in shown


async def test_a_live_link_shows_the_session_as_it_is(site: Site) -> None:
    session = await site.new_session()
    link = await share(site, session, live=True)
    await site.turn(session, "a")
    await site.turn(session, "b", parent_turn_id=None)
    await site.patch(session, {"session_name": "Porto"})
    shown = await read(site, link)
    assert (shown["session_name"], words(shown)) == ("Porto", ["b"])


async def test_the_secret_is_long_shown_once_and_stored_nowhere(site: Site, log: Log) -> None:
    session = await site.new_session()
    links = [await share(site, session) for _ in range(2)]
    assert len({link["token"] for link in links}) == 2
    assert all(re.fullmatch(r"[\w-]{32}", link["token"]) for link in links)  # 192 bits
    assert links[0]["url"] == f"/share/{links[0]['token']}"
    await read(site, links[0])
    listed = [await site.get(path) for path in ("/v1/shares", f"{session}/shares")]
    assert all(links[0]["share_id"] in answer.text for answer in listed)
    assert not any(links[0]["token"] in answer.text for answer in listed)
    assert links[0]["token"] not in str(site.services.store.__dict__)
    assert links[0]["token"] not in str(log)


@pytest.mark.parametrize("live", [True, False])
async def test_a_link_to_what_is_in_the_trash_is_gone_until_it_is_taken_out(site: Site, live: bool) -> None:
    session = await site.new_session()
    links = [await share(site, session, live=live)]
    await site.turn(session, "a")
    links.append(await share(site, session, live=live))
    await site.delete(session)
    for link in links:
        answer = await site.get(f"/v1/shared/{link['token']}")
        assert is_problem(answer, 410, "share_gone"), answer.text
    assert (await site.get("/v1/shares")).json()["shares"] == []
    assert (await site.post(f"/v1/trash/{session.rsplit('/', 1)[1]}/restore", {})).status_code == 200
    assert words(await read(site, links[1])) == ["a"]


async def test_what_is_shown_is_for_no_search_engine(site: Site) -> None:
    link = await share(site, await site.new_session())
    answer = await site.get(f"/v1/shared/{link['token']}")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_revoked_link_is_gone(site: Site) -> None:
    session = await site.new_session()
    link = await share(site, session)
    path = f"{session}/share/{link['share_id']}"
    assert (await site.delete(path)).status_code == 204
    is_problem(await site.get(f"/v1/shared/{link['token']}"), 410, "share_gone")
    (listed,) = (await site.get("/v1/shares")).json()["shares"]
    assert listed["revoked_at"] is not None
    is_problem(await site.delete(f"{session}/share/nothing"), 404, "share_not_found")


async def test_an_expired_link_is_gone(open_: OpenSite) -> None:
    site = await open_()
    session = await site.new_session()
    link = await share(site, session, expires_at=SOON)
    assert link["expires_at"] == "2998-12-31T22:00:00.000000Z"
    assert (await read(site, link))["expires_at"] == link["expires_at"]
    later = Shares(site.services.store, clock=lambda: LATER, new_id=new_id, new_secret=new_secret)
    with pytest.raises(ShareGone):
        await later.read(link["token"], limit=9)


@pytest.mark.parametrize(
    "time",
    [
        "2020-01-01T00:00:00Z",
        "2999-01-01T00:00:00",
        "tomorrow",
        "0999-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
async def test_a_link_expires_at_a_time_to_come(site: Site, time: str) -> None:
    session = await site.new_session()
    is_problem(await site.post(f"{session}/share", {"expires_at": time}), 400, "invalid_request", "/expires_at")


async def test_a_link_may_last_as_long_as_there_are_times(site: Site) -> None:
    link = await share(site, await site.new_session(), expires_at="9999-12-31T23:59:59-14:00")
    assert link["expires_at"] == "9999-12-31T23:59:59.999999Z"


async def test_a_link_that_nobody_made_leads_nowhere(site: Site) -> None:
    is_problem(await site.get("/v1/shared/nothing"), 404, "share_not_found")


async def test_a_link_goes_with_its_session_or_with_what_it_shows(site: Site) -> None:
    session = await site.new_session()
    turn = await site.turn(session, "a")
    link = await share(site, session)
    await site.delete(f"{session}/turn/{turn['turn_id']}")
    is_problem(await site.get(f"/v1/shared/{link['token']}"), 410, "share_gone")
    await site.delete(f"{session}?for_good=true")
    is_problem(await site.get(f"/v1/shared/{link['token']}"), 404, "share_not_found")


async def test_a_link_is_read_in_pages(site: Site) -> None:
    session = await site.new_session()
    for text in ("a", "b", "c"):
        await site.turn(session, text)
    link = await share(site, session)
    first = (await site.get(f"/v1/shared/{link['token']}?limit=2")).json()
    rest = (await site.get(f"/v1/shared/{link['token']}?limit=2&cursor={first['next_cursor']}")).json()
    assert (words(first), first["has_more"]) == (["a", "b"], True)
    assert (words(rest), rest["next_cursor"]) == (["c"], None)


@pytest.mark.parametrize("include", ["messages", "steps"])
async def test_a_link_shows_no_instructions_and_nothing_of_the_server(open_: OpenSite, include: str) -> None:
    site = await open_(Reply(Call("clock", call_id="c1")), Reply(Think("canary-thought"), "Noon."))
    agent = await site.new_agent(instructions="canary-instructions", toolgroups=["builtin::clock"])
    session = await site.new_session(agent, metadata={"note": "canary-metadata"})
    body = said("What time is it?")
    body["messages"].insert(0, {"role": "system", "content": "canary-system"})
    body["messages"][1]["file"] = {"name": "a.txt", "type": "text/plain", "content": "Y2FuYXJ5"}
    turn = (await site.post(f"{session}/turn", body)).json()
    link = await share(site, session, include=include)
    answer = await site.get(f"/v1/shared/{link['token']}")
    assert "canary" not in answer.text
    assert turn["input_messages"][1]["file"]["file_id"] not in answer.text
    (shown,) = answer.json()["turns"]
    (message,) = shown["input_messages"]
    assert (message["file"]["name"], message["file"]["content"], message["file"]["url"]) == ("a.txt", None, None)
    assert shown["output_message"]["content"] == "Noon."
    kinds = [step["step_type"] for step in shown["steps"]]
    assert kinds == ([] if include == "messages" else ["inference", "tool_call", "inference"])
    assert all(step["metadata"] == {} for step in shown["steps"])


async def test_whoever_has_a_link_goes_on_in_a_session_of_their_own(open_: OpenSite) -> None:
    site = await open_(Reply(Call("clock", call_id="c1")), Reply("Noon."), Reply("Later."))
    agent = await site.new_agent(instructions="canary-instructions", toolgroups=["builtin::clock"])
    session = await site.new_session(agent, session_name="Time")
    body = said("What time is it?")
    body["messages"].insert(0, {"role": "system", "content": "canary-system"})
    body["messages"][1]["file"] = {"name": "a.txt", "type": "text/plain", "content": "Y2FuYXJ5"}
    await site.post(f"{session}/turn", body)
    link = await share(site, session, include="steps")
    made = await site.post(f"/v1/shared/{link['token']}/fork", {"agent_id": site.agent_id})
    assert made.status_code == 201, made.text
    mine = made.headers["location"]
    assert (made.json()["session_name"], made.json()["turn_count"]) == ("Time", 1)
    await site.delete(session)
    (turn,) = (await site.get(f"{mine}/turns")).json()["turns"]
    assert "canary" not in str(turn)
    assert turn["input_messages"] == [{**turn["input_messages"][0], "content": "What time is it?\n[a.txt]"}]
    assert turn["output_message"]["content"] == "Noon."
    assert [step["step_type"] for step in turn["steps"]] == ["inference"]
    assert (await site.turn(mine, "And then?"))["output_message"]["content"] == "Later."


async def test_a_link_that_is_gone_is_no_beginning_and_neither_is_an_agent_of_others(site: Site) -> None:
    session = await site.new_session()
    link = await share(site, session)
    path = f"/v1/shared/{link['token']}/fork"
    is_problem(await site.post(path, {"agent_id": "none"}), 404, "agent_not_found")
    await site.delete(f"{session}/share/{link['share_id']}")
    is_problem(await site.post(path, {"agent_id": site.agent_id}), 410, "share_gone")


async def test_the_same_key_goes_on_in_the_same_session(site: Site) -> None:
    session = await site.new_session()
    await site.turn(session, "One")
    links = [await share(site, session) for _ in range(2)]
    paths = [f"/v1/shared/{link['token']}/fork" for link in links]
    body = {"agent_id": site.agent_id}
    made = await asyncio.gather(*(site.post(paths[0], body, idempotency_key="k") for _ in range(3)))
    assert [each.status_code for each in made] == [201] * 3
    assert len({each.json()["session_id"] for each in made}) == 1
    is_problem(await site.post(paths[1], body, idempotency_key="k"), 409, "idempotency_mismatch")
    is_problem(await site.post(f"{site.agent}/session", {}, idempotency_key="k"), 409, "idempotency_mismatch")
    other = await site.post(paths[0], body, idempotency_key="other")
    assert other.json()["session_id"] != made[0].json()["session_id"]
    assert (await site.get(site.agent + "/sessions")).json()["sessions"][0]["turn_count"] == 1


async def test_a_link_may_end_with_a_turn_whichever_branch_it_is_on(site: Site) -> None:
    session = await site.new_session()
    first, second = await site.turn(session, "a"), await site.turn(session, "b")
    await site.turn(session, "c")
    await site.turn(session, "A", parent_turn_id=None)
    for turn, shown in [(first, ["a"]), (second, ["a", "b"])]:
        link = await share(site, session, turn_id=turn["turn_id"])
        assert (link["turn_id"], words(await read(site, link))) == (turn["turn_id"], shown)
    refused = await site.post(f"{session}/share", {"turn_id": first["turn_id"], "live": True})
    is_problem(refused, 400, "invalid_request", "/turn_id")
    is_problem(await site.post(f"{session}/share", {"turn_id": "none"}), 404, "turn_not_found")


async def test_a_link_does_not_end_with_a_turn_that_goes_on(open_: OpenSite) -> None:
    site = await open_(Reply(Call("camera", {}, call_id="c1")))
    session = await site.new_session(await site.new_agent(client_tools=[{"name": "camera", "description": "Looks."}]))
    turn = await site.turn(session)
    is_problem(await site.post(f"{session}/share", {"turn_id": turn["turn_id"]}), 409, "session_busy")


async def test_what_steps_were_made_of_is_shown_if_that_is_chosen(open_: OpenSite) -> None:
    site = await open_(Reply(Think("reasoning-canary"), "Noon."))
    agent = await site.new_agent(instructions="instructions-canary")
    session = await site.new_session(agent)
    message = {"role": "system", "content": "instructions-canary"}
    body = said("What time is it?")
    body["messages"].insert(0, message)
    assert (await site.post(f"{session}/turn", body)).json()["status"] == "completed"
    steps, raw = [
        (await read(site, await share(site, session, include=include)))["turns"][0] for include in ("steps", "raw")
    ]
    assert "reasoning-canary" not in str(steps)
    assert (steps["usage"], steps["steps"][0]["model"]) == (None, "")
    assert raw["steps"][0]["model_response"]["reasoning"] == "reasoning-canary"
    assert raw["steps"][0]["model"]
    assert raw["usage"]["output_tokens"] > 0
    assert "instructions-canary" not in str(raw)


async def test_who_does_not_sign_in_signs_no_link(site: Site) -> None:
    link = await share(site, await site.new_session(), signed=True)
    assert (link["shared_by"], (await read(site, link))["shared_by"]) == (None, None)
