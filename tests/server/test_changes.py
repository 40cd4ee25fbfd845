"""The stream of changes over real HTTP, as browsers and our clients read it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx
import pytest

from tertulia.client import AsyncClient, NotFound
from tertulia.domain.changes import LoggedChange
from tertulia.domain.sessions import SessionPatch
from tertulia.models.scripted import Reply
from tests.server.conftest import OpenSite
from tests.server.live import LiveSite, serve_live
from tests.server.site import is_problem


@pytest.fixture
async def live() -> AsyncIterator[LiveSite]:
    async with serve_live(Reply("Hello.")) as live:
        yield live


async def test_a_list_in_another_tab_stays_fresh(live: LiveSite) -> None:
    url, agent_id = f"http://127.0.0.1:{live.port}", live.site.agent_id
    async with AsyncClient(url) as client, asyncio.timeout(60), aclosing(client.follow_sessions(agent_id)) as changes:
        assert (await anext(changes)).change.event_type == "following"
        session = await client.create_session(agent_id, session_name="Plans")
        await client.create_turn(agent_id, session.session_id, "Hi")
        await client.update_session(agent_id, session.session_id, SessionPatch(session_name="Trip"))
        await client.delete_session(agent_id, session.session_id)
        told: list[LoggedChange] = []
        async for each in changes:
            told.append(each)
            if each.change.event_type == "session_deleted":
                break
        assert [each.change.event_type for each in told] == [
            "session_created",
            "turn_started",
            "turn_at_rest",
            "session_renamed",
            "session_deleted",
        ]
        assert {each.change.session_id for each in told} == {session.session_id}
        async with aclosing(client.follow_sessions(agent_id, after=told[2].id)) as again:
            assert [(await anext(again)).id for _ in range(3)] == [each.id for each in told[2:]]


async def test_frames_have_ids_and_the_stream_ends_with_the_server(live: LiveSite) -> None:
    url = f"http://127.0.0.1:{live.port}/v1/agents/{live.site.agent_id}/events"
    async with httpx.AsyncClient(timeout=60) as client, client.stream("GET", url) as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        lines = response.aiter_lines()
        said = [await anext(lines) for _ in range(4)]
        assert said[0].startswith("retry: ")
        assert said[2].startswith("id: ")
        assert said[3].startswith('data: {"event":{"payload":{"event_type":"following"')
        live.site.services.session_changes.stop()
        assert [line async for line in lines if line.startswith("data")] == []


async def test_of_an_agent_that_is_not_there_nothing_is_told(live: LiveSite) -> None:
    async with AsyncClient(f"http://127.0.0.1:{live.port}") as client:
        with pytest.raises(NotFound):
            await anext(client.follow_sessions("nobody"))


@pytest.mark.parametrize("place", ["x", "1", "1.2.3", "-1.0", "9" * 40 + ".1"])
async def test_a_place_that_is_none_is_refused(open_: OpenSite, place: str) -> None:
    site = await open_()
    is_problem(await site.get(f"{site.agent}/events?after={place}"), 400, "invalid_cursor", "after")
    is_problem(await site.get(f"{site.agent}/events", last_event_id=place), 400, "invalid_cursor", "Last-Event-ID")
