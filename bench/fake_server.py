"""A model server that is never the bottleneck: OpenAI's chat completions, said from a list of words.

    python -m bench.fake_server --port 18900

Without a pause the whole answer is one write, each word still its own event and its own HTTP chunk. With a pause every
word is a write of its own, at its place on a fixed timetable, so that slow writes do not make the answer longer.
"""

import argparse
import asyncio
import json
import re
from functools import lru_cache
from typing import Any, cast

from bench.ask import TOOL, Ask, answer_words, parse
from bench.loop import run

MODEL = "fake-model"
WANTS_STREAM = re.compile(rb'"stream":\s*true')
WANTS_USAGE = re.compile(rb'"include_usage":\s*true')
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class FakeModelServer(asyncio.Protocol):
    """One connection of a client: requests one after the other, each answered as its last message asks."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = bytes(self._received[:head_end])
        length = CONTENT_LENGTH.search(head)
        end = head_end + 4 + (int(length[1]) if length else 0)
        if len(self._received) < end:
            return
        body = bytes(self._received[head_end + 4 : end])
        del self._received[:end]
        self._answer(head.split(b" ", 2)[1], body)

    def _answer(self, path: bytes, body: bytes) -> None:
        if path.endswith(b"/chat/completions"):
            self._complete(body)
        elif path.endswith(b"/models"):
            self._transport.write(whole(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]}))
        else:
            self._transport.write(whole(404, {"error": {"message": "There is no such page."}}))

    def _complete(self, body: bytes) -> None:
        ask = parse(body)
        if not WANTS_STREAM.search(body):
            self._transport.write(whole(200, completion(ask.words)))
            return
        with_usage = bool(WANTS_USAGE.search(body))
        if ask.calls:
            self._transport.write(STREAM_HEAD + call_of(ask.calls, with_usage=with_usage))
            return
        chunks, end = stream_of(ask.words, with_usage=with_usage)
        if ask.pause_ms:
            self._transport.write(STREAM_HEAD)
            self._pace(ask, chunks, end)
        else:
            self._transport.write(STREAM_HEAD + b"".join(chunks) + end)

    def _pace(self, ask: Ask, chunks: list[bytes], end: bytes) -> None:
        """Write each word at its time, the first after one pause, the end together with the last."""
        loop = asyncio.get_running_loop()
        begin = loop.time()

        def write(number: int) -> None:
            if number == len(chunks):
                self._transport.write(chunks[-1] + end)
                return
            self._transport.write(chunks[number - 1])
            schedule(number + 1)

        def schedule(number: int) -> None:
            self._timer = loop.call_at(begin + number * ask.pause_ms / 1000, write, number)

        schedule(1)


def whole(status: int, content: Any) -> bytes:
    """An answer that is not a stream."""
    body = json.dumps(content).encode()
    reason = "OK" if status == 200 else "Not Found"
    head = [f"HTTP/1.1 {status} {reason}", "content-type: application/json", f"content-length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


def completion(words: int) -> dict[str, Any]:
    """The answer to a request that does not stream."""
    message = {"role": "assistant", "content": "".join(answer_words(words))}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {**envelope("chat.completion"), "choices": [choice], "usage": usage(words)}


@lru_cache(maxsize=64)
def stream_of(words: int, *, with_usage: bool) -> tuple[list[bytes], bytes]:
    """The HTTP chunks of a stream: one for each word, and what comes after the last."""
    said: list[dict[str, Any]] = [{"content": word} for word in answer_words(words)]
    said[:1] = [{"role": "assistant", **delta} for delta in said[:1]]
    return [http_chunk(piece(delta)) for delta in said], end_of("stop", usage(words) if with_usage else None)


@lru_cache(maxsize=64)
def call_of(number: int, *, with_usage: bool) -> bytes:
    """The HTTP chunks of a stream that calls the tool, by a call of its own for each number."""
    call = {"index": 0, "id": f"call-{number}", "type": "function", "function": {"name": TOOL, "arguments": "{}"}}
    begin = http_chunk(piece({"role": "assistant", "tool_calls": [call]}))
    return begin + end_of("tool_calls", usage(1) if with_usage else None)


def end_of(reason: str, cost: dict[str, int] | None) -> bytes:
    """What comes after the last piece of a stream."""
    end = http_chunk(piece({}, reason))
    if cost:
        end += http_chunk(event({"choices": [], "usage": cost}))
    return end + http_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


def piece(delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
    """The event of one piece of an answer."""
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]})


def envelope(kind: str) -> dict[str, Any]:
    """What every answer has around its content."""
    return {"id": "fake", "object": kind, "created": 0, "model": MODEL}


def usage(words: int) -> dict[str, int]:
    """What an answer is said to have cost; the prompt is not counted."""
    return {"prompt_tokens": 10, "completion_tokens": words, "total_tokens": 10 + words}


def event(content: dict[str, Any]) -> bytes:
    """One server-sent event of a stream."""
    frame = {**envelope("chat.completion.chunk"), **content}
    return b"data: " + json.dumps(frame, separators=(",", ":")).encode() + b"\n\n"


def http_chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


async def listen(port: int = 0) -> asyncio.Server:
    """Serve on loopback; port 0 takes a free one."""
    return await asyncio.get_running_loop().create_server(FakeModelServer, "127.0.0.1", port, backlog=4096)


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    async with await listen(port) as server:
        print(f"The fake model server is at http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
        await server.serve_forever()


def main() -> None:
    """Serve on a port of choice, for servers that the benchmark does not start itself."""
    options = argparse.ArgumentParser(prog="python -m bench.fake_server", description="A model that says words.")
    options.add_argument("--port", type=int, default=18900, help="0 takes a free one (default: %(default)s)")
    run(serve(options.parse_args().port))


if __name__ == "__main__":
    main()
