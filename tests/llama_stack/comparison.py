"""Holds what we answer against what a real Llama Stack server answered, and says where the two differ.

Ids and times are never the same: an id must stand for the same thing wherever it comes again, a time must be a time.
"""

import difflib
import re
from typing import Any, NamedTuple

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Difference(NamedTuple):
    """In which exchange, where in the answer (indices left out), and what: theirs → ours."""

    exchange: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.exchange} | {self.where} | {self.what}"


class Comparison:
    """Compares the answers of one server, one exchange after the other."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        """Theirs and ours."""
        self.found: list[Difference] = []
        self._exchange = ""

    def ours(self, text: str) -> str:
        """Return a path or body of theirs with our ids."""
        return ID.sub(lambda match: self.ids.get(match[0], match[0]), text)

    def of(self, exchange: str) -> "Comparison":
        """Name the exchange that is compared next."""
        self._exchange = exchange
        return self

    def statuses(self, theirs: int, ours: int) -> None:
        if theirs != ours:
            self._differ("status", f"{theirs} → {ours}")

    def frames(self, theirs: list[Any], ours: list[Any]) -> None:
        """Compare streams: frames of the same kind with each other, in order."""
        kinds = [[_kind_of(frame) for frame in frames] for frames in (theirs, ours)]
        for tag, start, end, begin, stop in difflib.SequenceMatcher(None, *kinds, autojunk=False).get_opcodes():
            if tag == "equal":
                for one, other in zip(theirs[start:end], ours[begin:stop], strict=True):
                    self.values(one, other, "stream")
                continue
            for kind in kinds[0][start:end]:
                self._differ("stream", f"without {kind}")
            for kind in kinds[1][begin:stop]:
                self._differ("stream", f"with {kind}")

    def values(self, theirs: Any, ours: Any, where: str) -> None:
        """Compare JSON."""
        match theirs, ours:
            case dict(), dict():
                self._objects(theirs, ours, where)
            case list(), list() if where.endswith(".turns"):
                self._turns(theirs, ours, where)
            case list(), list():
                if len(theirs) != len(ours):
                    self._differ(where, f"{len(theirs)} items → {len(ours)} items")
                for one, other in zip(theirs, ours, strict=False):
                    self.values(one, other, where)
            case str(), str() if ID.fullmatch(theirs) and ID.fullmatch(ours):
                if self.ids.setdefault(theirs, ours) != ours:
                    self._differ(where, "another id")
            case str(), str() if TIME.fullmatch(theirs) and TIME.fullmatch(ours):
                pass
            case _ if theirs != ours or type(theirs) is not type(ours):
                self._differ(where, f"{theirs!r} → {ours!r}")

    def _objects(self, theirs: dict[str, Any], ours: dict[str, Any], where: str) -> None:
        for name in theirs.keys() - ours.keys():
            self._differ(f"{where}.{name}", "missing")
        for name in ours.keys() - theirs.keys():
            self._differ(f"{where}.{name}", "added")
        for name in theirs.keys() & ours.keys():
            self.values(theirs[name], ours[name], f"{where}.{name}")

    def _turns(self, theirs: list[Any], ours: list[Any], where: str) -> None:
        """Compare the turns of a session, each with the one that stands for it."""
        known = {self.ids.get(turn["turn_id"]) for turn in theirs}
        for _ in (turn for turn in ours if turn["turn_id"] not in known):
            self._differ(where, "with a turn more")
        rest = [turn for turn in ours if turn["turn_id"] in known]
        assert len(rest) == len(theirs), self._exchange
        for one, other in zip(theirs, rest, strict=True):
            self.values(one, other, f"{where}[]")

    def _differ(self, where: str, what: str) -> None:
        self.found.append(Difference(self._exchange, where, what))


def _kind_of(frame: dict[str, Any]) -> str:
    if "event" not in frame:
        return "error"
    payload = frame["event"]["payload"]
    delta = payload.get("delta", {})
    kinds = payload["event_type"], payload.get("step_type"), delta.get("type"), delta.get("parse_status")
    return " ".join(each for each in kinds if each)
