"""Who answers: the role that every model server plays.

A server is asked with a transcript and answers with pieces, in batches: all pieces that came in one read from the
network are one batch, so that nothing above pays per token for what arrived together.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

from msgspec import field

from tertulia.domain.agents import ResponseFormat, SamplingParams, ToolDef
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.deltas import Delta
from tertulia.domain.messages import Message
from tertulia.domain.models import ModelInfo
from tertulia.domain.steps import Usage

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


class Rendering(Value, tag_field="given"):
    """What a model is given of a file; `note` is a clause about it, for the model, too."""

    note: str = ""


class TextRendering(Rendering, tag="text"):
    """Its text, or the beginning of it."""

    text: str


class ImageRendering(Rendering, tag="image"):
    """An image of a type that models take."""

    media_type: str
    data: bytes


class NoteRendering(Rendering, tag="note"):
    """No more than that it is there; `note` says why."""


class ModelRequest(Value):
    """One inference. `model` is the server's own name for it, without the server's prefix.

    `renderings` says what the model is given of the files in `messages`; of those that are not in it, a note.
    """

    model: str
    messages: Sequence[Message]
    tools: Sequence[ToolDef] = ()
    tool_choice: str = "auto"
    sampling: SamplingParams = field(default_factory=SamplingParams)
    response_format: ResponseFormat | None = None
    renderings: Mapping[FileAttachment, Rendering] = field(default_factory=dict[FileAttachment, Rendering])


class Finished(Value):
    """The last piece of an answer: why it ended, what it cost, and the server's fields that we have no name for."""

    reason: FinishReason
    usage: Usage | None = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


Piece = Delta | Finished


class ModelServer(Protocol):
    """A place that answers requests for some models."""

    @property
    def name(self) -> str:
        """The prefix of its models' ids."""
        ...

    @property
    def url(self) -> str:
        """Where it is, without credentials."""
        ...

    @property
    def is_demo(self) -> bool: ...

    async def list_models(self) -> list[ModelInfo]:
        """What it offers now. Raises ModelUnavailable, ModelTimeout or ModelRefused."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        """Answer, in batches that are never empty; the last piece of the last batch is `Finished`.

        Raises ModelUnavailable, ModelTimeout or ModelRefused. Closing the iterator early (`aclose`) closes the
        connection to the server.
        """
        ...

    async def close(self) -> None: ...


Resolve = Callable[[str], Awaitable[tuple[ModelServer, str, int | None]]]
"""Takes a model id to its server, its name there, and its window in tokens if known. Raises ModelNotFound."""
