"""Whatever a model server does, the turn comes to its end, and the session goes on (R9–R12), at a real server.

How each fault is told and how long is waited for it: tests/models. Here it is what a person sees of it.
"""

import asyncio
import gzip
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fakes.upstream import DONE, Behaviour, Wire, answers, chunk, resets, says_raw, sse, stop, streams, text
from tests.faults.conftest import Open, Stage
from tests.faults.model import falls_silent, wish, words_of
from tests.faults.size import PATIENCE_S
from tests.models.stage import unused_port

pytestmark = pytest.mark.faults

QUICK = {"TERTULIA_FIRST_TOKEN_TIMEOUT": "5", "TERTULIA_IDLE_TIMEOUT": "4"}
WISH = wish(5)
WHOLE = "".join(words_of(5))
MOST_MEMORY_MB = 100
"""What the server may grow by, while it is sent bombs of hundreds of megabytes."""


@dataclass(frozen=True)
class Case:
    """What the model server does with one request after the other, and what the turn comes to."""

    behaviours: Sequence[Behaviour]
    code: str | None = None
    said: str = ""
    tries: int = 1
    seconds: float = 0.0
    """The least that it takes."""


def failing(code: str, *behaviours: Behaviour, said: str = "") -> Case:
    return Case(behaviours, code, said, tries=len(behaviours))


def recovering(*behaviours: Behaviour, seconds: float = 0.0) -> Case:
    """After these behaviours the model server answers."""
    return Case(behaviours, None, WHOLE, tries=len(behaviours) + 1, seconds=seconds)


async def floods(wire: Wire) -> None:
    """Send a line of 50 MB."""
    await wire.head()
    with suppress(OSError):
        for _ in range(50):
            await wire.send(b"x" * 2**20)
    await wire.hang()


