"""Very long and very many talks in little time: one real turn, taken out, comes back in as a thousand."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uuid_utils

from bench.fill import add_sessions
from bench.page.model import MODEL
from bench.page.prose import section
from bench.processes import tertulia
from bench.targets import AgentsApi

QUESTION = "What came out?"
LONG = "The long talk"
TALK_TURNS = 12
Json = dict[str, Any]


@dataclass(frozen=True)
class Seeds:
    """What was sown: an agent with many sessions, among them a long one and some of a dozen turns."""

    agent_id: str
    long_id: str
    talk_ids: tuple[str, ...]
    turns: int

    @property
    def agent_path(self) -> str:
        return f"/a/{self.agent_id}"

    @property
    def long_path(self) -> str:
        return f"{self.agent_path}/s/{self.long_id}"

    @property
    def last_words(self) -> str:
        """What only the last answer of the long talk has."""
        return end_of(LONG, self.turns)


def talk_name(number: int) -> str:
    """What a short talk is called: no name begins another, whatever stands behind it in the list."""
    return f"Talk ({number})"


def end_of(name: str, number: int) -> str:
    """What the answer of a number ends with."""
    return f"So ends answer {number} of {name}."


async def fill_sessions(data_dir: Path, model_url: str, count: int) -> str:
    """Make a database with an agent that has so many sessions, which nothing was said in; return the agent's id."""
    async with tertulia(data_dir, model_url) as ours:
        api = AgentsApi(ours.url, MODEL)
        await api.prepare(1, within=10)
        agent_id = (await api.agent()).rpartition("/")[2]
    await asyncio.to_thread(add_sessions, data_dir, agent_id, count - 1)
    return agent_id


async def sow(url: str, agent_id: str, *, turns: int, talks: int) -> Seeds:
    """Bring in the long talk and the others, all of them younger than the many."""
    api = AgentsApi(url, MODEL)
    agent = f"{url}/agents/{agent_id}"
    document = await one_turn(api)
    names = [*((talk_name(number), TALK_TURNS) for number in range(talks, 0, -1)), (LONG, turns)]
    ids = [await bring_in(api, agent, grown(document, name, count)) for name, count in names]
    return Seeds(agent_id, ids[-1], tuple(reversed(ids[:-1])), turns)


async def one_turn(api: AgentsApi) -> Json:
    """Have one turn with an agent of its own, and take its session out."""
    [place] = await api.prepare(1, within=10)
    await api.call("POST", place, {"messages": [{"role": "user", "content": QUESTION}], "stream": False})
    return await api.call("GET", f"{place.removesuffix('/turn')}/export")


async def bring_in(api: AgentsApi, agent: str, document: Json) -> str:
    """Import a session; return its id."""
    return (await api.call("POST", f"{agent}/sessions/import", document))["session_id"]


def grown(document: Json, name: str, turns: int) -> Json:
    """The same session under another name, with so many turns instead of one."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    session_id = new_id()
    of_session = {document["session"]["session_id"]: session_id}
    grown_turns = [*copies(document["turns"][0], of_session, name, turns)]
    facts = {
        "session_id": session_id,
        "session_name": name,
        "updated_at": now,
        "turn_count": turns,
        "active_turn_id": grown_turns[-1]["turn"]["turn_id"],
    }
    return {**document, "session": {**document["session"], **facts}, "turns": grown_turns}


def copies(turn: Json, of_session: Mapping[str, str], name: str, turns: int) -> Iterator[Json]:
    """Each follows the one before, under ids of its own, and has an answer of its own."""
    said = turn["turn"]
    parent: str | None = None
    for number in range(1, turns + 1):
        texts: dict[str, str] = {
            **of_session,
            said["turn_id"]: new_id(),
            said["steps"][0]["step_id"]: new_id(),
            said["last_event_id"]: f"{number}.1.{said['last_event_id'].rpartition('.')[2]}",
            said["output_message"]["content"]: f"{section(number)}{end_of(name, number)}",
            QUESTION: f"{QUESTION[:-1]} in part {number}?",
        }
        yield rewritten(turn, texts, {"n": number, "parent_turn_id": parent})
        parent = texts[said["turn_id"]]


def rewritten(value: Any, texts: Mapping[str, str], fields: Mapping[str, object]) -> Any:
    """A JSON value with other texts in the place of some, and other values of some fields."""
    match value:
        case dict():
            return {key: fields.get(key, rewritten(inner, texts, fields)) for key, inner in value.items()}
        case list():
            return [rewritten(inner, texts, fields) for inner in value]
        case str():
            return texts.get(value, value)
        case _:
            return value


def new_id() -> str:
    """An id as the server makes them."""
    return str(uuid_utils.uuid7())
