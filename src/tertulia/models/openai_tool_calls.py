"""Tool calls as OpenAI-compatible servers stream them, told apart and named.

Which call a fragment belongs to is said by its `index`; servers that leave it out name a new call by its id or by its
function. Some give every call the index 0, and tell them apart by the id. Whatever they do, a call leaves here with a
place of its own and an id that is used nowhere else in the transcript.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from tertulia.domain.deltas import ParseStatus, ToolCallDelta, ToolCallPart
from tertulia.models.base import Piece
from tertulia.models.pieces import Batch

MAX_TOOL_CALLS = 128
MAX_ID_CHARS = 200

_arguments_decoder = msgspec.json.Decoder(dict[str, Any])


class TooManyToolCalls(Exception):
    """No model needs that many tools at once."""


class Function(msgspec.Struct, gc=False):
    """The function of a call; `arguments` is a fragment of JSON text or, from some servers, an object."""

    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class CallDelta(msgspec.Struct, gc=False):
    """The next part of a tool call, or all of it."""

    index: int | None = None
    id: str | int | None = None
    function: Function | None = None


class Call:
    """A tool call so far. `server_id` is what the server calls it, if it does."""

    def __init__(self, index: int, server_id: str, name: str) -> None:
        self.index = index
        self.server_id = server_id
        self.name = name
        self.fragments: list[str] = []

    def is_object(self) -> bool:
        """Whether the arguments are a whole JSON object."""
        try:
            _arguments_decoder.decode("".join(self.fragments))
        except (msgspec.DecodeError, RecursionError):
            return False
        return True

    def verdict(self) -> ParseStatus:
        """Say whether the arguments can be used; no text means no arguments."""
        is_blank = not any(map(str.strip, self.fragments))
        return "succeeded" if is_blank or self.is_object() else "failed"


class ToolCalls:
    """The tool calls of one answer."""

    def __init__(self, new_id: Callable[[], str], used_ids: Callable[[], set[str]]) -> None:
        self._new_id = new_id
        self._find_used_ids = used_ids
        self._used_ids: set[str] | None = None
        self._calls: list[Call] = []
        self._by_index: dict[int, Call] = {}

    def take(self, delta: CallDelta, batch: Batch) -> None:
        """Add the next part of some call to the batch. Raises TooManyToolCalls."""
        function = delta.function or Function()
        name, server_id = function.name or "", str(delta.id or "")
        call = self._find(delta.index, server_id, name)
        if call is None:
            call = self._begin(delta.index, server_id, name, batch)
        elif name and not call.name:
            call.name = name
            batch.add_piece(ToolCallDelta(tool_call=ToolCallPart(index=call.index, tool_name=name)))
        fragment = function.arguments
        if fragment:
            text = fragment if isinstance(fragment, str) else msgspec.json.encode(fragment).decode()
            call.fragments.append(text)
            batch.add(call.index, text)

    def verdicts(self) -> list[Piece]:
        """Say of each call, once it is whole, whether its arguments can be used."""
        return [
            ToolCallDelta(tool_call=ToolCallPart(index=call.index), parse_status=call.verdict()) for call in self._calls
        ]

    def _find(self, index: int | None, server_id: str, name: str) -> Call | None:
        """Return the call that is being continued; None when a new one begins."""
        if index is not None:
            call = self._by_index.get(index)
            return None if call is not None and name and _is_another(call, server_id) else call
        if server_id:
            return next((call for call in reversed(self._calls) if call.server_id == server_id), None)
        return self._calls[-1] if self._calls and not name else None

    def _begin(self, index: int | None, server_id: str, name: str, batch: Batch) -> Call:
        if len(self._calls) == MAX_TOOL_CALLS:
            raise TooManyToolCalls
        call = Call(len(self._calls), server_id, name)
        self._calls.append(call)
        if index is not None:
            self._by_index[index] = call
        part = ToolCallPart(index=call.index, call_id=self._unique(server_id), tool_name=name)
        batch.add_piece(ToolCallDelta(tool_call=part, parse_status="started"))
        return call

    def _unique(self, server_id: str) -> str:
        """Return the server's id if it can be told apart from all others: some call the first one of every answer 0."""
        if self._used_ids is None:
            self._used_ids = self._find_used_ids()
        call_id = server_id if len(server_id) <= MAX_ID_CHARS else ""
        while not call_id or call_id in self._used_ids:
            call_id = self._new_id()
        self._used_ids.add(call_id)
        return call_id


def _is_another(call: Call, server_id: str) -> bool:
    """Whether a named part at the index of `call` begins another one: it has another id, or `call` is whole."""
    return server_id != call.server_id if server_id else call.is_object()
