"""The provider, started when the first test asks for it, and what asks it, at a time that tests choose."""

import time
from collections.abc import AsyncGenerator, Iterator

import pytest

from tertulia.identity.documents import Documents
from tertulia.models.http import open_session
from tests.identity.identity_provider import IdentityProvider, run_provider


@pytest.fixture(scope="session")
def identity_provider(request: pytest.FixtureRequest) -> Iterator[IdentityProvider]:
    assert request.config.cache is not None
    with run_provider(request.config.cache.mkdir("identity-provider")) as provider:
        yield provider


@pytest.fixture
async def documents() -> AsyncGenerator[Documents, None]:
    session = open_session()
    yield Documents(lambda: session)
    await session.close()


class Time:
    """The time of the provider, which others may think is another."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def now() -> Time:
    return Time()
