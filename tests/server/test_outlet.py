"""What is said to a connection at once goes out at once, and in one write."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tertulia.server.outlet import LARGE, Outlet


@asynccontextmanager
async def connected() -> AsyncGenerator[tuple[Outlet, socket.socket]]:
    """An outlet, and the socket of who reads what comes out of it; nothing of that waits for the event loop."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_accepted_socket(asyncio.Protocol, ours)
    try:
        yield Outlet(transport, loop), theirs
    finally:
        transport.abort()
        theirs.close()


def come(theirs: socket.socket) -> bytes | None:
    """Return what has come by now, nothing at its end, and None if nothing has."""
    try:
        return theirs.recv(2 * LARGE)
    except BlockingIOError:
        return None


async def test_what_is_said_in_one_step_goes_out_when_the_loop_turns() -> None:
    async with connected() as (outlet, theirs):
        outlet.write(b"head ")
        outlet.write(b"body")
        assert (come(theirs), outlet.get_write_buffer_size()) == (None, 9)
        await asyncio.sleep(0)
        assert (come(theirs), outlet.get_write_buffer_size()) == (b"head body", 0)
        outlet.write(b" end")
        await asyncio.sleep(0)
        assert come(theirs) == b" end"


async def test_what_is_large_does_not_wait() -> None:
    async with connected() as (outlet, theirs):
        outlet.write(b"head ")
        outlet.write(b"x" * LARGE)
        first = come(theirs)
        assert first is not None
        assert first.startswith(b"head x")


async def test_a_connection_ends_behind_what_was_said() -> None:
    async with connected() as (outlet, theirs):
        outlet.write(b"goodbye")
        outlet.close()
        assert come(theirs) == b"goodbye"
        assert outlet.is_closing()
        outlet.write(b"too late")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert come(theirs) == b""


async def test_who_is_hung_up_on_gets_nothing_more() -> None:
    async with connected() as (outlet, theirs):
        outlet.write(b"never")
        outlet.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert come(theirs) == b""
