"""Open WebUI's chat export: a JSON list of chats, each as its table has it.

`chat.history.messages` is a tree (`parentId`), `currentId` the last message of the branch that is shown; only that
comes over. What the model thought and which tools it called stands within the answer: in `output`, as items of OpenAI's
Responses, or in the text, as `<details type="reasoning">` and `<details type="tool_calls" …>`.
"""

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import field

from tertulia.domain.base import Value
from tertulia.sources.chats.opening import read_chats
from tertulia.sources.chats.said import Chat, ModelSaid, Said, ToolSaid, UserSaid, call_of
from tertulia.sources.chats.source import ChatSource, With
from tertulia.sources.chats.talks import moment_of
from tertulia.sources.chats.trees import OTHERS, branch_to, last_leaf

NAMES = re.compile(r"(all-)?chats?-(export-)?.*\.json")
DETAILS = re.compile(
    r'<details type="(?P<kind>reasoning|tool_calls|code_interpreter)"(?P<said>[^>]*)>\s*'
    r"(?:<summary>.*?</summary>)?(?P<inner>.*?)</details>\n?",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'([a-z_]+)="([^"]*)"')
FINER = (1e17, 1e9), (1e14, 1e6), (1e11, 1e3)
"""From which size on a time is in nano-, micro- or milliseconds, and how many of them are a second."""


class StoredMessage(Value):
    """A message of the tree."""

    role: str = ""
    content: Any = ""
    parent_id: str | None = field(default=None, name="parentId")
    timestamp: float | None = None
    model: str | None = None
    files: list[Any] | None = None
    output: list[Any] | None = None
    error: Any = None


class History(Value):
    """The tree."""

    messages: dict[str, StoredMessage] = field(default_factory=dict[str, StoredMessage])
    current_id: str | None = field(default=None, name="currentId")


class StoredChat(Value):
    """What was said, and with which models."""

    history: History
    title: str | None = None
    models: list[Any] | None = None


class Exported(Value):
    """One chat, and what its table says of it."""

    id: str
    chat: StoredChat
    title: str | None = None
    created_at: float | None = None
    updated_at: float | None = None
    archived: bool | None = None
    pinned: bool | None = None


_exported = msgspec.json.Decoder(Exported)


def open_open_webui(path: Path, *, agent_id: str | None, model: str | None) -> ChatSource:
    """Open an export for reading. Raises SourceUnreadable."""
    with_whom = With(origin="Open WebUI", agent_id=agent_id, model=model)
    return ChatSource(read_chats(path, NAMES), read_chat, with_whom)


def read_chat(raw: msgspec.Raw) -> Chat:
    """Read one chat. Raises msgspec.MsgspecError."""
    stored = _exported.decode(raw)
    history = stored.chat.history
    parents = {name: message.parent_id for name, message in history.messages.items()}
    branch = branch_to(history.current_id or last_leaf(parents), parents)
    reader = _Reader(_moment(stored.created_at, datetime.fromtimestamp(0, UTC)))
    said = [each for name in branch for each in reader.read(name, history.messages[name])]
    if len(history.messages) > len(branch):
        reader.notes.append(OTHERS)
    models = [each for each in stored.chat.models or [] if isinstance(each, str)]
    started_at = _moment(stored.created_at, said[0].at if said else reader.at)
    return Chat(
        chat_id=stored.id,
        name=stored.title or stored.chat.title or "",
        started_at=started_at,
        updated_at=_moment(stored.updated_at, said[-1].at if said else started_at),
        said=said,
        model=reader.model or (models[0] if models else ""),
        pinned=bool(stored.pinned),
        archived=bool(stored.archived),
        notes=list(dict.fromkeys(reader.notes)),
    )


def _moment(stored: float | None, otherwise: datetime) -> datetime:
    size = next((size for least, size in FINER if stored is not None and stored >= least), 1)
    return moment_of(None if stored is None else stored / size, otherwise)


