"""Everything that a model server can do wrong, by real sockets (reliability R9–R12, S17)."""

import asyncio
import gzip
import logging
import traceback
from contextlib import suppress
from email.utils import format_datetime

import pytest

from tertulia.domain.errors import ModelError, ModelRefused, ModelTimeout, ModelUnavailable
from tertulia.models.base import Piece
from tertulia.models.openai_exchange import MAX_JSON_BYTES
from tests.fakes.clock import BEGIN
from tests.fakes.upstream import DONE, Behaviour, Ending, Json, Wire, answers, says_raw, sse, stop, streams, text
from tests.models.stage import API_KEY, Stage, ask, finished, full_backlog, settle, stage, texts, unused_port, whole

HELLO = streams(text("Hello."), stop(), DONE)
UNWELL = (408, 429, 500, 502, 503, 504, 529)
REFUSING = (400, 401, 402, 403, 404, 413, 422)


async def error_of(on: Stage) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await whole(on.model.stream(ask()))
    return caught.value


async def error_after(*behaviours: Behaviour) -> ModelError:
    async with stage(*behaviours) as on:
        return await error_of(on)


async def until_error(on: Stage) -> tuple[list[Piece], ModelError]:
    pieces: list[Piece] = []
    try:
        async for batch in on.model.stream(ask()):
            pieces += batch
    except ModelError as error:
        return pieces, error
    raise AssertionError("there was no error")


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
        assert f"({status}: Too busy.)" in error.message
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
        assert f"({status}: No.)" in error.message
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


async def resets(wire: Wire) -> None:
    wire.reset()


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
    async with stage(streams(text("Hel"), {"error": "boom"}, ending="hang")) as on, asyncio.timeout(5):
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


# --- R11: bytes that make no sense ---


@pytest.mark.parametrize(
    "stream",
    [
        b"data: {\n\n",
        b"data: nonsense\n\n",
        b'data: {"choices": 5}\n\n',
        b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n',
        b"data: " + b"x" * 2_000_000,
        b"data: x\n" * 700_000,
        b":" * 2_000_000,
        b"<!doctype html><title>Welcome</title>",
        b'{"choices": ',
        b'{"hello": "world"}',
        b"[1, 2, 3]",
        b'{"choices": []}',
    ],
)
async def test_what_is_no_answer_is_a_typed_error(stream: bytes) -> None:
    error = await error_after(streams(*(stream[i : i + 60_000] for i in range(0, len(stream), 60_000))))
    assert isinstance(error, ModelUnavailable)
    assert "cannot be read" in error.message


async def test_what_is_no_answer_is_not_asked_for_again() -> None:
    async with stage(streams(b"data: nonsense\n\n")) as on:
        await error_of(on)
        assert len(on.upstream.requests) == 1


async def test_text_before_nonsense_is_kept() -> None:
    async with stage(streams(text("Hel"), b"data: nonsense\n\n")) as on:
        pieces, error = await until_error(on)
    assert texts(pieces) == ["Hel"]
    assert "cannot be read" in error.message


async def test_a_line_of_50_mb_is_left_after_the_first() -> None:
    async def flood(wire: Wire) -> None:
        await wire.head()
        with suppress(OSError):
            for _ in range(50):
                await wire.send(b"x" * 1_048_576)
        await wire.hang()

    async with stage(flood) as on:
        error = await error_of(on)
        assert isinstance(error, ModelUnavailable)
        await on.upstream.client_left.wait()


@pytest.mark.parametrize("line", [b":" * 1024, b": \n" * 341 + b"\n", b" " * 1024])
async def test_a_gzip_bomb_is_defused(line: bytes) -> None:
    """200 MB that are 200 KB on the wire: too large an event, too large a stream, too large an answer."""
    bomb = gzip.compress(line * 1024 * 200)
    error = await error_after(streams(bomb, headers={"Content-Encoding": "gzip"}))
    assert isinstance(error, ModelUnavailable)
    assert "cannot be read: it is too large" in error.message


async def test_megabytes_that_say_nothing_are_left() -> None:
    noise = [b": ping\n\n" * 1_000] * 300
    assert "too large" in (await error_after(streams(*noise, text("Hello."), stop(), DONE))).message


async def test_megabytes_that_say_something_are_an_answer() -> None:
    words = [sse(text("word "))] * 50_000
    async with stage(streams(*words, stop(), DONE)) as on:
        assert len("".join(texts(await whole(on.model.stream(ask()))))) == 250_000


