"""What every store does with links: found by the hash of their secret, listed for their owner, revoked once."""

import pytest

from tertulia.domain.errors import SessionNotFound, ShareNotFound
from tertulia.domain.sessions import SessionPatch
from tertulia.domain.users import User
from tertulia.store.accounts import UserChange
from tertulia.store.base import Store
from tertulia.store.shares import StoredShare
from tests.store.values import ANA, NODE, at, completed, resumed, running, session, share


async def test_a_link_is_found_by_the_hash_of_its_secret(store: Store) -> None:
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Lisbon"), at=at(5))
    made = await store.create_share(ANA, share(include="steps", expires_at=at(90)), token_hash="hash")
    assert made == share(include="steps", expires_at=at(90), session_name="Lisbon")
    assert await store.find_share("hash") == StoredShare(owner=ANA, share=made)
    assert await store.find_share("other") is None


async def test_a_link_shows_what_has_ended_unless_it_is_live(store: Store) -> None:
    await store.append([completed(await running(store))])
    await running(store, "t2")
    await store.create_share(ANA, share("l1"), token_hash="snapshot")
    await store.create_share(ANA, share("l2", live=True), token_hash="live")
    found = {name: await store.find_share(name) for name in ("snapshot", "live")}
    assert {name: each and each.tip for name, each in found.items()} == {"snapshot": "t1", "live": None}


async def test_links_are_listed_newest_first_in_pages_and_by_session(store: Store) -> None:
    await store.create_session(ANA, session("s2"))
    for i in range(5):
        made = share(f"l{i}", session_id=f"s{i % 2 + 1}", created_at=at(i // 2))
        await store.create_share(ANA, made, token_hash=f"hash{i}")
    found: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page = await store.list_shares(ANA, limit=2, cursor=cursor)
        found += [each.share_id for each in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == (["l4", "l3", "l2", "l1", "l0"], None)
    assert [each.share_id for each in (await store.list_shares(ANA, session_id="s2", limit=9)).items] == ["l3", "l1"]


async def test_a_link_is_revoked_once(store: Store) -> None:
    await store.create_share(ANA, share(), token_hash="hash")
    for second in (40, 50):
        await store.revoke_share(ANA, "s1", "l1", at=at(second))
    found = await store.find_share("hash")
    assert found is not None
    assert found.share.revoked_at == at(40)
    assert (await store.list_shares(ANA, limit=9)).items == [found.share]
    for session_id, share_id in [("s1", "l9"), ("s9", "l1")]:
        with pytest.raises(ShareNotFound):
            await store.revoke_share(ANA, session_id, share_id, at=at(60))


async def test_links_of_who_is_disabled_are_not_found_until_they_are_let_in_again(store: Store) -> None:
    await store.add_user(User(user_id=ANA, name="ana", role="user", created_at=at(0)))
    await store.create_share(ANA, share(), token_hash="hash")
    await store.update_user(ANA, UserChange(disabled=True))
    assert await store.find_share("hash") is None
    await store.update_user(ANA, UserChange(disabled=False))
    assert await store.find_share("hash") is not None


async def test_a_turn_that_a_link_shows_as_it_is_is_not_taken_up_again(store: Store) -> None:
    await store.append([completed(await running(store))])
    await store.create_share(ANA, share("l1", live=True), token_hash="live")
    await store.create_share(ANA, share("l2"), token_hash="snapshot")
    for is_revoked in (False, True):
        claim = await store.claim(ANA, "t1", node=NODE, reopens=True)
        assert claim is not None
        assert (await store.append([resumed(claim.record)])).lost == (frozenset() if is_revoked else {"t1"})
        await store.revoke_share(ANA, "s1", "l2", at=at(40))


async def test_links_go_with_their_session_also_if_a_fork_has_its_turns(store: Store) -> None:
    await store.append([completed(await running(store))])
    await store.create_share(ANA, share(), token_hash="hash")
    await store.fork_session(ANA, "s1", session("s2"), turn_id="t1")
    await store.delete_session(ANA, "a1", "s1")
    assert await store.find_share("hash") is None
    assert (await store.list_shares(ANA, limit=9)).items == []
    with pytest.raises(SessionNotFound):
        await store.create_share(ANA, share(), token_hash="hash")
