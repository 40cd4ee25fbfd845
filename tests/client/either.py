"""Both clients behind one face, so that one suite is the proof of both: the sync one is called in threads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any, Literal, Protocol, Self, cast

from tertulia.client import AsyncClient, Client, TurnStream

Kind = Literal["async", "sync"]


class Opens(Protocol):
    """Makes a client of the kind that is tested."""

    def __call__(self, base_url: str, **options: Any) -> AsyncClient: ...


def opener(kind: Kind) -> Opens:
    """Return how to make a client; a sync one is looked at as the async one that its code was made of."""
    face: Any = AsyncClient if kind == "async" else _Threaded
    return cast(Opens, face)


class _Threaded:
    """A sync client whose calls can be awaited."""

    def __init__(self, *given: Any, **options: Any) -> None:
        self._client = Client(*given, **options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._client.close)

    def __getattr__(self, name: str) -> Any:
        found: Any = getattr(self._client, name)
        if not callable(found):
            return found
        if name.startswith(("stream_", "follow_", "iter_", "export_account")):
            walked = cast(Callable[..., TurnStream], found)
            return lambda *given, **options: _Walk(walked(*given, **options))
        return _awaitable(found)


class _Walk:
    """A sync iterator that can be walked with `async for`."""

    def __init__(self, steps: TurnStream | Generator[Any, None, None]) -> None:
        self._steps = steps

    def __aiter__(self) -> AsyncIterator[Any]:
        return cast(AsyncIterator[Any], self)

    async def __anext__(self) -> Any:
        step = await asyncio.to_thread(next, self._steps, None)
        if step is None:
            raise StopAsyncIteration
        return step

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await asyncio.to_thread(self._steps.close)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._steps, name)
        return _awaitable(found) if callable(found) else found


def _awaitable(call: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given, **options: asyncio.to_thread(call, *given, **options)
