"""A client's answers to calls of its tools: held against what is waited for, before anything is stored."""

from collections.abc import Sequence

from tertulia.domain.errors import AlreadyAnswered, FieldError, TurnNotAwaitingInput, UnknownToolCall
from tertulia.domain.messages import ToolResponse
from tertulia.domain.steps import InferenceStep, ToolCallStep
from tertulia.engine.turn import TurnState, open_calls


def check_unknown(state: TurnState, answers: Sequence[ToolResponse]) -> None:
    """Raise if an answer is to a call of the turn's, for none of those is open."""
    known = known_calls(state)
    if any(answer.call_id in known for answer in answers):
        raise TurnNotAwaitingInput


def known_calls(state: TurnState) -> set[str]:
    """Return the ids of all calls of a turn, those that the model has made and those that were answered."""
    known: set[str] = set()
    for step in state.steps.values():
        match step:
            case InferenceStep(model_response=said):
                known |= {call.call_id for call in said.tool_calls}
            case ToolCallStep(tool_call=call):
                known.add(call.call_id)
            case _:
                pass
    return known


def check_answers(state: TurnState, answers: Sequence[ToolResponse]) -> None:
    """Raise unless the turn waits for each of the answers."""
    waiting = {call.call_id for call in open_calls(state)}
    answered = known_calls(state) - waiting
    for place, answer in enumerate(answers):
        if answer.call_id not in waiting:
            pointer = f"/tool_responses/{place}/call_id"
            if answer.call_id in answered:
                raise AlreadyAnswered(errors=[FieldError(pointer=pointer, detail="this call has its answer")])
            detail = f"the turn does not wait for an answer to {answer.call_id!r}, or it is answered twice here"
            raise UnknownToolCall(errors=[FieldError(pointer=pointer, detail=detail)])
        waiting.discard(answer.call_id)
