"""What a model is given of files, and what is told of it: with real files, read by real processes."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tertulia.blobs.memory import MemoryBlobs
from tertulia.domain.attachments import INLINE_TEXT_CHARS, FileAttachment
from tertulia.domain.errors import FileNotFound, StorageUnavailable
from tertulia.domain.messages import ImageItem, ImageSource, SystemMessage, TextItem, UserMessage
from tertulia.extract.extractor import ExtractLimits, Extractor
from tertulia.models.base import ImageRendering, NoteRendering, Rendering, TextRendering
from tertulia.runtime.extracts import Extracts, KeptFiles
from tertulia.runtime.renderings import MAX_IMAGES, Asked, Given, Renderings, shares
from tests.extract import samples


class FailingBlobs(MemoryBlobs):
    """Blobs in memory that cannot be reached for a while; `reads` counts how often they were asked for bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = False
        self.reads = 0

    async def read(self, sha256: str, *, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        self.reads += 1
        if self.is_away:
            raise StorageUnavailable
        async for piece in super().read(sha256, offset=offset, length=length):
            yield piece


class Desk:
    """Renderings over blobs in memory; `processes` counts those that were started to read a file."""

    def __init__(self, blobs: FailingBlobs | None = None, *, looks: bool | None = None) -> None:
        self.blobs = blobs or FailingBlobs()
        self.processes = 0
        self.looked_for: list[str] = []
        self.looks = looks

        @asynccontextmanager
        async def take(_owner: str) -> AsyncGenerator[None]:
            self.processes += 1
            yield

        async def takes_images(model: str) -> bool | None:
            self.looked_for.append(model)
            return self.looks

        kept = KeptFiles(blobs=self.blobs, sha256_of=self.sha256_of)
        self.renderings = Renderings(Extracts(Extractor(ExtractLimits(), take=take), kept), takes_images)

    async def sha256_of(self, owner: str, file_id: str) -> str:
        """A file's id is its owner's name before its hash, here."""
        if not file_id.startswith(f"{owner}:"):
            raise FileNotFound
        return file_id.partition(":")[2].partition("#")[0]

    async def keep(
        self, content: bytes, name: str = "notes.txt", media_type: str = "text/plain", n: int = 0
    ) -> FileAttachment:
        blob = await self.blobs.put(samples.pieces(content), limit=100_000_000)
        return FileAttachment(name=name, type=media_type, size=blob.size, file_id=f"ana:{blob.sha256}#{n}")

    async def given(self, *files: FileAttachment, owner: str = "ana", window: int | None = None) -> Given:
        asked = Asked(owner=owner, model="fake/m", window_tokens=window)
        return await self.renderings.of(asked, [UserMessage(content="Look", files=list(files))])

    async def one(self, file: FileAttachment, **asked: Any) -> tuple[Rendering, str]:
        """What is given of one file, and what is told of it."""
        given = await self.given(file, **asked)
        return given.renderings[file], given.told[0].given


def inline(content: bytes, media_type: str = "text/plain") -> FileAttachment:
    return FileAttachment(name="a", type=media_type, content=base64.b64encode(content).decode())


# --- Text ---


async def test_a_short_text_is_given_whole() -> None:
    desk = Desk()
    rendering, told = await desk.one(await desk.keep(b"Hello."))
    assert (rendering, told) == (TextRendering(text="Hello."), "text 6 characters")


@pytest.mark.parametrize("media_type", ["application/json", "application/ld+json", "image/svg+xml", "text/x-python"])
async def test_many_media_types_are_text(media_type: str) -> None:
    assert (await Desk().one(inline(b"words", f"{media_type}; charset=utf-8")))[0] == TextRendering(text="words")


async def test_a_file_of_unknown_type_is_text_if_it_reads_like_text() -> None:
    assert (await Desk().one(inline(b"print()", "application/octet-stream")))[0] == TextRendering(text="print()")
    assert (await Desk().one(inline(b"print()", "")))[0] == TextRendering(text="print()")


async def test_a_text_is_cut_to_its_share_of_the_window_and_says_so() -> None:
    desk = Desk()
    rendering, told = await desk.one(await desk.keep(b"x" * 5_000), window=1_000)
    note = "The file goes on: what is shown are its first 1,500 of 5,000 characters"
    assert rendering == TextRendering(text="x" * 1_500, note=note)
    assert told == "text 1,500 of 5,000 characters"


async def test_no_model_is_given_more_of_a_text_than_the_limit() -> None:
    rendering, told = await Desk().one(inline(b"x" * (INLINE_TEXT_CHARS + 1)), window=10_000_000)
    assert isinstance(rendering, TextRendering)
    assert len(rendering.text) == INLINE_TEXT_CHARS
    assert told == "text 200,000 of 200,001 characters"


async def test_the_files_of_a_turn_share_the_window() -> None:
    desk = Desk()
    files = [await desk.keep(letter * size) for letter, size in ((b"a", 9_000), (b"b", 200), (b"c", 9_000))]
    given = await desk.given(*files, window=4_000)
    assert [told.given for told in given.told] == [
        "text 2,900 of 9,000 characters",
        "text 200 characters",
        "text 2,900 of 9,000 characters",
    ]
    assert [told.is_whole for told in given.told] == [False, True, False]


@pytest.mark.parametrize(
    ("wanted", "room", "given"),
    [
        ([], 100, []),
        ([5_000, 2_000], 9_000, [5_000, 2_000]),
        ([9_000, 2_000, 9_000], 10_000, [4_000, 2_000, 4_000]),
        ([9_000] * 3, 0, [1_000] * 3),
        ([10, 9_000], 0, [10, 1_000]),
    ],
)
def test_who_wants_little_gets_it_and_the_others_share_alike(wanted: list[int], room: int, given: list[int]) -> None:
    assert shares(wanted, room) == given


async def test_of_a_document_the_pages_that_are_shown_are_told() -> None:
    desk = Desk()
    paper = await desk.keep(samples.pdf(*["y" * 500] * 9), "paper.pdf", "application/pdf")
    whole, told = await desk.one(paper)
    assert told.endswith(" characters, 9 pages")
    cut, told = await desk.one(paper, window=700)
    assert isinstance(whole, TextRendering)
    assert isinstance(cut, TextRendering)
    assert whole.text.startswith(cut.text)
    assert "1,050 of 4," in told
    assert told.endswith("characters, pages 1–3 of 9")


async def test_what_cannot_be_read_is_a_note_with_the_reason() -> None:
    desk = Desk()
    for content, media_type, reason in [
        (b"%PDF-1.7 rubbish", "application/pdf", "it is damaged"),
        (b"ID3 sounds", "audio/mpeg", "no text can be had"),
        (b"\x00\x01\x02", "application/octet-stream", "no text can be had"),
        (b"", "text/plain", "it is empty"),
        (samples.pdf("x", password="p"), "application/pdf", "encrypted"),
    ]:
        rendering, told = await desk.one(await desk.keep(content, media_type=media_type))
        assert isinstance(rendering, NoteRendering)
        assert reason in rendering.note
        assert told == f"its name: {rendering.note}"


# --- Images ---


async def test_an_image_is_given_to_a_model_that_looks_at_images() -> None:
    desk = Desk(looks=True)
    file = await desk.keep(samples.image((3_000, 1_000), "BMP"), "a.bmp", "image/bmp")
    rendering, told = await desk.one(file)
    assert isinstance(rendering, ImageRendering)
    assert rendering.media_type == "image/png"
    assert told == "image 1568 × 523, scaled down from 3000 × 1000"
    assert desk.looked_for == ["fake/m"]


@pytest.mark.parametrize("looks", [False, None])
async def test_to_others_it_is_a_note_that_says_what_can_be_done(looks: bool | None) -> None:
    desk = Desk(looks=looks)
    rendering, _ = await desk.one(await desk.keep(samples.image(), "a.png", "image/png"))
    assert isinstance(rendering, NoteRendering)
    assert "fake/m does not look at images" in rendering.note
    assert "TERTULIA_IMAGE_MODELS" in rendering.note
    assert desk.processes == 0


@pytest.mark.parametrize(("looks", "kind"), [(True, "image"), (None, "image"), (False, "note")])
async def test_an_image_among_the_content_is_withheld_only_from_models_that_are_known_not_to_look(
    looks: bool | None, kind: str
) -> None:
    data = base64.b64encode(samples.image()).decode()
    content = [TextItem(text="Look"), ImageItem(image=ImageSource(data=data))]
    given = await Desk(looks=looks).renderings.of(Asked(owner="ana", model="fake/m"), [UserMessage(content=content)])
    assert [told.kind for told in given.told] == [kind]


async def test_only_the_newest_images_are_given() -> None:
    desk = Desk(looks=True)
    old = [await desk.keep(samples.image(), "a.png", "image/png", n) for n in range(MAX_IMAGES)]
    new = await desk.keep(samples.image(), "b.png", "image/png", 99)
    past = [[UserMessage(content="", files=[file])] for file in old]
    given = await desk.renderings.of(Asked(owner="ana", model="m"), [UserMessage(content="", file=new)], past)
    kinds = [type(given.renderings[file]) for file in (*old, new)]
    assert kinds == [NoteRendering, *[ImageRendering] * MAX_IMAGES]
    assert desk.processes == 1  # they are all the same
    assert given.sizes[old[0]] < given.sizes[old[1]], "what is only named takes no room"


# --- What is read once ---


async def test_a_file_is_read_once_whoever_asks_and_also_after_a_restart() -> None:
    desk = Desk()
    paper = await desk.keep(samples.pdf("Hello"), "paper.pdf", "application/pdf")
    first, again = await asyncio.gather(desk.one(paper), desk.one(paper))
    assert (desk.processes, first) == (1, again)
    assert await desk.one(paper) == first
    reads = desk.blobs.reads
    later = Desk(desk.blobs)
    assert await later.one(paper) == first
    assert (later.processes, later.blobs.reads) == (0, reads)


async def test_what_was_kept_and_is_damaged_is_read_anew() -> None:
    desk = Desk()
    content = samples.pdf("Hello")
    paper = await desk.keep(content, "paper.pdf", "application/pdf")
    await desk.blobs.put_derived(hashlib.sha256(content).hexdigest(), "extract-1.document", b"\xc1 rubbish")
    assert isinstance((await desk.one(paper))[0], TextRendering)
    assert desk.processes == 1


async def test_a_file_that_is_gone_or_out_of_reach_is_a_note_until_it_is_back() -> None:
    desk = Desk()
    file = await desk.keep(b"Hello")
    desk.blobs.is_away = True
    rendering, _ = await desk.one(file)
    assert rendering == NoteRendering(note="the place where files are kept cannot be reached just now")
    desk.blobs.is_away = False
    assert (await desk.one(file))[0] == TextRendering(text="Hello")
    gone = FileAttachment(name="a", type="text/plain", file_id=f"ana:{'0' * 64}")
    assert (await desk.one(gone))[0] == NoteRendering(note="it is no longer here")


async def test_nobody_is_given_what_is_in_anothers_file() -> None:
    desk = Desk()
    file = await desk.keep(b"Ana's secret")
    assert (await desk.one(file))[0] == TextRendering(text="Ana's secret")
    assert (await desk.one(file, owner="ben"))[0] == NoteRendering(note="it is no longer here")


async def test_a_file_is_given_though_there_is_no_room_to_keep_what_it_says() -> None:
    class FullBlobs(FailingBlobs):
        async def put_derived(self, sha256: str, name: str, value: bytes) -> None:
            raise StorageUnavailable

    desk = Desk(FullBlobs())
    rendering, _ = await desk.one(await desk.keep(samples.pdf("Hello"), "paper.pdf", "application/pdf"))
    assert isinstance(rendering, TextRendering)
    assert "Hello" in rendering.text


async def test_what_somebody_else_says_of_equal_bytes_changes_nothing() -> None:
    desk = Desk()
    page = "<p>Olá</p>".encode("cp1252")
    await desk.one(await desk.keep(page, "a.html", "text/html; charset=utf-16"))
    rendering, _ = await desk.one(await desk.keep(page, "a.html", "text/html; charset=windows-1252"))
    assert rendering == TextRendering(text="Olá")


# --- Turns ---


async def test_a_talk_without_files_asks_for_nothing() -> None:
    desk = Desk()
    given = await desk.renderings.of(Asked(owner="ana", model="m"), [UserMessage(content="Hi")], [])
    assert (given.renderings, given.sizes, given.told, desk.looked_for) == ({}, {}, (), [])


async def test_of_past_turns_only_those_are_rendered_that_the_window_can_reach() -> None:
    desk = Desk()
    files = [await desk.keep(bytes([97 + n]) * 1_200) for n in range(4)]
    past = [[UserMessage(content="", files=[file])] for file in files[:3]]
    asked = Asked(owner="ana", model="m", window_tokens=800)
    given = await desk.renderings.of(asked, [UserMessage(content="", file=files[3])], past)
    assert [file in given.renderings for file in files] == [False, False, True, True]
    assert given.sizes[files[3]] == 1_400
    assert len(given.told) == 1


async def test_shields_are_given_the_words_of_documents_too() -> None:
    desk = Desk()
    paper = await desk.keep(samples.word("Attack at dawn."), "plan.docx", "application/zip")
    messages = [SystemMessage(content="Be brief."), UserMessage(content="Read", files=[paper])]
    words = await desk.renderings.words_of("ana", messages)
    assert words.startswith("Be brief.\n\nRead\n\nAttached file: plan.docx")
    assert "Attack at dawn." in words
