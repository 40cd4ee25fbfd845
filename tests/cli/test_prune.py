"""`tertulia prune`: says what would go, and lets it go."""

import asyncio
import os
from pathlib import Path

from click.testing import CliRunner, Result

from tertulia.cli.main import main
from tertulia.domain.users import LOCAL_OWNER
from tertulia.settings.values import Settings
from tertulia.wiring import Services
from tests.store.values import agent, session

LONG_AGO = "2026-01-02T00:00:00.000000Z"


def prune(data_dir: Path, *words: str) -> Result:
    settings = {name: None for name in os.environ if name.startswith("TERTULIA_")}
    return CliRunner().invoke(main, ["prune", "--data-dir", str(data_dir), *words], env=settings)


def would(*, archived: int = 0, deleted: int = 0, purged: int = 0) -> str:
    return f"Would be archived: {archived}, deleted: {deleted}, gone for good: {purged} sessions.\n"


def done(*, archived: int = 0, deleted: int = 0, purged: int = 0) -> str:
    return f"Archived: {archived}, deleted: {deleted}, gone for good: {purged} sessions.\n"


def furnish(data_dir: Path) -> None:
    """A session that was deleted long ago, one that was deleted now, and one that was not."""

    async def make() -> None:
        services = Services.from_settings(Settings(data_dir=data_dir))
        async with services.kept():
            await services.store.create_agent(LOCAL_OWNER, agent())
            for name in ("old", "new", "kept"):
                await services.store.create_session(LOCAL_OWNER, session(name, session_name=f"The {name} one"))
            await services.store.trash_session(LOCAL_OWNER, "a1", "old", at=LONG_AGO)
            await services.sessions.delete(LOCAL_OWNER, "a1", "new")

    asyncio.run(make())


def in_trash(data_dir: Path) -> list[str]:
    async def look() -> list[str]:
        async with Services.from_settings(Settings(data_dir=data_dir)).kept() as services:
            assert await services.store.get_session(LOCAL_OWNER, "a1", "kept")
            page = await services.store.list_trash(LOCAL_OWNER, limit=9)
            return [each.session.session_id for each in page.items]

    return asyncio.run(look())


def test_a_dry_run_lists_what_would_go_and_leaves_it(tmp_path: Path) -> None:
    furnish(tmp_path)
    told = prune(tmp_path, "--dry-run")
    assert told.output == "2026-01-02  old  0 turns  goes for good  The old one\n" + would(purged=1)
    assert in_trash(tmp_path) == ["new", "old"]


def test_what_has_been_there_for_its_time_goes(tmp_path: Path) -> None:
    furnish(tmp_path)
    assert prune(tmp_path).output == done(purged=1)
    assert in_trash(tmp_path) == ["new"]
    assert prune(tmp_path, "--trash-days", "0").output == done(purged=1)
    assert in_trash(tmp_path) == []


def test_rules_say_which_of_them_takes_what_before_they_do(tmp_path: Path) -> None:
    furnish(tmp_path)
    rules = ("--archive-after-days", "30", "--delete-after-days", "90")
    line = "2026-01-02  kept  0 turns  deleted by the rule of the server (90 days)  The kept one\n"
    assert line in prune(tmp_path, *rules, "--dry-run").output
    assert prune(tmp_path, *rules, "--dry-run").output.endswith(would(deleted=1, purged=1))
    assert prune(tmp_path, "--archive-after-days", "30").output == done(archived=1, purged=1)
    assert prune(tmp_path, "--archive-after-days", "30").output == done()
    assert prune(tmp_path, *rules, "--dry-run").output == line + would(deleted=1)
    assert prune(tmp_path, *rules).output == done(deleted=1)
