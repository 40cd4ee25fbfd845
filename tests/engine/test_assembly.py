"""Deltas, put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.deltas import Delta, ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart
from tertulia.engine.assembly import NOTHING, add, message_of, parse_arguments


def assemble(*deltas: Delta):
    assembly = NOTHING
    for delta in deltas:
        assembly = add(assembly, delta)
    return message_of(assembly)


def part(index: int, call_id: str = "", tool_name: str = "", arguments_json: str = "") -> ToolCallDelta:
    tool_call = ToolCallPart(index=index, call_id=call_id, tool_name=tool_name, arguments_json=arguments_json)
    return ToolCallDelta(tool_call=tool_call)


def test_text_and_reasoning_grow_apart() -> None:
    message = assemble(ReasoningDelta(text="hm"), TextDelta(text="Sun"), ReasoningDelta(text="m"), TextDelta(text="ny"))
    assert (message.content, message.reasoning) == ("Sunny", "hmm")


def test_fragments_of_parallel_calls_find_their_call_by_index() -> None:
    message = assemble(
        part(0, "c1", "weather", '{"ci'),
        part(1, "c2", "clock"),
        part(0, arguments_json='ty":"Lisbon"}'),
        part(1, arguments_json="{}"),
    )
    assert [(call.call_id, call.tool_name, call.arguments) for call in message.tool_calls] == [
        ("c1", "weather", {"city": "Lisbon"}),
        ("c2", "clock", {}),
    ]


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("", {}),
        ("  ", {}),
        ("{}", {}),
        ('{"a":1}', {"a": 1}),
        ("[1]", None),
        ("{", None),
        ("null", None),
        ('"x"', None),
    ],
)
def test_arguments_are_a_json_object_or_nothing(text: str, arguments: dict[str, int] | None) -> None:
    assert parse_arguments(text) == arguments


def test_arguments_keep_the_text_that_the_model_wrote() -> None:
    [call] = assemble(part(0, "c1", "t", '{"a": 1.0 }')).tool_calls
    assert call.arguments_json == '{"a": 1.0 }'


@given(st.text(), st.data())
def test_text_is_the_same_however_it_is_cut(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert assemble(*(TextDelta(text=piece) for piece in pieces)).content == text
