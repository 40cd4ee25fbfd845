"""Very many sessions with what was said in them, and one that is very long: imported into our server's database.

They go in by the store's own way for sessions from elsewhere, so that all hangs on them that would: turns, logs,
search. The server does not run meanwhile.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from tertulia.domain.messages import AssistantMessage, UserMessage
from tertulia.domain.sessions import Session
from tertulia.domain.shares import SharedTurn
from tertulia.domain.users import LOCAL_OWNER
from tertulia.runtime.clock import new_id, time_of
from tertulia.runtime.continuing import continued
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore

AT_ONCE = 64
TOWNS = ("Lisbon", "Porto", "Coimbra", "Braga", "Faro", "Évora", "Aveiro", "Tavira")
RARE = "axolotl"
"""A word that one session in `RARELY` has."""
RARELY = 1_000
BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


async def add_crowd(data_dir: Path, agent_id: str, sessions: int, long_turns: int) -> str:
    """Add so many sessions of a turn each, and one of so many turns; return that one's id."""
    store = SqlStore(SqliteDatabase(data_dir / "tertulia.db"))
    await store.open()
    try:
        numbers = iter(range(sessions))

        async def add() -> None:
            for number in numbers:
                await add_session(store, agent_id, number, [turn_of(number, 1)])

        await asyncio.gather(*(add() for _ in range(AT_ONCE)))
        long = [turn_of(sessions, n) for n in range(1, long_turns + 1)]
        return await add_session(store, agent_id, sessions, long)
    finally:
        await store.close()


async def add_session(store: SqlStore, agent_id: str, number: int, turns: list[SharedTurn]) -> str:
    """Add a session; return its id."""
    at = moment(number)
    session = Session(
        session_id=new_id(),
        session_name=f"{TOWNS[number % len(TOWNS)]}, plan {number}",
        agent_id=agent_id,
        started_at=at,
        updated_at=at,
        title_source="user",
    )
    await store.import_session(LOCAL_OWNER, session, continued(session, turns, new_id))
    return session.session_id


def turn_of(number: int, n: int) -> SharedTurn:
    """A turn of a session: most of its words are in all of them."""
    town = TOWNS[(number + n) % len(TOWNS)]
    rare = f" Beware of the {RARE}." if number % RARELY == 0 and n == 1 else ""
    return SharedTurn(
        n=n,
        status="completed",
        input_messages=[UserMessage(content=f"What should we see in {town} on day {n} of trip{number}?")],
        output_message=AssistantMessage(content=" ".join(words_of(town)) + rare, stop_reason="end_of_turn"),
        started_at=moment(number),
        completed_at=moment(number),
    )


def words_of(town: str) -> Iterator[str]:
    """An answer of some sixty words."""
    for hour in range(8, 16):
        yield f"At {hour} o'clock walk from the station of {town} to the river."


def moment(number: int) -> str:
    """When a session was last used: each a second after the one before."""
    return time_of(BEGAN + dt.timedelta(seconds=number))
