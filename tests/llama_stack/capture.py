"""Reads the captures: what a client asked a real Llama Stack server, and what that answered."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.server.site import MODEL

FOLDER = Path(__file__).parent / "captures"
VERSIONS = {"0.2.12": "/v1", "0.2.24": "/v1", "0.3.5": "/v1alpha"}
"""The servers, and the prefix that their clients ask."""

_MARK = re.compile(r"^==== (CLIENT -> SERVER|SERVER -> CLIENT) ====\n", re.MULTILINE)
_REQUEST = re.compile(r"^([A-Z]+) (\S+) HTTP/1\.1\n(.*?)\n\n(.*)", re.DOTALL)
_ANSWER = re.compile(r"^HTTP/1\.1 (\d+) [^\n]*\n(.*?)\n\n(.*)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Exchange:
    """A request and its answer: `frames` when it was a stream, else `body`."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    sent: str
    status: int
    body: Any
    frames: list[Any] | None


def read_captures(version: str) -> list[Exchange]:
    """Return the exchanges with a server in the order in which they happened."""
    return [_read(file) for file in sorted((FOLDER / f"llama-stack-{version}").glob("*.txt"))]


def _read(file: Path) -> Exchange:
    parts = _MARK.split(re.sub(r'"(vllm/)?fake-model"', f'"{MODEL}"', file.read_text()))
    sides = {"CLIENT -> SERVER": "", "SERVER -> CLIENT": ""}
    for side, text in zip(parts[1::2], parts[2::2], strict=True):
        sides[side] += text
    request = _REQUEST.search(sides["CLIENT -> SERVER"])
    answer = _ANSWER.search(sides["SERVER -> CLIENT"])
    assert request, file
    assert answer, file
    is_stream = "text/event-stream" in answer[2]
    lines = answer[3].strip().splitlines()
    return Exchange(
        name=file.stem,
        method=request[1],
        path=request[2],
        headers=dict(line.split(": ", 1) for line in request[3].splitlines()),
        sent=request[4].strip(),
        status=int(answer[1]),
        body=json.loads(lines[0]) if lines and not is_stream else None,
        frames=[json.loads(line[6:]) for line in lines if line.startswith("data: ")] if is_stream else None,
    )
