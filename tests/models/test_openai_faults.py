"""A model server that refuses, fails, hangs up or falls silent, by real sockets (reliability R9, R10)."""

import asyncio
from email.utils import format_datetime

import pytest

from tertulia.domain.errors import ModelRefused, ModelTimeout, ModelUnavailable
from tests.fakes.clock import BEGIN
from tests.fakes.upstream import DONE, Behaviour, Ending, Json, Wire, answers, resets, says_raw, stop, streams, text
from tests.models.stage import (
    ask,
    error_after,
    error_of,
    finished,
    full_backlog,
    settle,
    stage,
    texts,
    until_error,
    unused_port,
    whole,
)

HELLO = streams(text("Hello."), stop(), DONE)
UNWELL = (408, 429, 500, 502, 503, 504, 529)
REFUSING = (400, 401, 402, 403, 404, 413, 422)


# --- R9: trying again ---


@pytest.mark.parametrize("status", UNWELL)
async def test_a_server_that_is_unwell_is_asked_again(status: int) -> None:
    async with stage(answers(status), answers(status), HELLO) as on:
        pieces = await whole(on.model.stream(ask()))
        assert texts(pieces) == ["Hello."]
        assert finished(pieces).metadata["tries"] == 3
        assert len(on.upstream.requests) == 3
        assert len({request.body for request in on.upstream.requests}) == 1


@pytest.mark.parametrize("status", UNWELL)
async def test_after_three_tries_it_is_unavailable(status: int) -> None:
    async with stage(answers(status, {"error": {"message": "Too busy."}})) as on:
        error = await error_of(on)
        assert isinstance(error, ModelUnavailable)
        assert f"({status}: Too busy)" in error.message
        assert len(on.upstream.requests) == 3


async def test_the_waits_between_tries_grow_with_full_jitter() -> None:
    async with stage(answers(503)) as on:
        await error_of(on)
        assert on.clock.sleeps == [0.5 * 0.5, 0.5 * 1.0]


@pytest.mark.parametrize("status", REFUSING)
async def test_what_a_server_refuses_is_not_asked_again(status: int) -> None:
    async with stage(answers(status, {"error": {"message": "No."}})) as on:
        error = await error_of(on)
        assert isinstance(error, ModelRefused)
        assert f"({status}: No)" in error.message
        assert len(on.upstream.requests) == 1


async def test_retry_after_in_seconds_is_honoured() -> None:
    async with stage(answers(429, headers={"Retry-After": "7"}), HELLO) as on:
        await whole(on.model.stream(ask()))
        assert on.clock.sleeps == [7 + 0.25]


async def test_retry_after_as_a_date_is_honoured() -> None:
    date = format_datetime(BEGIN.replace(second=9), usegmt=True)
    async with stage(answers(503, headers={"Retry-After": date}), HELLO) as on:
        await whole(on.model.stream(ask()))
        assert on.clock.sleeps == [9 + 0.25]


async def test_a_server_that_wants_more_than_30_seconds_is_given_up_at_once() -> None:
    async with stage(answers(429, headers={"Retry-After": "31"})) as on:
        error = await error_of(on)
        assert error.retry_after == 31
        assert on.clock.sleeps == []


@pytest.mark.parametrize("header", ["soon", "-3", "nan", "inf", "Wed, 99 Foo 2025 00:00:00 GMT"])
async def test_a_retry_after_that_makes_no_sense_delays_nothing(header: str) -> None:
    async with stage(answers(503, headers={"Retry-After": header}), HELLO) as on:
        await whole(on.model.stream(ask()))
        assert sum(on.clock.sleeps) <= 0.25


async def test_an_exhausted_account_is_not_asked_again() -> None:
    body = {"error": {"message": "You exceeded your current quota.", "code": "insufficient_quota"}}
    async with stage(answers(429, body)) as on:
        error = await error_of(on)
        assert isinstance(error, ModelRefused)
        assert "billing" in error.message
        assert len(on.upstream.requests) == 1


async def test_a_refused_connection_is_tried_again_and_named() -> None:
    with unused_port() as port:
        async with stage(url=f"http://127.0.0.1:{port}/v1") as on:
            error = await error_of(on)
            assert isinstance(error, ModelUnavailable)
            assert f"fake cannot be reached at http://127.0.0.1:{port}/v1: the connection was refused" in error.message
            assert len(on.clock.sleeps) == 2


async def test_a_name_that_no_machine_has_is_said_to_be_so() -> None:
    async with stage(url="http://nowhere.invalid/v1") as on:
        error = await error_of(on)
    assert isinstance(error, ModelUnavailable)
    assert "no machine has that name" in error.message


@pytest.mark.parametrize(
    "trouble",
    [resets, says_raw(b""), streams(ending="reset"), streams(ending="cut"), streams()],
    ids=["reset before the head", "closed before the head", "reset after it", "closed after it", "an empty answer"],
)
async def test_a_connection_that_ends_before_the_first_delta_is_tried_again(trouble: Behaviour) -> None:
    async with stage(trouble, trouble, HELLO) as on:
        assert texts(await whole(on.model.stream(ask()))) == ["Hello."]


async def test_a_connection_that_always_ends_is_unavailable() -> None:
    error = await error_after(resets)
    assert isinstance(error, ModelUnavailable)
    assert "broke off" in error.message


@pytest.mark.parametrize("ending", ["reset", "cut", "whole"])
async def test_what_was_streamed_is_never_streamed_again(ending: Ending) -> None:
    go_on = asyncio.Event()
    async with stage(streams(text("Hel"), go_on, ending=ending), HELLO) as on:
        answer = on.model.stream(ask())
        assert texts(await anext(answer)) == ["Hel"]
        go_on.set()
        with pytest.raises(ModelUnavailable, match="broke off"):
            await anext(answer)
        assert len(on.upstream.requests) == 1


