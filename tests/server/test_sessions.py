"""Sessions: named, listed, found, changed, deleted."""

import asyncio
from typing import Any

import httpx
import pytest

from tertulia.models.scripted import Reply
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, is_problem


async def names(site: Site, query: str = "") -> list[str]:
    return [each["session_name"] for each in (await site.get(f"{site.agent}/sessions{query}")).json()["sessions"]]


# --- creating ---


async def test_a_new_session_is_empty_and_idle(site: Site) -> None:
    created = await site.post(f"{site.agent}/session", {"metadata": {"from": "test"}})
    session = created.json()
    assert created.headers["location"] == f"{site.agent}/session/{session['session_id']}"
    assert (session["turns"], session["turn_count"], session["status"]) == ([], 0, "idle")
    assert (session["title_source"], session["metadata"]) == ("default", {"from": "test"})
    assert (session["pinned"], session["archived"], session["forked_from"]) == (False, False, None)


async def test_a_session_without_a_name_is_named_from_its_first_message_only(site: Site) -> None:
    session = await site.new_session()
    await site.turn(session, "Plans for   Lisbon\nand Porto")
    await site.turn(session, "Something else")
    found = (await site.get(session)).json()
    assert (found["session_name"], found["title_source"]) == ("Plans for Lisbon and Porto", "default")
    assert found["preview"] == "Something else"


async def test_a_name_that_a_person_gave_stays(site: Site) -> None:
    named = await site.new_session(session_name="Mine")
    renamed = await site.new_session()
    await site.patch(renamed, {"session_name": "Mine too"})
    for session, name in ((named, "Mine"), (renamed, "Mine too")):
        await site.turn(session, "Plans for Lisbon")
        found = (await site.get(session)).json()
        assert (found["session_name"], found["title_source"]) == (name, "user")


async def test_a_model_names_sessions_where_that_is_set_up(open_: OpenSite) -> None:
    site = await open_(Reply("Sunny."), Reply('"Weather in Lisbon"'), title_model="scripted/script")
    session = await site.new_session()
    await site.turn(session, "Will it rain tomorrow?")
    found = await site.until(session, lambda found: found["title_source"] == "model")
    assert found["session_name"] == "Weather in Lisbon"
    assert [each["session_name"] for each in await listed(site, "?q=RAIN")] == ["Weather in Lisbon"]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"session_name": ""}, "invalid_request", "/session_name"),
        ({"session_name": "x" * 201}, "invalid_request", "/session_name"),
        ({"session_name": 5}, "invalid_request", "/session_name"),
        ({"metadata": []}, "invalid_request", "/metadata"),
        ({"name": "x"}, "unknown_field", "/name"),
    ],
)
async def test_what_is_wrong_with_a_new_session_is_named(
    site: Site, body: dict[str, Any], code: str, pointer: str
) -> None:
    is_problem(await site.post(f"{site.agent}/session", body), 400, code, pointer)
    assert await names(site) == []


# --- reading ---


async def test_a_session_brings_all_none_or_the_last_of_its_turns(site: Site) -> None:
    session = await site.new_session()
    for n in range(4):
        await site.turn(session, f"message {n}")

    async def numbers(query: str) -> list[int]:
        found = (await site.get(f"{session}{query}")).json()
        assert found["turn_count"] == 4
        return [turn["n"] for turn in found["turns"]]

    assert await numbers("") == [1, 2, 3, 4]
    assert await numbers("?turns=all") == [1, 2, 3, 4]
    assert await numbers("?turns=none") == []
    assert await numbers("?turns=last:2") == [3, 4]
    assert await numbers("?turns=last:30") == [1, 2, 3, 4]
    assert await numbers("?turns=last:0") == []


