"""The trash over HTTP: what was deleted is gone for everybody, and can be had back until it is purged."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.models.scripted import Reply
from tertulia.store.memory.store import MemoryStore
from tests.server.conftest import OpenSite
from tests.server.site import Site, is_problem


async def deleted(site: Site, name: str = "Plans") -> tuple[str, dict[str, Any]]:
    """A session with a turn that was deleted: its path, and what it was."""
    session = await site.new_session(session_name=name)
    await site.turn(session)
    shown = (await site.get(session)).json()
    assert (await site.delete(session)).status_code == 204
    return session, shown


async def in_trash(site: Site) -> list[str]:
    return [each["session"]["session_name"] for each in (await site.get("/v1/trash")).json()["trash"]]


async def test_what_is_deleted_is_gone_and_comes_back_as_it_was(site: Site) -> None:
    session, shown = await deleted(site)
    is_problem(await site.get(session), 404, "session_not_found")
    turn = f"{session}/turn/{shown['turns'][0]['turn_id']}"
    for path in (turn, f"{turn}/events", f"{session}/export"):
        assert (await site.get(path)).status_code == 404
    assert (await site.get(f"{site.agent}/sessions")).json()["sessions"] == []
    assert await in_trash(site) == ["Plans"]
    answer = await site.post(f"/v1/trash/{shown['session_id']}/restore")
    assert (answer.status_code, answer.headers["location"]) == (200, session)
    assert (await site.get(session)).json() == shown
    assert await in_trash(site) == []


async def test_what_is_purged_does_not_come_back(site: Site) -> None:
    _, shown = await deleted(site)
    assert (await site.delete(f"/v1/trash/{shown['session_id']}")).status_code == 204
    for answer in (
        await site.post(f"/v1/trash/{shown['session_id']}/restore"),
        await site.delete(f"/v1/trash/{shown['session_id']}"),
    ):
        is_problem(answer, 404, "session_not_found")


async def test_what_is_deleted_for_good_is_in_no_trash(site: Site) -> None:
    session = await site.new_session()
    await site.delete(f"{session}?for_good=true")
    assert await in_trash(site) == []


@pytest.fixture
async def bare(open_: OpenSite) -> Site:
    return await open_(trash_days=0)


async def test_a_server_may_have_no_trash(bare: Site) -> None:
    await deleted(bare)
    assert await in_trash(bare) == []


class LateStore(MemoryStore):
    """A store in which something else happens just before a session goes into the trash."""

    before: Callable[[], Awaitable[Any]]

    async def trash_session(self, owner: str, agent_id: str, session_id: str, *, at: str) -> None:
        await self.before()
        await super().trash_session(owner, agent_id, session_id, at=at)


async def test_a_turn_that_is_accepted_while_its_session_is_deleted_does_not_go_on_in_the_trash(
    open_: OpenSite,
) -> None:
    store = LateStore()
    site = await open_(Reply("One. ", asyncio.Event()), store=store)
    session = await site.new_session()
    store.before = lambda: site.turn(session, background=True)
    assert (await site.delete(session)).status_code == 204
    assert (await site.post(f"/v1/trash/{session.rpartition('/')[2]}/restore")).status_code == 200
    [turn] = (await site.get(session)).json()["turns"]
    assert turn["status"] == "cancelled"
