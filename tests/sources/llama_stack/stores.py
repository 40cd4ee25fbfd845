"""Stores of Llama Stack for tests: the real ones beside this file, copies of their rows by the thousand, and damage.

`large_store` writes what the real servers wrote again and again: each copy has ids, times and words of its own.
"""

import json
import re
import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VERSIONS = ("0.2.12", "0.3.5")

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
YEAR = re.compile(r'(?<=")20\d\d(?=-\d\d-\d\dT)')

Json = dict[str, Any]
Row = tuple[str, Any]


def real_store(version: str) -> Path:
    """The file that a real server of this version has written."""
    return HERE / f"kvstore-{version}.db"


def rows_of(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT key, value FROM kvstore").fetchall()


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """Make a store, with the table that Llama Stack makes."""
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE kvstore (key TEXT PRIMARY KEY, value TEXT, expiration TIMESTAMP)")
        raw.executemany("INSERT INTO kvstore (key, value) VALUES (?, ?)", rows)
    return path


def copy_of(version: str, path: Path) -> Path:
    shutil.copy(real_store(version), path)
    return path


def large_store(path: Path, *, copies: int) -> Path:
    """A store with the rows of both real ones, `copies` times over: 34 turns each time."""
    rows = [row for version in VERSIONS for row in rows_of(real_store(version))]
    return write_rows(path, [_copied(row, f"{copy:03}") for copy in range(copies) for row in rows])


def _copied(row: Row, copy: str) -> Row:
    def other(match: re.Match[str]) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{copy} {match[0]}"))

    key, value = (ID.sub(other, text) for text in row)
    # Each copy is a year older than the one before it, so that times go another way than ids and rows.
    value = YEAR.sub(lambda match: str(int(match[0]) - int(copy)), value)
    return key, value.replace('"role":"user","content":"', f'"role":"user","content":"{copy} ')


class Expected:
    """What a store has, read with nothing but json: agents by id, sessions by id, and the turns of each in order."""

    def __init__(self, rows: Sequence[Row]) -> None:
        found = {tuple(key.split(":")): json.loads(value) for key, value in rows}
        self.agents: dict[str, Json] = {key[1]: value for key, value in found.items() if key[0] == "agent"}
        self.sessions: dict[str, Json] = {
            key[2]: {**value, "agent_id": key[1]}
            for key, value in found.items()
            if key[0] == "session" and len(key) == 3
        }
        self.turns: dict[str, list[Json]] = {session_id: [] for session_id in self.sessions}
        for key, value in found.items():
            if key[0] == "session" and len(key) == 4:
                self.turns[key[2]].append(value)
        for turns in self.turns.values():
            turns.sort(key=lambda turn: turn["started_at"])

    @property
    def count(self) -> int:
        return sum(map(len, self.turns.values()))


def expected_of(path: Path) -> Expected:
    """What a file has."""
    return Expected([row for row in rows_of(path) if row[0].startswith(("agent:", "session:"))])


def told(turn: Json) -> list[Any]:
    """What was said and done in a turn of Llama Stack, step by step."""
    said = [("user", items(message["content"])) for message in turn["input_messages"] if message["role"] == "user"]
    return [*said, *(line for step in turn["steps"] for line in _step_told(step)), _output(turn["output_message"])]


def _step_told(step: Json) -> Iterator[Any]:
    match step["step_type"]:
        case "inference":
            response = step["model_response"]
            yield "model", words(response["content"]), calls(response)
        case "tool_execution":
            for response in step["tool_responses"]:
                yield "tool", response["call_id"], response["tool_name"], words(response["content"])
        case "shield_call":
            yield "shield", step["violation"]
        case _:
            yield "retrieval", words(step["inserted_context"])


def told_here(turn: Json) -> list[Any]:
    """The same of a turn of ours, as its JSON has it."""
    said = [("user", items(message["content"])) for message in turn["input_messages"]]
    return [*said, *map(_step_told_here, turn["steps"]), _output(turn["output_message"])]


def _step_told_here(step: Json) -> Any:
    match step["step_type"], step.get("kind"):
        case "inference", _:
            return "model", step["model_response"]["content"], calls(step["model_response"])
        case "tool_call", _:
            response = step["tool_response"]
            return "tool", response["call_id"], response["tool_name"], response["content"]
        case _, "shield_call":
            return "shield", step["violation"]
        case _:
            return "retrieval", step["inserted_context"]


def _output(message: Json) -> Any:
    return "output", words(message["content"]), calls(message)


def calls(message: Json) -> list[Any]:
    """The tool calls of a message, whichever way its version writes arguments."""
    return [
        (call["call_id"], call["tool_name"], arguments if isinstance(arguments, dict) else json.loads(arguments))
        for call in message["tool_calls"]
        for arguments in [call["arguments"]]
    ]


def items(content: Any) -> list[str]:
    """A content as a list of texts and images."""
    if isinstance(content, str):
        return [content]
    listed = content if isinstance(content, list) else [content]
    return [item["text"] if item["type"] == "text" else _image(item["image"]) for item in listed]


def _image(image: Json) -> str:
    return image["data"] or image["url"]["uri"]


def words(content: Any) -> str:
    """The text of a content."""
    if isinstance(content, str):
        return content
    return "\n".join(item["text"] for item in content if item["type"] == "text")
