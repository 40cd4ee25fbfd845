"""A turn's stream over a bad network: whole, in order, nothing twice."""

import random
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from aiohttp import web

from tertulia.client import (
    ApiError,
    AsyncClient,
    AsyncTurnStream,
    ClientError,
    Patience,
    ServerUnreachable,
    StreamLost,
    Timeouts,
    Unavailable,
)
from tertulia.domain.events import EventId, LoggedEvent, StepProgressed, StepRestarted, TurnAwaitingInput
from tests.client.either import Opens
from tests.client.fake_server import AT, LOG, FakeServer, frame_of, logged

WHOLE = b"".join(map(frame_of, LOG))


async def all_of(events: AsyncIterator[LoggedEvent]) -> list[LoggedEvent]:
    return [event async for event in events]


async def test_a_turn_is_streamed_from_its_beginning_to_its_end(client: AsyncClient) -> None:
    assert await all_of(client.stream_turn("a1", "s1", "Hello")) == LOG


async def test_a_stream_that_is_cut_anywhere_is_taken_up_where_it_was_cut(
    client: AsyncClient, server: FakeServer
) -> None:
    for place in range(0, len(WHOLE), 41):
        server.cuts, server.asked = [place, place // 2], []
        assert await all_of(client.stream_turn("a1", "s1", "Hello")) == LOG
        assert {one.key for one in server.asked if one.method == "POST"} == {server.asked[0].key}


@pytest.mark.parametrize("seed", range(8))
async def test_a_stream_that_is_cut_again_and_again_is_whole(server: FakeServer, open_client: Opens, seed: int) -> None:
    chance = random.Random(seed)
    server.cuts = [chance.randrange(len(WHOLE)) for _ in range(6)]
    async with open_client(await server.start(), patience=Patience(attempts=7, first_wait=0.001)) as client:
        stream = client.stream_turn("a1", "s1", "Hello")
        assert await all_of(stream) == LOG
        assert stream.last_event_id == LOG[-1].id


async def test_after_a_cut_only_the_rest_is_asked_for(client: AsyncClient, server: FakeServer) -> None:
    begin = server.prelude + b"".join(map(frame_of, LOG[:4]))
    server.cuts = [len(begin) + 10]
    assert await all_of(client.stream_turn("a1", "s1", "Hello")) == LOG
    assert [(one.method, one.path.rpartition("/")[2], one.after) for one in server.asked] == [
        ("POST", "turn", None),
        ("GET", "events", str(LOG[3].id)),
    ]


async def test_what_the_server_sends_twice_is_given_once(client: AsyncClient, server: FakeServer) -> None:
    server.log = sorted([*LOG, *LOG[2:5]], key=lambda one: one.id)
    assert await all_of(client.follow_turn("a1", "s1", "t1")) == LOG


async def test_a_stream_that_a_stopping_server_ends_early_goes_on(client: AsyncClient, server: FakeServer) -> None:
    server.early_ends = [2, 3]
    assert await all_of(client.stream_turn("a1", "s1", "Hello")) == LOG


async def test_a_turn_that_waits_for_input_ends_its_stream(client: AsyncClient, server: FakeServer) -> None:
    waiting = logged(*(one.event for one in LOG[:-1]), TurnAwaitingInput(reason="client_tools", at=AT))
    server.log, server.status = waiting, "awaiting_input"
    assert await all_of(client.stream_turn("a1", "s1", "Hello")) == waiting


async def test_following_a_turn_from_its_last_event_gives_nothing(client: AsyncClient) -> None:
    assert await all_of(client.follow_turn("a1", "s1", "t1", after=LOG[-1].id)) == []


async def test_following_goes_on_behind_the_cursor(client: AsyncClient) -> None:
    assert await all_of(client.follow_turn("a1", "s1", "t1", after=EventId(n=1, epoch=1, seq=4))) == LOG[2:]


async def test_events_of_a_newer_server_are_passed_over(client: AsyncClient, server: FakeServer) -> None:
    server.prelude = b'id: 1.1.0\ndata: {"event":{"payload":{"event_type":"turn_dreamt","at":"x"}}}\n\n'
    assert await all_of(client.follow_turn("a1", "s1", "t1")) == LOG


@pytest.mark.parametrize(
    "prelude",
    [
        b'id: 1.1.0\ndata: {"event":{"payload":{"event_type":"turn_start"}}}\n\n',
        b"id: 1.1.0\ndata: {{\n\n",
        b'id: yesterday\ndata: {"event":{"payload":{"event_type":"turn_resume","at":"x"}}}\n\n',
    ],
)
async def test_a_stream_that_makes_no_sense_is_an_error_and_not_asked_for_again(
    client: AsyncClient, server: FakeServer, prelude: bytes
) -> None:
    server.prelude = prelude
    with pytest.raises(ClientError, match="understand"):
        await all_of(client.follow_turn("a1", "s1", "t1"))
    assert len(server.asked) == 1


async def test_a_server_that_stays_away_loses_the_stream_after_a_few_attempts(
    client: AsyncClient, server: FakeServer
) -> None:
    server.early_ends = [3]
    events = client.stream_turn("a1", "s1", "Hello")
    assert [await anext(events) for _ in range(3)] == LOG[:3]
    server.refusals = [web.Response(status=503) for _ in range(9)]
    with pytest.raises(StreamLost):
        await anext(events)


async def test_without_a_server_there_is_no_beginning(open_client: Opens) -> None:
    async with open_client("http://127.0.0.1:9", patience=Patience(attempts=2, first_wait=0.001)) as nobody:
        with pytest.raises(ServerUnreachable, match=r"http://127\.0\.0\.1:9 does not answer"):
            await all_of(nobody.stream_turn("a1", "s1", "Hello"))


async def test_a_refused_turn_is_refused_at_once(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.json_response({"code": "session_not_found", "detail": "Gone."}, status=404)]
    with pytest.raises(ApiError, match="Gone") as refused:
        await all_of(client.stream_turn("a1", "s1", "Hello"))
    assert (refused.value.status, refused.value.code, len(server.asked)) == (404, "session_not_found", 1)


async def test_a_busy_server_is_asked_again_with_the_same_key(client: AsyncClient, server: FakeServer) -> None:
    server.refusals = [web.Response(status=503), web.Response(status=429, headers={"Retry-After": "0"})]
    assert await all_of(client.stream_turn("a1", "s1", "Hello", idempotency_key="k1")) == LOG
    assert [one.key for one in server.asked] == ["k1", "k1", "k1"]


async def test_leaving_early_closes_the_connection_and_leaves_the_turn_alone(
    client: AsyncClient, server: FakeServer
) -> None:
    async with aclosing(client.stream_turn("a1", "s1", "Hello")) as events:
        async for _ in events:
            break
    assert [one.method for one in server.asked] == ["POST"]


def words_of(stream: AsyncTurnStream) -> str | None:
    """What the turn says so far, as its stream has it."""
    return stream.turn.output_message.content if stream.turn else None


async def test_the_turn_so_far_is_at_hand(client: AsyncClient) -> None:
    stream = client.stream_turn("a1", "s1", "Hello")
    assert (stream.turn, stream.turn_id, stream.last_event_id) == (None, None, None)
    said = [(one.event, words_of(stream)) async for one in stream]
    assert [words for event, words in said if isinstance(event, StepProgressed)][:3] == [
        "One",
        "One, two",
        "One, two, three",
    ]
    assert stream.turn_id == "t1"
    assert stream.turn is not None
    assert stream.turn.status == "completed"


async def test_what_came_of_a_step_that_begins_anew_does_not_count(client: AsyncClient, server: FakeServer) -> None:
    anew = LoggedEvent(id=EventId(n=1, epoch=2, seq=1), event=StepRestarted(step_id="p1", epoch=2, at=AT))
    more = [LoggedEvent(id=EventId(n=1, epoch=2, seq=2 + place), event=one.event) for place, one in enumerate(LOG[3:6])]
    ends = [LoggedEvent(id=EventId(n=1, epoch=2, seq=9 + place), event=one.event) for place, one in enumerate(LOG[-2:])]
    server.log = [*LOG[:5], anew, *more, *ends]
    server.early_ends = [5]
    stream = client.stream_turn("a1", "s1", "Hello")
    words = {one.id: words_of(stream) async for one in stream}
    assert words[LOG[4].id] == "One, two"
    assert words[anew.id] == ""
    assert words[more[-1].id] == "One, two, three"


async def test_a_turn_that_is_watched_from_its_midst_is_known_once_it_rests(
    client: AsyncClient, server: FakeServer
) -> None:
    server.tells_turn = True
    stream = client.follow_turn("a1", "s1", "t1", after=LOG[4].id)
    known = [stream.turn async for _ in stream]
    assert known == [None] * (len(LOG) - 6) + [server.turn]


async def test_what_the_server_says_of_a_turn_at_rest_goes_before_what_was_heard(
    client: AsyncClient, server: FakeServer
) -> None:
    server.tells_turn = True
    assert await client.create_turn("a1", "s1", "Hello") == server.turn


async def test_a_turn_that_rests_already_is_read(client: AsyncClient, server: FakeServer) -> None:
    stream = client.follow_turn("a1", "s1", "t1", after=LOG[-1].id)
    assert await stream.until_rest() == server.turn


async def test_a_stream_can_be_left_in_a_block_of_its_own(client: AsyncClient, server: FakeServer) -> None:
    async with client.stream_turn("a1", "s1", "Hello") as events:
        assert (await anext(events)) == LOG[0]
    with pytest.raises(StopAsyncIteration):
        await anext(events)
    assert [one.method for one in server.asked] == ["POST"]


async def test_a_stream_waits_for_as_long_as_the_server_asks_and_no_longer_than_there_is_patience(
    client: AsyncClient, server: FakeServer
) -> None:
    server.refusals = [web.Response(status=503, headers={"Retry-After": "600"})]
    with pytest.raises(Unavailable):
        await all_of(client.stream_turn("a1", "s1", "Hello"))
    assert len(server.asked) == 1


async def test_a_stream_without_a_sign_of_life_is_taken_up_anew(server: FakeServer, open_client: Opens) -> None:
    server.falls_silent_after = 4
    quick, restless = Patience(attempts=3, first_wait=0.001), Timeouts(silence=0.1)
    async with open_client(await server.start(), patience=quick, timeouts=restless) as client:
        assert await all_of(client.stream_turn("a1", "s1", "Hello")) == LOG
    assert [one.after for one in server.asked] == [None, str(LOG[3].id)]
