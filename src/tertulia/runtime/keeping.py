"""Archives and deletes sessions that nobody goes on with, as the rules of the server, of agents and of sessions say.

What is due is found in one way, whether it is told (`tertulia prune --dry-run`) or done. What is deleted goes into the
trash, in small transactions, each of which looks again whether it is still due; and it is told to the audit.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence

from tertulia.domain.base import Value
from tertulia.domain.retention import How, RetentionRule
from tertulia.domain.sessions import Session, SessionFilter
from tertulia.engine.keeping import Terms, Verdict, terms_of, verdict_on
from tertulia.runtime.audit import Audit
from tertulia.runtime.clock import Clock, earlier
from tertulia.store.base import Store
from tertulia.store.keeping import AgentRule

PAGE = 200
BATCH = 20
"""Sessions that go in one transaction."""
PAUSE = 0.05
"""Seconds between batches, in which others write."""
DAY_HOURS = 24.0


class Due(Value):
    """A session that a rule takes by now."""

    owner: str
    session: Session
    verdict: Verdict

    @property
    def kind(self) -> tuple[str, str, Verdict]:
        """What those have in common that can go together."""
        return self.owner, self.session.agent_id, self.verdict


class Keeping:
    """Rules of how long sessions stay, and what they take; `rule` is the server's."""

    def __init__(self, store: Store, audit: Audit, *, rule: RetentionRule, clock: Clock) -> None:
        self._store = store
        self._audit = audit
        self._rule = rule
        self._clock = clock

    async def due(self) -> AsyncIterator[Due]:
        """What the rules take by now: first by the rules of sessions, then agent by agent."""
        now = self._clock()
        rules: dict[tuple[str, str], RetentionRule | None] = {}
        async for owner, session in self._ruled():
            rule = await self._rule_of(rules, owner, session.agent_id)
            terms = terms_of([("session", session.retention), ("agent", rule), ("server", self._rule)])
            if (due := _due(owner, session, terms, now)) is not None:
                yield due
        async for agent in self._agents():
            if self._rule.says_something or (agent.rule is not None and agent.rule.says_something):
                async for due in self._due_of(agent, now):
                    yield due

    async def _ruled(self) -> AsyncIterator[tuple[str, Session]]:
        cursor: str | None = None
        while True:
            page = await self._store.list_ruled(limit=PAGE, cursor=cursor)
            for each in page.items:
                yield each.owner, each.session
            if (cursor := page.next_cursor) is None:
                return

    async def _rule_of(
        self, known: dict[tuple[str, str], RetentionRule | None], owner: str, agent_id: str
    ) -> RetentionRule | None:
        if (owner, agent_id) not in known:
            known[owner, agent_id] = (await self._store.get_agent(owner, agent_id)).agent_config.retention
        return known[owner, agent_id]

    async def _agents(self) -> AsyncIterator[AgentRule]:
        cursor: str | None = None
        while True:
            page = await self._store.list_agent_rules(limit=PAGE, cursor=cursor)
            for agent in page.items:
                yield agent
            if (cursor := page.next_cursor) is None:
                return

    async def _due_of(self, agent: AgentRule, now: str) -> AsyncIterator[Due]:
        """What is due of an agent's sessions that have no rule of their own, the one that was idle longest first."""
        terms = terms_of([("agent", agent.rule), ("server", self._rule)])
        for term, archived in ((terms.delete, None), (terms.archive, False)):
            if term is None:
                continue
            pinned = False if terms.keep_pinned else None
            which = SessionFilter(agent_id=agent.agent_id, archived=archived, pinned=pinned)
            async for session in self._idle(agent.owner, which, before=earlier(now, hours=term.days * DAY_HOURS)):
                due = None if session.retention is not None else _due(agent.owner, session, terms, now)
                if due is not None and due.verdict.how == ("archive" if archived is False else "delete"):
                    yield due

    async def _idle(self, owner: str, which: SessionFilter, *, before: str) -> AsyncIterator[Session]:
        cursor: str | None = None
        while True:
            page = await self._store.list_sessions(owner, which, order="asc", limit=PAGE, cursor=cursor)
            for session in page.items:
                if session.updated_at >= before:
                    return
                yield session
            if (cursor := page.next_cursor) is None:
                return

    async def apply(self) -> dict[How, int]:
        """Take what is due; return how many sessions were archived, and how many deleted."""
        taken: dict[How, int] = {"archive": 0, "delete": 0}
        batch: list[Due] = []
        async for due in self.due():
            if batch and (len(batch) == BATCH or due.kind != batch[0].kind):
                taken[batch[0].verdict.how] += await self._take(batch)
                batch = []
                await asyncio.sleep(PAUSE)
            batch.append(due)
        if batch:
            taken[batch[0].verdict.how] += await self._take(batch)
        return taken

    async def _take(self, batch: Sequence[Due]) -> int:
        (owner, agent_id, verdict), now = batch[0].kind, self._clock()
        since = earlier(now, hours=verdict.days * DAY_HOURS)
        ids = [due.session.session_id for due in batch]
        taken = await self._store.retire(owner, agent_id, ids, how=verdict.how, idle_since=since, at=now)
        told = [{"agent_id": agent_id, "session_id": each, "rule_of": verdict.rule_of} for each in taken]
        await self._audit.record_own(f"session.{verdict.how}", owner, told)
        return len(taken)


def _due(owner: str, session: Session, terms: Terms, now: str) -> Due | None:
    idle = dt.datetime.fromisoformat(now) - dt.datetime.fromisoformat(session.updated_at)
    verdict = verdict_on(session, terms, idle_days=idle / dt.timedelta(days=1))
    return None if verdict is None else Due(owner=owner, session=session, verdict=verdict)
