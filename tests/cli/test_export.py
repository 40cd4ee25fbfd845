"""`tertulia export` and `tertulia import` of exports: out of one place, into another, and again."""

import asyncio
import os
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from tertulia.cli.main import main
from tertulia.domain.exports import SessionExport
from tertulia.domain.sessions import Session, SessionFilter
from tertulia.domain.users import LOCAL_OWNER, User
from tertulia.settings.values import Settings
from tertulia.wiring import Services

CHATS = Path(__file__).parents[1] / "sources" / "chats"
CHATGPT = CHATS / "conversations.json"
OPEN_WEBUI = CHATS / "chat-export-1735740300000.json"


def run(*words: str | Path, data_dir: Path) -> Result:
    settings = {name: None for name in os.environ if name.startswith("TERTULIA_")}
    return CliRunner().invoke(main, [*map(str, words), "--data-dir", str(data_dir)], env=settings)


def here(data_dir: Path, owner: str = LOCAL_OWNER) -> list[Session]:
    """The sessions that are in a data directory."""

    async def look() -> list[Session]:
        found: list[Session] = []
        async with Services.from_settings(Settings(data_dir=data_dir)).kept() as services:
            for agent in (await services.store.list_agents(owner, limit=9)).items:
                which = SessionFilter(agent_id=agent.agent_id, archived=None)
                page = await services.store.list_sessions(owner, which, order="asc", limit=99)
                found += page.items
        return found

    return asyncio.run(look())


def test_chats_come_over_once(tmp_path: Path) -> None:
    first = run("import", "chatgpt", CHATGPT, data_dir=tmp_path)
    assert first.exit_code == 1, "one of them cannot be read"
    assert "Came over: 1 agents, 3 sessions, 4 turns." in first.output
    assert "- chat number 3: " in first.output
    again = run("import", "chatgpt", CHATGPT, data_dir=tmp_path)
    assert "Came over: 0 agents, 0 sessions, 0 turns.\nHere already: 1 agents, 3 sessions." in again.output
    other = run("import", "open-webui", OPEN_WEBUI, "--model", "ollama/llama3.2", data_dir=tmp_path)
    assert other.exit_code == 0, other.output
    assert len(here(tmp_path)) == 4


def test_a_dry_run_brings_nothing(tmp_path: Path) -> None:
    told = run("import", "open-webui", OPEN_WEBUI, "--dry-run", data_dir=tmp_path)
    assert "Would come over: 1 agents, 1 sessions, 2 turns." in told.output
    assert not (tmp_path / "tertulia.sqlite3").exists()
    assert here(tmp_path / "new") == []


def test_chats_with_an_agent_that_is_not_here_do_not_come(tmp_path: Path) -> None:
    told = run("import", "open-webui", OPEN_WEBUI, "--agent", "nobody", data_dir=tmp_path)
    assert told.exit_code == 1
    assert "There is no agent with this id" in told.output
    assert here(tmp_path) == []


def test_everything_goes_out_and_comes_in_elsewhere(tmp_path: Path) -> None:
    there, elsewhere, path = tmp_path / "there", tmp_path / "elsewhere", tmp_path / "all.tar.gz"
    run("import", "chatgpt", CHATGPT, data_dir=there)
    out = run("export", path, data_dir=there)
    assert out.exit_code == 0, out.output
    assert out.output.startswith(f"{path}: ")
    came = run("import", "tertulia", path, data_dir=elsewhere)
    assert came.exit_code == 0, came.output
    assert "Came over: 1 agents, 3 sessions, 4 turns." in came.output
    assert here(elsewhere) == here(there)
    second = run("export", path, data_dir=elsewhere)
    assert (second.exit_code, "is there already" in second.output) == (1, True)


@pytest.mark.parametrize("as_what", ["json", "markdown"])
def test_one_session_goes_out_by_itself(tmp_path: Path, as_what: str) -> None:
    run("import", "open-webui", OPEN_WEBUI, data_dir=tmp_path)
    [session] = here(tmp_path)
    path = tmp_path / "one"
    ids = ("--session", session.session_id, "--agent", session.agent_id)
    out = run("export", path, *ids, "--format", as_what, data_dir=tmp_path)
    assert out.exit_code == 0, out.output
    if as_what == "json":
        assert msgspec.json.decode(path.read_bytes(), type=SessionExport).session == session
        assert run("import", "tertulia", path, data_dir=tmp_path / "other").exit_code == 0
        assert here(tmp_path / "other") == [session]
    else:
        assert path.read_text(encoding="utf-8").startswith("# 🌦️ Weather\n")


def test_what_cannot_be_done_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out"
    for words, said in (
        (("--session", "x"), "Name a session and its agent"),
        (("--session", "x", "--agent", "y"), "There is no session with this id"),
    ):
        told = run("export", path, *words, data_dir=tmp_path / "data")
        assert told.exit_code != 0
        assert said in told.output
    assert "cannot be written" in run("export", tmp_path / "no" / "folder", data_dir=tmp_path / "data").output
    assert not [*tmp_path.glob("out*")]
    shutil.rmtree(tmp_path / "data")
    for kind in ("chatgpt", "open-webui", "tertulia"):
        told = run("import", kind, tmp_path / "nowhere", data_dir=tmp_path / "data")
        assert (told.exit_code, "cannot be read" in told.output) == (1, True)


def test_what_a_user_has_goes_out_and_comes_in_for_another(tmp_path: Path) -> None:
    there, path = tmp_path / "there", tmp_path / "all.tar.gz"

    async def add_users() -> None:
        async with Services.from_settings(Settings(data_dir=there)).kept() as services:
            for name in ("Ana", "ben"):
                user = User(user_id=f"id-of-{name}", name=name, role="user", created_at="2026-01-01T00:00:00.000000Z")
                await services.store.add_user(user)

    asyncio.run(add_users())
    assert run("import", "chatgpt", CHATGPT, "--user", "ana", data_dir=there).exit_code == 1, "one cannot be read"
    assert (here(there), len(here(there, "id-of-Ana"))) == ([], 3)
    assert run("export", path, "--user", "ana", data_dir=there).exit_code == 0
    shutil.rmtree(there)
    asyncio.run(add_users())
    assert run("import", "tertulia", path, "--user", "ben", data_dir=there).exit_code == 0
    assert (here(there), len(here(there, "id-of-ben"))) == ([], 3)
    nobody = run("export", tmp_path / "none.tar.gz", "--user", "eve", data_dir=there)
    assert (nobody.exit_code, "There is no user 'eve' here" in nobody.output) == (1, True)
    assert not (tmp_path / "none.tar.gz").exists()