async def test_a_tool_call_that_was_begun_is_never_begun_again() -> None:
    call = {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f"}}]}}]}
    go_on = asyncio.Event()
    async with stage(streams(call, go_on, ending="reset"), HELLO) as on:
        answer = on.model.stream(ask())
        await anext(answer)
        go_on.set()
        with pytest.raises(ModelUnavailable):
            await anext(answer)
        assert len(on.upstream.requests) == 1


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "overloaded", "code": 503}},
        {"error": {"message": "overloaded", "code": "529"}},
        {"object": "error", "message": "overloaded", "code": 500},
    ],
)
async def test_an_error_in_the_stream_before_the_first_delta_is_tried_again_like_its_status(error: Json) -> None:
    async with stage(streams(error), HELLO) as on:
        assert texts(await whole(on.model.stream(ask()))) == ["Hello."]


async def test_an_error_in_the_stream_that_is_a_refusal_is_one() -> None:
    async with stage(streams({"error": {"message": "prompt too long", "code": 400}}), HELLO) as on:
        error = await error_of(on)
        assert isinstance(error, ModelRefused)
        assert "(400: prompt too long)" in error.message


async def test_text_and_error_in_one_read_are_told_in_their_order() -> None:
    async with stage(streams(text("Hel"), {"error": {"message": "boom", "code": 503}}), HELLO) as on:
        pieces, error = await until_error(on)
        assert texts(pieces) == ["Hel"]
        assert "(503: boom)" in error.message
        assert len(on.upstream.requests) == 1


async def test_an_error_behind_text_is_told_at_once_even_if_the_server_then_falls_silent() -> None:
    async with stage(streams(text("Hel"), {"error": "boom"}, ending="hang")) as on, asyncio.timeout(60):
        pieces, error = await until_error(on)
    assert (texts(pieces), "boom" in error.message) == (["Hel"], True)


async def test_after_any_failure_the_server_can_be_asked_again() -> None:
    async with stage(answers(400), streams(b"data: {\n\n"), HELLO) as on:
        await error_of(on)
        await error_of(on)
        assert texts(await whole(on.model.stream(ask()))) == ["Hello."]


# --- R10: silence ---


async def silent(wire: Wire) -> None:
    await wire.hang()


ROLE = {"choices": [{"delta": {"role": "assistant", "content": ""}}]}


@pytest.mark.parametrize(
    "behaviour",
    [silent, streams(ending="hang"), streams(ROLE, b": ping\n\n", ending="hang")],
    ids=["before the head", "after the head", "after words without content"],
)
async def test_a_server_that_does_not_begin_is_left_after_two_minutes(behaviour: Behaviour) -> None:
    async with stage(behaviour) as on:
        task = asyncio.create_task(error_of(on))
        await on.until_waiting()
        on.clock.pass_time(119)
        await settle()
        assert not task.done()
        on.clock.pass_time(1)
        error = await task
        assert isinstance(error, ModelTimeout)
        assert "did not begin to answer within 120 seconds" in error.message
        await on.upstream.client_left.wait()


async def test_a_server_that_stalls_in_mid_answer_is_left_after_a_minute() -> None:
    async with stage(streams(text("Hel"), ending="hang")) as on:
        answer = on.model.stream(ask())
        await anext(answer)
        task = asyncio.create_task(answer.__anext__())
        await settle()
        on.clock.pass_time(59)
        await settle()
        assert not task.done()
        on.clock.pass_time(1)
        with pytest.raises(ModelTimeout, match="sent nothing more within 60 seconds"):
            await task
        await on.upstream.client_left.wait()


async def test_a_slow_server_is_given_its_time_with_every_delta() -> None:
    ticks = [asyncio.Event() for _ in range(10)]
    parts = [part for n, tick in enumerate(ticks) for part in (text(f"{n} "), tick)]
    async with stage(streams(*parts, stop(), DONE)) as on:
        answer = on.model.stream(ask())
        said = texts(await anext(answer))
        for tick in ticks:
            task = asyncio.create_task(answer.__anext__())
            await settle()
            on.clock.pass_time(55)
            tick.set()
            said += texts(await task)
    assert "".join(said) == "0 1 2 3 4 5 6 7 8 9 "
    assert on.clock.seconds == 550


async def test_time_that_the_reader_takes_is_not_counted() -> None:
    go_on = asyncio.Event()
    async with stage(streams(text("a"), go_on, text("b"), stop(), DONE)) as on:
        answer = on.model.stream(ask())
        await anext(answer)
        on.clock.pass_time(3600)
        go_on.set()
        assert texts(await whole(answer)) == ["b"]


async def test_a_server_that_does_not_accept_connections_is_left() -> None:
    with full_backlog() as port:
        async with stage(url=f"http://127.0.0.1:{port}/v1", connect=0.05) as on:
            error = await error_of(on)
    assert isinstance(error, ModelTimeout)
    assert "does not accept connections" in error.message


async def test_a_stalled_error_page_does_not_hold_us_up() -> None:
    async def half_an_error(wire: Wire) -> None:
        await wire.head(400, {"Content-Type": "application/json"})
        await wire.send(b'{"error":')
        await wire.hang()

    async with stage(half_an_error) as on:
        task = asyncio.create_task(error_of(on))
        await on.until_waiting()
        on.clock.pass_time(120)
        assert isinstance(await task, ModelRefused)
