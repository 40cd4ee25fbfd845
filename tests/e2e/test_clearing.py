"""Sessions cleared away: into the trash and out of it, several at once; taken out, brought in, and the same again."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import FilePayload, Locator, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.exports import SessionExport
from tests.e2e.axe import violations
from tests.e2e.visitor import Visit, Visitor


async def name_sessions(client: AsyncClient, visitor: Visitor, *names: str) -> None:
    """Make sessions, the last one on top of the list, and look at them."""
    for name in names:
        await client.create_session(visitor.agent_id, session_name=name)
    await visitor.begin()
    await expect(visitor.row(names[0])).to_be_visible()


def trashed(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("list", name="Deleted sessions").get_by_role("listitem").filter(has_text=name)


def box(visitor: Visitor, name: str) -> Locator:
    return visitor.sidebar.get_by_role("checkbox", name=name)


async def names_of(client: AsyncClient, agent: Agent, **which: Any) -> set[str]:
    return {each.session_name for each in (await client.list_sessions(agent.agent_id, **which)).sessions}


async def test_what_was_deleted_is_restored_from_the_trash_by_keys_alone(visitor: Visitor, client: AsyncClient) -> None:
    await name_sessions(client, visitor, "Lisbon", "Porto")
    keys = visitor.page.keyboard
    await visitor.row("Porto").focus()
    await keys.press("Delete")
    await expect(visitor.row("Porto")).to_have_count(0)
    trash = visitor.sidebar.get_by_role("link", name="Trash")
    await trash.focus()
    await keys.press("Enter")
    row = trashed(visitor, "Porto")
    await expect(row).to_contain_text("goes for good in 30 days")
    await row.get_by_role("button", name="Restore").focus()
    await keys.press("Enter")
    await expect(visitor.row("Porto")).to_be_visible()
    assert await names_of(client, visitor.agent) == {"Lisbon", "Porto"}


async def test_what_is_deleted_for_good_is_asked_about_and_gone(visitor: Visitor, client: AsyncClient) -> None:
    await name_sessions(client, visitor, "Lisbon", "Faro")
    await visitor.choose("Faro", "Delete")
    await visitor.sidebar.get_by_role("link", name="Trash").click()
    row = trashed(visitor, "Faro")
    await row.get_by_role("button", name="Delete for good").click()
    dialog = visitor.page.get_by_role("alertdialog", name="Delete “Faro” for good?")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await dialog.get_by_role("button", name="Delete for good").click()
    await expect(row).to_have_count(0)
    assert "Faro" not in {each.session.session_name for each in (await client.list_trash()).trash}


async def test_several_sessions_are_archived_at_once_and_come_back(visitor: Visitor, client: AsyncClient) -> None:
    await name_sessions(client, visitor, "Lisbon", "Porto", "Faro", "Braga")
    await visitor.row("Braga").click(modifiers=["ControlOrMeta"])
    await box(visitor, "Porto").click(modifiers=["Shift"])
    await expect(visitor.sidebar.get_by_role("checkbox", checked=True)).to_have_count(3)
    bar = visitor.sidebar.get_by_role("group", name="Selected sessions")
    await bar.get_by_role("button", name="Archive").click()
    await expect(visitor.row("Faro")).to_have_count(0)
    await visitor.notice("Archived 3 sessions").get_by_role("button", name="Undo").wait_for()
    assert await names_of(client, visitor.agent, archived=True) == {"Porto", "Faro", "Braga"}
    await visitor.notice("Archived 3 sessions").get_by_role("button", name="Undo").click()
    await expect(visitor.row("Faro")).to_be_visible()


async def test_several_sessions_are_deleted_by_keys_alone(visitor: Visitor, client: AsyncClient) -> None:
    await name_sessions(client, visitor, "Lisbon", "Porto", "Faro")
    keys = visitor.page.keyboard
    await visitor.row("Faro").focus()
    await keys.press("Space")
    await keys.press("Shift+ArrowDown")
    await expect(box(visitor, "Porto")).to_be_checked()
    await expect(visitor.page.get_by_role("group", name="Selected sessions")).to_be_visible()
    await expect(visitor.page.get_by_text("2 sessions selected")).to_be_attached()
    await keys.press("Escape")
    await expect(visitor.row("Porto")).to_be_visible()
    await keys.press("ControlOrMeta+a")
    await expect(box(visitor, "Lisbon")).to_be_checked()
    await expect(visitor.page.get_by_text("3 sessions selected")).to_be_attached()
    await keys.press("Delete")
    await expect(visitor.notice("Deleted 3 sessions")).to_be_visible()
    await visitor.open("/settings/trash")
    await expect(trashed(visitor, "Porto")).not_to_have_count(0)
    assert await names_of(client, visitor.agent) == set()


async def saved(visitor: Visitor, click: Locator) -> tuple[str, Path]:
    """What a click has the browser save: its name, and where it lies."""
    async with visitor.page.expect_download() as download:
        await click.click()
    file = await download.value
    return file.suggested_filename, await file.path()


def content_of(export: SessionExport) -> Any:
    """What must be the same again, wherever it was brought in."""
    session = export.session
    facts = (session.session_name, session.metadata, session.started_at, session.turn_count)
    turns = [(each.turn.input_messages, each.turn.output_message, len(each.events)) for each in export.turns]
    return facts, turns, [(each.info.name, each.content) for each in export.files]


async def test_what_is_saved_and_brought_in_is_the_same_session(
    visit: Visit, demo_agent: Agent, client: AsyncClient
) -> None:
    visitor = await visit(demo_agent)
    await visitor.begin()
    await visitor.say("time")
    await expect(visitor.turn("time").get_by_role("button", name="Worked")).to_be_visible()
    session_id = await visitor.wait_for_session()
    await visitor.page.get_by_role("button", name="Actions for this session").click()
    name, path = await saved(visitor, visitor.page.get_by_role("menuitem", name="Save as JSON"))
    assert name == "time.json"
    before = await asyncio.to_thread(path.read_bytes)

    other = await client.create_agent(AgentConfig(model="demo/script", name="Archivist"))
    await visitor.open("/settings/data")
    await visitor.page.get_by_role("combobox", name="Sessions come with").click()
    await visitor.page.get_by_role("option", name="Archivist").last.click()
    chosen = FilePayload(name=name, mimeType="application/json", buffer=before)
    await visitor.page.locator("input[type=file]").set_input_files(chosen)
    await visitor.page.get_by_role("list", name="Sessions that came").get_by_role("link", name="time").click()
    await expect(visitor.turn("time")).to_be_visible()
    copy_id = await visitor.wait_for_session()
    assert copy_id != session_id
    after = await client.export_session(other.agent_id, copy_id)
    assert content_of(after) == content_of(msgspec.json.decode(before, type=SessionExport))


async def test_everything_is_saved_as_one_archive_and_found_again_when_it_is_brought_in(
    visitor: Visitor, client: AsyncClient
) -> None:
    await client.upload_file("poem.txt", b"Roses are red")
    await client.create_session(visitor.agent_id, session_name="Lisbon")
    await visitor.open("/settings/data")
    name, path = await saved(visitor, visitor.page.get_by_role("button", name="Save everything"))
    assert name == "tertulia.tar.gz"
    await visitor.page.locator("input[type=file]").set_input_files(
        FilePayload(name=name, mimeType="application/gzip", buffer=await asyncio.to_thread(path.read_bytes))
    )
    said = visitor.page.locator("p").get_by_text("No session was brought in.")
    await expect(said).to_contain_text("here already")
    await expect(said).to_contain_text("that no session uses")
    await expect(visitor.page.get_by_text("could not be brought in")).to_have_count(0)


async def test_a_bad_file_is_said_to_be_one(visitor: Visitor) -> None:
    await visitor.open("/settings/data")
    poem = FilePayload(name="poem.json", mimeType="application/json", buffer=b"Roses are red")
    await visitor.page.locator("input[type=file]").set_input_files(poem)
    await expect(visitor.page.get_by_text("poem.json: This is neither a JSON file nor an archive.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_sessions_are_cleared_away(
    visit: Visit, agent: Agent, client: AsyncClient, scheme: str
) -> None:
    visitor = await visit(agent, color_scheme=scheme)
    await name_sessions(client, visitor, "Lisbon", "Porto")
    await visitor.row("Porto").click(modifiers=["ControlOrMeta"])
    await expect(visitor.sidebar.get_by_role("group", name="Selected sessions")).to_be_visible()
    assert await violations(visitor.page) == [], "the selection"
    await visitor.page.keyboard.press("Delete")
    await visitor.open("/settings/trash")
    await expect(trashed(visitor, "Porto").first).to_be_visible()
    assert await violations(visitor.page) == [], "the trash"
    await visitor.open("/settings/data")
    await expect(visitor.page.get_by_role("button", name="Save everything")).to_be_visible()
    assert await violations(visitor.page) == [], "your data"
