"""Every operation of the server is a method of both clients; what it answers is the value that the server has."""

import inspect
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tertulia import __version__
from tertulia.client import AsyncClient, Client, Conflict, Forbidden, Gone, NotFound, Stale
from tertulia.domain.agents import AgentConfig
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tertulia.domain.sessions import SessionPatch
from tertulia.domain.tools import ToolPolicy
from tertulia.models.scripted import Reply
from tests.client.either import Opens
from tests.server.live import LiveSite, serve_live
from tests.server.site import MODEL
from tests.tools.mcp.places import HttpPlace

OPENAPI = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
NATIVE = {"Agents", "Sessions", "Turns", "Files", "Models and tools", "Server", "Account", "Users"}
"""The tags of what is the server's own; dialects have clients of their own."""


def operations() -> Iterator[str]:
    for path in OPENAPI["paths"].values():
        for operation in path.values():
            if NATIVE.intersection(operation.get("tags", [])):
                yield operation["operationId"]


@pytest.mark.parametrize("kind", [AsyncClient, Client])
def test_every_operation_is_a_method(kind: type) -> None:
    assert [name for name in operations() if not callable(getattr(kind, name, None))] == []


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    assert methods(AsyncClient) == methods(Client)


def methods(kind: type) -> dict[str, list[str]]:
    """The public methods of a class with the names of their parameters."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {name: [*inspect.signature(each).parameters] for name, each in found if not name.startswith("_")}


def test_who_is_sync_does_not_wait_for_what_only_asyncio_needs() -> None:
    program = "import sys; from tertulia.client import Client; Client(); print({'aiohttp', 'httpx'} & {*sys.modules})"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert said.stdout == "set()\n"


async def test_files_are_uploaded_listed_read_and_deleted(client: AsyncClient) -> None:
    data = bytes(range(256)) * 1_000
    made = await client.upload_file('a "b"\r\nx: ção.bin', data)
    assert (made.name, made.size) == ('a "b" x: ção.bin', len(data))
    text = await client.upload_file("notes.md", b"# Notes", media_type="text/markdown")
    assert text.type == "text/markdown"
    assert await client.get_file(made.file_id) == made
    assert await client.get_file_content(made.file_id) == data
    assert [file.file_id async for file in client.iter_files()] == [text.file_id, made.file_id]
    assert (await client.list_files(limit=1, order="asc")).files == [made]
    await client.delete_file(made.file_id)
    with pytest.raises(NotFound):
        await client.get_file_content(made.file_id)


async def test_a_message_names_an_uploaded_file(site: LiveSite, client: AsyncClient) -> None:
    made = await client.upload_file("notes.txt", b"Notes")
    session = await client.create_session(site.site.agent_id)
    message = UserMessage(content="Read this", files=[FileAttachment(file_id=made.file_id)])
    turn = await client.create_turn(site.site.agent_id, session.session_id, [message])
    assert turn.input_messages[0].files == [made.as_attachment("Tm90ZXM=")]  # type: ignore[union-attr] - a user's


async def test_a_session_is_taken_out_and_brought_in(site: LiveSite, client: AsyncClient) -> None:
    agent_id = site.site.agent_id
    session = await client.create_session(agent_id, session_name="Plans")
    await client.create_turn(agent_id, session.session_id, [UserMessage(content="Hello")])
    export = await client.export_session(agent_id, session.session_id)
    assert (await client.export_session_as_markdown(agent_id, session.session_id)).startswith("# Plans\n")
    assert b"".join([piece async for piece in client.export_account()])[:2] == b"\x1f\x8b"
    await client.delete_session(agent_id, session.session_id)
    assert [each.session.session_id for each in (await client.list_trash()).trash] == [session.session_id]
    assert (await client.restore_session(session.session_id)).turn_count == 1
    await client.delete_session(agent_id, session.session_id)
    await client.purge_session(session.session_id)
    assert (await client.import_session(agent_id, export)).session_id == session.session_id
    assert (await client.export_session(agent_id, session.session_id)).turns == export.turns


@pytest.fixture
async def site() -> AsyncIterator[LiveSite]:
    async with serve_live(Reply("Hello, I am a script.")) as site:
        yield site


@pytest.fixture
async def client(site: LiveSite, open_client: Opens) -> AsyncIterator[AsyncClient]:
    async with open_client(f"http://127.0.0.1:{site.port}") as one:
        yield one


async def test_a_turn_is_tried_again_asked_otherwise_and_gone_on_with_elsewhere(
    site: LiveSite, client: AsyncClient
) -> None:
    agent_id = site.site.agent_id
    session_id = (await client.create_session(agent_id)).session_id
    first = await client.create_turn(agent_id, session_id, "a")
    second = await client.retry_turn(agent_id, session_id, first.turn_id)
    third = await client.create_turn(agent_id, session_id, "A", parent_turn_id=None)
    page = await client.list_turns(agent_id, session_id)
    assert [turn.turn_id for turn in page.turns] == [third.turn_id]
    assert page.siblings == {third.turn_id: [first.turn_id, second.turn_id, third.turn_id]}
    assert [turn.turn_id async for turn in client.iter_turns(agent_id, session_id, tip=first.turn_id)] == [
        first.turn_id
    ]
    switched = await client.update_session(agent_id, session_id, SessionPatch(active_turn_id=second.turn_id))
    assert switched.active_turn_id == second.turn_id
    fork = await client.fork_session(agent_id, session_id, turn_id=second.turn_id, session_name="Elsewhere")
    assert (fork.forked_from, fork.turn_count) == (session_id, 1)
    await client.delete_turn(agent_id, session_id, second.turn_id)
    assert [turn.turn_id async for turn in client.iter_turns(agent_id, fork.session_id)] == [second.turn_id]
    with pytest.raises(NotFound):
        await client.get_turn(agent_id, session_id, second.turn_id)


async def test_a_session_is_shown_to_whoever_has_a_link(site: LiveSite, client: AsyncClient) -> None:
    agent_id = site.site.agent_id
    session_id = (await client.create_session(agent_id)).session_id
    await client.create_turn(agent_id, session_id, "a")
    link = await client.create_share(agent_id, session_id, expires_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert [turn.n for turn in (await client.get_shared(link.token)).turns] == [1]
    assert [each.share_id async for each in client.iter_shares()] == [link.share_id]
    mine = await client.fork_shared(link.token, agent_id)
    assert [turn.input_messages[0].content async for turn in client.iter_turns(agent_id, mine.session_id)] == ["a"]
    await client.revoke_share(agent_id, session_id, link.share_id)
    (listed,) = (await client.list_session_shares(agent_id, session_id)).shares
    assert listed.revoked_at is not None
    with pytest.raises(Gone):
        await client.get_shared(link.token)


@pytest.mark.slow
async def test_an_mcp_server_is_registered_tried_and_let_go(client: AsyncClient, tmp_path: Path) -> None:
    place = HttpPlace(tmp_path)
    try:
        policies = {"add": ToolPolicy(approval="never")}
        group = await client.register_toolgroup("test", place.uri, authorization="token", policies=policies)
        assert (group.status, group.provider, group.approval) == ("ready", "mcp", "first_time")
        assert (await client.list_toolgroups()).rows[-1] == group
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert (tools["test__add"].policy.approval, tools["test__weather"].policy.approval) == ("never", "first_time")
        assert (await client.call_tool("test__add", {"a": 1, "b": 2})).content == "3"
        assert (await client.call_tool("test__gallery")).files[0].name == "image-1.png"
        accepted = await client.accept_toolgroup("test", listing=group.listing)
        assert accepted.pinned
        with pytest.raises(Stale):
            await client.accept_toolgroup("test", listing="another")
        assert (await client.get_toolgroup("test")).pinned_at == accepted.pinned_at
        with pytest.raises(Forbidden):
            await client.register_toolgroup("program", command=["touch", "x"], env={"A": "b"})
        await client.unregister_toolgroup("test")
        with pytest.raises(NotFound):
            await client.get_toolgroup("test")
    finally:
        place.kill()


async def test_the_server_says_what_it_is(site: LiveSite, client: AsyncClient) -> None:
    assert (await client.get_version()).version == __version__
    assert (await client.get_health()).status == "ok"
    assert (await client.get_readiness()).status == "ready"
    config = await client.get_config()
    assert (config.version, config.default_agent_id) == (__version__, site.site.agent_id)
    assert config.limits.max_files == site.site.services.settings.max_files
    models = await client.list_models()
    assert [model.id for model in models.models] == [MODEL]
    assert [server.status for server in models.servers] == ["ready"]
    assert "clock" in [tool.name for tool in (await client.list_tools()).tools]
    assert "\ntertulia_draining 0.0\n" in await client.get_metrics()
    await site.site.services.drain()
    assert (await client.get_readiness()).status == "draining"


async def test_an_agent_is_made_changed_and_deleted(client: AsyncClient) -> None:
    made = await client.create_agent(AgentConfig(model=MODEL, name="Poet", instructions="Rhyme."))
    changed = await client.update_agent(made.agent_id, {"instructions": "Do not rhyme.", "name": None})
    assert (changed.version, changed.agent_config.instructions, changed.agent_config.name) == (2, "Do not rhyme.", None)
    assert await client.get_agent(made.agent_id) == changed
    shared = await client.update_agent(made.agent_id, visibility="shared")
    assert (shared.visibility, shared.access, shared.agent_config) == ("shared", "own", changed.agent_config)
    await client.delete_agent(made.agent_id)
    with pytest.raises(NotFound) as gone:
        await client.get_agent(made.agent_id)
    assert gone.value.code == "agent_not_found"


async def test_lists_come_in_pages_or_as_one(client: AsyncClient, site: LiveSite) -> None:
    for number in range(5):
        await client.create_agent(AgentConfig(model=MODEL, name=f"Agent {number}"))
    names = [agent.agent_config.name async for agent in client.iter_agents()]
    assert names[1:] == [f"Agent {number}" for number in range(5)]
    page = await client.list_agents(limit=2)
    next_page = await client.list_agents(limit=2, cursor=page.next_cursor)
    assert [agent.agent_config.name for agent in page.agents + next_page.rows] == names[:4]
    assert (page.has_more, next_page.has_more) == (True, True)


async def test_all_of_a_list_is_more_than_its_largest_page(site: LiveSite, client: AsyncClient) -> None:
    made = [(await client.create_session(site.site.agent_id)).session_id for _ in range(203)]
    listed = [one.session_id async for one in client.iter_sessions(site.site.agent_id, order="asc")]
    assert listed == made


async def test_sessions_are_found_by_what_they_are(site: LiveSite, client: AsyncClient) -> None:
    agent_id = site.site.agent_id
    plans, old = [await client.create_session(agent_id, session_name=name) for name in ("Plans", "Old plans")]
    await client.update_session(agent_id, plans.session_id, SessionPatch(pinned=True))
    await client.update_session(agent_id, old.session_id, SessionPatch(archived=True))

    async def names(**which: Any) -> list[str]:
        return [one.session_name async for one in client.iter_sessions(agent_id, **which)]

    assert await names() == ["Plans"]
    assert await names(archived=True) == ["Old plans"]
    assert await names(archived=None, q="plans", order="asc") == ["Plans", "Old plans"]
    assert await names(archived=None, pinned=False) == ["Old plans"]


async def test_what_was_said_is_found(site: LiveSite, client: AsyncClient) -> None:
    agent_id = site.site.agent_id
    session = await client.create_session(agent_id, session_name="Script")
    turn = await client.create_turn(agent_id, session.session_id, "Who are you?")
    assert [hit.turn_id async for hit in client.iter_hits("script")] == [None, turn.turn_id]
    page = await client.search("scr*", limit=1, since="2020-01-01")
    assert (page.has_more, page.hits[0].session_id) == (True, session.session_id)
    assert (await client.search("scr*", cursor=page.next_cursor)).hits[0].snippets[0].text == "Hello, I am a script."
    assert (await client.search_agent(agent_id, '"am a"', has_file=False)).hits[0].turn_id == turn.turn_id
    assert (await client.search(archived=True, has_file=True)).hits == []
    assert (await client.search("script", session_id="nowhere")).hits == []


async def test_a_session_that_was_changed_meanwhile_is_not_changed(site: LiveSite, client: AsyncClient) -> None:
    session = await client.create_session(site.site.agent_id, metadata={"topic": "weather"})
    path = (session.agent_id, session.session_id)
    changed = await client.update_session(*path, SessionPatch(session_name="New"), revision=session.revision)
    assert (changed.session_name, changed.metadata) == ("New", {"topic": "weather"})
    with pytest.raises(Stale):
        await client.update_session(*path, SessionPatch(session_name="Newer"), revision=session.revision)


async def test_turns_are_listed_from_both_ends(site: LiveSite, client: AsyncClient) -> None:
    session = await client.create_session(site.site.agent_id)
    path = (session.agent_id, session.session_id)
    turns = [await client.create_turn(*path, words) for words in ("one", "two", "three")]
    assert [turn async for turn in client.iter_turns(*path)] == turns
    assert [turn async for turn in client.iter_turns(*path, order="desc")] == turns[::-1]
    assert (await client.list_turns(*path, after=turns[0].turn_id, limit=1)).turns == [turns[1]]
    assert (await client.list_turns(*path, before=turns[1].turn_id)).turns == [turns[0]]
    assert (await client.get_session(*path, turns="last:1")).turns == [turns[2]]


async def test_a_busy_session_can_refuse(site: LiveSite, client: AsyncClient) -> None:
    session = await client.create_session(site.site.agent_id)
    path = (session.agent_id, session.session_id)
    first = await client.create_turn(*path, "Hello", idempotency_key="k", on_busy="reject")
    assert await client.create_turn(*path, "Hello", idempotency_key="k", on_busy="reject") == first
    with pytest.raises(Conflict) as other:
        await client.create_turn(*path, "Goodbye", idempotency_key="k", on_busy="reject")
    assert other.value.code == "idempotency_mismatch"
