"""Text to be completed and to be embedded, in the words of Llama Stack's 0.2; model servers are asked in OpenAI's.

Log probabilities are not kept, so there are none.
"""

from typing import Any

import msgspec

from tertulia.domain.agents import ResponseFormat
from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.domain.messages import ContentItem, TextItem
from tertulia.models.openai_request import response_format_fields, sampling_fields
from tertulia.server.wire.llama_stack.agents import sampling_of
from tertulia.server.wire.llama_stack.base import Json
from tertulia.server.wire.llama_stack.messages import InterleavedContent, words_of

STOP_REASONS = {"length": "out_of_tokens"}
"""All else has ended by itself."""


class TextCompletion(Value):
    """Text to go on with."""

    model_id: str
    content: InterleavedContent
    sampling_params: dict[str, Any] | None = None
    response_format: ResponseFormat | None = None
    stream: bool | None = False

    def as_openai(self) -> bytes:
        """Return it as OpenAI has it. Raises InvalidRequest."""
        body: Json = {
            "model": self.model_id,
            "prompt": words_of(self.content),
            **sampling_fields(sampling_of(self.sampling_params), "max_tokens"),
            **response_format_fields(self.response_format),
            **({"stream": True} if self.stream else {}),
        }
        return msgspec.json.encode(body)


class Embedding(Value):
    """Texts to be embedded. What OpenAI has no words for (`task_type`, `text_truncation`) is passed over."""

    model_id: str
    contents: list[str | ContentItem]
    output_dimension: int | None = None

    def as_openai(self) -> bytes:
        """Return it as OpenAI has it. Raises InvalidRequest."""
        texts = [_text_of(each, f"/contents/{place}") for place, each in enumerate(self.contents)]
        dimensions = {} if self.output_dimension is None else {"dimensions": self.output_dimension}
        return msgspec.json.encode({"model": self.model_id, "input": texts, **dimensions})


def _text_of(content: str | ContentItem, pointer: str) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, TextItem):
        return content.text
    detail = "only texts are embedded"
    raise InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])


# --- what model servers answer ---


class Choice(Value):
    """More of the text, or all of it."""

    text: str = ""
    finish_reason: str | None = None

    @property
    def stop_reason(self) -> str:
        """Why it ends, as Llama Stack says it."""
        return STOP_REASONS.get(self.finish_reason or "", "end_of_turn")


class Completed(Value):
    """An answer, or an event of one."""

    choices: list[Choice]


class Vector(Value):
    """A text as numbers."""

    embedding: list[float]
    index: int = 0


class Embedded(Value):
    """Texts as numbers."""

    data: list[Vector]


def written_completed(answer: Completed) -> Json:
    """Return an answer in one piece."""
    choice = answer.choices[0] if answer.choices else Choice()
    return {"content": choice.text, "stop_reason": choice.stop_reason, "logprobs": None, "metrics": None}


def completed_frame(choice: Choice) -> bytes:
    """More of an answer; the last frame says why it ends."""
    stop_reason = choice.stop_reason if choice.finish_reason else None
    frame = {"delta": choice.text, "stop_reason": stop_reason, "logprobs": None, "metrics": None}
    return b"data: " + msgspec.json.encode(frame) + b"\n\n"


def written_embedded(answer: Embedded) -> Json:
    """Return texts as numbers, in the order in which they were sent."""
    return {"embeddings": [each.embedding for each in sorted(answer.data, key=lambda each: each.index)]}
