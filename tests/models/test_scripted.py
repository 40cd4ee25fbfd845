"""The model that answers by a script: deterministic, word by word, and as an OpenAI-compatible server would."""

import asyncio

import pytest

from tertulia.domain.deltas import ReasoningDelta, TextDelta, ToolCallDelta
from tertulia.domain.errors import ModelRefused, ModelUnavailable
from tertulia.domain.messages import AssistantMessage, ToolCall, UserMessage
from tertulia.domain.steps import Usage
from tertulia.engine.assembly import message_of
from tertulia.models.base import Finished, ModelRequest
from tertulia.models.scripted import Call, Reply, Script, ScriptedModel, Think, words_of
from tests.fakes.clock import ManualClock
from tests.models.stage import finished, fold, texts, whole

ASK = ModelRequest(model="script", messages=[UserMessage(content="How are you today?")])


async def test_text_comes_word_by_word_and_nothing_of_it_is_lost() -> None:
    said = "  One\n\ntwo  three "
    batches = [batch async for batch in ScriptedModel([Reply(said)]).stream(ASK)]
    assert batches[:-1] == [[TextDelta(text=word)] for word in ("  ", "One\n\n", "two  ", "three ")]
    assert "".join(words_of(said)) == said


async def test_the_delay_is_kept_before_every_word_by_the_clock_that_was_handed_in() -> None:
    clock = ManualClock()
    await whole(ScriptedModel([Reply("one two", Think("three"))], delay=0.5, clock=clock).stream(ASK))
    assert clock.sleeps == [0.5, 0.5, 0.5]


async def test_replies_are_given_in_their_order_and_requests_are_remembered() -> None:
    script = Script(Reply("one"), Reply("two"))
    model = ScriptedModel(script)
    assert [texts(await whole(model.stream(ASK))) for _ in range(2)] == [["one"], ["two"]]
    assert script.requests == [ASK, ASK]


async def test_a_script_that_is_over_says_so() -> None:
    with pytest.raises(ModelRefused, match="has 0 replies, and this is request 1"):
        await whole(ScriptedModel([]).stream(ASK))


async def test_a_script_may_be_a_function_of_the_request() -> None:
    model = ScriptedModel(lambda request: Reply(f"{len(request.messages)} messages"))
    assert "".join(texts(await whole(model.stream(ASK)))) == "1 messages"


async def test_a_reply_may_think_talk_and_call() -> None:
    reply = Reply(Think("Hm."), "Let me see.", Call("weather", {"city": "Lisbon"}), Call("clock"), Call("clock"))
    pieces = await whole(ScriptedModel([reply]).stream(ASK))
    message = message_of(fold(pieces))
    assert (message.reasoning, message.content) == ("Hm.", "Let me see.")
    assert [(call.call_id, call.tool_name, call.arguments) for call in message.tool_calls] == [
        ("call_1", "weather", {"city": "Lisbon"}),
        ("call_2", "clock", {}),
        ("call_3", "clock", {}),
    ]
    assert isinstance(pieces[0], ReasoningDelta)
    assert finished(pieces).reason == "tool_calls"


async def test_ids_of_calls_go_on_where_the_transcript_ends() -> None:
    before = AssistantMessage(tool_calls=[ToolCall(call_id="call_1", tool_name="clock")])
    request = ModelRequest(model="script", messages=[*ASK.messages, before])
    pieces = await whole(ScriptedModel([Reply(Call("clock"), Call("clock", call_id="mine"))]).stream(request))
    assert [call.call_id for call in message_of(fold(pieces)).tool_calls] == ["call_2", "mine"]


async def test_broken_arguments_can_be_played() -> None:
    pieces = await whole(ScriptedModel([Reply(Call("weather", '{"city": "Lis'))]).stream(ASK))
    assert message_of(fold(pieces)).tool_calls[0].arguments_json == '{"city": "Lis'
    assert [piece.parse_status for piece in pieces if isinstance(piece, ToolCallDelta)][-1] == "failed"


async def test_a_reply_may_wait_until_a_test_lets_it_go_on() -> None:
    go_on = asyncio.Event()
    answer = ScriptedModel([Reply("Wait", go_on, "over")]).stream(ASK)
    assert await anext(answer) == [TextDelta(text="Wait")]
    task = asyncio.create_task(whole(answer))
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    assert texts(await task) == ["over"]


async def test_a_reply_may_fail_after_some_words() -> None:
    answer = ScriptedModel([Reply("Hel", ModelUnavailable("Gone."))]).stream(ASK)
    assert await anext(answer) == [TextDelta(text="Hel")]
    with pytest.raises(ModelUnavailable, match="Gone"):
        await anext(answer)


async def test_words_are_counted_as_tokens() -> None:
    reply = Reply(Think("a b"), "c d e", Call("f", {"x": 1}))
    assert finished(await whole(ScriptedModel([reply]).stream(ASK))).usage == Usage(
        input_tokens=4, output_tokens=6, reasoning_tokens=2
    )


async def test_reason_and_usage_can_be_given() -> None:
    reply = Reply("x", reason="length", usage=Usage(input_tokens=9))
    assert finished(await whole(ScriptedModel([reply]).stream(ASK))) == Finished(
        reason="length", usage=Usage(input_tokens=9)
    )


async def test_another_model_than_the_script_is_refused() -> None:
    with pytest.raises(ModelRefused, match="no model 'gpt'"):
        await whole(ScriptedModel([Reply("x")]).stream(ModelRequest(model="gpt", messages=[])))
