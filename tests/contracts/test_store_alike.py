"""Whatever is done to them, in whatever order, all stores answer alike: the memory store is the model of the others.

Hypothesis makes up the operations, and when two stores differ it finds the shortest story that shows it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import UNSET
from msgspec.structs import replace

from tertulia.domain.agents import AgentConfig
from tertulia.domain.errors import TertuliaError
from tertulia.domain.events import EventId
from tertulia.domain.paging import Order
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.domain.sessions import SessionFilter, SessionPatch
from tertulia.store.base import Store
from tertulia.store.log import Append, Watched
from tertulia.store.turns import TurnRecord
from tests.contracts.conftest import STORES
from tests.store.values import (
    agent,
    append,
    at,
    awaiting,
    cancelled,
    completed,
    new_turn,
    resumed,
    said,
    session,
)

numbers = st.integers(1, 2)
nodes = st.integers(1, 3)
either = st.none() | st.booleans()
orders = st.sampled_from(["asc", "desc"])
limits = st.integers(1, 3)
keys = st.sampled_from([None, None, "k", "l"])
names = st.sampled_from(["New session", "Lisbon", "100% ÉCOLE", "a_b/c"])
texts = st.none() | st.sampled_from(["école", "%", "_", "/", "", "lisbon"])
metadata = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.none() | st.integers(0, 3) | st.dictionaries(st.sampled_from(["c", "d"]), st.none() | st.text(max_size=3)),
    max_size=2,
)
patches = st.fixed_dictionaries(
    {},
    optional={
        "session_name": names,
        "metadata": metadata,
        "pinned": st.booleans(),
        "archived": st.booleans(),
        "tags": st.lists(names | st.just("lisbon"), max_size=3),
    },
)
queries = st.sampled_from(["lisbon", "ecole", "100 -a", "hel*", "-hello", "-nothing"])
owners = count()


async def found(store: Store, *, owner: str, query: str) -> list[Any]:
    """What a search finds, sorted: of what has the same time, each store has an order of its own."""
    page = await store.search(owner, SearchFilter(query=parse_query(query), archived=None), limit=200)
    return sorted((hit.session_id, hit.turn_id or "", hit) for hit in page.items)


async def _none() -> None:
    """Nothing is asked."""


async def outcome(asked: Awaitable[Any]) -> Any:
    """What a store answered, or how it refused, as a value."""
    try:
        return await asked
    except TertuliaError as error:
        return type(error), getattr(error, "turn_id", None), error.retry_after


class Stories(RuleBasedStateMachine):
    """Asks every store the same, each time under a new owner, who finds them empty."""

    runner: asyncio.Runner
    stores: dict[str, Store]

    def __init__(self) -> None:
        super().__init__()
        self.owner = f"owner{next(owners)}"
        self.clock = count(1)

    def all(self, ask: Callable[[Store], Awaitable[Any]]) -> Any:
        """Ask every store; their one answer."""
        answers = {name: self.runner.run(outcome(ask(store))) for name, store in self.stores.items()}
        expected = answers["memory"]
        for name, answer in answers.items():
            assert answer == expected, f"{name} answers otherwise than memory"
        return expected

    def all_pages(self, ask: Callable[..., Awaitable[Any]]) -> None:
        """Read a list to its end."""
        page = self.all(ask)
        while cursor := getattr(page, "next_cursor", None):
            page = self.all(partial(ask, cursor=cursor))

    def now(self) -> str:
        # Times go up and sometimes stay: ids must then decide the order.
        return at(next(self.clock) // 2)

    def id(self, kind: str, number: int) -> str:
        # Ids are unique among owners, as those that the runtime makes are.
        return f"{self.owner}.{kind}{number}"

    def make_session(self, number: int, *, key: str | None = None, **changes: Any) -> None:
        made = session(self.id("s", number), agent_id=self.id("a", 1), updated_at=self.now(), **changes)
        self.all(lambda s: s.create_session(self.owner, made, request_hash=key))

    @rule(query=queries)
    def search(self, query: str) -> None:
        self.all(partial(found, owner=self.owner, query=query))

    @invariant()
    def they_hold_the_same(self) -> None:
        which = SessionFilter(agent_id=self.id("a", 1), archived=None)
        self.all(lambda s: s.list_sessions(self.owner, which, order="desc", limit=50))
        self.all(lambda s: s.list_agents(self.owner, limit=50))

    def teardown(self) -> None:
        # What one story has left to do is not for the others to look through.
        for number in (1, 2):
            self.all(lambda s, number=number: s.delete_agent(self.owner, self.id("a", number)))


class SessionStories(Stories):
    """Agents and sessions come, change, are listed, and go."""

    def __init__(self) -> None:
        super().__init__()
        self.made = 0

    @initialize()
    def begin(self) -> None:
        self.create_agent(1, is_default=False)
        self.make_session(1)

    @rule(number=numbers, is_default=st.booleans())
    def create_agent(self, number: int, is_default: bool) -> None:
        made = agent(self.id("a", number), is_default=is_default, created_at=self.now())
        self.all(lambda s: s.create_agent(self.owner, made))
        self.all(lambda s: s.find_default_agent(self.owner))

    @rule(number=numbers, version=numbers)
    def update_agent(self, number: int, version: int) -> None:
        config, now = AgentConfig(model=f"demo/{version}"), self.now()
        self.all(lambda s: s.update_agent(self.owner, self.id("a", number), config=config, version=version, at=now))
        self.all(lambda s: s.get_agent_config(self.owner, self.id("a", number), version))

    @precondition(lambda self: self.made > 6)
    @rule(number=numbers)
    def delete_agent(self, number: int) -> None:
        self.all(lambda s: s.delete_agent(self.owner, self.id("a", number)))

    @rule(number=st.integers(1, 6), key=keys, name=names, values=metadata, pinned=st.booleans(), archived=st.booleans())
    def create_session(
        self, number: int, key: str | None, name: str, values: dict[str, Any], pinned: bool, archived: bool
    ) -> None:
        self.made += 1
        self.make_session(number, key=key, session_name=name, metadata=values, pinned=pinned, archived=archived)

    @rule(number=numbers, changes=patches, expected=st.none() | numbers)
    def update_session(self, number: int, changes: dict[str, Any], expected: int | None) -> None:
        ids, now, patch = (self.id("a", 1), self.id("s", number)), self.now(), SessionPatch(**changes)
        self.all(lambda s: s.update_session(self.owner, *ids, patch=patch, at=now, expected=expected))

    @rule(number=numbers, name=names)
    def name_session(self, number: int, name: str) -> None:
        self.all(lambda s: s.name_session(self.owner, self.id("s", number), name=name, source="model"))

    @precondition(lambda self: self.made > 3)
    @rule(number=numbers)
    def delete_session(self, number: int) -> None:
        self.all(lambda s: s.delete_session(self.owner, self.id("a", 1), self.id("s", number)))

    @rule(archived=either, pinned=either, looked_for=st.tuples(texts, st.none() | names), order=orders, limit=limits)
    def list_sessions(
        self,
        archived: bool | None,
        pinned: bool | None,
        looked_for: tuple[str | None, str | None],
        order: Order,
        limit: int,
    ) -> None:
        text, tag = looked_for
        which = SessionFilter(agent_id=self.id("a", 1), archived=archived, pinned=pinned, text=text, tag=tag)
        self.all_pages(
            lambda s, cursor=None: s.list_sessions(self.owner, which, order=order, limit=limit, cursor=cursor)
        )


class TurnStories(Stories):
    """Turns of two sessions are taken on, claimed, told, ended and read, also by who has lost them, on three nodes.

    They branch, and the sessions fork each other.
    """

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0
        self.seqs: dict[str, int] = {}
        self.records: dict[str, TurnRecord] = {}

    @initialize()
    def begin(self) -> None:
        made = agent(self.id("a", 1))
        self.all(lambda s: s.create_agent(self.owner, made))
        self.make_session(1)
        self.make_session(2)

    @rule(
        data=st.data(),
        number=numbers,
        is_new=st.sampled_from([True, True, True, False]),
        words=names,
        on_busy=st.sampled_from(["enqueue", "enqueue", "interrupt", "reject"]),
        key=keys,
        body=st.sampled_from(["x", "y"]),
        node=nodes,
    )
    def accept_turn(
        self,
        data: st.DataObject,
        number: int,
        is_new: bool,
        words: str,
        on_busy: str,
        key: str | None,
        body: str,
        node: int,
    ) -> None:
        self.turns += is_new
        parents = [UNSET, UNSET, UNSET, None, *self.records]
        new = new_turn(
            self.id(f"s{number}.t", self.turns),
            words,
            session_id=self.id("s", number),
            agent_id=self.id("a", 1),
            at=self.now(),
            on_busy=on_busy,
            max_queued=2,
            idempotency_key=key,
            request_hash=body,
            parent_turn_id=data.draw(st.sampled_from(parents)),
        )
        self._know(self.all(lambda s: s.accept_turn(self.owner, new, node=self.id("node", node))))

    @rule(number=numbers, node=nodes)
    def claim_next(self, number: int, node: int) -> None:
        session_id, of, now = self.id("s", number), self.id("node", node), self.now()
        self._know(self.all(lambda s: s.claim_next(self.owner, session_id, at=now, node=of)))

    @precondition(lambda self: self.records)
    @rule(data=st.data(), node=nodes)
    def claim(self, data: st.DataObject, node: int) -> None:
        record = self._some(data)
        self._know(self.all(lambda s: s.claim(self.owner, record.turn_id, node=self.id("node", node))))

    @rule(node=nodes, seconds=st.sampled_from([0, 3600, 3600]))
    def renew(self, node: int, seconds: float) -> None:
        self.all(partial(self._renew, self.id("node", node), seconds))

    async def _renew(self, node: str, seconds: float, store: Store) -> None:
        store.renew(node, seconds=seconds)

    @rule(node=nodes)
    def release(self, node: int) -> None:
        self.all(lambda s: s.release(self.id("node", node)))

    @invariant()
    def they_find_the_same_to_do(self) -> None:
        for node in (1, 2):
            self.all(lambda s, node=node: self._to_do(s, self.id("node", node)))

    async def _to_do(self, store: Store, node: str) -> tuple[list[TurnRecord], list[TurnRecord]]:
        orphans = [each for each in await store.list_orphans(node, limit=9999) if each.owner == self.owner]
        return orphans, sorted(await store.list_held(node), key=lambda record: record.turn_id)

    def _know(self, answer: Any) -> None:
        record = getattr(answer, "record", None)
        if isinstance(record, TurnRecord):
            self.records[record.turn_id] = record

    def _some(self, data: st.DataObject) -> TurnRecord:
        """A turn as it was when it was last accepted or claimed, sometimes with an epoch that is not its own."""
        record = data.draw(st.sampled_from(list(self.records.values())[-4:]))
        return replace(record, epoch=record.epoch + data.draw(st.sampled_from([0, 0, 0, 0, 0, -1, 1])))

    @rule(number=numbers, end=st.sampled_from([completed, completed, cancelled, awaiting]))
    def go_on(self, number: int, end: Callable[..., Append]) -> None:
        """Let what runs come to rest, and start what is next."""
        session_id, now = self.id("s", number), self.now()
        for record in [record for record in self.records.values() if record.session_id == session_id]:
            if record.epoch:
                self._append([self._told(record, end)])
        self._know(self.all(lambda s: s.claim_next(self.owner, session_id, at=now, node=self.id("node", 1))))

    @precondition(lambda self: self.records)
    @rule(data=st.data(), kinds=st.lists(st.sampled_from([completed, awaiting, resumed, None]), min_size=1, max_size=3))
    def append(self, data: st.DataObject, kinds: list[Callable[..., Append] | None]) -> None:
        self._append([self._told(self._some(data), kind) for kind in kinds])

    def _told(self, record: TurnRecord, kind: Callable[..., Append] | None) -> Append:
        seq = self.seqs.get(record.turn_id, 3)
        if kind is None or (kind in {resumed, awaiting} and record.status == "queued"):  # it has not started
            made = append(record, said(["Hel", "lo"], f"step{seq}"), seq=seq)
        else:
            made = kind(record, seq=seq, second=next(self.clock) // 2)
        self.seqs[record.turn_id] = seq + len(made.events)
        return made

    def _append(self, appends: list[Append]) -> None:
        self.all(lambda s: s.append(appends))

    @precondition(lambda self: self.records)
    @rule(data=st.data())
    def request_cancel(self, data: st.DataObject) -> None:
        record = self._some(data)
        self.all(lambda s: s.request_cancel(self.owner, record.turn_id))

    @precondition(lambda self: self.records)
    @rule(data=st.data(), epoch=st.integers(0, 2), seq=st.integers(0, 12))
    def read(self, data: st.DataObject, epoch: int, seq: int) -> None:
        record = self._some(data)
        after = EventId(n=record.n, epoch=epoch, seq=seq)
        self.all(lambda s: s.read_events(self.owner, record.turn_id, after=after))
        self.all(lambda s: s.read_events(self.owner, record.turn_id, after=after, limit=1))
        self.all(lambda s: s.get_turn(self.owner, record.agent_id, record.session_id, record.turn_id))

    @precondition(lambda self: self.records)
    @rule(n=st.integers(0, 3), epoch=st.integers(0, 2), seq=st.integers(0, 12))
    def read_news(self, n: int, epoch: int, seq: int) -> None:
        after = EventId(n=n, epoch=epoch, seq=seq)
        watched = [
            Watched(turn_id=record.turn_id, session_id=record.session_id, after=after)
            for record in self.records.values()
        ]
        self.all(lambda s: s.read_news(watched))

    @rule()
    def drop_deltas(self) -> None:
        now = self.now()
        self.all(lambda s: s.drop_deltas(ended_before=now, limit=9999))

    @rule(data=st.data(), number=numbers, order=orders, limit=limits)
    def list_turns(self, data: st.DataObject, number: int, order: Order, limit: int) -> None:
        bounds = st.none() | st.sampled_from([*self.records, "t"])
        before, after = data.draw(bounds), data.draw(bounds)
        session_id = self.id("s", number)
        self.all_pages(
            lambda s, cursor=None: s.list_turns(
                self.owner, session_id, order=order, limit=limit, cursor=cursor, before=before, after=after
            )
        )
        self.all(lambda s: s.list_unfinished(self.owner, session_id))
        tip, before_n = data.draw(bounds), data.draw(st.none() | limits)
        self.all(lambda s: s.list_turns(self.owner, session_id, order=order, limit=limit, tip=tip))
        self.all(lambda s: s.list_history(self.owner, tip or "t", limit=limit, before_n=before_n))

    @precondition(lambda self: self.records)
    @rule(data=st.data(), number=numbers, changes=patches)
    def switch(self, data: st.DataObject, number: int, changes: dict[str, Any]) -> None:
        ids, now = (self.id("a", 1), self.id("s", number)), self.now()
        patch = SessionPatch(**changes, active_turn_id=data.draw(st.sampled_from(list(self.records))))
        self.all(lambda s: s.update_session(self.owner, *ids, patch=patch, at=now))

    @rule(data=st.data(), origin=numbers, fork=numbers, key=keys)
    def fork_session(self, data: st.DataObject, origin: int, fork: int, key: str | None) -> None:
        turn_id = data.draw(st.none() | st.sampled_from([*self.records, "t"]))
        made = session(self.id("s", fork), agent_id=self.id("a", 1), updated_at=self.now())
        self.all(
            lambda s: s.delete_session(self.owner, self.id("a", 1), made.session_id) if fork != origin else _none()
        )
        self.all(lambda s: s.fork_session(self.owner, self.id("s", origin), made, turn_id=turn_id, request_hash=key))
        self.make_session(fork)  # in case that there was nothing to fork

    @precondition(lambda self: self.turns > 3)
    @rule(data=st.data(), number=numbers)
    def delete_branch(self, data: st.DataObject, number: int) -> None:
        ids = (self.id("a", 1), self.id("s", number), data.draw(st.sampled_from([*self.records, "t"])))
        self.all(lambda s: s.delete_branch(self.owner, *ids))

    @precondition(lambda self: self.turns > 5)
    @rule(number=numbers)
    def delete_session(self, number: int) -> None:
        self.all(lambda s: s.delete_session(self.owner, self.id("a", 1), self.id("s", number)))
        self.make_session(number)


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """The stores, and an event loop to ask them on."""
    with asyncio.Runner() as runner:
        stores = {name: make(request.getfixturevalue) for name, make in STORES.items()}
        for store in stores.values():
            runner.run(store.open())
        yield {"runner": runner, "stores": stores}
        for store in stores.values():
            runner.run(store.close())


@pytest.mark.slow
@pytest.mark.parametrize("stories", [SessionStories, TurnStories])
def test_all_stores_answer_alike(world: dict[str, Any], stories: type[Stories]) -> None:
    machine: Any = type(stories.__name__, (stories,), world)
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=40, deadline=None))
