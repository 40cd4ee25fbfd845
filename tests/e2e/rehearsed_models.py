"""A model server whose answers a test has rehearsed: each model of its own name says what was put into its mouth.

It is real HTTP; an answer with an `asyncio.Event` in it waits there until the test says go on, so a test can look at
the page in the middle of an answer for as long as it likes.
"""

import asyncio
import json
from collections import defaultdict, deque
from typing import Any

from tests.fakes.upstream import DONE, Behaviour, Request, Upstream, Wire, answers, chunk, stop, streams, text

NAME = "stage"


class RehearsedModels:
    """The model server. What nobody rehearsed is answered with "Understood."."""

    def __init__(self) -> None:
        self.upstream = Upstream(self._behave)
        self._rehearsed: defaultdict[str, deque[Behaviour]] = defaultdict(deque)

    @property
    def option(self) -> str:
        """What `--model-server` is given."""
        return f"{NAME}={self.upstream.url}"

    def will(self, model: str, *behaviours: Behaviour) -> None:
        """Rehearse the next answers of a model."""
        self._rehearsed[model].extend(behaviours)

    def asked(self, model: str) -> list[Request]:
        """What a model was asked so far."""
        return [one for one in self.upstream.requests if one.method == "POST" and one.json["model"] == model]

    async def _behave(self, wire: Wire) -> None:
        if wire.request.path.endswith("/models"):
            await answers(200, {"object": "list", "data": [{"id": name} for name in ("steady", "spare")]})(wire)
            return
        rehearsed = self._rehearsed[wire.request.json["model"]]
        await (rehearsed.popleft() if rehearsed else says("Understood."))(wire)


def says(*parts: str | asyncio.Event) -> Behaviour:
    """Say words, and wait at each event."""
    return streams(*(text(part) if isinstance(part, str) else part for part in parts), stop(), DONE)


def calls(*wanted: tuple[str, dict[str, Any]]) -> Behaviour:
    """Ask for tools."""
    parts = [
        {
            "index": place,
            "id": f"call_{place}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for place, (name, arguments) in enumerate(wanted)
    ]
    return streams(chunk({"tool_calls": parts}), stop("tool_calls"), DONE)
