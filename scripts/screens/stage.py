"""Servers for the pictures: real ones, in a thread each, whose time is the stage's."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from scripts.screens.clock import StageClock
from scripts.screens.models import SERVER, StageModels
from scripts.screens.tools import Daylight
from tertulia.settings.values import Settings
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.wiring import Services
from tests.e2e.with_tools import BookTable, SendMail
from tests.server.live import serve_in_thread


def settings_for(folder: Path, models: StageModels, **variables: str) -> Settings:
    """What a server with the rehearsed models is told."""
    given = {
        "TERTULIA_DATA_DIR": str(folder),
        "TERTULIA_MODEL_SERVERS": f"{SERVER}={models.upstream.url}",
        "TERTULIA_DISCOVER": "false",
        "TERTULIA_DEMO": "never",
        "TERTULIA_IDLE_TIMEOUT": "3600",
        "TERTULIA_DRAIN_TIMEOUT": "0.1",
        "TERTULIA_IMAGE_MODELS": f"{SERVER}/*",
    }
    return Settings.from_env(given | variables)


@asynccontextmanager
async def served(settings: Settings, clock: StageClock) -> AsyncGenerator[str]:
    """Run a server; the model server, which it asks before it is ready, runs in this loop."""
    tools = [Daylight(clock), SendMail(settings.data_dir / "sent"), BookTable()]
    services = Services(settings, SqlStore(SqliteDatabase(settings.data_dir / "tertulia.db")), tools=tools, clock=clock)
    running = serve_in_thread(services)
    url = await asyncio.to_thread(running.__enter__)
    try:
        yield url
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
