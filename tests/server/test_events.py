"""Streams of events: framed by the rules, the same live and later, from any place on, to their end."""

import asyncio
import re

import httpx
import msgspec
import pytest

from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.events import EventId, LoggedEvent, TurnEvent
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.models.scripted import Call, Reply, Think
from tertulia.store.memory.store import MemoryStore
from tests.server.conftest import Log, OpenSite
from tests.server.site import Site, frames_of, is_problem

HEAD = b"retry: 1000\n\n"


@pytest.fixture
async def told(open_: OpenSite) -> tuple[Site, str, bytes]:
    """A turn with a thought, a failed call and an answer: the site, the turn's path, its stream as it was live."""
    site = await open_(Reply(Think("hm hm"), "Wait. ", Call("none", {"a": 1})), Reply("It is\nsunny — ☀."))
    session = await site.new_session()
    answer = await site.say(session, stream=True)
    return site, answer.headers["location"], answer.content


async def follow(site: Site, turn: str, query: str = "", **headers: str) -> httpx.Response:
    async with asyncio.timeout(60):
        return await site.get(f"{turn}/events{query}", **headers)


async def test_a_replay_is_what_was_sent_live_byte_for_byte(told: tuple[Site, str, bytes]) -> None:
    site, turn, live = told
    assert live.startswith(HEAD)
    again = await follow(site, turn)
    assert again.content == live
    assert again.headers["turn-id"] == turn.rpartition("/")[2]


async def test_every_event_has_an_id_and_one_line_of_data(told: tuple[Site, str, bytes]) -> None:
    _, _, live = told
    for raw in live.removeprefix(HEAD).split(b"\n\n")[:-1]:
        assert re.fullmatch(rb'id: \d+\.\d+\.\d+\ndata: \{"event":\{"payload":\{"event_type":"\w+",.*\}\}\}', raw)
    places = [frame.place for frame in frames_of(live)]
    assert places == sorted(set(places))
    assert places[0] == (1, 1, 1)


async def test_from_any_place_on_come_exactly_the_events_after_it(told: tuple[Site, str, bytes]) -> None:
    site, turn, live = told
    frames = frames_of(live)
    for place, frame in enumerate(frames):
        rest = HEAD + b"".join(each.raw + b"\n\n" for each in frames[place + 1 :])
        assert (await follow(site, turn, last_event_id=frame.id)).content == rest
        assert (await follow(site, turn, f"?after={frame.id}")).content == rest


async def test_a_browser_that_reconnects_by_its_old_url_is_not_told_anything_twice(
    told: tuple[Site, str, bytes],
) -> None:
    site, turn, live = told
    frames = frames_of(live)
    found = frames_of((await follow(site, turn, f"?after={frames[1].id}", last_event_id=frames[4].id)).content)
    assert found[0].id == frames[5].id


async def test_from_beyond_the_end_nothing_comes_and_the_stream_ends(told: tuple[Site, str, bytes]) -> None:
    site, turn, _ = told
    assert (await follow(site, turn, "?after=1.1.999999")).content == HEAD
    assert (await follow(site, turn, "?after=1.9.1")).content == HEAD


@pytest.mark.parametrize(
    "place",
    ["x", "1", "1.1", "1.1.x", "1.1.1.1", "1.-1.1", "1.1.1%0d%0a", "١.١.١", "1.1." + "9" * 16, "2.1.1", "0.0.0"],
)
async def test_a_place_that_is_none_of_this_turn_is_refused_before_the_stream_begins(
    told: tuple[Site, str, bytes], place: str
) -> None:
    site, turn, _ = told
    is_problem(await follow(site, turn, f"?after={place}"), 400, "invalid_cursor", "after")


async def test_a_last_event_id_that_is_none_of_this_turn_is_refused_too(told: tuple[Site, str, bytes]) -> None:
    site, turn, _ = told
    is_problem(await follow(site, turn, last_event_id="7.1.1"), 400, "invalid_cursor", "Last-Event-ID")
    is_problem(await follow(site, turn, last_event_id="nonsense"), 400, "invalid_cursor", "Last-Event-ID")


async def test_an_empty_place_is_the_beginning(told: tuple[Site, str, bytes]) -> None:
    site, turn, live = told
    assert (await follow(site, turn, "?after=")).content == live
    assert (await follow(site, turn, last_event_id="")).content == live


async def test_the_fold_of_the_events_is_the_turn_that_ends_them(told: tuple[Site, str, bytes]) -> None:
    site, turn, live = told
    frames = frames_of(live)
    events = [
        LoggedEvent(
            id=EventId.parse(frame.id),
            event=msgspec.convert(
                {name: value for name, value in frame.payload.items() if (name, frame) != ("turn", frames[-1])},
                TurnEvent,  # pyright: ignore[reportArgumentType] - a union is a type to msgspec
            ),
        )
        for frame in frames
    ]
    folded = msgspec.to_builtins(project(replay(events)))
    assert folded == frames[-1].payload["turn"] == (await site.get(turn)).json()


# --- live ---


async def read_live(site: Site, path: str) -> bytes:
    return (await follow(site, path)).content