async def test_of_large_turns_a_page_has_few_and_a_session_all(open_: OpenSite) -> None:
    site = await open_(max_message_chars=3_000_000)
    confusing = {"session_name": 'Of "turns":[]', "metadata": {"turns": []}}
    session = await site.new_session(**confusing)
    turns = [await site.turn(session, letter * 3_000_000) for letter in "abc"]

    first = (await site.get(f"{session}/turns")).json()
    assert (first["turns"], first["has_more"]) == (turns[:2], True)
    rest = (await site.get(f"{session}/turns?cursor={first['next_cursor']}")).json()
    assert (rest["turns"], rest["has_more"]) == (turns[2:], False)

    answer = await site.get(session)
    assert "content-length" not in answer.headers  # it is made while it is sent
    without = await site.get(f"{session}?turns=none")
    assert answer.json() == {**without.json(), **confusing, "turns": turns}
    assert answer.headers["etag"] == without.headers["etag"]
    assert (await site.get(f"{session}?turns=last:3")).json()["turns"] == turns[1:]


@pytest.mark.parametrize("which", ["some", "last", "last:", "last:-1", "last:x", "last:1000", "ALL", ""])
async def test_another_word_for_turns_is_refused(site: Site, which: str) -> None:
    session = await site.new_session()
    is_problem(await site.get(f"{session}?turns={which}"), 400, "invalid_request", "turns")


async def test_a_session_that_runs_says_so_and_holds_the_text_so_far(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply("So far. ", gate, "And on."))
    session = await site.new_session()
    turn = await site.turn(session, background=True)
    found = await site.until(session, lambda found: found["turns"][0]["output_message"]["content"])
    assert (found["status"], found["last_turn_status"]) == ("running", "running")
    assert found["turns"][0]["output_message"]["content"] == "So far. "
    assert found["turns"][0]["completed_at"] is None
    gate.set()
    await site.get(f"{session}/turn/{turn['turn_id']}/events")
    found = (await site.get(session)).json()
    assert (found["status"], found["last_turn_status"]) == ("idle", "completed")
    assert found["turns"][0]["output_message"]["content"] == "So far. And on."


# --- listing ---


async def listed(site: Site, query: str = "") -> list[dict[str, Any]]:
    return (await site.get(f"{site.agent}/sessions{query}")).json()["sessions"]


async def test_the_session_with_the_newest_activity_comes_first_and_last(site: Site) -> None:
    first = await site.new_session(session_name="first")
    await site.new_session(session_name="second")
    assert await names(site) == ["second", "first"]
    await site.turn(first)
    assert await names(site) == ["first", "second"]
    assert await names(site, "?order=asc") == ["second", "first"]


async def test_a_list_carries_no_turns_but_says_what_is_there(site: Site) -> None:
    session = await site.new_session()
    await site.turn(session, "Plans for Lisbon")
    [found] = await listed(site)
    assert found["turns"] == []
    assert (found["turn_count"], found["preview"], found["last_turn_status"]) == (1, "Plans for Lisbon", "completed")


async def test_archived_sessions_are_listed_when_asked_for(site: Site) -> None:
    for name in ("kept", "archived"):
        session = await site.new_session(session_name=name)
        await site.patch(session, {"archived": name == "archived"})
    assert await names(site) == ["kept"]
    assert await names(site, "?archived=false") == ["kept"]
    assert await names(site, "?archived=true") == ["archived"]
    assert await names(site, "?archived=any") == ["archived", "kept"]


async def test_pinned_sessions_are_not_mixed_in_front_but_can_be_asked_for(site: Site) -> None:
    for name in ("pinned", "plain"):
        session = await site.new_session(session_name=name)
        await site.patch(session, {"pinned": name == "pinned"})
    assert await names(site) == ["plain", "pinned"]
    assert await names(site, "?pinned=true") == ["pinned"]
    assert await names(site, "?pinned=false") == ["plain"]


async def test_words_are_found_in_names_and_previews_whatever_their_case(site: Site) -> None:
    await site.new_session(session_name="Plans for LISBON")
    other = await site.new_session(session_name="Other")
    await site.turn(other, "What about 100% Ärger_?")
    assert await names(site, "?q=lisbon") == ["Plans for LISBON"]
    assert await names(site, "?q=ärger") == ["Other"]
    assert await names(site, "?q=100%25") == ["Other"]
    assert await names(site, "?q=%25") == ["Other"]
    assert await names(site, "?q=_") == ["Other"]
    assert await names(site, "?q=nothing") == []
    assert len(await names(site, "?q=")) == 2


