"""Make the golden files of the golden logs: `python -m tests.golden.write`.

A file holds what a reader of the stream gets (`frames`) and the turn that each number of frames folds to
(`snapshots`; `turn` is the last one).
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.turns import Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.server.wire.native import NATIVE
from tests.golden.logs import LOGS

FOLDER = Path(__file__).parent


def golden(name: str, log: Sequence[LoggedEvent]) -> dict[str, Any]:
    """Return what the file of a log holds."""
    turns = [project(replay(log[:length])) for length in range(1, len(log) + 1)]
    return {
        "name": name,
        "frames": asyncio.run(frames_of(log)),
        "snapshots": {str(length): msgspec.to_builtins(turn) for length, turn in enumerate(turns, 1)},
        "turn": msgspec.to_builtins(turns[-1]),
    }


async def frames_of(log: Sequence[LoggedEvent]) -> list[dict[str, Any]]:
    """Return the frames of a log as a client reads them."""

    async def turn_at(event_id: EventId) -> Turn:
        return project(replay(each for each in log if each.id <= event_id))

    frames: list[dict[str, Any]] = []
    for block in (await NATIVE.frames(log, turn_at)).decode().strip().split("\n\n"):
        id_line, data_line = block.split("\n")
        payload = json.loads(data_line.removeprefix("data: "))["event"]["payload"]
        frames.append({"id": id_line.removeprefix("id: "), "payload": payload})
    return frames


def text_of(name: str, log: Sequence[LoggedEvent]) -> str:
    """Return the text of a log's file."""
    return json.dumps(golden(name, log), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for name, log in LOGS.items():
        (FOLDER / f"{name}.json").write_text(text_of(name, log), encoding="utf-8")
