"""The process in which a file is read: what it may not do, how it ends, and that nothing of it stays."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.extract.base import Extract, Job, NoExtract, TextExtract
from tertulia.extract.extractor import ExtractLimits, Extractor, see_out
from tertulia.runtime.places import Places
from tests.extract.samples import image, pdf, pieces

pytestmark = pytest.mark.slow

NO_BOUND = 1_000


def extractor(places: int = 2, **limits: Any) -> Extractor:
    return Extractor(ExtractLimits(**limits), take=Places(places, most_waiting=NO_BOUND).take)


async def read(content: bytes, **limits: Any) -> Extract:
    return await extractor(**limits).extract(Job(task="document"), pieces(content), owner="ana")


async def test_a_file_is_read_in_a_process_of_its_own() -> None:
    found = await read(pdf("Hello"))
    assert isinstance(found, TextExtract)
    assert "Hello" in found.text


async def test_a_reading_that_takes_too_long_is_ended() -> None:
    found = await read(pdf("Hello"), seconds=0.01)
    assert isinstance(found, NoExtract)
    assert (found.reason, found.is_final) == ("reading it takes too long", False)


async def test_a_reading_that_takes_too_much_memory_is_ended() -> None:
    large = image((5_500, 5_500), "BMP")
    found = await extractor(memory_bytes=160 * 2**20).extract(Job(task="image"), pieces(large), owner="ana")
    assert isinstance(found, NoExtract), type(found)
    assert "memory" in found.reason or "more than is allowed" in found.reason


async def test_a_web_page_is_read_on_request() -> None:
    found = await extractor().text_of_html(b"<h1>Hello</h1>", owner="ana")
    assert isinstance(found, TextExtract)
    assert found.text == "# Hello"


async def test_what_gives_the_content_may_fail_and_the_place_is_free_again() -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"%PDF-"
        raise ConnectionRefusedError("the store is away")

    one = extractor(places=1)
    with pytest.raises(ConnectionRefusedError):
        await one.extract(Job(task="document"), breaks(), owner="ana")
    assert isinstance(await one.extract(Job(task="document"), pieces(pdf("Hello")), owner="ana"), TextExtract)


FILLS_THE_PIPE = """
import os, select, signal
os.set_blocking(1, False)
while select.select([], [1], [], 0.3)[1]:
    os.write(1, b"x" * 4096)
os.write(2, b"full")
signal.pause()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="waits for a pipe")
async def test_a_process_that_says_more_than_is_listened_to_is_seen_out() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FILLS_THE_PIPE, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert process.stderr
    assert await process.stderr.read(4) == b"full"
    async with asyncio.timeout(60):
        await see_out(process)
    assert process.returncode is not None


def children() -> set[str]:
    """The ids of the processes that this one has started and not seen out."""
    return {child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()}


def environment_of(process: str) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_a_turn_that_is_stopped_takes_its_process_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary4f9d")
    begun = asyncio.Event()

    async def never_ends() -> AsyncIterator[bytes]:
        begun.set()
        yield b"%PDF-"
        await asyncio.Event().wait()

    one, before = extractor(places=1), children()
    task = asyncio.create_task(one.extract(Job(task="document"), never_ends(), owner="ana"))
    await begun.wait()
    (reader,) = children() - before
    assert b"canary" not in environment_of(reader)  # no key of the server's is handed on
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == before
    assert isinstance(await one.extract(Job(task="document"), pieces(pdf("Hello")), owner="ana"), TextExtract)


PROBE = """
import json, os, socket, subprocess, sys
from tertulia.extract.worker import confine
confine(2**30, 10)
said = {}
def attempt(name, what):
    try:
        what()
        said[name] = "done"
    except Exception as error:
        said[name] = type(error).__name__
attempt("network", lambda: socket.create_connection(("127.0.0.1", 9)))
attempt("name", lambda: socket.getaddrinfo("example.org", 80))
attempt("program", lambda: subprocess.run(["true"]))
attempt("shell", lambda: os.system("true"))
attempt("write", lambda: open(sys.argv[1], "w").write("x" * 10_000))
attempt("memory", lambda: bytearray(2**31))
print(json.dumps(said))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of Linux")
async def test_a_reader_can_write_start_and_reach_nothing(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", "-c", PROBE, str(tmp_path / "made"), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert json.loads(out) == {
        "network": "PermissionError",
        "name": "PermissionError",
        "program": "PermissionError",
        "shell": "PermissionError",
        "write": "OSError",
        "memory": "MemoryError",
    }
    assert (tmp_path / "made").stat().st_size == 0
