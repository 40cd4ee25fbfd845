"""S2: a stream ends with the right to read it; what is streamed goes on without its reader."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tertulia.domain.agents import AgentConfig
from tertulia.domain.errors import StorageUnavailable, Unauthenticated
from tertulia.domain.users import SCOPES, Caller, User
from tertulia.models.scripted import Reply
from tertulia.server.auth import Asked
from tertulia.server.readers import Readers
from tests.security.people import ADMIN, People, bearer
from tests.server.live import LiveSite, serve_live
from tests.server.site import MODEL, said

SOON = 60
"""Seconds after which a test gives up: no bound of ours, which are a quarter of a second here and 15 elsewhere."""


class Reading:
    """Eve, who reads by a key or a cookie, and the ways in which that is taken from her."""

    def __init__(self, live: LiveSite, people: People, eve: User) -> None:
        self.live = live
        self.people = people
        self.eve = eve
        self.agent = ""

    @property
    def taken(self) -> dict[str, tuple[str, Callable[[], Awaitable[Any]]]]:
        """By which way she reads, and what ends it."""
        accounts, eve = self.people.accounts, self.eve.user_id
        return {
            "signed out": ("cookie", self._sign_out),
            "another password": ("cookie", lambda: accounts.update_user(eve, password="correct horse battery")),
            "no key": ("key", self._delete_key),
            "disabled": ("key", lambda: accounts.update_user(eve, disabled=True)),
            "disabled, by a cookie": ("cookie", lambda: accounts.update_user(eve, disabled=True)),
            "deleted": ("key", lambda: accounts.delete_user(eve)),
        }

    async def headers(self, way: str) -> dict[str, str]:
        return await self.people.cookie(self.eve) if way == "cookie" else bearer(await self.people.key(self.eve))

    async def _sign_out(self) -> None:
        answer = await self.people.ask(self.now, "POST", "/v1/sign-out")
        assert answer.status_code == 204

    async def _delete_key(self) -> None:
        (key,) = (await self.people.accounts.list_keys(self.eve.user_id, limit=9, cursor=None)).items
        await self.people.accounts.delete_key(self.eve.user_id, key.key_id)

    @asynccontextmanager
    async def stream(self, path: str, way: str) -> AsyncGenerator[AsyncIterator[bytes]]:
        """Read a stream as Eve, over a socket."""
        self.now = await self.headers(way)
        async with (
            asyncio.timeout(SOON),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.live.port}", timeout=SOON) as client,
            client.stream("GET", path, headers=self.now) as response,
        ):
            assert response.status_code == 200
            pieces = response.aiter_bytes()
            await anext(pieces)
            yield pieces


@pytest.fixture
def go_on() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def reading(go_on: asyncio.Event) -> AsyncGenerator[Reading, None]:
    async with serve_live(Reply("Hel", go_on, "lo."), auth="accounts") as live:
        await live.site.services.store.add_user(ADMIN)
        people = People(live.site)
        found = Reading(live, people, await people.add("eve"))
        made = await live.site.services.agents.create(found.eve.user_id, AgentConfig(model=MODEL))
        found.agent = f"/v1/agents/{made.agent_id}"
        yield found
        go_on.set()


@pytest.mark.parametrize(
    "what", ["signed out", "another password", "no key", "disabled", "disabled, by a cookie", "deleted"]
)
async def test_what_is_taken_from_her_ends_her_stream_of_changes(reading: Reading, what: str) -> None:
    way, take = reading.taken[what]
    async with reading.stream(f"{reading.agent}/events", way) as pieces:
        await take()
        assert not any([b"session_created" in piece async for piece in pieces])  # it ends
    assert (await reading.people.ask(reading.now, "GET", f"{reading.agent}/events")).status_code in (401, 404)


async def test_a_turn_goes_on_when_its_reader_is_sent_off(reading: Reading, go_on: asyncio.Event) -> None:
    services, eve, agent_id = reading.live.site.services, reading.eve.user_id, reading.agent.rpartition("/")[2]
    headers = await reading.headers("key")
    session = (await reading.people.ask(headers, "POST", f"{reading.agent}/session", {})).headers["location"]
    begun = await reading.people.ask(headers, "POST", f"{session}/turn", said("Hello", background=True))
    session_id, turn_id = session.rpartition("/")[2], begun.json()["turn_id"]
    async with reading.stream(f"{session}/turn/{turn_id}/events", "cookie") as pieces:
        await reading.people.accounts.sign_out(reading.now["cookie"].partition("=")[2])
        async for piece in pieces:
            assert b"lo." not in piece
    go_on.set()
    record = await services.turns.get_record(eve, agent_id, session_id, turn_id)
    assert (await services.turns.until_rest(record)).output_message.content == "Hello."


async def test_who_reads_by_what_still_holds_reads_on(reading: Reading) -> None:
    """Something was taken from somebody else, or another key of hers was."""
    async with reading.stream(f"{reading.agent}/events", "cookie") as pieces:
        other = await reading.people.add("other")
        await reading.people.key(reading.eve)
        await reading.taken["no key"][1]()
        await reading.people.accounts.update_user(other.user_id, disabled=True)
        made = await reading.people.ask(reading.now, "POST", f"{reading.agent}/session", {})
        async for piece in pieces:
            if made.json()["session_id"].encode() in piece:
                return
        pytest.fail("the stream has ended")


# --- what this node is not told of ---

EVE = Caller(owner="eve", role="user", scopes=SCOPES["user"], via="key")


class Elsewhere:
    """A way whose answer changes by what another node, the clock or an issuer does."""

    def __init__(self) -> None:
        self.answer: Caller | Exception | None = EVE
        self.asked = asyncio.Semaphore(0)

    async def __call__(self, asked: Asked) -> Caller | None:
        self.asked.release()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def scope_of(caller: Caller, key: str) -> Any:
    headers = [(b"authorization", f"Bearer {key}".encode())]
    return {"type": "http", "client": ("127.0.0.1", 1), "headers": headers, "state": {"caller": caller}}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Unauthenticated(),
        Caller(owner="ben", role="user", scopes=SCOPES["user"], via="key"),
        Caller(owner="eve", role="user", scopes=("write",), via="key"),
    ],
)
async def test_what_another_node_takes_is_found_out_by_looking(answer: Caller | Exception | None) -> None:
    way, ended = Elsewhere(), asyncio.Event()
    async with asyncio.timeout(SOON):
        with Readers([way], look_every=0.01).reading(scope_of(EVE, "k"), ended.set):
            for _ in range(2):
                await way.asked.acquire()
            assert not ended.is_set()
            way.answer = answer
            await ended.wait()


async def test_while_the_database_is_away_nobody_is_sent_off() -> None:
    way, ended = Elsewhere(), asyncio.Event()
    way.answer = StorageUnavailable(retry_after=1)
    async with asyncio.timeout(SOON):
        with Readers([way], look_every=0.01).reading(scope_of(EVE, "k"), ended.set):
            for _ in range(3):
                await way.asked.acquire()
    assert not ended.is_set()


async def test_many_who_read_by_one_key_cost_one_question() -> None:
    way, ended = Elsewhere(), asyncio.Event()
    readers = Readers([way], look_every=SOON)
    async with asyncio.timeout(SOON):
        with (
            readers.reading(scope_of(EVE, "k"), ended.set),
            readers.reading(scope_of(EVE, "k"), ended.set),
            readers.reading(scope_of(EVE, "other"), ended.set),
        ):
            readers.look_soon()
            for _ in range(2):
                await way.asked.acquire()
            await asyncio.sleep(0)
            assert way.asked.locked()
