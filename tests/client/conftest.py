"""Clients without patience, of both kinds, and the server that they talk to."""

from collections.abc import AsyncIterator

import pytest

from tertulia.client import AsyncClient, Patience
from tests.client.either import Opens, opener
from tests.client.fake_server import FakeServer


@pytest.fixture(params=["async", "sync"])
def open_client(request: pytest.FixtureRequest) -> Opens:
    """Makes clients; a test that asks for it is run with each of the two."""
    return opener(request.param)


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    fake = FakeServer()
    yield fake
    await fake.stop()


@pytest.fixture
async def client(server: FakeServer, open_client: Opens) -> AsyncIterator[AsyncClient]:
    async with open_client(await server.start(), patience=Patience(attempts=3, first_wait=0.001)) as one:
        yield one
