"""The sync client is what `make generate` makes of the async one, to the word."""

import pytest

from scripts.unasync import SYNC, sync_files, to_sync


def test_the_sync_client_is_up_to_date() -> None:
    assert {path: path.read_text() for path in SYNC.glob("*.py")} == sync_files()


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("async def f() -> int:\n    return await g()\n", "def f() -> int:\n    return g()\n"),
        ("async with a, aclosing(b) as c:\n    pass\n", "with a, closing(b) as c:\n    pass\n"),
        ("x = [y async for y in z]\n", "x = [y for y in z]\n"),
        ("f: Callable[[str], Awaitable[Rows[T]]]\n", "f: Callable[[str], Rows[T]]\n"),
        ("import tertulia.client.aio.stream\n", "import tertulia.client.sync.stream\n"),
        ('"""`async with AsyncClient() as one:` waits."""\n', '"""`with Client() as one:` waits."""\n'),
        ("# await AsyncClient().close()\n", "# Client().close()\n"),
        ("asynchronous = Async\n", "asynchronous = Async\n"),
    ],
)
def test_words_change_and_nothing_else(written: str, made: str) -> None:
    assert to_sync(written) == made