async def test_whoever_watches_sees_the_same_whenever_they_came(open_: OpenSite) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    site = await open_(Reply("One. ", gates[0], "Two. ", gates[1], "Three. ", gates[2], "Four."))
    session = await site.new_session()
    poster = asyncio.create_task(site.say(session, stream=True))
    found = await site.until(session, lambda found: found["turn_count"])
    turn = f"{session}/turn/{found['turns'][0]['turn_id']}"
    watchers: list[asyncio.Task[bytes]] = []
    for gate, words in zip(gates, ("One. ", "One. Two. ", "One. Two. Three. "), strict=True):
        await site.until(turn, lambda turn, words=words: turn["output_message"]["content"] == words)
        watchers += [asyncio.create_task(read_live(site, turn)) for _ in range(3)]
        await asyncio.sleep(0)
        gate.set()
    first = (await poster).content
    assert [frame.type for frame in frames_of(first)][-1] == "turn_complete"
    for watcher in watchers:
        assert await watcher == first


async def test_a_live_reader_can_come_back_to_where_the_turn_was_read(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply("One. Two. ", gate, "Three."))
    session = await site.new_session()
    turn = await site.turn(session, background=True)
    path = f"{session}/turn/{turn['turn_id']}"
    so_far = await site.until(path, lambda turn: turn["output_message"]["content"] == "One. Two. ")
    reader = asyncio.create_task(follow(site, path, f"?after={so_far['last_event_id']}"))
    await asyncio.sleep(0)
    gate.set()
    frames = frames_of((await reader).content)
    assert frames[0].payload["delta"] == {"type": "text", "text": "Three."}
    assert frames[-1].payload["turn"]["output_message"]["content"] == "One. Two. Three."


async def test_a_turn_that_was_stopped_while_it_waited_can_be_read_to_its_end(open_: OpenSite) -> None:
    site = await open_(Reply(asyncio.Event()))
    session = await site.new_session()
    await site.turn(session, background=True)
    waiting = f"{session}/turn/{(await site.turn(session, background=True))['turn_id']}"
    reader = asyncio.create_task(follow(site, waiting))
    await asyncio.sleep(0)
    await site.post(f"{waiting}/cancel")
    live = (await reader).content
    assert [frame.type for frame in frames_of(live)] == ["turn_queued", "turn_cancelled"]
    assert (await follow(site, waiting)).content == live


class BreakableStore(MemoryStore):
    """A store that can be taken away."""

    is_broken = False

    def __init__(self) -> None:
        super().__init__()
        self.refused = asyncio.Event()

    async def check(self) -> None:
        if self.is_broken:
            self.refused.set()
            raise StorageUnavailable(retry_after=7)
        await super().check()


class HalfBreakableStore(MemoryStore):
    """A store whose logs alone can be taken away."""

    is_broken = False

    async def read_events(
        self, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
    ) -> list[LoggedEvent]:
        if self.is_broken:
            raise StorageUnavailable
        return await super().read_events(owner, turn_id, after=after, limit=limit)


async def test_a_stream_that_breaks_ends_where_a_reader_can_come_back_to(open_: OpenSite, log: Log) -> None:
    store = HalfBreakableStore()
    site = await open_(store=store)
    turn = (await site.say(await site.new_session())).headers["location"]
    whole = (await follow(site, turn)).content
    store.is_broken = True
    broken = await follow(site, turn)
    assert (broken.status_code, broken.content) == (200, HEAD)
    assert [line["event"] for line in log if line["log_level"] == "error"] == ["stream.broken"]
    store.is_broken = False
    assert (await follow(site, turn)).content == whole


async def test_without_its_storage_the_server_asks_to_come_again_and_takes_nothing(open_: OpenSite) -> None:
    store = BreakableStore()
    site = await open_(store=store)
    session = await site.new_session()
    store.is_broken = True
    for answer in (await site.say(session), await site.say(session, stream=True), await site.get(session)):
        is_problem(answer, 503, "storage_unavailable")
        assert answer.headers["retry-after"] == "7"
    ready = await site.get("/v1/ready")
    assert (ready.status_code, ready.json()) == (503, {"status": "storage_unavailable"})
    assert (await site.get("/v1/health")).json() == {"status": "ok"}
    store.is_broken = False
    assert (await site.get("/v1/ready")).json() == {"status": "ready"}
    assert (await site.get(session)).json()["turn_count"] == 0
    assert (await site.turn(session))["status"] == "completed"


async def test_a_turn_outlives_a_while_without_storage(open_: OpenSite) -> None:
    gate = asyncio.Event()
    store = BreakableStore()
    site = await open_(Reply("One. ", gate, "Two."), store=store)
    session = await site.new_session()
    reader = asyncio.create_task(site.say(session, stream=True))
    await site.until(session, lambda found: found["turns"] and found["turns"][0]["output_message"]["content"])
    store.is_broken = True
    gate.set()
    await store.refused.wait()
    assert not reader.done(), "the end of a turn is not shown before it is stored"
    assert "\ntertulia_turns_unstored 1.0\n" in (await site.get("/v1/metrics")).text
    store.is_broken = False
    frames = frames_of((await reader).content)
    assert frames[-1].payload["turn"]["output_message"]["content"] == "One. Two."
    assert site.services.vitals.tally.storage_retries > 0
