"""What a model is given of the files of a talk: text as far as there is room, images if it looks at them, else a note.

The files of one turn share a part of the model's window that depends on nothing else, so that what was given once is
given again in later turns: model servers keep what they have read only as long as it begins alike.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import chain
from typing import Literal, assert_never

from msgspec import field

from tertulia.domain.attachments import INLINE_TEXT_CHARS, FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.messages import InputMessage, UserMessage, files_of, text_of
from tertulia.engine.transcript import CHARS_PER_TOKEN
from tertulia.extract.base import Extract, ImageExtract, NoExtract, TextExtract
from tertulia.models.base import ImageRendering, NoteRendering, Rendering, TextRendering
from tertulia.models.files import media_type_of, words_for
from tertulia.runtime.extracts import Extracts

SHARE_OF_WINDOW = 0.5
"""How much of a model's window the files of one turn may take."""
UNKNOWN_WINDOW_CHARS = 2 * INLINE_TEXT_CHARS
"""What the files of one turn may take where nobody knows the window."""
LEAST_CHARS = 1_000
"""However many files share the window, each shows this much."""
IMAGE_CHARS = 1_600 * CHARS_PER_TOKEN
"""What an image counts as: about what the largest costs (https://docs.claude.com/en/docs/build-with-claude/vision)."""
FRAME_CHARS = 200
"""What the name of a file and the fence around its text count as, or a note about it."""
MAX_IMAGES = 20
"""The newest images of a talk that a model is given; servers refuse requests with too many."""
UNSEEN = NoExtract(reason="it is an image")

TakesImages = Callable[[str], Awaitable[bool | None]]
"""Whether a model, by its id, looks at images; None when nobody knows."""


class Told(Value):
    """What a model was given of one file of this turn, for the step's metadata: `given` is for people."""

    name: str
    file_id: str | None
    kind: Literal["text", "image", "note"]
    is_whole: bool
    given: str


class Given(Value):
    """What a model is given of all files, how much each counts in its window, and what is told of the newest turn's."""

    renderings: Mapping[FileAttachment, Rendering] = field(default_factory=dict[FileAttachment, Rendering])
    sizes: Mapping[FileAttachment, int] = field(default_factory=dict[FileAttachment, int])
    told: Sequence[Told] = ()


NOTHING = Given()


class Asked(Value):
    """Whose files they are, and which model with which window (in tokens, if it is known) is to be given them."""

    owner: str
    model: str
    window_tokens: int | None = None


class Renderings:
    """Makes renderings of files."""

    def __init__(self, extracts: Extracts, takes_images: TakesImages) -> None:
        self._extracts = extracts
        self._takes_images = takes_images

    async def of(
        self, asked: Asked, current: Sequence[InputMessage], past: Sequence[Sequence[InputMessage]] = ()
    ) -> Given:
        """Render the files of a turn and of those before it (oldest first), as far back as the window can reach."""
        turns = [_files(current), *map(_files, reversed(past))]
        if not any(turns):
            return NOTHING
        looks = await self._takes_images(asked.model) if any(map(_is_image, chain(*turns))) else None
        window = None if asked.window_tokens is None else asked.window_tokens * CHARS_PER_TOKEN
        room = UNKNOWN_WINDOW_CHARS if window is None else int(window * SHARE_OF_WINDOW)
        rendered: list[dict[FileAttachment, _Rendered]] = []
        images = 0
        for files in turns:
            turn = _newest_images(await self._turn(asked, files, looks=looks, room=room), MAX_IMAGES - images)
            images += _image_count(turn)
            rendered.append(turn)
            if window is not None and sum(one.size for turn in rendered for one in turn.values()) > window:
                break  # older turns do not fit either
        return _given(rendered)

    async def words_of(self, owner: str, messages: Sequence[InputMessage]) -> str:
        """Return all words that any model would be given of an input, those of files too; images have none."""
        texts: list[str] = []
        for message in messages:
            texts.append(text_of(message.content))
            for file in message.attachments if isinstance(message, UserMessage) else []:
                extract = UNSEEN if _is_image(file) else await self._extracts.of(owner, file)
                texts.append(words_for(file, _render(extract, INLINE_TEXT_CHARS).rendering))
        return "\n\n".join(text for text in texts if text)

    async def _turn(
        self, asked: Asked, files: Mapping[FileAttachment, bool], *, looks: bool | None, room: int
    ) -> "dict[FileAttachment, _Rendered]":
        """Render the files of one turn, which share the room."""
        extracts = await asyncio.gather(
            *(self._extract(asked, file, looks=by_hand if looks is None else looks) for file, by_hand in files.items())
        )
        rooms = shares([len(one.text) if isinstance(one, TextExtract) else 0 for one in extracts], room)
        return {file: _render(one, share) for file, one, share in zip(files, extracts, rooms, strict=True)}

    async def _extract(self, asked: Asked, file: FileAttachment, *, looks: bool) -> Extract:
        if _is_image(file) and not looks:
            return NoExtract(
                reason=f"the model {asked.model} does not look at images, as far as is known; "
                "if it does, TERTULIA_IMAGE_MODELS can say so"
            )
        return await self._extracts.of(asked.owner, file)