async def test_pages_neither_skip_nor_repeat_while_sessions_are_added(site: Site) -> None:
    made = [await site.new_session(session_name=f"s{n}") for n in range(7)]
    page = (await site.get(f"{site.agent}/sessions?limit=3")).json()
    seen = [each["session_name"] for each in page["sessions"]]
    await site.new_session(session_name="new")
    while page["has_more"]:
        page = (await site.get(f"{site.agent}/sessions?limit=3&cursor={page['next_cursor']}")).json()
        seen += [each["session_name"] for each in page["sessions"]]
    assert seen == [f"s{n}" for n in reversed(range(len(made)))]
    assert page["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "code", "pointers"),
    [
        ("limit=0", "invalid_request", ["limit"]),
        ("limit=201", "invalid_request", ["limit"]),
        ("limit=ten", "invalid_request", ["limit"]),
        ("order=random", "invalid_request", ["order"]),
        ("archived=yes", "invalid_request", ["archived"]),
        ("pinned=1", "invalid_request", ["pinned"]),
        (f"q={'x' * 201}", "invalid_request", ["q"]),
        ("cursor=nonsense", "invalid_cursor", []),
        ("cursor=WzEsMl0", "invalid_cursor", []),
        ("cursor=%F0%9F%92%A9", "invalid_cursor", []),
    ],
)
async def test_what_is_wrong_with_a_query_is_named(site: Site, query: str, code: str, pointers: list[str]) -> None:
    is_problem(await site.get(f"{site.agent}/sessions?{query}"), 400, code, *pointers)


async def test_the_cursor_of_another_list_is_refused(site: Site) -> None:
    session = await site.new_session()
    for _ in range(2):
        await site.turn(session)
    cursor = (await site.get(f"{session}/turns?limit=1")).json()["next_cursor"]
    is_problem(await site.get(f"{site.agent}/sessions?cursor={cursor}"), 400, "invalid_cursor")


# --- changing ---


async def test_metadata_is_merged(site: Site) -> None:
    session = await site.new_session(metadata={"a": 1, "b": {"c": 1, "d": 2}})
    patched = await site.patch(session, {"metadata": {"a": None, "b": {"c": 3}, "e": [1]}})
    assert patched.json()["metadata"] == {"b": {"c": 3, "d": 2}, "e": [1]}


async def test_pinning_and_archiving_are_no_activity(site: Site) -> None:
    session = await site.new_session()
    before = (await site.get(session)).json()
    after = (await site.patch(session, {"pinned": True, "archived": True})).json()
    assert (after["pinned"], after["archived"]) == (True, True)
    assert after["updated_at"] == before["updated_at"]


async def test_a_change_based_on_what_was_read_is_refused_when_someone_was_faster(site: Site) -> None:
    session = await site.new_session(session_name="One")
    tag = (await site.get(session)).headers["etag"]
    first = await site.patch(session, {"session_name": "Two"}, if_match=tag)
    assert first.status_code == 200
    assert first.headers["etag"] != tag
    is_problem(await site.patch(session, {"session_name": "Three"}, if_match=tag), 412, "stale")
    again = await site.patch(session, {"session_name": "Three"}, if_match=first.headers["etag"])
    assert again.json()["session_name"] == "Three"
    assert (await site.patch(session, {"session_name": "Four"}, if_match="*")).status_code == 200
    assert (await site.patch(session, {"session_name": "Five"})).status_code == 200


async def test_turns_do_not_make_a_renaming_stale(site: Site) -> None:
    session = await site.new_session()
    tag = (await site.get(session)).headers["etag"]
    await site.turn(session)
    assert (await site.patch(session, {"session_name": "Mine"}, if_match=tag)).status_code == 200


