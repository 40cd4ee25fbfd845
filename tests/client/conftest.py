"""A client without patience, and the server that it talks to."""

from collections.abc import AsyncIterator

import pytest

from tertulia.client import AsyncClient, Patience
from tests.client.fake_server import FakeServer


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    fake = FakeServer()
    yield fake
    await fake.stop()


@pytest.fixture
async def client(server: FakeServer) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(await server.start(), patience=Patience(attempts=3, first_wait=0.001)) as one:
        yield one
