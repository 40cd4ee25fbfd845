"""What every store does with users, their keys and their sign-ins."""

import asyncio

import pytest
from msgspec.structs import replace

from tertulia.domain.errors import (
    Conflict,
    InvalidCursor,
    KeyNotFound,
    LastAdmin,
    NameTaken,
    SetUpRefused,
    UserNotFound,
)
from tertulia.domain.users import ApiKey, Role, User
from tertulia.store.accounts import Credentials, KnownKey, SignIn, UserChange
from tertulia.store.base import Store
from tests.store.values import ANA, BEN, at


def user(user_id: str = ANA, *, name: str | None = None, role: Role = "user", second: int = 0) -> User:
    return User(user_id=user_id, name=name or f"{user_id} the {role}", role=role, created_at=at(second))


def key(key_id: str = "k1", *, second: int = 0) -> ApiKey:
    return ApiKey(
        key_id=key_id, name="laptop 🦊", scopes=["read", "write"], prefix=f"tert_{key_id}", created_at=at(second)
    )


def sign_in(user_id: str = ANA, *, token: str = "cookie", until: int = 10) -> SignIn:
    return SignIn(token_hash=token, user_id=user_id, created_at=at(0), expires_at=at(until))


# --- users ---


async def test_a_user_comes_back_as_they_were_added(empty: Store) -> None:
    assert not await empty.has_users()
    await empty.add_user(user(name="Ana María"), password_hash="$argon2id$…")
    await empty.add_user(user(BEN))
    assert await empty.has_users()
    assert await empty.get_user(ANA) == Credentials(user=user(name="Ana María"), password_hash="$argon2id$…")
    assert await empty.get_user(BEN) == Credentials(user=user(BEN), password_hash=None)


@pytest.mark.parametrize("alike", ["Ana", "ANA", "ana", "Ａｎａ", "ᴬna"])
async def test_names_that_look_the_same_are_the_same(empty: Store, alike: str) -> None:
    await empty.add_user(user(name="Ana"))
    found = await empty.find_user(alike)
    assert found is not None
    assert found.user.user_id == ANA
    with pytest.raises(NameTaken):
        await empty.add_user(user(BEN, name=alike))
    await empty.add_user(user(BEN))
    with pytest.raises(NameTaken):
        await empty.update_user(BEN, UserChange(name=alike))
    assert (await empty.update_user(ANA, UserChange(name=alike))).name == alike
    assert await empty.find_user("Anna") is None


async def test_there_is_one_user_of_an_id(empty: Store) -> None:
    await empty.add_user(user())
    with pytest.raises(Conflict, match="with this id"):
        await empty.add_user(user(name="Another"))


async def test_of_many_who_take_a_name_at_once_one_gets_it(empty: Store) -> None:
    users = [user(f"u{place}", name="Ana") for place in range(6)]
    came = await asyncio.gather(*(empty.add_user(each) for each in users), return_exceptions=True)
    assert [each for each in came if each is not None] != []
    assert all(each is None or isinstance(each, NameTaken) for each in came)
    assert len((await empty.list_users(limit=9)).items) == came.count(None) == 1


async def test_users_are_listed_oldest_first_a_page_at_a_time(empty: Store) -> None:
    for second in (3, 1, 2, 0):
        await empty.add_user(user(f"u{second}", second=second))
    first = await empty.list_users(limit=3)
    assert [each.user_id for each in first.items] == ["u0", "u1", "u2"]
    await empty.delete_user("u0")
    rest = await empty.list_users(limit=3, cursor=first.next_cursor)
    assert ([each.user_id for each in rest.items], rest.next_cursor) == (["u3"], None)
    with pytest.raises(InvalidCursor):
        await empty.list_users(limit=3, cursor="bm9uc2Vuc2U")


async def test_a_change_leaves_the_rest_as_it_was(empty: Store) -> None:
    await empty.add_user(user(), password_hash="old")
    assert await empty.update_user(ANA, UserChange(role="reader")) == user(role="reader", name="ana the user")
    await empty.update_user(ANA, UserChange(disabled=True))
    changed = await empty.update_user(ANA, UserChange(disabled=False, password_hash="new"))
    assert await empty.get_user(ANA) == Credentials(user=changed, password_hash="new")
    assert changed == user(role="reader", name="ana the user")


async def test_whoever_is_not_there_is_not_found(empty: Store) -> None:
    for ask in (empty.get_user, empty.delete_user):
        with pytest.raises(UserNotFound):
            await ask(ANA)
    with pytest.raises(UserNotFound):
        await empty.update_user(ANA, UserChange(name="Ana"))
    with pytest.raises(UserNotFound):
        await empty.add_key(ANA, key(), key_hash="hash")
    with pytest.raises(UserNotFound):
        await empty.add_sign_in(sign_in())


