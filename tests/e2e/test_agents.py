"""Agents: one is made with another model, talked with, changed, and deleted with all that it said."""

import json

import pytest
from playwright.async_api import expect

from tertulia.client import ApiError, AsyncClient
from tests.e2e.rehearsed_models import RehearsedModels
from tests.e2e.visitor import Visitor


async def test_an_agent_is_made_with_another_model_and_answers_by_it(
    visitor: Visitor, client: AsyncClient, models: RehearsedModels, model: str
) -> None:
    page = visitor.page
    await visitor.begin()
    await page.get_by_role("button", name="Agent: Scholar").click()
    await page.get_by_role("menuitem", name="New agent").click()
    await page.get_by_role("textbox", name="Name", exact=True).fill("Poet")
    await page.get_by_role("combobox", name="Model").click()
    await page.get_by_role("option", name="spare").click()
    await page.get_by_role("textbox", name="Instructions").fill("Answer in verse.")
    await page.get_by_role("button", name="Sampling and limits").click()
    await page.get_by_role("textbox", name="Temperature").fill("0.7")
    await page.get_by_role("textbox", name="Longest answer").fill("99")
    await page.get_by_role("button", name="Create agent").click()
    await expect(page.get_by_role("button", name="Agent: Poet")).to_be_visible()
    await visitor.say("Spring?")
    await expect(page.get_by_role("article", name="Spring?")).to_contain_text("Understood.")

    asked = models.asked("spare")[-1].json
    assert asked["messages"][0] == {"role": "system", "content": "Answer in verse."}
    assert (asked["temperature"], asked.get("max_tokens") or asked["max_completion_tokens"]) == (0.7, 99)
    [poet] = [one for one in (await client.list_agents(limit=200)).agents if one.agent_config.name == "Poet"]
    assert poet.agent_config.model == "stage/spare", json.dumps(asked)


async def test_an_agent_is_changed_and_deleted_in_the_settings(visitor: Visitor, client: AsyncClient) -> None:
    page = visitor.page
    await visitor.open(f"/settings/agents/{visitor.agent_id}")
    name = page.get_by_role("textbox", name="Name", exact=True)
    await expect(name).to_have_value("Scholar")
    await name.fill("Sage")
    await page.get_by_role("button", name="Save").click()
    await expect(visitor.notice("Saved “Sage”")).to_be_visible()
    assert (await client.get_agent(visitor.agent_id)).agent_config.name == "Sage"

    await page.get_by_role("button", name="Delete agent").click()
    dialog = page.get_by_role("alertdialog", name="Delete “Sage”?")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("heading", level=1, name="Agents")).to_be_visible()
    with pytest.raises(ApiError):
        await client.get_agent(visitor.agent_id)


async def test_a_model_that_is_missing_is_said_at_its_field(visitor: Visitor) -> None:
    await visitor.open(f"/settings/agents/{visitor.agent_id}")
    model = visitor.page.get_by_role("combobox", name="Model")
    await model.fill("")
    await visitor.page.get_by_role("button", name="Save").click()
    await expect(model).to_be_focused()
    await expect(visitor.page.get_by_text("Choose a model.")).to_be_visible()
