"""What servers send, however they send it, as pieces."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.deltas import ReasoningDelta, TextDelta, ToolCallDelta
from tertulia.domain.messages import ToolCall
from tertulia.domain.steps import Usage
from tertulia.engine.assembly import message_of
from tertulia.models.base import Finished, Piece
from tertulia.models.openai_answer import MAX_METADATA_BYTES, AnswerReader, Malformed, UpstreamError
from tertulia.models.openai_tool_calls import MAX_TOOL_CALLS
from tertulia.models.pieces import MAX_PIECE_CHARS
from tertulia.models.sse import SseEvent
from tests.fakes.upstream import Json, chunk, stop, text, usage
from tests.models.stage import finished, fold, texts


def reader(*used_ids: str) -> AnswerReader:
    numbers = count(1)
    return AnswerReader(lambda: f"made{next(numbers)}", lambda: set(used_ids))


def events(*chunks: Json | bytes) -> list[SseEvent]:
    return [SseEvent(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in chunks]


def read(*chunks: Json | bytes) -> list[Piece]:
    """All chunks in one read, and then the end."""
    answer = reader()
    return answer.read(events(*chunks)) + answer.finish()


def call(index: int | None = None, *, call_id: Any = None, name: str | None = None, arguments: Any = None) -> Json:
    function = {key: value for key, value in {"name": name, "arguments": arguments}.items() if value is not None}
    delta = {"index": index, "id": call_id, "function": function}
    return chunk({"tool_calls": [{key: value for key, value in delta.items() if value is not None}]})


def calls_of(*chunks: Json) -> list[ToolCall]:
    return message_of(fold(read(*chunks))).tool_calls


def brief(calls: list[ToolCall]) -> list[tuple[str, str, str]]:
    return [(call.call_id, call.tool_name, call.arguments_json) for call in calls]


# --- Text and reasoning ---


def test_text_that_came_in_one_read_is_one_delta() -> None:
    assert read(text("Hel"), text("lo"), text("."))[:-1] == [TextDelta(text="Hello.")]


def test_no_delta_is_longer_than_2_kb() -> None:
    pieces = read(*[text("x" * 100)] * 50)
    assert [len(words) for words in texts(pieces)] == [MAX_PIECE_CHARS, MAX_PIECE_CHARS, 5_000 - 2 * MAX_PIECE_CHARS]


@given(st.lists(st.tuples(st.booleans(), st.text(min_size=1, max_size=3000)), max_size=8))
def test_merging_loses_and_reorders_nothing(parts: list[tuple[bool, str]]) -> None:
    pieces = read(*(chunk({"reasoning_content" if thinks else "content": words}) for thinks, words in parts))
    merged = [
        (type(piece), char) for piece in pieces if isinstance(piece, TextDelta | ReasoningDelta) for char in piece.text
    ]
    assert merged == [(ReasoningDelta if thinks else TextDelta, char) for thinks, words in parts for char in words]


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_understood_under_both_of_its_names(name: str) -> None:
    assert read(chunk({name: "Hm."}), text("Yes."))[:-1] == [ReasoningDelta(text="Hm."), TextDelta(text="Yes.")]


def test_reasoning_under_both_names_at_once_counts_once() -> None:
    assert read(chunk({"reasoning": "Hm.", "reasoning_content": "Hm."}))[:-1] == [ReasoningDelta(text="Hm.")]


def test_content_as_a_list_of_parts_is_its_text() -> None:
    parts = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}, {"type": "other"}]
    assert texts(read(chunk({"content": parts}))) == ["Hello"]


def test_a_refusal_is_told_and_marked() -> None:
    pieces = read(chunk({"refusal": "I can't help with that."}), stop())
    assert texts(pieces) == ["I can't help with that."]
    assert finished(pieces).metadata["refusal"] is True


def test_chunks_without_words_make_no_pieces() -> None:
    assert reader().read(events(chunk({"role": "assistant", "content": ""}), chunk({"content": None}))) == []


# --- The end ---


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("stop", "stop"),
        ("STOP", "stop"),
        ("eos", "stop"),
        ("", "stop"),
        (None, "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
    ],
)
def test_finish_reasons_are_those_of_the_house(said: str | None, reason: str) -> None:
    assert finished(read(text("x"), chunk({}, said))).reason == reason


def test_an_unknown_finish_reason_is_kept() -> None:
    last = finished(read(text("x"), chunk({}, "tired")))
    assert (last.reason, last.metadata["finish_reason"]) == ("stop", "tired")


@pytest.mark.parametrize("said", ["stop", "tool_calls", "function_call", "unheard of"])
def test_an_answer_with_tool_calls_ends_for_them_whatever_the_server_says(said: str) -> None:
    assert finished(read(call(0, call_id="a", name="clock"), chunk({}, said))).reason == "tool_calls"


def test_tool_calls_that_were_cut_by_the_limit_say_so() -> None:
    assert finished(read(call(0, call_id="a", name="clock", arguments='{"x'), chunk({}, "length"))).reason == "length"


def test_tool_calls_that_were_announced_but_never_came_are_none() -> None:
    assert finished(read(text("x"), chunk({}, "tool_calls"))).reason == "stop"


@pytest.mark.parametrize("said", ["error", "abort"])
def test_an_answer_that_the_server_gave_up_is_no_answer(said: str) -> None:
    with pytest.raises(Malformed, match=said):
        read(text("x"), chunk({}, said))


def test_nothing_after_done_counts() -> None:
    answer = reader()
    assert texts(answer.read(events(text("a"), b"[DONE]", text("b")))) == ["a"]
    assert answer.is_done


# --- Usage and the rest ---


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 2}, Usage(input_tokens=3, output_tokens=2)),
        ({"prompt_tokens": 3.0, "completion_tokens": None}, Usage(input_tokens=3)),
        ({"prompt_tokens": -1, "completion_tokens": 1e300}, Usage(output_tokens=2**53)),
        ({}, Usage()),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 7,
                "prompt_tokens_details": {"cached_tokens": 5},
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            Usage(input_tokens=9, output_tokens=7, cached_input_tokens=5, reasoning_tokens=4),
        ),
        (
            {"prompt_tokens": 9, "prompt_cache_hit_tokens": 5, "prompt_tokens_details": None},
            Usage(input_tokens=9, cached_input_tokens=5),
        ),
    ],
)
def test_usage_is_counted(tokens: Json, expected: Usage) -> None:
    assert finished(read(stop(), usage(**tokens))).usage == expected


def test_usage_that_comes_with_every_chunk_counts_once_and_last() -> None:
    chunks = [{**text("x"), "usage": {"prompt_tokens": 3, "completion_tokens": n}} for n in (1, 2)]
    assert finished(read(*chunks, stop())).usage == Usage(input_tokens=3, output_tokens=2)


@pytest.mark.parametrize("choices", [None, []])
def test_usage_comes_without_choices(choices: list[Any] | None) -> None:
    assert finished(read(stop(), {"choices": choices, "usage": {"prompt_tokens": 3}})).usage == Usage(input_tokens=3)


def test_no_usage_is_none() -> None:
    assert finished(read({**stop(), "usage": None})).usage is None


def test_fields_without_a_place_are_kept_from_the_first_and_the_last_chunks() -> None:
    first = {**text("a"), "system_fingerprint": "fp_1", "provider": "acme", "created": 1}
    middle = {**text("b"), "noise": 1}
    last = {**stop(), "timings": {"predicted_ms": 3.5}}
    last["choices"][0] |= {"stop_reason": 128001, "native_finish_reason": None}
    assert finished(read(first, middle, last)).metadata == {
        "id": "chatcmpl-1",
        "model": "m",
        "system_fingerprint": "fp_1",
        "provider": "acme",
        "timings": {"predicted_ms": 3.5},
        "stop_reason": 128001,
    }


def test_what_is_kept_is_bounded() -> None:
    flood = {f"field{n}": "x" * 500 for n in range(1_000)} | {"huge": "x" * 5_000}
    metadata = finished(read({**text("a"), **flood}, {**stop(), **flood})).metadata
    assert "field0" in metadata
    assert "huge" not in metadata
    assert len(json.dumps(metadata)) < MAX_METADATA_BYTES + 1_000


# --- Tool calls ---


def test_fragments_go_to_the_call_with_their_index() -> None:
    assert brief(
        calls_of(
            call(0, call_id="a", name="weather", arguments=""),
            call(1, call_id="b", name="clock"),
            call(0, arguments='{"city":'),
            call(1, arguments="{"),
            call(0, arguments='"Lisbon"}'),
            call(1, arguments="}"),
        )
    ) == [("a", "weather", '{"city":"Lisbon"}'), ("b", "clock", "{}")]


def test_fragments_of_one_read_are_one_delta() -> None:
    pieces = read(call(0, call_id="a", name="f"), *[call(0, arguments=char) for char in '{"x": 1}'])
    deltas = [piece for piece in pieces if isinstance(piece, ToolCallDelta)]
    assert [(delta.parse_status, delta.tool_call.arguments_json) for delta in deltas] == [
        ("started", ""),
        ("in_progress", '{"x": 1}'),
        ("succeeded", ""),
    ]


def test_calls_without_index_are_told_apart_by_their_ids() -> None:
    chunks = [
        call(call_id="a", name="f", arguments='{"x"'),
        call(call_id="b", name="g", arguments="{}"),
        call(call_id="a", arguments=":1}"),
    ]
    assert brief(calls_of(*chunks)) == [("a", "f", '{"x":1}'), ("b", "g", "{}")]


def test_calls_without_index_and_id_begin_with_their_names() -> None:
    chunks = [call(name="f", arguments='{"x"'), call(arguments=":1}"), call(name="f", arguments='{"x":2}')]
    assert brief(calls_of(*chunks)) == [("made1", "f", '{"x":1}'), ("made2", "f", '{"x":2}')]


def test_calls_that_all_have_the_index_0_are_told_apart_by_their_ids() -> None:
    chunks = [
        call(0, call_id="a", name="f", arguments="{}"),
        call(0, call_id="b", name="g", arguments="{"),
        call(0, arguments="}"),
    ]
    assert brief(calls_of(*chunks)) == [("a", "f", "{}"), ("b", "g", "{}")]


def test_calls_that_all_have_the_index_0_and_no_id_are_told_apart_once_they_are_whole() -> None:
    chunks = [call(0, name="f", arguments='{"x":1}'), call(0, name="f", arguments='{"x":2}')]
    assert brief(calls_of(*chunks)) == [("made1", "f", '{"x":1}'), ("made2", "f", '{"x":2}')]


def test_a_name_that_is_repeated_with_every_fragment_is_one_name() -> None:
    chunks = [call(0, call_id="a", name="f", arguments='{"x"'), call(0, call_id="a", name="f", arguments=":1}")]
    assert brief(calls_of(*chunks)) == [("a", "f", '{"x":1}')]


def test_a_name_may_come_after_the_id() -> None:
    assert brief(calls_of(call(0, call_id="a"), call(0, name="f", arguments="{}"))) == [("a", "f", "{}")]


def test_a_fragment_before_any_call_begins_one() -> None:
    assert brief(calls_of(call(arguments="{}"))) == [("made1", "", "{}")]


def test_arguments_may_be_an_object() -> None:
    assert calls_of(call(0, call_id="a", name="f", arguments={"city": "Évora"}))[0].arguments == {"city": "Évora"}


def test_an_id_may_be_a_number() -> None:
    assert calls_of(call(0, call_id=7, name="f"))[0].call_id == "7"


def test_ids_are_unique_in_an_answer_and_in_the_transcript() -> None:
    answer = reader("call_0", "made1")
    pieces = answer.read(
        events(call(0, call_id="call_0", name="f"), call(1, call_id="x", name="f"), call(2, call_id="x", name="f"))
    )
    assert [call.call_id for call in message_of(fold(pieces)).tool_calls] == ["made2", "x", "made3"]


def test_an_endless_id_is_replaced() -> None:
    assert calls_of(call(0, call_id="x" * 10_000, name="f"))[0].call_id == "made1"


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        ("{}", "succeeded"),
        (" ", "succeeded"),
        ("", "succeeded"),
        ('{"x', "failed"),
        ("[1]", "failed"),
        ("[" * 9999, "failed"),
    ],
)
def test_every_call_gets_its_verdict_in_the_end(arguments: str, verdict: str) -> None:
    deltas = [
        piece for piece in read(call(0, call_id="a", name="f", arguments=arguments)) if isinstance(piece, ToolCallDelta)
    ]
    assert deltas[-1].parse_status == verdict


def test_more_tool_calls_than_any_model_makes_are_refused() -> None:
    with pytest.raises(Malformed):
        read(*(call(n, call_id=f"c{n}", name="f") for n in range(MAX_TOOL_CALLS + 1)))


# --- What is wrong ---


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"nonsense",
        b"5",
        b"[]",
        b"[" * 100_000,
        b'{"choices":5}',
        b'{"choices":[{"delta":{"content":5}}]}',
        b'{"choices":[{"delta":{"content":"\xff"}}]}',
        b'{"choices":[{"delta":{"content":"\\ud800"}}]}',
    ],
)
def test_what_is_no_chunk_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        reader().read(events(data))


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "boom", "code": 500}},
        {"error": "boom"},
        {"object": "error", "message": "boom", "code": 400},
        {"detail": "boom"},
        {**text("x"), "error": {"message": "boom"}},
    ],
)
def test_an_error_in_the_stream_is_an_error(error: Json) -> None:
    with pytest.raises(UpstreamError):
        reader().read(events(error))


@pytest.mark.parametrize("data", [b'{"message":"boom"}', b'"boom"', b"boom"])
def test_an_event_of_the_type_error_is_an_error_whatever_is_in_it(data: bytes) -> None:
    with pytest.raises((UpstreamError, Malformed)):
        reader().read([SseEvent(data, b"error")])


def test_events_of_unknown_kinds_are_passed_over() -> None:
    assert texts(read({"type": "ping"}, {"choices": [], "prompt_filter_results": []}, text("x"))) == ["x"]


def test_what_came_before_an_error_in_the_same_read_is_not_lost() -> None:
    answer = reader()
    assert texts(answer.read(events(text("Hel"), {"error": "boom"}))) == ["Hel"]
    with pytest.raises(UpstreamError):
        answer.read([])


FIELDS = ["choices", "delta", "content", "tool_calls", "function", "arguments", "index", "id", "usage", "error"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
)


@given(JSON)
def test_no_json_breaks_the_reader(value: object) -> None:
    answer = reader()
    try:
        answer.read([SseEvent(json.dumps(part).encode()) for part in (value, {"choices": [value]})])
        pieces = answer.finish()
    except (Malformed, UpstreamError):
        return
    assert isinstance(pieces[-1], Finished)