def shares(wanted: Sequence[int], room: int) -> list[int]:
    """Divide the room: who wants little gets it all, the others the same each, and nobody less than `LEAST_CHARS`."""
    given = [0] * len(wanted)
    left = room
    in_order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    for count, place in zip(range(len(wanted), 0, -1), in_order, strict=True):
        given[place] = min(wanted[place], max(left // count, LEAST_CHARS))
        left -= given[place]
    return given


class _Rendered(Value):
    """A rendering, and what is told of it."""

    rendering: Rendering
    given: str
    is_whole: bool = True

    @property
    def size(self) -> int:
        """How many characters it counts as."""
        match self.rendering:
            case TextRendering(text=text):
                return len(text) + FRAME_CHARS
            case ImageRendering():
                return IMAGE_CHARS
            case _:
                return FRAME_CHARS


def _given(turns: Sequence[Mapping[FileAttachment, _Rendered]]) -> Given:
    """Put the turns together, the present one first."""
    return Given(
        renderings={file: one.rendering for turn in turns for file, one in turn.items()},
        sizes={file: one.size for turn in turns for file, one in turn.items()},
        told=[_told(file, one) for file, one in turns[0].items()],
    )


def _newest_images(turn: Mapping[FileAttachment, _Rendered], most: int) -> dict[FileAttachment, _Rendered]:
    """Let go of the images for which there is no room any more: a long talk has more than fit into memory."""
    kept: dict[FileAttachment, _Rendered] = {}
    for file, one in turn.items():
        is_too_many = isinstance(one.rendering, ImageRendering) and _image_count(kept) >= most
        kept[file] = TOO_MANY if is_too_many else one
    return kept


def _image_count(turn: Mapping[FileAttachment, _Rendered]) -> int:
    return sum(isinstance(one.rendering, ImageRendering) for one in turn.values())


def _told(file: FileAttachment, one: _Rendered) -> Told:
    match one.rendering:
        case TextRendering():
            kind = "text"
        case ImageRendering():
            kind = "image"
        case _:
            kind = "note"
    return Told(name=file.name, file_id=file.file_id, kind=kind, is_whole=one.is_whole, given=one.given)


def _render(extract: Extract, room: int) -> _Rendered:
    match extract:
        case TextExtract():
            return _render_text(extract, room)
        case ImageExtract(media_type=media_type, data=data, note=note, width=width, height=height):
            size = f"image {width} × {height}" + (f", {note}" if note else "")
            return _Rendered(rendering=ImageRendering(media_type=media_type, data=data, note=note), given=size)
        case NoExtract(reason=reason):
            return _note(reason)
        case _:
            assert_never(extract)


def _note(reason: str) -> _Rendered:
    return _Rendered(rendering=NoteRendering(note=reason), given=f"its name: {reason}", is_whole=False)


TOO_MANY = _note(f"only the newest {MAX_IMAGES} images of a session are shown")


def _render_text(extract: TextExtract, room: int) -> _Rendered:
    shown = extract.text[:room]
    if len(shown) == extract.total_chars and extract.is_counted:
        units = f", {_count(extract.total_units, extract.unit)}" if extract.unit else ""
        return _Rendered(rendering=TextRendering(text=shown), given=f"text {len(shown):,} characters{units}")
    total = f"{'' if extract.is_counted else 'more than '}{extract.total_chars:,} characters"
    part = f"{len(shown):,} of {total}{_units_in(extract, len(shown))}"
    note = f"The file goes on: what is shown are its first {part}"
    return _Rendered(rendering=TextRendering(text=shown, note=note), given=f"text {part}", is_whole=False)


def _units_in(extract: TextExtract, length: int) -> str:
    """Say which pages, sheets or slides the beginning of a text has."""
    last = sum(start < length for start in extract.starts)
    if not extract.unit or not last:
        return ""
    shown = f"{extract.unit} 1" if last == 1 else f"{extract.unit}s 1–{last}"
    return f", {shown} of {extract.total_units:,}"


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def _files(messages: Sequence[InputMessage]) -> dict[FileAttachment, bool]:
    """The files of a turn. An image among the content was put there by hand, for a model that looks at it."""
    users = [message for message in messages if isinstance(message, UserMessage)]
    return {file: file not in message.attachments for message in users for file in files_of(message)}


def _is_image(file: FileAttachment) -> bool:
    return media_type_of(file).startswith("image/") and media_type_of(file) != "image/svg+xml"
