"""What people read when a model server fails, and what nobody may read (S17)."""

import logging
import traceback

import pytest

from tertulia.domain.errors import ModelUnavailable
from tests.fakes.upstream import DONE, Behaviour, answers, resets, says_raw, sse, stop, streams, text
from tests.models.stage import (
    API_KEY,
    error_after,
    error_of,
    stage,
    until_error,
)

HELLO = streams(text("Hello."), stop(), DONE)


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
    assert f"({status}: Its own words)" in error.message
    assert advice in error.message


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (b'{"error":"words"}', "(400: words)"),
        (b'{"detail":"words"}', "(400: words)"),
        (b'{"detail":"A sentence."}', "(400: A sentence)."),
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
