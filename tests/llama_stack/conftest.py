"""Sites that are asked as Llama Stack's clients ask them."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.llama_stack.stack import OpenStack, Stack, open_stack


@pytest.fixture
async def open_() -> AsyncGenerator[OpenStack, None]:
    """Open sites: `await open_(Reply("Hi."))`."""
    async with AsyncExitStack() as stack:

        async def make(*replies: Any, **options: Any) -> Stack:
            return await stack.enter_async_context(open_stack(*replies, **options))

        yield make


@pytest.fixture(params=["/v1", "/v1alpha"])
async def stack(request: pytest.FixtureRequest, open_: OpenStack) -> Stack:
    """A site at each of the two prefixes, whose model says hello."""
    return await open_(prefix=request.param)