# --- the last admin ---


@pytest.mark.parametrize("change", [UserChange(role="user"), UserChange(disabled=True), None])
async def test_the_last_admin_who_can_sign_in_stays(empty: Store, change: UserChange | None) -> None:
    await empty.add_user(user(role="admin"))
    await empty.add_user(replace(user("off", role="admin"), disabled=True))
    with pytest.raises(LastAdmin):
        await (empty.delete_user(ANA) if change is None else empty.update_user(ANA, change))
    await empty.add_user(user(BEN, role="admin"))
    await (empty.delete_user(ANA) if change is None else empty.update_user(ANA, change))
    with pytest.raises(LastAdmin):
        await empty.delete_user(BEN)


async def test_also_when_all_of_them_go_at_once(empty: Store) -> None:
    for place in range(4):
        await empty.add_user(user(f"u{place}", role="admin"))
    changes = (empty.update_user(f"u{place}", UserChange(role="user")) for place in range(4))
    came = await asyncio.gather(*changes, return_exceptions=True)
    assert sum(isinstance(each, LastAdmin) for each in came) == 1
    assert [each.role for each in (await empty.list_users(limit=9)).items].count("admin") == 1


# --- the first admin ---


async def test_a_set_up_link_makes_one_admin_once(empty: Store) -> None:
    for token in ("lost", "link"):
        await empty.add_set_up(token, at=at(0), expires_at=at(9))
    with pytest.raises(SetUpRefused):
        await empty.set_up("guessed", user(role="admin"), password_hash="p", at=at(1))
    admin = await empty.set_up("link", user(role="admin"), password_hash="p", at=at(1))
    assert await empty.get_user(ANA) == Credentials(user=admin, password_hash="p")
    for token in ("link", "lost"):
        with pytest.raises(SetUpRefused):
            await empty.set_up(token, user(BEN, role="admin"), password_hash="p", at=at(2))


async def test_one_that_has_expired_makes_none(empty: Store) -> None:
    await empty.add_set_up("link", at=at(0), expires_at=at(9))
    await empty.add_set_up("later", at=at(9), expires_at=at(99))
    with pytest.raises(SetUpRefused):
        await empty.set_up("link", user(role="admin"), password_hash="p", at=at(9))
    await empty.set_up("later", user(role="admin"), password_hash="p", at=at(10))


async def test_one_who_is_there_is_an_admin_again_and_signed_in_nowhere(empty: Store) -> None:
    await empty.add_user(user(BEN, role="admin"))
    await empty.add_user(replace(user(role="reader", second=3), disabled=True), password_hash="forgotten")
    await empty.add_sign_in(sign_in())
    await empty.add_set_up("link", at=at(0), expires_at=at(9))
    with pytest.raises(NameTaken):
        await empty.set_up("link", user(name="ben the admin", role="admin"), password_hash="p", at=at(1))
    again = await empty.set_up("link", user(name="Ana", role="admin"), password_hash="p", at=at(1))
    assert again == user(name="Ana", role="admin", second=3)
    assert await empty.get_user(ANA) == Credentials(user=again, password_hash="p")
    assert await empty.find_sign_in("cookie", at=at(1)) is None


async def test_of_many_who_use_a_link_at_once_one_has_used_it(empty: Store) -> None:
    await empty.add_set_up("link", at=at(0), expires_at=at(9))
    people = [user(f"u{place}", role="admin") for place in range(5)]
    came = await asyncio.gather(
        *(empty.set_up("link", each, password_hash="p", at=at(1)) for each in people), return_exceptions=True
    )
    assert sum(isinstance(each, SetUpRefused) for each in came) == 4
    assert len((await empty.list_users(limit=9)).items) == 1


# --- sign-ins ---


async def test_a_cookie_is_known_until_it_expires_or_is_forgotten(empty: Store) -> None:
    await empty.add_user(user())
    await empty.add_sign_in(sign_in(until=10))
    assert await empty.find_sign_in("cookie", at=at(9)) == user()
    assert await empty.find_sign_in("cookie", at=at(10)) is None
    assert await empty.find_sign_in("guessed", at=at(0)) is None
    for _ in range(2):
        await empty.delete_sign_in("cookie")
    assert await empty.find_sign_in("cookie", at=at(9)) is None


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (UserChange(password_hash="new"), False),
        (UserChange(disabled=True), False),
        (UserChange(disabled=False), True),
        (UserChange(name="Other", role="reader"), True),
    ],
)
async def test_what_is_taken_from_a_user_ends_their_sign_ins_alone(
    empty: Store, change: UserChange, holds: bool
) -> None:
    for each in (ANA, BEN):
        await empty.add_user(user(each))
        await empty.add_sign_in(sign_in(each, token=f"cookie of {each}"))
    await empty.update_user(ANA, change)
    assert (await empty.find_sign_in(f"cookie of {ANA}", at=at(1)) is not None) == holds
    assert await empty.find_sign_in(f"cookie of {BEN}", at=at(1)) == user(BEN)


