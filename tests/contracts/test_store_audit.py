"""What every store does with the audit: it adds to it, reads it, and drops what is old."""

import pytest
from msgspec.structs import replace

from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.domain.errors import InvalidCursor
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, at, session


def entry(number: int, **changes: object) -> AuditEntry:
    said = AuditEntry(
        entry_id=f"e{number}",
        at=at(number),
        action="session.delete",
        actor=ANA,
        owner=ANA,
        outcome="done",
        subject={"session_id": "s1", "agent_id": "a1"},
        via="key",
        request_id=f"r{number}",
        address="192.0.2.1",
    )
    return replace(said, **changes)


async def test_entries_come_back_as_they_were_the_newest_first(empty: Store) -> None:
    made = [entry(1), entry(2, outcome="refused", code="session_not_found", subject={}), entry(3, actor="", via="")]
    await empty.add_audit(made)
    assert (await empty.list_audit(AuditFilter(), limit=9)).items == made[::-1]


async def test_they_are_shown_by_who_did_what_and_when(empty: Store) -> None:
    made = [
        entry(1),
        entry(2, actor=BEN),
        entry(3, action="session.create"),
        entry(4, actor=BEN, action="session.create"),
    ]
    await empty.add_audit(made)

    async def found(**said: str) -> list[str]:
        return [each.entry_id for each in (await empty.list_audit(AuditFilter(**said), limit=9)).items]

    assert await found(actor=BEN) == ["e4", "e2"]
    assert await found(action="session.create") == ["e4", "e3"]
    assert await found(actor=ANA, action="session.create") == ["e3"]
    assert await found(since=at(2), until=at(4)) == ["e3", "e2"]
    assert await found(actor="nobody") == []


async def test_a_page_leads_to_the_next_while_entries_are_added(empty: Store) -> None:
    same = at(5)  # what was done at one time is told apart by its id
    await empty.add_audit([entry(number, at=same) for number in range(1, 6)])
    first = await empty.list_audit(AuditFilter(), limit=2)
    await empty.add_audit([entry(9, at=at(9))])
    second = await empty.list_audit(AuditFilter(), limit=2, cursor=first.next_cursor)
    last = await empty.list_audit(AuditFilter(), limit=2, cursor=second.next_cursor)
    assert [each.entry_id for page in (first, second, last) for each in page.items] == ["e5", "e4", "e3", "e2", "e1"]
    assert last.next_cursor is None


async def test_a_cursor_of_another_list_is_refused(empty: Store) -> None:
    with pytest.raises(InvalidCursor):
        await empty.list_audit(AuditFilter(), limit=2, cursor="bm9uc2Vuc2U")


async def test_entries_stay_when_what_they_speak_of_is_gone(store: Store) -> None:
    await store.add_audit([entry(1)])
    await store.delete_agent(ANA, session().agent_id)
    assert (await store.list_audit(AuditFilter(), limit=9)).items == [entry(1)]


async def test_old_ones_are_dropped_a_few_at_a_time(empty: Store) -> None:
    await empty.add_audit([entry(number) for number in range(1, 5)])
    assert await empty.drop_audit(before=at(4), limit=2) == 2
    assert [each.entry_id for each in (await empty.list_audit(AuditFilter(), limit=9)).items] == ["e4", "e3"]
    assert await empty.drop_audit(before=at(4), limit=2) == 1
    assert await empty.drop_audit(before=at(4), limit=2) == 0
    assert [each.entry_id for each in (await empty.list_audit(AuditFilter(), limit=9)).items] == ["e4"]