class _Reader:
    """Reads the messages of one branch, in their order; a message without a time has that of the one before."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.model = ""
        self.notes: list[str] = []

    def read(self, name: str, message: StoredMessage) -> Iterator[Said]:
        self.at = _moment(message.timestamp, self.at)
        if message.files:
            self.notes.append("attached files are left out")
        match message.role:
            case "user":
                yield UserSaid(message_id=name, at=self.at, text=_text_of(message.content))
            case "assistant":
                self.model = message.model or self.model
                if message.error:
                    self.notes.append("what went wrong with an answer is left out")
                yield from self._answer(name, message)
            case "system":
                self.notes.append("instructions within a chat are left out")
            case role:
                self.notes.append(f"messages of {role!r} are left out")

    def _answer(self, name: str, message: StoredMessage) -> Iterator[Said]:
        base: dict[str, Any] = {"message_id": name, "at": self.at}
        found = list(_items(message.output) if message.output else _blocks(_text_of(message.content)))
        for kind, fields in found or [("model", {})]:
            if kind == "model":
                yield ModelSaid(**base, **fields, model=message.model or "")
            else:
                yield ToolSaid(**base, **fields)


Piece = tuple[str, dict[str, Any]]
"""What of an answer was said: by the "model" or a "tool", with its fields."""


def _blocks(content: str) -> Iterator[Piece]:
    """Yield what stands within a text."""
    end = 0
    for place, match in enumerate(DETAILS.finditer(content)):
        if text := content[end : match.start()].strip():
            yield "model", {"text": text}
        end = match.end()
        said = {name: html.unescape(value) for name, value in ATTRIBUTE.findall(match["said"])}
        inner = match["inner"].strip()
        if match["kind"] == "reasoning":
            lines = [re.sub(r"^&gt; ?|^> ?", "", line) for line in inner.splitlines()]
            yield "model", {"reasoning": html.unescape("\n".join(lines))}
        elif match["kind"] == "code_interpreter":
            yield from _called(f"code{place}", "code_interpreter", inner, said.get("output"))
        else:
            result = said.get("result") if "result" in said else html.unescape(inner)
            is_done = said.get("done") == "true"
            call_id = said.get("id") or f"call{place}"
            yield from _called(
                call_id, said.get("name", "tool"), _unquoted(said.get("arguments", "")), result if is_done else None
            )
    if text := content[end:].strip():
        yield "model", {"text": text}


def _called(call_id: str, name: str, arguments: str, result: str | None) -> Iterator[Piece]:
    call = call_of(call_id, name, arguments)
    yield "model", {"calls": [call]}
    if result is not None:
        yield "tool", {"call_id": call_id, "tool_name": call.tool_name, "content": _unquoted(result)}


def _items(output: list[Any]) -> Iterator[Piece]:
    """Yield what stands beside a text."""
    for item in output:
        fields = _fields(item)
        call_id, name = str(fields.get("call_id") or fields.get("id") or ""), str(fields.get("name") or "tool")
        match fields.get("type"):
            case "message":
                yield "model", {"text": _text_of(fields.get("content"))}
            case "reasoning":
                words = _text_of(fields.get("summary")) or _text_of(fields.get("content"))
                yield "model", {"reasoning": words}
            case "function_call":
                yield "model", {"calls": [call_of(call_id, name, _text_of(fields.get("arguments")))]}
            case "function_call_output":
                content = _text_of(fields.get("output"))
                yield "tool", {"call_id": call_id, "tool_name": name, "content": content}
            case _:
                pass


def _text_of(content: Any) -> str:
    """Return the words of what may be a text, or parts that have one."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return "" if content is None else json.dumps(content, ensure_ascii=False)
    parts = [_fields(part).get("text") if isinstance(part, dict) else part for part in cast(list[Any], content)]
    return "\n".join(part for part in parts if isinstance(part, str))


def _fields(value: Any) -> dict[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _unquoted(written: str) -> str:
    """Return a text that was written as a string of JSON; it was at times, and at times not."""
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):
        return written
    return value if isinstance(value, str) else written
