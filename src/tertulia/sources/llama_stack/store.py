"""A Llama Stack server's agents, sessions and turns, in the order in which they came about.

It keeps the keys of the whole store in memory, and the values of one session at a time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tertulia.domain.agents import Agent
from tertulia.domain.sessions import DEFAULT_NAME, Session
from tertulia.sources.base import Finding, FoundFile, FoundTurn
from tertulia.sources.llama_stack.agents import AgentReader
from tertulia.sources.llama_stack.key_values import Damage, Key, KeyValues, parse_key
from tertulia.sources.llama_stack.records import StoredSession, StoredToolMessage, StoredTurn, StoredUser
from tertulia.sources.llama_stack.turns import Place, events_of
from tertulia.sources.times import time_of

NAME_CHARS = 200


class LlamaStackStore:
    """The store behind some key-values. `models` says which models have another name here."""

    def __init__(self, key_values: KeyValues, *, models: Mapping[str, str]) -> None:
        self._key_values = key_values
        self._reader = AgentReader(models)
        self._models: dict[str, str] = {}
        """The model of each agent that can be read."""
        self.findings: list[Finding] = []
        self._agents: list[Key] = []
        self._sessions: list[Key] = []
        self._turns: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
        for key in filter(None, map(parse_key, key_values.keys())):
            self._sort_in(key)

    def _sort_in(self, key: Key) -> None:
        if key.turn_id:
            self._turns[key.agent_id, key.session_id].append(key)
        elif key.session_id:
            self._sessions.append(key)
        else:
            self._agents.append(key)

    def close(self) -> None:
        self._key_values.close()

    # --- agents ---

    def agents(self) -> Sequence[Agent]:
        found = [agent for key, value in self._read(self._agents) if (agent := self._agent(key, value))]
        self._models = {agent.agent_id: agent.agent_config.model for agent in found}
        return sorted(found, key=lambda agent: (agent.created_at, agent.agent_id))

    def _agent(self, key: Key, value: bytes | Damage) -> Agent | None:
        what = f"agent {key.agent_id}"
        try:
            agent = self._reader.read(key.agent_id, _whole(value))
        except (msgspec.MsgspecError, ValueError) as error:
            return self._lost(what, error)
        self.findings += [Finding(what=what, why=note, is_lost=False) for note in self._reader.notes]
        return agent

    # --- sessions ---

    def sessions(self) -> Sequence[Session]:
        self._report_turns_without_a_session()
        found = [session for key, value in self._read(self._sessions) if (session := self._session(key, value))]
        return sorted(found, key=lambda session: (session.started_at, session.session_id))

    def _session(self, key: Key, value: bytes | Damage) -> Session | None:
        what = f"session {key.session_id}"
        if key.agent_id not in self._models:
            return self._lost(what, f"its agent {key.agent_id} is not there or cannot be read")
        try:
            stored = msgspec.json.decode(_whole(value), type=StoredSession)
        except (msgspec.MsgspecError, ValueError) as error:
            return self._lost(what, f"{error}; {len(self._turns[key.agent_id, key.session_id])} turns with it")
        at = time_of(stored.started_at)
        name = stored.session_name.replace("\0", " ").strip()[:NAME_CHARS]
        return Session(
            session_id=key.session_id,
            session_name=name or DEFAULT_NAME,
            agent_id=key.agent_id,
            started_at=at,
            updated_at=at,
            title_source="user" if name else "default",
            turn_count=len(self._turns[key.agent_id, key.session_id]),
            metadata=_metadata_of(stored),
        )

    def _report_turns_without_a_session(self) -> None:
        known = {(key.agent_id, key.session_id) for key in self._sessions}
        for ids, keys in self._turns.items():
            if ids not in known:
                self._lost(f"{len(keys)} turns of session {ids[1]}", "the session is not there: it was deleted")

    # --- turns ---

    def turns(self, session: Session) -> Iterator[FoundTurn]:
        keys = self._turns[session.agent_id, session.session_id]
        found = [(key, turn) for key, value in self._read(keys) if (turn := self._turn(key, value))]
        found.sort(key=lambda one: (time_of(one[1].started_at), one[0].turn_id))
        for place, (key, turn) in enumerate(found):
            following = found[place + 1][1] if place + 1 < len(found) else None
            self._report_what_is_left_out(key, turn)
            yield FoundTurn(
                turn_id=key.turn_id,
                events=events_of(turn, self._place_of(key, place + 1), _answers_to(turn, following)),
            )

    def files(self, session: Session) -> Iterator[FoundFile]:
        """Llama Stack keeps what files came to within the messages."""
        return iter(())

    def uploads(self) -> Iterator[FoundFile]:
        return iter(())

    def _place_of(self, key: Key, n: int) -> Place:
        return Place(
            agent_id=key.agent_id,
            session_id=key.session_id,
            turn_id=key.turn_id,
            n=n,
            model=self._models[key.agent_id],
        )

    def _turn(self, key: Key, value: bytes | Damage) -> StoredTurn | None:
        try:
            return msgspec.json.decode(_whole(value), type=StoredTurn)
        except (msgspec.MsgspecError, ValueError) as error:
            return self._lost(f"turn {key.turn_id} of session {key.session_id}", error)

    def _report_what_is_left_out(self, key: Key, turn: StoredTurn) -> None:
        what = f"turn {key.turn_id} of session {key.session_id}"
        if any(isinstance(message, StoredUser) and message.context for message in turn.input_messages):
            why = "the context beside its message is left out: what was retrieved is in the retrieval's step"
            self.findings.append(Finding(what=what, why=why, is_lost=False))
        if turn.output_attachments:
            why = f"{len(turn.output_attachments)} output attachments are left out"
            self.findings.append(Finding(what=what, why=why, is_lost=False))

    # --- reading ---

    def _read(self, keys: Sequence[Key]) -> Iterator[tuple[Key, bytes | Damage]]:
        """Yield the values of some keys, a few at a time."""
        for start in range(0, len(keys), 200):
            some = keys[start : start + 200]
            yield from zip(some, self._key_values.values([key.text for key in some]), strict=True)

    def _lost(self, what: str, why: object) -> None:
        self.findings.append(Finding(what=what, why=str(why)))


def _whole(value: bytes | Damage) -> bytes:
    if isinstance(value, Damage):
        raise ValueError(value.why)
    return value


def _metadata_of(stored: StoredSession) -> dict[str, object]:
    """What only Llama Stack knows what to do with."""
    kept = {"owner": stored.owner and stored.owner.principal, "vector_db_id": stored.vector_db_id}
    kept = {name: value for name, value in kept.items() if value}
    return {"llama_stack": kept} if kept else {}


def _answers_to(turn: StoredTurn, following: StoredTurn | None) -> list[StoredToolMessage]:
    """What the next turn's input answers of this turn's open calls."""
    output = turn.output_message
    if following is None or output is None or not output.tool_calls:
        return []
    asked = {call.call_id for call in output.tool_calls}
    messages = [message for message in following.input_messages if isinstance(message, StoredToolMessage)]
    return [message for message in messages if message.call_id in asked]
