"""Work that is done now and then is done again, whatever became of it the last time."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tertulia.domain.errors import StorageUnavailable
from tertulia.runtime.periodic import Periodic


@pytest.mark.parametrize("error", [StorageUnavailable(), ValueError("a row that makes no sense")])
async def test_work_that_has_failed_is_done_again(error: Exception) -> None:
    times: asyncio.Queue[None] = asyncio.Queue()

    async def work() -> None:
        times.put_nowait(None)
        raise error

    periodic = Periodic("a test", work, every=0)
    with capture_logs() as lines:
        periodic.start()
        async with asyncio.timeout(60):
            for _ in range(3):
                await times.get()
        await periodic.stop()
    told = [line for line in lines if line["event"].startswith("periodic.")]
    assert {line["work"] for line in told} == {"a test"}
