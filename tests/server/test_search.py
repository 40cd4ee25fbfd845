"""The search over HTTP: what it finds, its filters, its pages, and what it refuses."""

from typing import Any

import pytest

from tertulia.models.scripted import Reply
from tests.server.conftest import OpenSite
from tests.server.site import Site, is_problem


@pytest.fixture
async def site(open_: OpenSite) -> Site:
    """A site with two sessions about Lisbon, one of them with another agent."""
    site = await open_(Reply("Take the <b>night</b> train."))
    await site.turn(await site.new_session(), "How do I get to Lisbon?")
    other = await site.new_agent()
    await site.turn(await site.new_session(other, session_name="Food"), "What does one eat in Lisbon?")
    return site


async def found(site: Site, query: str, path: str = "/v1") -> list[dict[str, Any]]:
    answer = await site.get(f"{path}/search?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["hits"]


async def test_hits_lead_to_their_session_and_turn(site: Site) -> None:
    name, food, travel = await found(site, "q=lisbon")
    assert (name["session_name"], name["turn_id"]) == ("How do I get to Lisbon?", None)
    assert (food["session_name"], food["n"]) == ("Food", 1)
    turn = await site.get(f"/v1/agents/{travel['agent_id']}/session/{travel['session_id']}/turn/{travel['turn_id']}")
    assert turn.json()["input_messages"][0]["content"] == "How do I get to Lisbon?"


async def test_a_snippet_is_parts_of_plain_text(site: Site) -> None:
    [*_, hit] = await found(site, "q=night")
    [snippet] = hit["snippets"]
    assert snippet["source"] == "assistant"
    assert snippet["parts"] == [
        {"text": "Take the <b>", "is_match": False},
        {"text": "night", "is_match": True},
        {"text": "</b> train.", "is_match": False},
    ]
    turn = await site.get(f"/v1/agents/{hit['agent_id']}/session/{hit['session_id']}/turn/{hit['turn_id']}")
    assert snippet["step_id"] == turn.json()["steps"][0]["step_id"]


async def test_one_agents_sessions_are_searched_by_themselves(site: Site) -> None:
    assert [hit["session_name"] for hit in await found(site, "q=train", site.agent)] == ["How do I get to Lisbon?"]
    assert len(await found(site, "q=train")) == 2
    assert await found(site, "q=madrid", site.agent) == []
    is_problem(await site.get("/v1/agents/nobody/search?q=train"), 404, "agent_not_found")


async def test_one_session_is_searched_by_itself_and_only_by_whose_it_is(site: Site) -> None:
    [food] = await found(site, "q=eat")
    within = f"session_id={food['session_id']}&archived=any"
    assert [hit["turn_id"] for hit in await found(site, f"q=train&{within}")] == [food["turn_id"]]
    assert await found(site, f"q=get&{within}") == []
    assert await found(site, f"q=train&{within}", site.agent) == []
    assert await found(site, "q=train&session_id=nowhere") == []


async def test_filters_and_pages(site: Site) -> None:
    [food] = await found(site, "q=eat")
    session = f"/v1/agents/{food['agent_id']}/session/{food['session_id']}"
    await site.patch(session, {"archived": True, "pinned": True})
    assert await found(site, "q=eat") == []
    assert len(await found(site, "q=eat&archived=any&pinned=true")) == 1
    assert await found(site, "q=lisbon&until=2020-01-01") == []
    assert len(await found(site, "q=lisbon&since=2020-01-01T00:00:00%2B02:00")) == 2
    assert await found(site, "has_file=true") == []
    assert len(await found(site, "has_file=false")) == 2
    first = (await site.get("/v1/search?q=lisbon&archived=any&limit=1")).json()
    rest = (await site.get(f"/v1/search?q=lisbon&archived=any&limit=2&cursor={first['next_cursor']}")).json()
    assert [len(first["hits"]), first["has_more"], len(rest["hits"]), rest["has_more"]] == [1, True, 2, False]


@pytest.mark.parametrize(
    ("query", "code", "pointers"),
    [
        ("q=x&since=yesterday", "invalid_request", ["since"]),
        ("q=x&until=%00", "invalid_request", ["until"]),
        ("q=x&cursor=x", "invalid_cursor", []),
    ],
)
async def test_what_cannot_be_is_refused(site: Site, query: str, code: str, pointers: list[str]) -> None:
    is_problem(await site.get(f"/v1/search?{query}"), 400, code, *pointers)


@pytest.mark.parametrize("query", ["", "%00", "%22", "%FF%FE", "*", "-", "%C2%A7o", "a" * 500, "NOT%20AND%20(", "'"])
async def test_no_query_is_wrong(site: Site, query: str) -> None:
    assert await found(site, f"q={query}") == []
