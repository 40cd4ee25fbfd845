"""Past turns and this one as the messages that a model is given."""

from hypothesis import given

from tertulia.domain.agents import ToolConfig
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.events import LoggedEvent, TurnCompleted, TurnFailed, TurnResumed
from tertulia.domain.messages import (
    AssistantMessage,
    ImageItem,
    ImageSource,
    Message,
    SystemMessage,
    TextItem,
    ToolMessage,
    UserMessage,
    file_of,
)
from tertulia.domain.steps import InferenceStep, Problem
from tertulia.engine.projection import project
from tertulia.engine.transcript import INTERRUPTED, compose, messages_of_state, messages_of_turn
from tertulia.engine.turn import replay
from tests.engine.build import HELLO, asks, at, call, completes, inference, legal_logs, logged, runs, says, starts, text

A, B = call("weather", "c1"), call("clock", "c2")
DONE = TurnCompleted(stop_reason="end_of_turn", at=at(30))


def roles(messages: list[Message]) -> str:
    names: dict[type, str] = {SystemMessage: "s", UserMessage: "u", AssistantMessage: "a", ToolMessage: "t"}
    return "".join(names[type(message)] for message in messages)


def test_results_stand_behind_their_calls_in_the_order_of_the_calls() -> None:
    events = [*HELLO, *asks(A, B), *runs(B, "noon"), *runs(A, "sunny"), *says("Sunny at noon."), DONE]
    messages = messages_of_turn(project(replay(logged(events))))
    assert roles(messages) == "uatta"
    assert [message.content for message in messages if isinstance(message, ToolMessage)] == ["sunny", "noon"]


def test_a_call_without_a_result_gets_one_that_says_so() -> None:
    events = [*HELLO, *asks(A, B), *runs(B, "noon"), TurnFailed(error=Problem(code="x", message="y"), at=at(30))]
    messages = messages_of_turn(project(replay(logged(events))))
    results = [message for message in messages if isinstance(message, ToolMessage)]
    assert [(result.call_id, result.content, result.is_error) for result in results] == [
        ("c1", INTERRUPTED, True),
        ("c2", "noon", False),
    ]


def test_a_call_that_a_client_found_in_the_text_stands_with_its_message() -> None:
    log = [*HELLO, *says("Use: weather"), TurnCompleted(stop_reason="end_of_turn", at=at(30)), TurnResumed(at=at(40))]
    state = replay(logged([*log, *runs(A, "sunny", second=42)]))
    _, said, result = messages_of_state(state)
    assert said == AssistantMessage(content="Use: weather", tool_calls=[A], stop_reason="end_of_turn")
    assert result == ToolMessage(call_id="c1", tool_name="weather", content="sunny")
    (step,) = (step for step in state.steps.values() if isinstance(step, InferenceStep))
    assert step.model_response.tool_calls == []  # what is stored stays as it was said


def test_a_call_id_that_comes_again_gets_the_answer_of_its_own_round() -> None:
    second = [starts("i2", 12), completes(inference("i2", 12, calls=[A]))]
    events = [*HELLO, *asks(A), *runs(A, "one"), *second, *runs(A, "two", step_id="again", second=14), *says("x"), DONE]
    messages = messages_of_turn(project(replay(logged(events))))
    assert [message.content for message in messages if isinstance(message, ToolMessage)] == ["one", "two"]


def test_the_words_of_a_failed_turn_stay_in_the_history() -> None:
    events = [*HELLO, starts("i1", 2), text("i1", "Half"), TurnFailed(error=Problem(code="x", message="y"), at=at(9))]
    messages = messages_of_turn(project(replay(logged(events))))
    assert [message.content for message in messages] == ["What is the weather?", "Half"]


def test_a_step_that_runs_is_not_in_the_transcript() -> None:
    assert roles(messages_of_state(replay(logged([*HELLO, starts("i1", 2), text("i1", "Half")])))) == "u"


def test_instructions_come_first_and_those_of_the_turn_behind_them() -> None:
    current: list[Message] = [SystemMessage(content="Be brief."), UserMessage(content="hi")]
    transcript = compose(instructions="You are kind.", history=[], current=current)
    assert transcript.messages == [SystemMessage(content="You are kind.\n\nBe brief."), UserMessage(content="hi")]


def test_instructions_of_the_turn_can_replace_those_of_the_agent() -> None:
    current: list[Message] = [SystemMessage(content="Be brief."), UserMessage(content="hi")]
    config = ToolConfig(system_message_behavior="replace")
    transcript = compose(instructions="You are kind.", history=[], current=current, tool_config=config)
    assert transcript.messages[0] == SystemMessage(content="Be brief.")


def test_instructions_of_earlier_turns_do_not_last() -> None:
    past: list[Message] = [SystemMessage(content="Speak Latin."), UserMessage(content="salve")]
    transcript = compose(instructions="", history=[past], current=[UserMessage(content="hi")])
    assert roles(transcript.messages) == "uu"


def test_whole_oldest_turns_are_left_out_when_the_window_is_too_small() -> None:
    turns: list[list[Message]] = [[UserMessage(content=f"{n}" * 300), AssistantMessage(content="ok")] for n in range(5)]
    transcript = compose(instructions="", history=turns, current=[UserMessage(content="now")], window_tokens=250)
    assert transcript.left_out == 3
    assert [str(message.content)[0] for message in transcript.messages if isinstance(message, UserMessage)] == [
        "3",
        "4",
        "n",
    ]


def test_files_count_in_the_window_as_much_as_is_given_of_them() -> None:
    paper = FileAttachment(name="paper", type="x/y", file_id="paper")
    image = ImageItem(image=ImageSource(file_id="photo", media_type="x/y"))
    turns: list[list[Message]] = [
        [UserMessage(content="one", file=paper)],
        [UserMessage(content=[TextItem(text="two"), image])],
    ]
    in_content = file_of(image)
    assert in_content is not None

    def left_out(paper_size: int, image_size: int) -> int:
        sizes = {paper: paper_size, in_content: image_size}
        now: list[Message] = [UserMessage(content="now")]
        return compose(instructions="", history=turns, current=now, window_tokens=100, file_sizes=sizes).left_out

    assert [left_out(10, 10), left_out(280, 10), left_out(10, 280)] == [0, 1, 2]


def test_the_running_turn_stays_whole_however_small_the_window() -> None:
    transcript = compose(
        instructions="x" * 900,
        history=[[UserMessage(content="old")]],
        current=[UserMessage(content="now")],
        window_tokens=1,
    )
    assert (roles(transcript.messages), transcript.left_out) == ("su", 1)


@given(legal_logs())
def test_every_call_has_exactly_one_result_right_behind_the_message_that_asked(log: list[LoggedEvent]) -> None:
    for length in range(1, len(log) + 1):
        messages = messages_of_turn(project(replay(log[:length])))
        expected: list[str] = []
        for message in messages:
            if isinstance(message, ToolMessage):
                assert expected.pop(0) == message.call_id
            else:
                assert expected == []
                expected = (
                    [each.call_id for each in message.tool_calls] if isinstance(message, AssistantMessage) else []
                )
        assert expected == []
