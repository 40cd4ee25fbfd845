"""A talk to do something with, and the buttons below its turns."""

from playwright.async_api import Locator, expect

from tests.e2e.visitor import Visitor


async def begin_talk(visitor: Visitor, *questions: str) -> str:
    """Have a talk; return the session's id."""
    await visitor.begin()
    for question in questions:
        await visitor.say(question)
        await expect(visitor.answer_to(question)).not_to_be_empty()
        await expect(visitor.stop).to_be_hidden()
    return await visitor.wait_for_session()


def tool(visitor: Visitor, asked: str, name: str) -> Locator:
    return visitor.turn(asked).get_by_role("button", name=name)
