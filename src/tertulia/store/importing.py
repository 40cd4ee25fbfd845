"""A session that comes from elsewhere, with turns that have ended: what every backend decides alike about it."""

from collections.abc import Mapping, Sequence

from msgspec import field
from msgspec.structs import replace

from tertulia.domain.base import Value
from tertulia.domain.errors import Conflict
from tertulia.domain.events import LoggedEvent
from tertulia.domain.feedback import Feedback
from tertulia.domain.sessions import Session, preview_of
from tertulia.domain.turns import ENDED, Turn
from tertulia.store import rules
from tertulia.store.branches import Run, Stand, at_the_root, branching_off, going_on
from tertulia.store.files import StoredFile


class ImportedTurn(Value):
    """A turn that has ended, the whole log that it is the fold of, and its files.

    It brings `new_files`, whose blobs are reserved, and uses files that are there, or that an earlier turn brings. What
    was said of it comes along.
    """

    turn: Turn
    events: list[LoggedEvent]
    new_files: list[StoredFile] = field(default_factory=list[StoredFile])
    used_files: list[str] = field(default_factory=list[str])
    feedback: Feedback | None = None

    @property
    def epoch(self) -> int:
        """The epoch of the log's last event: nobody holds a lease of an ended turn."""
        return self.events[-1].id.epoch


def refuse_unless_whole(session: Session, turns: Sequence[ImportedTurn]) -> None:
    """Raise ValueError, a bug of the caller's, unless these are turns of the session, ended, each after its parent."""
    n, known = 0, set[str | None]([None])
    for imported in turns:
        turn = imported.turn
        if turn.session_id != session.session_id or any(each.id.n != turn.n for each in imported.events):
            raise ValueError(f"turn {turn.turn_id} is not number {turn.n} of session {session.session_id}")
        if not n < turn.n <= rules.LARGEST_N or turn.parent_turn_id not in known:
            raise ValueError(f"turn {turn.turn_id} does not come after its parent")
        if turn.turn_id in known:
            raise Conflict("A turn comes twice.")
        if turn.status not in ENDED or not imported.events:
            raise ValueError(f"turn {turn.turn_id} has not ended, or has no log")
        n = turn.n
        known.add(turn.turn_id)


def stands_of(session: Session, turns: Sequence[ImportedTurn]) -> Mapping[str, Stand]:
    """Return where each turn stands, by its id: where it would if they had been said here."""
    stands: dict[str, Stand] = {}
    lineages: dict[int, list[Run]] = {}
    """By which runs each run is reached, as far as its first turn says it: whole ways would add up to a square."""
    lasts: dict[int, Turn] = {}
    """The last turn of each run."""
    by_id = {imported.turn.turn_id: imported.turn for imported in turns}
    for turn in by_id.values():
        stand = at_the_root(turn.n)
        if turn.parent_turn_id is not None:
            parent, after = by_id[turn.parent_turn_id], stands[turn.parent_turn_id]
            if lasts[after.branch] is parent:
                stand = going_on(after.branch, after.depth)
            else:
                path = [*lineages[after.branch], Run(session.session_id, after.branch, parent.n)]
                stand = branching_off(path, turn.n, after.depth)
        stands[turn.turn_id], lasts[stand.branch] = stand, turn
        lineages.setdefault(stand.branch, stand.lineage or [])
    return stands


def settled(session: Session, turns: Sequence[ImportedTurn]) -> Session:
    """Return the session as it stands after these turns: nothing runs, and a list shows the last turn of a branch.

    It is the branch that is active in the session, or the one of the last turn if there is no such.
    """
    if not turns:
        none_yet = {"turn_count": 0, "active_turn_id": None, "last_turn_status": None, "preview": ""}
        return replace(session, turns=[], status="idle", **none_yet)
    last = turns[-1].turn
    active = next((each.turn for each in turns if each.turn.turn_id == session.active_turn_id), last)
    return replace(
        session,
        turns=[],
        turn_count=stands_of(session, turns)[active.turn_id].depth,
        active_turn_id=active.turn_id,
        status="idle",
        last_turn_status=active.status,
        preview=preview_of(rules.words_of(active.input_messages)),
        updated_at=max(session.updated_at, last.completed_at or last.started_at),
    )