@pytest.mark.parametrize("tag", ["3", '"x"', '"1", "2"', '"', ""])
async def test_an_if_match_that_is_no_etag_is_refused(site: Site, tag: str) -> None:
    session = await site.new_session()
    is_problem(await site.patch(session, {"pinned": True}, if_match=tag), 400, "invalid_request", "If-Match")


@pytest.mark.parametrize(
    ("patch", "code", "pointer"),
    [
        ({"session_name": None}, "invalid_request", "/session_name"),
        ({"session_name": ""}, "invalid_request", "/session_name"),
        ({"pinned": "yes"}, "invalid_request", "/pinned"),
        ({"pinned": None}, "invalid_request", "/pinned"),
        ({"metadata": "x"}, "invalid_request", "/metadata"),
        ({"tags": None}, "invalid_request", "/tags"),
        ({"tags": ["a,b"]}, "invalid_request", "/tags/0"),
        ({"tags": [" a"]}, "invalid_request", "/tags/0"),
        ({"tags": ["a\nb"]}, "invalid_request", "/tags/0"),
        ({"tags": ["a", "x" * 41]}, "invalid_request", "/tags/1"),
        ({"tags": [f"t{n}" for n in range(21)]}, "invalid_request", "/tags"),
        ({"title_source": "model"}, "unknown_field", "/title_source"),
        ([], "invalid_request", ""),
    ],
)
async def test_what_is_wrong_with_a_patch_is_named(site: Site, patch: Any, code: str, pointer: str) -> None:
    session = await site.new_session(session_name="Kept")
    is_problem(await site.patch(session, patch), 400, code, pointer)
    assert await names(site) == ["Kept"]


# --- deleting ---


@pytest.mark.parametrize("deletes", ["session", "agent"])
async def test_deleting_stops_what_runs_and_waits_and_ends_the_streams(open_: OpenSite, deletes: str) -> None:
    site = await open_(Reply("So far. ", asyncio.Event()))
    agent = await site.new_agent()
    session = await site.new_session(agent)
    readers: list[asyncio.Task[httpx.Response]] = []
    for n in (1, 2, 3):
        readers.append(asyncio.create_task(site.say(session, stream=True)))
        await site.until(session, lambda found, n=n: found["turn_count"] == n)
    turns = (await site.get(session)).json()["turns"]
    assert [turn["status"] for turn in turns] == ["running", "queued", "queued"]
    async with asyncio.timeout(60):
        assert (await site.delete(session if deletes == "session" else agent)).status_code == 204
        ends = [frames_of((await reader).content)[-1] for reader in readers]
    assert [(end.type, end.payload["turn"]["status"]) for end in ends] == [("turn_cancelled", "cancelled")] * 3
    is_problem(await site.get(session), 404, "session_not_found")
    is_problem(await site.get(f"{session}/turn/{turns[0]['turn_id']}"), 404, "turn_not_found")
    assert len(site.script.requests) <= 1


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "", None, "session_not_found"),
        ("PATCH", "", {"pinned": True}, "session_not_found"),
        ("DELETE", "", None, "session_not_found"),
        ("GET", "/turns", None, "session_not_found"),
        ("POST", "/turn", {"messages": [{"role": "user", "content": "x"}]}, "session_not_found"),
        (
            "POST",
            "/turn",
            {"messages": [{"role": "user", "content": "x"}], "stream": True},
            "session_not_found",
        ),
        ("GET", "/turn/none", None, "turn_not_found"),
        ("GET", "/turn/none/events", None, "turn_not_found"),
        ("GET", "/turn/none/step/none", None, "turn_not_found"),
        ("POST", "/turn/none/cancel", None, "turn_not_found"),
        ("POST", "/turn/none/resume", {"tool_responses": [{"call_id": "a", "content": ""}]}, "turn_not_found"),
    ],
)
async def test_a_session_that_is_not_there_or_not_this_agents_is_not_found(
    site: Site, method: str, path: str, body: Any, code: str
) -> None:
    other = await site.new_agent()
    elsewhere = (await site.new_session()).replace(site.agent, other)
    for session in (f"{site.agent}/session/none", elsewhere):
        is_problem(await site.ask(method, f"{session}{path}", body), 404, code)
