"""Plain text in the encodings that occur."""

import pytest

from tertulia.domain.attachments import INLINE_TEXT_CHARS
from tertulia.extract.text import read_text
from tests.extract.samples import pdf, pieces, word


async def read(content: bytes, **said: object) -> str | None:
    found = await read_text(pieces(content, 7_001), **said)  # type: ignore[arg-type] - what was said, by its name
    return found and found.text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
async def test_text_is_read_as_it_was_written(encoding: str) -> None:
    text = "Was für ein Café! " * 10
    assert await read(text.encode(encoding)) == text


async def test_what_was_said_of_the_encoding_counts_where_the_bytes_allow_it() -> None:
    assert await read("Привет".encode("koi8-r"), charset="koi8-r") == "Привет"
    assert await read("Привет".encode(), charset="koi8-r") == "Привет"
    for nonsense in ("no such encoding", "rot13", "zip"):
        assert await read(b"caf\xe9", charset=nonsense) == "café"


async def test_characters_may_be_cut_between_pieces() -> None:
    assert await read("🙂".encode() * 30_000) == "🙂" * 30_000


async def test_a_long_text_is_kept_up_to_the_limit_and_counted_beyond() -> None:
    found = await read_text(pieces("é".encode() * (INLINE_TEXT_CHARS + 5)))
    assert found is not None
    assert (found.text, found.total_chars) == ("é" * INLINE_TEXT_CHARS, INLINE_TEXT_CHARS + 5)


@pytest.mark.parametrize("content", [b"\x00\x01\x02", pdf("Hello"), word("Hello"), b"\x89PNG\r\n", b"\xff\xd8\xff\xe0"])
async def test_what_is_no_text_is_none(content: bytes) -> None:
    assert await read(content) is None


async def test_a_guess_is_no_text_unless_it_is_beyond_doubt() -> None:
    assert await read(b"caf\xe9", guess=True) is None
    assert await read("café".encode(), guess=True) == "café"


async def test_nul_does_not_get_through() -> None:
    assert await read("a\0b".encode("utf-16")) == "ab"
