"""Where messages have files: in `file`, `files` and `documents`, and as images among their content.

Each place has a JSON pointer into the messages, by which errors name it and another file is put there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.messages import (
    Content,
    ImageItem,
    ImageSource,
    ImageUrl,
    InputMessage,
    Message,
    UserMessage,
    file_of,
)
from tertulia.domain.turns import Turn

M = TypeVar("M", bound=Message)


class Attached(Value):
    """A file in a message. `is_image`: it stands among the content, and has its content as `data`."""

    pointer: str
    file: FileAttachment
    is_image: bool = False


def attached_to(messages: Sequence[Message]) -> list[Attached]:
    """Return the files of messages, in order. Images that are somewhere on the web are none."""
    return [
        found
        for place, message in enumerate(messages)
        if isinstance(message, UserMessage)
        for found in _of_message(message, f"/messages/{place}")
    ]


def _of_message(message: UserMessage, pointer: str) -> Iterator[Attached]:
    if message.file is not None:
        yield Attached(pointer=f"{pointer}/file", file=message.file)
    for name in ("files", "documents"):
        for place, file in enumerate(getattr(message, name) or []):
            yield Attached(pointer=f"{pointer}/{name}/{place}", file=file)
    for place, item in enumerate(message.content if isinstance(message.content, list) else []):
        if (image := file_of(item)) is not None:
            named = replace(image, name=f"image-{place + 1}.{_extension(image.type)}")
            yield Attached(pointer=f"{pointer}/content/{place}/image", file=named, is_image=True)


def file_ids_of(turn: Turn) -> list[str]:
    """Return the ids of the files that a turn uses: those of its messages, and those that its tools have made."""
    files = [*(each.file for each in attached_to(turn.input_messages)), *turn.output_attachments]
    return list(dict.fromkeys(file.file_id for file in files if file.file_id))


def images_of(content: Content) -> list[tuple[int, ImageSource]]:
    """Return the images among a message's content, each with its place."""
    if isinstance(content, str):
        return []
    return [(place, item.image) for place, item in enumerate(content) if isinstance(item, ImageItem)]


def with_files(messages: Sequence[M], files: Mapping[str, FileAttachment]) -> list[M]:
    """Return messages with other files at some pointers."""
    if not files:
        return list(messages)
    return [_with_files(message, f"/messages/{place}", files) for place, message in enumerate(messages)]


def _with_files(message: Any, pointer: str, files: Mapping[str, FileAttachment]) -> Any:
    if not isinstance(message, UserMessage):
        return message

    def listed(name: str) -> Any:
        found = getattr(message, name)
        if not found:
            return found
        return [files.get(f"{pointer}/{name}/{place}", file) for place, file in enumerate(found)]

    return replace(
        message,
        content=_with_images(message.content, f"{pointer}/content", files),
        file=files.get(f"{pointer}/file", message.file),
        files=listed("files"),
        documents=listed("documents"),
    )


def _with_images(content: Content, pointer: str, files: Mapping[str, FileAttachment]) -> Content:
    if isinstance(content, str):
        return content
    return [
        ImageItem(image=_image(item.image, files.get(f"{pointer}/{place}/image")))
        if isinstance(item, ImageItem)
        else item
        for place, item in enumerate(content)
    ]


def _image(image: ImageSource, file: FileAttachment | None) -> ImageSource:
    if file is None:
        return image
    url = ImageUrl(uri=file.url) if file.content is None and file.url is not None else None
    return ImageSource(url=url, data=file.content, media_type=file.type, file_id=file.file_id)


def without_files(messages: Sequence[InputMessage]) -> list[InputMessage]:
    """Return messages without their files, to compare what else they say."""
    nothing = {each.pointer: FileAttachment() for each in attached_to(messages)}
    return [
        replace(
            message,
            file=None,
            files=UNSET if not message.files else [FileAttachment()] * len(message.files),
            documents=UNSET if not message.documents else [FileAttachment()] * len(message.documents),
        )
        if isinstance(message, UserMessage)
        else message
        for message in with_files(messages, nothing)
    ]


def _extension(media_type: str) -> str:
    return media_type.partition(";")[0].rpartition("/")[2].partition("+")[0] or "bin"