async def test_a_json_answer_without_end_is_left() -> None:
    async def flood(wire: Wire) -> None:
        await wire.head(200, {"Content-Type": "application/json"})
        with suppress(OSError):
            for _ in range(MAX_JSON_BYTES // 1_000_000 + 2):
                await wire.send(b"[" * 1_000_000)
        await wire.hang()

    assert "too large" in (await error_after(flood)).message


async def test_what_is_compressed_wrongly_is_a_typed_error() -> None:
    error = await error_after(streams(b"this is not gzip", headers={"Content-Encoding": "gzip"}))
    assert isinstance(error, ModelUnavailable)
    assert "cannot be decompressed" in error.message


@pytest.mark.parametrize(
    "data", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 200 X\r\nbad header\r\n\r\n", b"\x00" * 100]
)
async def test_what_is_not_http_is_a_typed_error(data: bytes) -> None:
    error = await error_after(says_raw(data))
    assert isinstance(error, ModelUnavailable)
    assert "is not HTTP" in error.message


async def test_an_error_page_without_end_is_read_no_further_than_needed() -> None:
    async def flood(wire: Wire) -> None:
        await wire.head(500, {"Content-Type": "text/html"})
        with suppress(OSError):
            while True:
                await wire.send(b"x" * 65_536)

    error = await error_after(flood)
    assert isinstance(error, ModelUnavailable)
    assert len(error.message) < 600


# --- What people read, and what nobody may ---


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "OPENAI_API_KEY"),
        (403, "OPENAI_API_KEY"),
        (402, "billing"),
        (404, "Choose a model that it has"),
        (413, "Start a new session"),
        (400, "agent's settings"),
        (500, "Try again"),
        (429, "Try again later"),
    ],
)
async def test_an_error_says_which_server_what_it_said_and_what_to_do(status: int, advice: str) -> None:
    error = await error_after(answers(status, {"error": {"message": "Its own words."}}))
    assert error.message.startswith("The model server fake ")
    assert f"({status}: Its own words.)" in error.message
    assert advice in error.message


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (b'{"error":"words"}', "(400: words)"),
        (b'{"detail":"words"}', "(400: words)"),
        (b'{"message":"words"}', "(400: words)"),
        (b'{"error":{"error":{"message":"words"}}}', "(400: words)"),
        (b'{"detail":[{"msg":"x"}]}', "(400)"),
        (b"plain\r\nwords\x07", "(400: plain words)"),
        (b"<html>page</html>", "(400)"),
        (b"\xff\xfe", "(400: "),
        (b"", "(400)"),
        (b'{"error":' * 5_000, "(400: "),
    ],
)
async def test_what_a_server_says_is_found_wherever_it_is(body: bytes, quoted: str) -> None:
    assert quoted in (await error_after(answers(400, body))).message


async def test_what_a_server_says_is_quoted_no_longer_than_a_person_reads() -> None:
    assert len((await error_after(answers(400, b"x" * 60_000))).message) < 500


async def test_no_redirect_is_followed() -> None:
    for status in (301, 302, 303, 307, 308):
        async with (
            stage(HELLO) as elsewhere,
            stage(answers(status, headers={"Location": elsewhere.upstream.url})) as on,
        ):
            error = await error_of(on)
            assert isinstance(error, ModelUnavailable)
            assert "redirects" in error.message
            assert elsewhere.upstream.requests == []


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(401, {"error": {"message": f"Incorrect API key provided: {API_KEY}"}}),
        answers(500, f"Authorization: Bearer {API_KEY}".encode()),
        streams({"error": {"message": f"bad key {API_KEY}"}}),
        streams(text("x"), sse({"error": API_KEY})),
        answers(307, headers={"Location": f"http://127.0.0.1/?key={API_KEY}"}),
        streams(b"data: " + API_KEY.encode() + b"\n\n"),
        says_raw(API_KEY.encode() + b"\r\n\r\n"),
        resets,
        streams(ending="reset"),
    ],
    ids=[
        "quoted",
        "as a header",
        "in the stream",
        "in mid-stream",
        "redirect",
        "no JSON",
        "no HTTP",
        "reset",
        "reset later",
    ],
)
async def test_the_key_is_in_no_error_and_no_log(behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with stage(behaviour) as on:
        _, error = await until_error(on)
    shown = "".join(traceback.format_exception(error)) + repr(error) + caplog.text + repr(chain_of(error))
    assert API_KEY not in shown
    assert "canary" not in shown


@pytest.mark.parametrize("secret", ["sk-proj-abc123def456", "sk-abc***xyz", "Bearer abc.def", "api_key=hunter2"])
async def test_what_looks_like_a_key_is_not_quoted(secret: str) -> None:
    error = await error_after(answers(401, {"error": {"message": f"The key {secret} is wrong"}}))
    assert secret not in error.message
    assert "is wrong" in error.message


def chain_of(error: BaseException) -> list[str]:
    """All that hangs on an error, as an error reporter would show it."""
    chain: list[str] = []
    link: BaseException | None = error
    while link is not None:
        chain.append(f"{link!r} {link.args!r} {vars(link)!r}")
        link = link.__cause__ or link.__context__
    return chain