BOMB = gzip.compress(b" \n" * 100 * 2**20, compresslevel=1)
BEGUN = text("Half an ")
CASES = {
    "429 with Retry-After": recovering(answers(429, headers={"Retry-After": "1"}), seconds=1),
    **{f"{status}, then well": recovering(answers(status), answers(status)) for status in (500, 502, 503, 529)},
    "reset, then well": recovering(resets),
    "closed without an answer, then well": recovering(says_raw(b"")),
    "429 for ever": failing("model_unavailable", *[answers(429)] * 3),
    "503 for ever": failing("model_unavailable", *[answers(503)] * 3),
    "429 with a long Retry-After": failing("model_unavailable", answers(429, headers={"Retry-After": "3600"})),
    "401": failing("model_refused", answers(401)),
    "reset in the middle": failing("model_unavailable", streams(BEGUN, ending="reset"), said="Half an "),
    "cut in the middle": failing("model_unavailable", streams(BEGUN, ending="cut"), said="Half an "),
    "an end without [DONE] or reason": failing("model_unavailable", streams(BEGUN), said="Half an "),
    "silence before the first byte": failing("model_timeout", falls_silent),
    "silence in the middle": failing("model_timeout", streams(BEGUN, ending="hang"), said="Half an "),
    "bad JSON": failing("model_unavailable", streams(BEGUN, b"data: {nonsense\n\n"), said="Half an "),
    "no HTTP": failing("model_unavailable", says_raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    "a web page": failing("model_unavailable", streams(b"<!doctype html><title>Welcome</title>")),
    "a line of 50 MB": failing("model_unavailable", floods),
    "a gzip bomb": failing("model_unavailable", streams(BOMB, headers={"Content-Encoding": "gzip"})),
    "CRLF, BOM and split characters": Case([streams(*map(bytes, zip(
        b"\xef\xbb\xbf" + (sse(text("três ☀ ")) + sse(stop()) + DONE).replace(b"\n", b"\r\n"), strict=True
    )))], None, "três ☀ "),
}  # fmt: skip


async def test_whatever_a_model_server_does_the_turn_ends_and_the_session_goes_on(open_: Open) -> None:
    stage = await open_(**QUICK)
    session = await stage.new_session()
    await stage.caller.turn(session, WISH)
    before = stage.node.usage.memory_mb() or 0
    for name, case in CASES.items():
        asked, begun = len(stage.model.chats), time.monotonic()
        stage.model.faults = list(case.behaviours)
        async with asyncio.timeout(PATIENCE_S):
            turn = await stage.caller.turn(session, WISH)
        assert (turn["error"] or {}).get("code") == case.code, (name, turn["error"])
        assert turn["status"] == ("failed" if case.code else "completed"), name
        assert turn["output_message"]["content"] == case.said, name
        assert (len(stage.model.chats) - asked, stage.model.faults) == (case.tries, []), name
        assert time.monotonic() - begun >= case.seconds, name
        assert (await stage.caller.turn(session, WISH))["output_message"]["content"] == WHOLE, name
    assert (stage.node.usage.memory_mb() or 0) - before < MOST_MEMORY_MB
    await stage.check()


async def test_a_model_server_that_is_not_there_is_a_failed_turn_until_it_is(open_: Open) -> None:
    with unused_port() as port:
        gone = f"gone=http://127.0.0.1:{port}/v1"
        stage = await open_("--model-server", gone, "--model-server", "nowhere=http://nowhere.invalid/v1", **QUICK)
        for model, words in (("gone/m", "the connection was refused"), ("nowhere/m", "no machine has that name")):
            session = await stage.new_session(model=model)
            turn = await stage.caller.turn(session, WISH)
            assert (turn["status"], turn["error"]["code"]) == ("failed", "model_unavailable")
            assert words in turn["error"]["message"]
            changed = await stage.caller.ask(
                "PATCH", session.rpartition("/session/")[0], {"agent_config": {"model": "fake/m"}}
            )
            assert changed.is_success, changed.text
            assert (await stage.caller.turn(session, WISH))["output_message"]["content"] == WHOLE
    await stage.check()


# --- what models do wrong with tools ---


def calls(name: str, arguments: str, call_id: str = "c1") -> Behaviour:
    function = {"name": name, "arguments": arguments}
    delta = {"tool_calls": [{"index": 0, "id": call_id, "type": "function", "function": function}]}
    return streams(chunk(delta), stop("tool_calls"), DONE)


BAD_CALLS = {
    "half its JSON": (calls("clock", '{"timezone": '), "The arguments are not a JSON object"),
    "no object": (calls("clock", "[1]"), "The arguments are not a JSON object"),
    "an argument of another type": (calls("clock", '{"timezone": 5}'), "The argument `timezone` does not fit"),
    "no such tool": (calls("rocket", "{}"), "There is no tool 'rocket'"),
    "a tool that refuses": (calls("clock", '{"timezone": "Atlantis"}'), "There is no time zone 'Atlantis'"),
}


async def test_a_call_that_goes_wrong_is_an_answer_to_the_model(stage: Stage) -> None:
    session = await stage.new_session(toolgroups=["builtin::clock"])
    for name, (call, complaint) in BAD_CALLS.items():
        stage.model.faults = [call]
        turn = await stage.caller.turn(session, WISH)
        assert (turn["status"], turn["output_message"]["content"]) == ("completed", WHOLE), name
        assert complaint in last_result(stage.model.chats[-1].body), name
    assert (await stage.caller.turn(session, WISH))["status"] == "completed"
    await stage.check()


async def test_calls_without_end_and_calls_with_one_id_do_not_brick_a_session(stage: Stage) -> None:
    session = await stage.new_session(toolgroups=["builtin::clock"], max_infer_iters=4)
    endless = await stage.caller.turn(session, wish(1, calls=100))
    assert (endless["status"], endless["output_message"]["stop_reason"]) == ("completed", "max_infer_iters")
    assert len(stage.model.chats) == 4
    twice = [
        chunk({"tool_calls": [{"index": index, "id": "same", "function": {"name": "clock", "arguments": "{}"}}]})
        for index in range(2)
    ]
    stage.model.faults = [streams(*twice, stop("tool_calls"), DONE)]
    assert (await stage.caller.turn(session, WISH))["output_message"]["content"] == WHOLE
    await stage.check()


def last_result(body: dict[str, Any]) -> str:
    """The last tool result of a model request."""
    return [message["content"] for message in body["messages"] if message["role"] == "tool"][-1]
