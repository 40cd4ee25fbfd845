"""ChatGPT's export: `conversations.json`, or several of it with numbers, in the archive that OpenAI sends.

A conversation is a tree of messages (`mapping`: a node has its `message`, its `parent` and its `children`);
`current_node` is the last message of the branch that is shown. Only that comes over. What a node's content is, its
`content_type` says; what is unknown is told as a note.
"""

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

NAMES = re.compile(r"conversations(-\d+)?\.json")
MARKS = re.compile("\ue200.*?\ue201|[\ue000-\uf8ff]", re.DOTALL)
"""Citations and the like, which only its own page can show."""
SILENT = frozenset({"user_editable_context", "model_editable_context", "reasoning_recap"})
"""Contents that nobody has said: custom instructions, memories, how long the model thought."""


class Author(Value):
    """Who said it."""

    role: str
    name: str | None = None


class Content(Value):
    """What was said, in the field that its `content_type` has for that."""

    content_type: str
    parts: list[Any] = field(default_factory=list[Any])
    text: str | None = None
    result: str | None = None
    title: str | None = None
    url: str | None = None
    content: Any = None
    thoughts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class StoredMessage(Value):
    """A message."""

    id: str
    author: Author
    content: Content
    create_time: float | None = None
    recipient: str | None = "all"
    weight: float | None = 1.0
    metadata: dict[str, Any] | None = None


class Node(Value):
    """A place in the tree."""

    parent: str | None = None
    children: list[str] = field(default_factory=list[str])
    message: StoredMessage | None = None


class Conversation(Value):
    """One chat."""

    mapping: dict[str, Node]
    title: str | None = None
    create_time: float | None = None
    update_time: float | None = None
    current_node: str | None = None
    conversation_id: str | None = None
    id: str | None = None
    default_model_slug: str | None = None
    is_archived: bool | None = None
    is_starred: bool | None = None


_conversations = msgspec.json.Decoder(Conversation)


def open_chatgpt(path: Path, *, agent_id: str | None, model: str | None) -> ChatSource:
    """Open an export for reading. Raises SourceUnreadable."""
    with_whom = With(origin="ChatGPT", agent_id=agent_id, model=model)
    return ChatSource(read_chats(path, NAMES), read_conversation, with_whom)


def read_conversation(raw: msgspec.Raw) -> Chat:
    """Read one conversation. Raises msgspec.MsgspecError, ValueError."""
    stored = _conversations.decode(raw)
    chat_id = stored.conversation_id or stored.id
    if not chat_id:
        raise ValueError("the conversation has no id")
    parents = {name: node.parent for name, node in stored.mapping.items()}
    branch = branch_to(stored.current_node or last_leaf(parents), parents)
    reader = _Reader(moment_of(stored.create_time, datetime.fromtimestamp(0, UTC)))
    said = [each for name in branch for each in reader.read(stored.mapping[name].message)]
    if any(_is_said(node.message) for name, node in stored.mapping.items() if name not in branch):
        reader.notes.append(OTHERS)
    started_at = said[0].at if said else reader.at
    return Chat(
        chat_id=chat_id,
        name=stored.title or "",
        started_at=moment_of(stored.create_time, started_at),
        updated_at=moment_of(stored.update_time, said[-1].at if said else started_at),
        said=said,
        model=reader.model or stored.default_model_slug or "",
        pinned=bool(stored.is_starred),
        archived=bool(stored.is_archived),
        notes=list(dict.fromkeys(reader.notes)),
    )


def _is_said(message: StoredMessage | None) -> bool:
    """Tell whether people are shown a message."""
    if message is None or message.author.role == "system" or message.content.content_type in SILENT:
        return False
    return message.weight != 0 and not (message.metadata or {}).get("is_visually_hidden_from_conversation")


class _Reader:
    """Reads the messages of one branch, in their order; a message without a time has that of the one before."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.model = ""
        self.notes: list[str] = []

    def read(self, message: StoredMessage | None) -> Iterator[Said]:
        if message is None or not _is_said(message):
            return
        self.at = moment_of(message.create_time, self.at)
        text = self._words_of(message.content)
        match message.author.role:
            case "user":
                self._note_attachments(message)
                yield UserSaid(message_id=message.id, at=self.at, text=text)
            case "assistant":
                yield self._model_said(message, text)
            case "tool":
                name = call_of("", message.author.name or "tool", "").tool_name
                yield ToolSaid(message_id=message.id, at=self.at, tool_name=name, content=text)
            case role:
                self.notes.append(f"messages of {role!r} are left out")

    def _model_said(self, message: StoredMessage, text: str) -> ModelSaid:
        model = str((message.metadata or {}).get("model_slug") or "")
        self.model = model or self.model
        base: dict[str, Any] = {"message_id": message.id, "at": self.at, "model": model}
        if message.content.content_type == "thoughts":
            return ModelSaid(**base, reasoning=text)
        recipient = message.recipient or "all"
        if recipient != "all":
            return ModelSaid(**base, calls=[call_of(message.id, recipient, text)])
        return ModelSaid(**base, text=text)

    def _words_of(self, content: Content) -> str:
        match content.content_type:
            case "text" | "multimodal_text":
                words = "\n".join(filter(None, map(self._part, content.parts)))
            case "code" | "execution_output" | "system_error":
                words = content.text or ""
            case "tether_quote":
                words = "\n".join(filter(None, (content.title, content.url, content.text)))
            case "tether_browsing_display":
                words = content.result or ""
            case "thoughts":
                words = "\n\n".join(filter(None, map(_thought, content.thoughts)))
            case kind:
                parts = [part for part in content.parts if isinstance(part, str)]
                words = "\n".join(parts) or content.text or ""
                if not words:
                    self.notes.append(f"content of the kind {kind!r} is left out")
        return MARKS.sub("", words)

    def _part(self, part: Any) -> str:
        if isinstance(part, str):
            return part
        fields = cast(dict[str, Any], part) if isinstance(part, dict) else {}
        if isinstance(text := fields.get("text"), str):  # what was said aloud
            return text
        kind = str(fields.get("content_type") or "part").removesuffix("_asset_pointer").replace("_", " ")
        self.notes.append(f"what is no text is left out: {kind}")
        return ""

    def _note_attachments(self, message: StoredMessage) -> None:
        attached = (message.metadata or {}).get("attachments")
        if isinstance(attached, list) and attached:
            self.notes.append("attached files are left out")


def _thought(thought: dict[str, Any]) -> str:
    parts = (thought.get("summary"), thought.get("content"))
    return "\n".join(part for part in parts if isinstance(part, str) and part)
