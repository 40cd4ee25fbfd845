"""What waits for a person on the terminal's page: approvals and questions, by keys that nobody presses by chance."""

import asyncio

import pytest
from textual.widgets import TextArea

from tertulia.models.scripted import Call, Reply
from tertulia.terminal.ask_panel import AskPanel
from tertulia.terminal.composer import Composer
from tests.runtime.tools import BookingTool, PayTool
from tests.terminal.opened import person

pytestmark = pytest.mark.slow

PAY = Reply(Call("pay", {"to": "Ana\u202e", "euros": 5}, call_id="c1"))
AGAIN = Reply(Call("pay", {"to": "Rui"}, call_id="c2"))
ASKS = "The agent asks whether it may run pay:"


async def test_a_call_is_shown_whole_and_runs_once_it_is_approved() -> None:
    tool = PayTool()
    async with person(PAY, Reply("Paid."), tools=[tool]) as one:
        await one.says("Pay")
        panel = await one.is_asked(ASKS)
        assert '"to": "Ana\\u202e"' in one.screen
        assert "? waits for you" in one.screen
        assert tool.calls == []
        await one.press("x", "a")
        await one.sees("Paid.")
        assert tool.calls == [{"to": "Ana\u202e", "euros": 5}]
        assert not panel.display
        assert one.page.focused is one.page.query_one(Composer)


async def test_a_denied_call_does_not_run_and_the_reason_is_told() -> None:
    tool = PayTool()
    async with person(PAY, Reply("Then not."), tools=[tool]) as one:
        await one.says("Pay")
        await one.is_asked(ASKS)
        await one.press("d")
        await one.sees("Why?")
        await one.press(*"Too dear", "enter")
        await one.sees("Then not.")
        assert "· denied" in one.screen
        assert tool.calls == []
        assert str(one.site.script.requests[-1].messages[-1].content).endswith("The reason given: Too dear")


async def test_what_is_always_allowed_is_not_asked_again() -> None:
    tool = PayTool()
    async with person(PAY, AGAIN, Reply("Paid twice."), tools=[tool]) as one:
        await one.says("Pay")
        await one.is_asked(ASKS)
        await one.press("w")
        await one.sees("Paid twice.")
        assert len(tool.calls) == 2


async def test_arguments_are_changed_before_the_call_is_made() -> None:
    tool = PayTool()
    async with person(PAY, Reply("Paid."), tools=[tool]) as one:
        await one.says("Pay")
        await one.is_asked(ASKS)
        await one.press("e")
        await one.until(lambda: one.page.screen is not one.page.screen_stack[0])
        text = one.page.screen.query_one(TextArea)
        text.load_text("{")
        await one.press("ctrl+s")
        await one.sees("This is not JSON")
        text.load_text('{"to": "Rui", "euros": -5}')
        await one.press("ctrl+s")
        await one.sees("/arguments/euros")  # what the tool does not take is asked again
        await one.is_asked(ASKS)
        await one.press("e")
        await one.until(lambda: one.page.screen is not one.page.screen_stack[0])
        one.page.screen.query_one(TextArea).load_text('{"to": "Rui", "euros": 7}')
        await one.press("ctrl+s")
        await one.sees("Paid.")
        assert tool.calls == [{"to": "Rui", "euros": 7}]


async def test_no_key_that_was_meant_for_a_message_decides_anything() -> None:
    gate, tool = asyncio.Event(), PayTool()
    async with person(Reply("Wait. ", gate, Call("pay", {"to": "Ana"}, call_id="c1")), tools=[tool]) as one:
        await one.says("Pay")
        await one.sees("Wait.")
        await one.types("an")
        gate.set()
        await one.is_asked(ASKS)
        await one.press("a", "d")
        assert one.page.query_one(Composer).text == "anad"
        assert one.page.focused is one.page.query_one(Composer)
        panel = one.page.query_one(AskPanel)
        assert panel.display
        await one.press("shift+tab")
        assert one.page.focused is panel
        panel.is_ready = False  # as in its first moment
        await one.press("a")
        assert panel.display
        await one.press("escape")
        await one.sees("stopped")
        assert tool.calls == []


async def test_a_question_is_answered_field_by_field_in_twelve_rows() -> None:
    tool = BookingTool()
    replies = (Reply(Call("book", call_id="c1")), Reply("Booked."))
    async with person(*replies, tools=[tool], size=(40, 12)) as one:
        await one.says("Book")
        await one.is_asked("From which account?")
        await one.press("a")
        await one.sees("name")
        await one.press(*"giro", "enter")
        await one.sees("nights (integer); Enter leaves it")
        await one.press(*"two", "enter")
        await one.sees("This is no integer.")
        await one.press("ctrl+u", "2", "enter")
        await one.is_asked("Are you sure?")
        await one.press("y")
        await one.sees("Booked.")
        assert "booked from giro" in one.screen
