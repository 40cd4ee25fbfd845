"""The demo model: it never passes for an AI, and shows everything that there is to show."""

from collections.abc import Sequence

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import ModelUnavailable
from tertulia.domain.messages import AssistantMessage, Message, ToolMessage, UserMessage
from tertulia.engine.assembly import message_of
from tertulia.models.base import ModelRequest
from tertulia.models.demo import BREAK_OFF, DEMO_MODEL, demo_server
from tests.fakes.clock import ManualClock
from tests.models.stage import finished, fold, texts, whole

CLOCK = ToolDef(name="clock")
EARLIER: list[Message] = [UserMessage(content="Hi"), AssistantMessage(content="Hello.")]


async def answer(*messages: Message, tools: Sequence[ToolDef] = (), tool_choice: str = "auto") -> AssistantMessage:
    request = ModelRequest(model="script", messages=messages, tools=tools, tool_choice=tool_choice)
    return message_of(fold(await whole(demo_server(clock=ManualClock()).stream(request))))


async def later(words: str) -> str:
    return (await answer(*EARLIER, UserMessage(content=words))).content


async def test_it_is_the_model_demo_script_and_says_that_it_is_a_demo() -> None:
    server = demo_server()
    [model] = await server.list_models()
    assert (model.id, model.is_demo, server.is_demo, DEMO_MODEL) == ("demo/script", True, True, "demo/script")


@pytest.mark.parametrize("words", ["Hi", "What time is it?", "Explain quantum physics", ""])
async def test_whatever_it_is_asked_first_it_says_that_it_is_a_script_and_how_to_connect_a_real_model(
    words: str,
) -> None:
    content = (await answer(UserMessage(content=words), tools=[CLOCK])).content
    assert content.index("a script and no AI") < 100
    assert "tertulia serve --model-server http://127.0.0.1:11434/v1" in content
    assert "Ollama" in content


async def test_it_says_so_only_once() -> None:
    assert "no AI" not in await later("Hi")


async def test_it_streams_word_by_word_at_the_pace_of_a_person_who_reads() -> None:
    clock = ManualClock()
    request = ModelRequest(model="script", messages=[*EARLIER, UserMessage(content="hello")])
    pieces = await whole(demo_server(clock=clock).stream(request))
    assert len(clock.sleeps) == len(texts(pieces)) == 9
    assert set(clock.sleeps) == {0.025}


async def test_the_same_request_gets_the_same_answer() -> None:
    assert await later("markdown") == await later("markdown")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("hello", "Hello!"),
        ("Hi there", "Hello!"),
        ("help", "- **markdown**"),
        ("What can you do? Help!", "- **markdown**"),
        ("show me some MARKDOWN", "| Step |"),
        ("a table, please", "|---:|"),
        ("code?", "```python"),
        ("list", "1. First"),
        ("Think about it", "my reasoning"),
        ("a long story", "paragraph 8 of 8"),
        ("something else", "> something else"),
    ],
)
async def test_it_knows_a_handful_of_words(words: str, part: str) -> None:
    assert part in await later(words)


async def test_it_thinks_when_asked_to() -> None:
    assert "I am a script" in (await answer(*EARLIER, UserMessage(content="think"))).reasoning


async def test_it_calls_the_clock_if_it_has_one_and_then_says_what_it_said() -> None:
    question = UserMessage(content="What time is it?")
    asked = await answer(*EARLIER, question, tools=[CLOCK])
    [call] = asked.tool_calls
    assert (call.tool_name, call.arguments) == ("clock", {})
    result = ToolMessage(call_id=call.call_id, tool_name="clock", content="Monday, 12:00")
    told = await answer(*EARLIER, question, asked, result, tools=[CLOCK])
    assert told.content == "The tool `clock` says: Monday, 12:00\n"
    assert told.tool_calls == []


async def test_it_says_when_a_tool_failed() -> None:
    result = ToolMessage(call_id="c", tool_name="clock", content="No such zone.", is_error=True)
    assert "failed" in (await answer(*EARLIER, result)).content


@pytest.mark.parametrize(("tools", "choice"), [([], "auto"), ([ToolDef(name="weather")], "auto"), ([CLOCK], "none")])
async def test_without_a_clock_it_says_what_it_would_do(tools: list[ToolDef], choice: str) -> None:
    message = await answer(*EARLIER, UserMessage(content="time?"), tools=tools, tool_choice=choice)
    assert message.tool_calls == []
    assert "`clock`" in message.content


async def test_it_breaks_off_in_mid_sentence_when_it_is_asked_to() -> None:
    request = ModelRequest(model="script", messages=[*EARLIER, UserMessage(content="error")])
    reply = demo_server(clock=ManualClock()).stream(request)
    said = [texts(await anext(reply))[0] for _ in BREAK_OFF.split()]
    assert "".join(said) == BREAK_OFF
    with pytest.raises(ModelUnavailable, match="because you asked"):
        await anext(reply)


async def test_what_it_repeats_stays_a_quotation_and_short() -> None:
    content = await later("one\n# two\n" + "x" * 5_000)
    assert "> one\n> # two\n> xxx" in content
    assert len(content) < 1_000


async def test_it_sees_that_there_is_a_file() -> None:
    file = FileAttachment(name="a.pdf", type="application/pdf")
    assert "`a.pdf`" in (await answer(*EARLIER, UserMessage(content="look", file=file))).content


async def test_it_answers_even_to_nothing() -> None:
    assert (await answer()).content
    assert (await answer(*EARLIER)).content


async def test_it_counts_words() -> None:
    request = ModelRequest(model="script", messages=[*EARLIER, UserMessage(content="hello you two")])
    usage = finished(await whole(demo_server(clock=ManualClock()).stream(request))).usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens) == (5, 9)
