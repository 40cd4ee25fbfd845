"""One thing that is done to many sessions: each has an outcome of its own, and the audit an entry for each gone."""

import asyncio
from typing import Any

import pytest

from tertulia.domain.audit import AuditFilter
from tests.server.site import Site, is_problem


async def made(site: Site, count: int) -> list[str]:
    """The ids of new sessions."""
    return [(await site.new_session()).rpartition("/")[2] for _ in range(count)]


async def batch(site: Site, op: str, ids: list[str]) -> dict[str, str | None]:
    """Do something to sessions; return the code of what came of it, by id."""
    answer = await site.post(f"{site.agent}/sessions/batch", {"ids": ids, "op": op})
    assert answer.status_code == 200, answer.text
    return {each["session_id"]: each["code"] for each in answer.json()["outcomes"]}


async def shown(site: Site, query: str = "") -> list[str]:
    found = await site.get(f"{site.agent}/sessions?order=asc{query}")
    return [each["session_id"] for each in found.json()["sessions"]]


async def test_many_are_archived_pinned_deleted_and_had_back(site: Site) -> None:
    ids = await made(site, 45)
    some = ids[:30]
    assert await batch(site, "archive", some) == dict.fromkeys(some)
    assert await shown(site) == ids[30:]
    assert await batch(site, "unarchive", some) == dict.fromkeys(some)
    assert await batch(site, "pin", some) == dict.fromkeys(some)
    assert len(await shown(site, "&pinned=true")) == 30
    assert await batch(site, "unpin", some) == dict.fromkeys(some)
    assert await batch(site, "delete", some) == dict.fromkeys(some)
    assert await shown(site) == ids[30:]
    assert await batch(site, "restore", some) == dict.fromkeys(some)
    assert set(await shown(site)) == set(ids)


async def tags_of(site: Site, session_id: str) -> list[str]:
    return (await site.get(f"{site.agent}/session/{session_id}?turns=none")).json()["tags"]


async def test_tags_are_put_on_many_and_taken_off_and_others_stay(site: Site) -> None:
    one, other = await made(site, 2)
    await site.patch(f"{site.agent}/session/{one}", {"tags": ["Work", "lisbon"]})

    async def tag(op: str, *tags: str) -> list[str | None]:
        body = {"ids": [one, other, "nowhere"], "op": op, "tags": tags}
        answer = await site.post(f"{site.agent}/sessions/batch", body)
        return [each["code"] for each in answer.json()["outcomes"]]

    assert await tag("tag", "work", "May") == [None, None, "session_not_found"]
    assert (await tags_of(site, one), await tags_of(site, other)) == (["Work", "lisbon", "May"], ["work", "May"])
    assert await shown(site, "&tag=WORK") == [one, other]
    assert await tag("untag", "WORK", "may") == [None, None, "session_not_found"]
    assert (await tags_of(site, one), await tags_of(site, other)) == (["lisbon"], [])
    many = [f"t{number}" for number in range(20)]
    assert await tag("tag", *many) == ["invalid_request", None, "session_not_found"]
    assert (await tags_of(site, one), await tags_of(site, other)) == (["lisbon"], many)


async def test_tags_that_are_put_at_the_same_time_are_all_there(site: Site) -> None:
    (session_id,) = await made(site, 1)
    tags = [f"t{number}" for number in range(12)]
    path = f"{site.agent}/sessions/batch"
    await asyncio.gather(*(site.post(path, {"ids": [session_id], "op": "tag", "tags": [tag]}) for tag in tags))
    assert sorted(await tags_of(site, session_id)) == sorted(tags)


async def test_one_that_is_not_there_stops_no_other(site: Site) -> None:
    first, second = await made(site, 2)
    codes = await batch(site, "delete", [first, "nowhere", second, first])
    assert codes == {first: None, "nowhere": "session_not_found", second: None}
    assert await shown(site) == []
    assert await batch(site, "delete", [first]) == {first: "session_not_found"}


async def test_a_session_of_another_agent_is_not_there(site: Site) -> None:
    other = await site.new_session(await site.new_agent())
    session_id = other.rpartition("/")[2]
    for op in ("archive", "delete"):
        assert await batch(site, op, [session_id]) == {session_id: "session_not_found"}
    await site.delete(other)
    assert await batch(site, "restore", [session_id]) == {session_id: "session_not_found"}
    is_problem(
        await site.post("/v1/agents/nowhere/sessions/batch", {"ids": ["a"], "op": "pin"}), 404, "agent_not_found"
    )


async def test_the_audit_tells_each_that_was_deleted_and_none_that_was_pinned(site: Site) -> None:
    first, second = await made(site, 2)
    await batch(site, "pin", [first, second])
    await batch(site, "delete", [first, "nowhere", second])
    entries = (await site.services.audit.list_entries(AuditFilter(), limit=9, cursor=None)).items
    told = [(each.action, each.subject.get("session_id"), each.outcome) for each in entries]
    assert sorted(told[:3], key=str) == sorted(
        [
            ("session.delete", first, "done"),
            ("session.delete", "nowhere", "refused"),
            ("session.delete", second, "done"),
        ],
        key=str,
    )
    assert told[3] == ("session.batch", None, "done")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"ids": [], "op": "pin"}, "/ids"),
        ({"ids": ["a"] * 201, "op": "pin"}, "/ids"),
        ({"ids": ["a"], "op": "burn"}, "/op"),
        ({"ids": ["a"], "op": "pin", "owner": "eve"}, "/owner"),
    ],
)
async def test_what_is_no_batch_is_refused_by_its_field(site: Site, body: Any, pointer: str) -> None:
    answer = await site.post(f"{site.agent}/sessions/batch", body)
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_how_long_a_session_stays_is_said_by_itself_and_by_its_agent(site: Site) -> None:
    session = await site.new_session()
    rule = {"archive_after": 7, "delete_after": "never", "keep_pinned": None}
    patched = (await site.patch(session, {"retention": {"archive_after": 7, "delete_after": "never"}})).json()
    assert patched["retention"] == rule
    assert (await site.get(session)).json()["retention"] == rule
    assert (await site.patch(session, {"retention": None})).json()["retention"] is None
    agent = (await site.patch(site.agent, {"agent_config": {"retention": {"delete_after": 90}}})).json()
    assert agent["agent_config"]["retention"]["delete_after"] == 90
    for wrong in ({"archive_after": 0}, {"delete_after": "soon"}, {"forever": True}):
        assert (await site.patch(session, {"retention": wrong})).status_code == 400
