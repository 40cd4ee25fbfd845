"""What one role says, and the tool calls and tool responses that tie the roles together.

The shapes are the guide's `Message` and `ToolCall`, with additions and never subtractions.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Input, Value

StopReason = Literal["end_of_turn", "end_of_message", "out_of_tokens", "max_infer_iters", "budget_reached", "cancelled"]
"""Why a message ends: it is the answer; it asks for tools; the token limit of an answer; the step limit; the token
budget of the turn or the session; a person stopped it."""


class ToolCall(Value):
    """The model's request to run a tool; the answer carries the same `call_id`.

    `arguments_json` is what the model wrote, to the byte; `arguments` is that parsed, `{}` when it is not an object.
    """

    call_id: str
    tool_name: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    arguments_json: str = "{}"


class ToolResponse(Value):
    """What a tool answered to the call with the same `call_id`. A failure is an answer too: `is_error`.

    `files` are what it made: they are the turn's `output_attachments`, too, and no model is given them.
    """

    call_id: str
    tool_name: str
    content: str
    is_error: bool = False
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    files: list[FileAttachment] = field(default_factory=list[FileAttachment])


class TextItem(Value, tag_field="type", tag="text"):
    """A piece of text within a message."""

    text: str


class ImageUrl(Value):
    """Where an image can be read."""

    uri: str


class ImageSource(Value):
    """An image: by `url`, by `file_id`, or inline as base64 `data` with its `media_type`.

    Once the server has taken an inline one, it has a `file_id`, and `data` only if it is small.
    """

    url: ImageUrl | None = None
    data: str | None = None
    media_type: str = "image/png"
    file_id: str | None = None


class ImageItem(Value, tag_field="type", tag="image"):
    """An image within a message."""

    image: ImageSource


ContentItem = TextItem | ImageItem
Content = str | list[ContentItem]


class SystemMessage(Value, tag_field="role", tag="system"):
    """An instruction to the agent; people who read a session do not see it."""

    content: Content


class UserMessage(Value, tag_field="role", tag="user"):
    """What the user says, with a `file` or several `files` beside it, and documents that it is about.

    `file` is the guide's, `documents` are Llama Stack's word.
    """

    content: Annotated[Content, Meta(examples=["What time is it in Lisbon?"])]
    file: FileAttachment | None = None
    files: list[FileAttachment] | UnsetType = UNSET
    documents: list[FileAttachment] | UnsetType = UNSET

    @property
    def attachments(self) -> list[FileAttachment]:
        """All that a model is given beside the words."""
        if self.file is None and not self.files and not self.documents:
            return []
        return [*([self.file] if self.file is not None else []), *(self.files or []), *(self.documents or [])]


class AssistantMessage(Value, tag_field="role", tag="assistant"):
    """What the model says. `stop_reason` is null while it speaks, and when the turn failed."""

    content: str = ""
    stop_reason: StopReason | None = None
    tool_calls: list[ToolCall] = field(default_factory=list[ToolCall])
    reasoning: str = ""


class ToolMessage(Value, tag_field="role", tag="tool"):
    """The answer of a tool, as the model is given it."""

    call_id: str
    tool_name: str = ""
    content: str = ""
    is_error: bool = False


class ToolAnswer(Input):
    """The answer of a client tool."""

    call_id: str
    content: str
    tool_name: str = ""
    is_error: bool = False

    def as_response(self) -> ToolResponse:
        """Return what the tool answered."""
        return ToolResponse(
            call_id=self.call_id, tool_name=self.tool_name, content=self.content, is_error=self.is_error
        )


Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage
InputMessage = UserMessage | SystemMessage
"""What may start a turn: the user's words, and instructions for this turn only."""


def text_of(content: Content) -> str:
    """Return the words of a message's content; images and other items have none."""
    if isinstance(content, str):
        return content
    return "\n".join(item.text for item in content if isinstance(item, TextItem))


def files_of(message: UserMessage) -> list[FileAttachment]:
    """Return all that a model is given beside the words: images among the content, as files, and attachments."""
    items = message.content if isinstance(message.content, list) else []
    return [*(file for item in items if (file := file_of(item)) is not None), *message.attachments]


def file_of(item: ContentItem) -> FileAttachment | None:
    """Return an image within a message as a file; one that is elsewhere on the web is none."""
    if not isinstance(item, ImageItem) or (item.image.data is None and item.image.file_id is None):
        return None
    return FileAttachment(name="image", type=item.image.media_type, content=item.image.data, file_id=item.image.file_id)
