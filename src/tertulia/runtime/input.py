"""What a turn may start with: checked before anything is kept, with the field named that is at fault."""

from collections.abc import Sequence

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, InvalidRequest, TooLarge
from tertulia.domain.messages import ImageSource, InputMessage, UserMessage, text_of
from tertulia.runtime.attached import attached_to, images_of
from tertulia.runtime.files import refuse_larger

FULL_MESSAGES = 10
"""A turn takes as many characters, in however many messages, as so many of the longest ones have."""


class InputLimits(Value):
    """How much one turn may bring."""

    max_files: int = 10
    max_file_bytes: int = 25_000_000
    max_message_chars: int = 200_000
    max_queued: int = 8


def check_input(messages: Sequence[InputMessage], limits: InputLimits) -> int:
    """Raise InvalidRequest or TooLarge unless a turn can start with these messages; return how many files they have.

    What is in the files is not looked at.
    """
    if not any(isinstance(message, UserMessage) for message in messages):
        raise _invalid("/messages", "a turn starts with at least one message of role user")
    size = sum(_check_words(message, f"/messages/{place}", limits) for place, message in enumerate(messages))
    _check_all_words(size, limits)
    attached = attached_to(messages)
    if len(attached) > limits.max_files:
        raise TooLarge(f"A turn takes at most {limits.max_files} files; this one has {len(attached)}.")
    for each in attached:
        _check_file(each.file, each.pointer, limits, name="data" if each.is_image else "content")
    return len(attached)


def _check_words(message: InputMessage, pointer: str, limits: InputLimits) -> int:
    """Return how many characters it has."""
    text = text_of(message.content)
    if len(text) > limits.max_message_chars:
        raise TooLarge(
            f"The message has {len(text)} characters; the limit is {limits.max_message_chars}. "
            "Send it as a text file, or in parts.",
            errors=[FieldError(pointer=f"{pointer}/content", detail="too long")],
        )
    if not isinstance(message, UserMessage):
        return len(text)
    images = images_of(message.content)
    if not text.strip() and not images and not message.attachments:
        raise _invalid(f"{pointer}/content", "the message is empty")
    for place, image in images:
        _check_image(image, f"{pointer}/content/{place}/image")
    return len(text)


def _check_all_words(size: int, limits: InputLimits) -> None:
    most = FULL_MESSAGES * limits.max_message_chars
    if size > most:
        raise TooLarge(
            f"The messages have {size} characters together; the limit is {most}. "
            "Send them as text files, or in several turns.",
            errors=[FieldError(pointer="/messages", detail="too long together")],
        )


def _check_image(image: ImageSource, pointer: str) -> None:
    if image.file_id is None and (image.url is None) == (image.data is None):
        raise _invalid(pointer, "an image has a url, a file_id, or data, as base64")


def _check_file(file: FileAttachment, pointer: str, limits: InputLimits, *, name: str) -> None:
    if file.file_id is not None:
        return
    if file.content is None:
        raise _invalid(f"{pointer}/content", "the file has no content: send it as base64, or name it by its file_id")
    if not file.name:
        raise _invalid(f"{pointer}/name", "the file has no name")
    refuse_larger(len(file.content) * 3 // 4 - 2, limits.max_file_bytes, f"{pointer}/{name}")


def _invalid(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])
