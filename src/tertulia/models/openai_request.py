"""A model request as the bytes of an OpenAI chat completion request.

A history of thousands of messages is sent with every inference, so each message is encoded once: `Encodings` remembers
the bytes by the identity of the value, and the body is a join of bytes.

The content rules are those that OpenAI, Ollama, llama.cpp, vLLM and LM Studio all accept: content is plain text unless
there is an image; it is null only beside tool calls; the arguments of a past call are always a JSON object.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, assert_never

import msgspec

from tertulia.domain.agents import (
    GrammarFormat,
    GreedySampling,
    JsonSchemaFormat,
    ResponseFormat,
    SamplingParams,
    ToolDef,
    TopKSampling,
    TopPSampling,
)
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import (
    AssistantMessage,
    ImageItem,
    Message,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
    file_of,
    files_of,
    text_of,
)
from tertulia.models.base import ImageRendering, ModelRequest, Rendering
from tertulia.models.files import words_for

Fields = dict[str, Any]
Renderings = Mapping[FileAttachment, Rendering]
T = TypeVar("T", bound=msgspec.Struct)

MEMO_BYTES = 16 * 1024 * 1024

_encode = msgspec.json.Encoder().encode


Entry = tuple[msgspec.Struct, bytes, object]


class Encodings:
    """The encoded bytes of values that come again and again; those leave that were not used for long.

    The key is the identity of a value. It is sound because the entry holds the value itself: as long as the entry is
    here, no other value can have that identity.

    Thousands are looked up for one request, so that none may cost more than that: there is no order among them. When
    half of the room is full of what was used of late, the other half is cleared for what will be.
    """

    def __init__(self, max_bytes: int = MEMO_BYTES) -> None:
        self._recent: dict[int, Entry] = {}
        self._older: dict[int, Entry] = {}
        self._half = max_bytes // 2
        self._bytes = 0
        """Of `_recent`."""

    def of(self, value: T, fields_of: Callable[[T], Fields], given: object = None) -> bytes:
        """Return the bytes of a frozen value, made with `fields_of` when they are not known.

        `given` is what they depend on besides: others are made when it has changed.
        """
        key = id(value)
        entry = self._recent.get(key)
        if entry is not None and entry[2] == given:
            return entry[1]
        entry = self._older.get(key)
        if entry is None or entry[2] != given:
            entry = (value, _encode(fields_of(value)), given)
        if len(entry[1]) <= self._half // 2:
            self._remember(key, entry)
        return entry[1]

    def of_all(self, values: Sequence[T], fields_of: Callable[[T], Fields]) -> list[bytes]:
        """Return the bytes of many values, which depend on nothing else."""
        recent = self._recent
        return [
            entry[1] if (entry := recent.get(id(value))) is not None and entry[2] is None else self.of(value, fields_of)
            for value in values
        ]

    def _remember(self, key: int, entry: Entry) -> None:
        if self._bytes + len(entry[1]) > self._half:
            self._older, self._recent, self._bytes = self._recent, {}, 0
        earlier = self._recent.get(key)
        self._bytes += len(entry[1]) - (0 if earlier is None else len(earlier[1]))
        self._recent[key] = entry


def encode_request(request: ModelRequest, encodings: Encodings, *, limit_field: str = "max_tokens") -> bytes:
    """Return the body of a streamed chat completion request."""
    tools = () if request.tool_choice == "none" else request.tools  # Ollama knows no tool_choice: what is not there…
    options: Fields = {
        "model": request.model,
        "stream": True,
        "stream_options": {"include_usage": True},
        **sampling_fields(request.sampling, limit_field),
        **response_format_fields(request.response_format),
        **(_tool_choice(request.tool_choice) if tools else {}),
    }
    parts = [_encode(options)[:-1], b',"messages":[', b",".join(_messages(request, encodings)), b"]"]
    if tools:
        parts += [b',"tools":[', b",".join(encodings.of_all(tools, tool_fields)), b"]"]
    return b"".join([*parts, b"}"])


def _messages(request: ModelRequest, encodings: Encodings) -> list[bytes]:
    if not request.renderings:
        return encodings.of_all(request.messages, message_fields)
    encoded: list[bytes] = []
    for message in request.messages:
        files = files_of(message) if isinstance(message, UserMessage) else []
        given = {file: request.renderings[file] for file in files if file in request.renderings}
        encoded.append(encodings.of(message, partial(message_fields, given=given), given or None))
    return encoded


def tool_fields(tool: ToolDef) -> Fields:
    """Return a tool as the model is told of it."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.input_schema}
    return {"type": "function", "function": function}


