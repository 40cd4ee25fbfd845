"""What an answer looks like: markdown, code, tools."""

from playwright.async_api import expect

from tertulia.domain.agents import Agent
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.visitor import Visit, Visitor

CODE = "def double(n):\n    return 2 * n\n"
ANSWER = (
    f"## Twice\n\n| n | 2n |\n|---|---|\n| 4 | 8 |\n\n```python\n{CODE}```\n\nSee [the docs](https://example.org/d)."
)


async def test_code_is_coloured_and_copied_as_it_was_written(
    visit: Visit, agent: Agent, models: RehearsedModels, model: str
) -> None:
    models.will(model, says(ANSWER))
    visitor = await visit(agent, permissions=["clipboard-read", "clipboard-write"])
    await visitor.begin()
    await visitor.say("Double")
    answer = visitor.answer_to("Double")
    await expect(answer.get_by_role("heading", name="Twice")).to_be_visible()
    await expect(answer.get_by_role("table").get_by_role("cell", name="8")).to_be_visible()
    figure = answer.get_by_role("figure", name="python")
    await expect(figure.get_by_role("code")).to_have_text(CODE)
    keyword, name = figure.get_by_text("def", exact=True), figure.get_by_text("double", exact=True)
    assert await keyword.evaluate(COLOUR) != await name.evaluate(COLOUR)
    await figure.get_by_role("button", name="Copy code").click()
    await expect(visitor.page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    assert await visitor.page.evaluate("navigator.clipboard.readText()") == CODE
    await visitor.turn("Double").get_by_role("button", name="Copy answer").click()
    await visitor.page.wait_for_function(
        "async (answer) => (await navigator.clipboard.readText()) === answer", arg=ANSWER
    )


COLOUR = "element => getComputedStyle(element).color"


async def test_an_answer_makes_the_browser_ask_nobody(visitor: Visitor, models: RehearsedModels, model: str) -> None:
    models.will(
        model,
        says(
            "![A cat](https://cats.example/secret?x=1) <img src=https://cats.example/2> "
            "<script>throw 1</script> [click](javascript:alert(1)) and text."
        ),
    )
    await visitor.begin()
    await visitor.say("Show")
    answer = visitor.answer_to("Show")
    await expect(answer).to_contain_text("and text.")
    await expect(answer.get_by_role("link", name="click")).to_have_count(0)
    await expect(answer.locator("img, script")).to_have_count(0)
    await expect(answer.get_by_text("cats.example").first).to_be_visible()


async def test_a_tool_call_is_shown_with_its_arguments_and_what_came_back(visit: Visit, demo_agent: Agent) -> None:
    visitor = await visit(demo_agent)
    await visitor.begin()
    await visitor.say("What time is it?")
    turn = visitor.turn("What time is it?")
    await expect(turn).to_contain_text("The tool clock says:")
    for _ in ("at once", "after a reload"):
        await turn.get_by_role("button", name="1 tool").click()
        steps = turn.get_by_role("list", name="Steps")
        await expect(steps.get_by_role("button", name="clock").get_by_role("img", name="Done")).to_be_visible()
        await steps.get_by_role("button", name="clock").click()
        await expect(steps.get_by_role("heading", name="Arguments")).to_be_visible()
        await expect(steps.get_by_role("heading", name="Output")).to_be_visible()
        await expect(steps).to_contain_text("UTC")
        await visitor.wait_for_session()
        await visitor.page.reload()
