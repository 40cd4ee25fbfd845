"""What a browser must be able to do to be led through the page: few things, in words that both of W3C's protocols know.

WebDriver and WebDriver BiDi perform the same `actions`; all else is asked of the page itself, in JavaScript.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

Action = Mapping[str, Any]

PATIENCE_S = 60


class Driven(Protocol):
    """A browser with one page."""

    version: str
    complaints: list[str]
    """What it has said of errors, warnings and violations of the policy."""

    async def go(self, url: str) -> None:
        """Open an address."""
        ...

    async def reload(self) -> None:
        """Open the same address anew."""
        ...

    async def evaluate(self, expression: str) -> Any:
        """Return what an expression is in the page, as far as JSON can say it."""
        ...

    async def act(self, actions: Sequence[Action]) -> None:
        """Move the mouse, press keys."""
        ...

    async def screenshot(self) -> bytes:
        """Return what is seen, as a PNG."""
        ...


def keys(text: str, *held: str) -> list[Action]:
    """Type a text, with keys held down."""
    down = [{"type": "keyDown", "value": key} for key in held]
    typed = [{"type": kind, "value": one} for one in text for kind in ("keyDown", "keyUp")]
    up = [{"type": "keyUp", "value": key} for key in reversed(held)]
    return [{"type": "key", "id": "keyboard", "actions": [*down, *typed, *up]}]


def click(x: float, y: float) -> list[Action]:
    """Click at a place of the window."""
    move = {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}
    press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
    return [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move, *press]}]


@asynccontextmanager
async def program(*command: str, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program for as long as the block runs."""
    process = await asyncio.create_subprocess_exec(*command, **options)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
