"""Logs under other ids: what a session is called that comes to a place where its ids are taken.

Only what we named is renamed; what people, models and tools wrote stays as it is, whatever ids it may seem to have.
"""

from typing import Any

from msgspec.structs import replace

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.events import LoggedEvent, StepCompleted, TurnQueued, TurnStarted
from tertulia.domain.files import url_of
from tertulia.domain.messages import InputMessage
from tertulia.domain.steps import Step, ToolCallStep
from tertulia.runtime.attached import attached_to, with_files
from tertulia.runtime.clock import id_of
from tertulia.store.turns import TurnRecord


class Move(Value):
    """Where a session goes. Turns and files that are not named keep their ids."""

    agent_id: str
    session_id: str
    turn_ids: dict[str, str]
    file_ids: dict[str, str]


def name_in(session_id: str, record: TurnRecord) -> str:
    """Return what a turn is called where a session is by itself: what it has as a fork gets an id of its own."""
    return record.turn_id if record.session_id == session_id else id_of("fork", session_id, record.turn_id)


def moved(logged: LoggedEvent, turn_id: str, move: Move) -> LoggedEvent:
    """Return an event of the turn that is called `turn_id` from now on."""
    event = logged.event
    if isinstance(event, TurnQueued):
        parent = event.parent_turn_id
        event = replace(
            event,
            turn_id=turn_id,
            session_id=move.session_id,
            agent_id=move.agent_id,
            input_messages=_messages(event.input_messages, move),
            parent_turn_id=move.turn_ids.get(parent, parent) if parent else None,
        )
    elif isinstance(event, TurnStarted):
        event = replace(event, turn_id=turn_id, session_id=move.session_id)
    elif isinstance(event, StepCompleted):
        event = replace(event, step_details=_step(event.step_details, turn_id, move))
    return LoggedEvent(id=logged.id, event=event)


def with_parent(logged: LoggedEvent, parent_turn_id: str | None) -> LoggedEvent:
    """Return an event; the first of a log says after which turn this one comes."""
    if not isinstance(logged.event, TurnQueued):
        return logged
    return LoggedEvent(id=logged.id, event=replace(logged.event, parent_turn_id=parent_turn_id))


def _messages(messages: list[InputMessage], move: Move) -> list[InputMessage]:
    renamed = [each for each in attached_to(messages) if each.file.file_id in move.file_ids]
    return with_files(messages, {each.pointer: _file(each.file, move) for each in renamed})


def _step(step: Step, turn_id: str, move: Move) -> Step:
    changes: dict[str, Any] = {"turn_id": turn_id}
    if isinstance(step, ToolCallStep) and step.tool_response is not None:
        files = [_file(file, move) for file in step.tool_response.files]
        changes["tool_response"] = replace(step.tool_response, files=files)
    return replace(step, **changes)


def _file(file: FileAttachment, move: Move) -> FileAttachment:
    new = move.file_ids.get(file.file_id or "")
    return file if new is None else replace(file, file_id=new, url=url_of(new))