def message_fields(message: Message, given: Renderings | None = None) -> Fields:
    """Return one message as OpenAI has it, with what the model is given of its files."""
    match message:
        case SystemMessage(content=content):
            return {"role": "system", "content": text_of(content)}
        case UserMessage():
            return {"role": "user", "content": _user_content(message, given or {})}
        case AssistantMessage(content=text, tool_calls=calls) if calls:
            return {"role": "assistant", "content": text or None, "tool_calls": [_call_fields(call) for call in calls]}
        case AssistantMessage(content=text):
            return {"role": "assistant", "content": text}
        case ToolMessage(call_id=call_id, tool_name=name, content=content):
            named = {"name": name} if name else {}
            return {"role": "tool", "tool_call_id": call_id, **named, "content": content}
        case _:
            assert_never(message)


def _call_fields(call: ToolCall) -> Fields:
    function = {"name": call.tool_name, "arguments": _arguments(call)}
    return {"id": call.call_id, "type": "function", "function": function}


def _arguments(call: ToolCall) -> str:
    """What the model wrote if it is an object, else what was understood of it: servers parse it and refuse the rest."""
    try:
        written = msgspec.json.decode(call.arguments_json, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        written = None
    if written is not None and (written or not call.arguments):
        return call.arguments_json
    return _encode(call.arguments).decode()


def _user_content(message: UserMessage, given: Renderings) -> str | list[Fields]:
    """Plain text when that says it all, which every server takes; a list of parts only for images."""
    parts: list[str | Fields] = []
    if isinstance(message.content, str):
        parts.append(message.content)
    else:
        parts += [_image(item, given) if isinstance(item, ImageItem) else item.text for item in message.content]
    for file in message.attachments:
        rendering = given.get(file)
        parts.append(words_for(file, rendering))
        if isinstance(rendering, ImageRendering):
            parts.append(_image_part(_data_url(rendering)))
    parts = [part for part in parts if part]
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "\n\n".join(texts)
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts]


def _image(item: ImageItem, given: Renderings) -> str | Fields:
    """An image that is here as it was rendered, one that is elsewhere by its address."""
    image, file = item.image, file_of(item)
    if file is not None and (rendering := given.get(file)) is not None:
        is_shown = isinstance(rendering, ImageRendering)
        return _image_part(_data_url(rendering)) if is_shown else words_for(file, rendering)
    if image.data:
        return _image_part(f"data:{image.media_type};base64,{image.data}")
    if image.url is not None and image.url.uri.lower().startswith(("https://", "http://", "data:image/")):
        return _image_part(image.url.uri)
    return "[An image that cannot be shown.]"


def _data_url(image: ImageRendering) -> str:
    return f"data:{image.media_type};base64,{base64.b64encode(image.data).decode()}"


def _image_part(url: str) -> Fields:
    return {"type": "image_url", "image_url": {"url": url}}


def _tool_choice(choice: str) -> Fields:
    """`auto` is what servers do anyway, and vLLM refuses the word unless it was started for it."""
    if choice == "auto":
        return {}
    if choice == "required":
        return {"tool_choice": choice}
    return {"tool_choice": {"type": "function", "function": {"name": choice}}}


def response_format_fields(form: ResponseFormat | None) -> Fields:
    """Return the form of the answer as fields. Llama Stack gives the bare schema where OpenAI wants it under a name."""
    match form:
        case None:
            return {}
        case JsonSchemaFormat(json_schema=given):
            named = given if "schema" in given and "name" in given else {"name": _name_of(given), "schema": given}
            return {"response_format": {"type": "json_schema", "json_schema": named}}
        case GrammarFormat(bnf=grammar):
            return {"response_format": {"type": "grammar", "grammar": grammar}}
        case _:
            assert_never(form)


def _name_of(schema: Fields) -> str:
    """OpenAI takes letters, digits, underscores and dashes, 64 at most."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", str(schema.get("title") or ""))[:64].strip("_") or "answer"


def sampling_fields(sampling: SamplingParams, limit_field: str) -> Fields:
    """Return what was chosen as fields, and no more.

    Servers differ in their defaults, and OpenAI refuses fields that it does not know.
    """
    fields: Fields = {}
    match sampling.strategy:
        case GreedySampling():
            fields["temperature"] = 0
        case TopPSampling(temperature=temperature, top_p=top_p):
            fields |= {"temperature": temperature, "top_p": top_p}
        case TopKSampling(top_k=top_k):
            fields["top_k"] = top_k
        case None:
            pass
        case _:
            assert_never(sampling.strategy)
    if sampling.repetition_penalty != 1:  # 1 is none
        fields["repetition_penalty"] = sampling.repetition_penalty
    fields |= {limit_field: sampling.max_tokens or None, "stop": sampling.stop or None}  # 0 tokens: no limit
    return {name: value for name, value in fields.items() if value is not None}
