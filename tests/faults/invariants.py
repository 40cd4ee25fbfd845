"""What must hold after any fault, I1–I8 of docs/reference/reliability.md: from what is seen to what is wrong.

They look from outside: at what HTTP answers, at the bytes of streams, at what the model server was asked; rows.py looks
at the database. Each returns sentences that begin with the invariant's name; none at all is what a test wants.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from tests.server.site import Frame

Json = Mapping[str, Any]
ENDED = ("completed", "failed", "cancelled")
STATUSES = ("queued", "running", "awaiting_input", *ENDED)


def promises(promised: Iterable[str], turns: Iterable[Json]) -> Iterator[str]:
    """I1: every acknowledged turn is there."""
    there = {turn["turn_id"] for turn in turns}
    for turn_id in promised:
        if turn_id not in there:
            yield f"I1: turn {turn_id} was acknowledged and is not there"


def order(turns: Sequence[Json]) -> Iterator[str]:
    """I1, I2: the turns of a session, oldest first, are dense, in order, in a known status, and at most one runs."""
    if (numbers := [turn["n"] for turn in turns]) != list(range(1, len(turns) + 1)):
        yield f"I2: the turns are numbered {numbers}"
    for turn in turns:
        if turn["status"] not in STATUSES:
            yield f"I1: turn {turn['n']} is {turn['status']}"
        if (turn["status"] in ENDED) != (turn["completed_at"] is not None):
            yield f"I1: turn {turn['n']} is {turn['status']}, and was completed at {turn['completed_at']}"
    busy = [turn["n"] for turn in turns if turn["status"] in ("running", "awaiting_input")]
    if len(busy) > 1:
        yield f"I2: turns {busy} run at once"
    first_open = next((turn["n"] for turn in turns if turn["status"] not in ENDED), len(turns) + 1)
    if late := [turn["n"] for turn in turns if turn["status"] in ENDED and turn["n"] > first_open and turn["steps"]]:
        yield f"I2: turns {late} have run before turn {first_open} has ended"


def log(frames: Sequence[Frame], turn: Json) -> Iterator[str]:
    """I3, I4: a turn's events are in order and complete each step once; their pieces are the messages that are kept."""
    yield from _places(frames)
    yield from _times(frames)
    said: dict[str, str] = {}
    completed: Counter[str] = Counter()
    details: dict[str, Json] = {}
    for frame in frames:
        payload = frame.payload
        match payload["event_type"]:
            case "step_start" | "step_restart":
                said[payload["step_id"]] = ""
            case "step_progress" if payload["delta"]["type"] == "text":
                said[payload["step_id"]] += payload["delta"]["text"]
            case "step_complete":
                completed[payload["step_id"]] += 1
                details[payload["step_id"]] = payload["step_details"]
            case _:
                pass
    for step_id, times in completed.items():
        if times > 1:
            yield f"I4: step {step_id} of turn {turn['n']} was completed {times} times"
    yield from _messages(said, details, turn)


def _messages(said: Mapping[str, str], details: Mapping[str, Json], turn: Json) -> Iterator[str]:
    kept = {step["step_id"]: step for step in turn["steps"]}
    if kept.keys() != said.keys():
        yield f"I3: turn {turn['n']} has the steps {sorted(kept)}, and its events those of {sorted(said)}"
    for step_id, step in kept.items():
        if step["step_type"] != "inference":
            continue
        text = step["model_response"]["content"]
        if text != said.get(step_id):
            yield f"I3: step {step_id} of turn {turn['n']} is {text!r}, and its pieces are {said.get(step_id)!r}"
        if step_id in details and details[step_id]["model_response"]["content"] != text:
            yield f"I3: step {step_id} of turn {turn['n']} was completed with another message than the turn has"


def _places(frames: Sequence[Frame]) -> Iterator[str]:
    """Ids rise; in each epoch they count from 1 without a gap."""
    for one, other in pairwise(frames):
        if not one.place < other.place:
            yield f"I6: event {other.id} comes after {one.id}"
    for (n, epoch), group in groupby(frames, key=lambda frame: frame.place[:2]):
        seqs = [frame.place[2] for frame in group]
        if seqs != list(range(1, len(seqs) + 1)):
            yield f"I6: the events of turn {n} in epoch {epoch} are numbered {seqs[:3]} … {seqs[-3:]}"


def _times(frames: Sequence[Frame]) -> Iterator[str]:
    """Times rise, whichever server's clock they are from; a turn may begin at the moment in which it is taken on."""
    timed = [frame for frame in frames if "at" in frame.payload]
    for one, other in pairwise(timed):
        earlier, later = one.payload["at"], other.payload["at"]
        if later < earlier or (later == earlier and other.payload["event_type"] != "turn_start"):
            yield f"I4: event {other.id} happened at {later}, after what happened at {earlier}"


def resumed(whole: bytes, after: str, rest: bytes) -> Iterator[str]:
    """I6: who comes back with an id gets what stands behind it, byte for byte."""
    place = whole.index(f"id: {after}\n".encode())
    if whole[whole.index(b"\n\n", place) + 2 :] != rest:
        yield f"I6: after {after} come {len(rest)} bytes that are not what stands behind it"


def transcript(messages: Sequence[Json]) -> Iterator[str]:
    """I7: in a model request each tool call has exactly one result, right behind the message that asked."""
    place = 0
    while place < len(messages):
        message = messages[place]
        place += 1
        results: list[str] = []
        while place < len(messages) and messages[place]["role"] == "tool":
            results.append(messages[place]["tool_call_id"])
            place += 1
        calls = [call["id"] for call in message.get("tool_calls") or []]
        if Counter(calls) != Counter(results):
            yield f"I7: the calls {calls} have the results {results}"


def effects(lines: Sequence[str], turns: Iterable[Json]) -> Iterator[str]:
    """I5: a call that was completed has had its effect, and each key belongs to one call: `lines` are `key n`."""
    calls: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        key, n = line.split()
        calls[key].add(n)
    for key, called in calls.items():  # of all turns: a key is never another turn's
        if len(called) > 1:
            yield f"I5: the key {key} was used for the calls {sorted(called)}"
    keys_of: Counter[str] = Counter(key.partition(":")[0] + " " + next(iter(called)) for key, called in calls.items())
    for turn in turns:
        for step in turn["steps"]:
            if step["step_type"] == "tool_call" and step["status"] == "completed":
                n = json.loads(step["tool_call"]["arguments_json"])["n"]
                times = keys_of[f"{turn['turn_id']} {n}"]
                if times != 1:
                    yield f"I5: call {n} of turn {turn['n']} had {times} logical effects"


def answers(surprises: Iterable[str]) -> Iterator[str]:
    """I8: nothing was answered with 500 or more that no test has asked for."""
    for surprise in surprises:
        yield f"I8: {surprise}"


def lines(logged: Iterable[Json], allowed: frozenset[str] = frozenset()) -> Iterator[str]:
    """I8: no line of the server's log is an error, but for those that a test has caused."""
    for line in logged:
        if line["level"] in ("error", "critical") and line["event"] not in allowed:
            yield f"I8: the server has logged {line['event']!r}: {str(line.get('exception', ''))[-300:]}"