# --- keys ---


async def test_a_key_comes_back_as_it_was_added_with_whose_it_is(empty: Store) -> None:
    await empty.add_user(user())
    mine = replace(key(), expires_at=at(50), last_used_at=at(5))
    await empty.add_key(ANA, mine, key_hash="hash")
    assert await empty.find_key("tert_k1") == KnownKey(user=user(), key=mine, key_hash="hash")
    assert await empty.find_key("tert_k2") is None
    await empty.update_user(ANA, UserChange(disabled=True))
    found = await empty.find_key("tert_k1")
    assert found is not None
    assert found.user.disabled


async def test_two_keys_never_begin_alike(empty: Store) -> None:
    await empty.add_user(user())
    await empty.add_key(ANA, key(), key_hash="hash")
    with pytest.raises(Conflict):
        await empty.add_key(ANA, replace(key("k2"), prefix="tert_k1"), key_hash="other")


async def test_it_is_remembered_when_a_key_was_used(empty: Store) -> None:
    await empty.add_user(user())
    await empty.add_key(ANA, key(), key_hash="hash")
    await empty.touch_key("k1", at=at(7))
    await empty.touch_key("gone", at=at(8))
    assert (await empty.list_keys(ANA, limit=9)).items == [replace(key(), last_used_at=at(7))]


async def test_keys_are_listed_oldest_first_and_to_their_user_alone(empty: Store) -> None:
    for each in (ANA, BEN):
        await empty.add_user(user(each))
        for second in (2, 0, 1):
            await empty.add_key(each, key(f"{each}{second}", second=second), key_hash="hash")
    first = await empty.list_keys(ANA, limit=2)
    rest = await empty.list_keys(ANA, limit=2, cursor=first.next_cursor)
    found = [each.key_id for page in (first, rest) for each in page.items]
    assert (found, rest.next_cursor) == ([f"{ANA}0", f"{ANA}1", f"{ANA}2"], None)


async def test_a_key_is_deleted_by_its_user_alone(empty: Store) -> None:
    for each in (ANA, BEN):
        await empty.add_user(user(each))
    await empty.add_key(ANA, key(), key_hash="hash")
    with pytest.raises(KeyNotFound):
        await empty.delete_key(BEN, "k1")
    await empty.delete_key(ANA, "k1")
    assert await empty.find_key("tert_k1") is None
    with pytest.raises(KeyNotFound):
        await empty.delete_key(ANA, "k1")


# --- others who know users ---


async def test_who_is_known_elsewhere_is_the_same_user_ever_after(empty: Store) -> None:
    assert await empty.known_as("https://issuer", "42", user()) == user()
    assert await empty.known_as("https://issuer", "42", user(BEN)) == user()
    assert await empty.known_as("https://other", "42", user(BEN)) == user(BEN)
    with pytest.raises(NameTaken):
        await empty.known_as("https://issuer", "43", user("new", name="ana the user"))
    with pytest.raises(UserNotFound):
        await empty.get_user("new")


async def test_of_many_who_ask_for_a_new_one_at_once_all_are_given_the_same(empty: Store) -> None:
    people = [user(f"u{place}") for place in range(6)]
    came = await asyncio.gather(*(empty.known_as("https://issuer", "42", each) for each in people))
    assert came == [came[0]] * 6
    assert (await empty.list_users(limit=9)).items == [came[0]]


async def test_nothing_is_left_of_a_deleted_user(empty: Store) -> None:
    await empty.known_as("https://issuer", "42", user())
    await empty.add_user(user(BEN))
    await empty.add_key(ANA, key(), key_hash="hash")
    await empty.add_key(BEN, key("k2"), key_hash="hash")
    await empty.add_sign_in(sign_in())
    await empty.delete_user(ANA)
    assert await empty.find_user(user().name) is None
    assert await empty.find_key("tert_k1") is None
    assert await empty.find_sign_in("cookie", at=at(0)) is None
    assert await empty.find_key("tert_k2") is not None
    again = user("again", name=user().name)
    assert await empty.known_as("https://issuer", "42", again) == again
