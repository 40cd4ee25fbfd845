"""S2, S13: passwords, keys and cookies that are guessed, stolen, replayed, or sent by another site's page."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from argon2.exceptions import VerifyMismatchError

from tertulia.domain.users import LOCAL_OWNER
from tertulia.runtime.accounts import Accounts
from tertulia.runtime.passwords import OF_NOBODY, hasher
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.security.people import ADMIN, People, bearer, with_admin
from tests.server.conftest import OpenSite
from tests.server.site import Site, is_problem

PASSWORD = "correct horse battery"


@pytest.fixture
async def site(open_: OpenSite) -> Site:
    return await open_(auth="accounts")


async def set_up(site: Site, **more: Any) -> str:
    """Become the first admin; return the cookie."""
    token = await site.services.accounts.new_set_up()
    answer = await site.post("/v1/set-up", {"token": token, "name": "ana", "password": PASSWORD, **more})
    assert answer.status_code == 201, answer.text
    cookie = answer.headers["set-cookie"]
    site.client.cookies.clear()
    return cookie


async def test_the_first_admin_comes_by_the_link_and_keeps_what_was_there(site: Site) -> None:
    assert (await site.get("/v1/sign-in")).json() == {
        "required": True,
        "set_up": True,
        "password": True,
        "oidc": None,
    }
    cookie = (await set_up(site)).partition(";")[0]
    account = (await site.get("/v1/account", cookie=cookie)).json()
    assert (account["user"]["user_id"], account["via"]) == (LOCAL_OWNER, "cookie")
    assert account["scopes"] == ["read", "write", "admin"]
    assert (await site.get("/v1/agents", cookie=cookie)).json()["agents"][0]["agent_id"] == site.agent_id
    assert (await site.get("/v1/sign-in")).json()["set_up"] is False


async def test_the_link_is_good_once(site: Site) -> None:
    token = await site.services.accounts.new_set_up()
    body = {"token": token, "name": "ana", "password": PASSWORD}
    answers = await asyncio.gather(*(site.post("/v1/set-up", {**body, "name": f"ana {n}"}) for n in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 403, 403, 403]
    assert {each.json()["code"] for each in answers if not each.is_success} == {"set_up_refused"}


async def test_a_cookie_is_for_the_browser_alone_and_over_https_for_https_alone(site: Site, open_: OpenSite) -> None:
    attributes = {part.strip() for part in (await set_up(site)).split(";")[1:]}
    assert attributes == {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"}
    for more in ({"base_url": "https://localhost"}, {"public_url": "https://chat.example"}):
        behind = await open_(auth="accounts", **more)
        assert "Secure" in {part.strip() for part in (await set_up(behind)).split(";")}
    plain = await open_(auth="accounts", public_url="http://chat.example")
    assert "Secure" not in {part.strip() for part in (await set_up(plain)).split(";")}


async def test_name_and_password_sign_in_whatever_the_case_of_the_name(site: Site) -> None:
    await set_up(site)
    answer = await site.post("/v1/sign-in", {"name": "ANA", "password": PASSWORD})
    assert (answer.status_code, answer.json()["user"]["name"]) == (200, "ana")


async def test_a_wrong_name_is_told_like_a_wrong_password(site: Site) -> None:
    await set_up(site)
    known = is_problem(await site.post("/v1/sign-in", {"name": "ana", "password": "x"}), 401, "sign_in_refused")
    unknown = is_problem(await site.post("/v1/sign-in", {"name": "ben", "password": "x"}), 401, "sign_in_refused")
    assert {**known, "request_id": ""} == {**unknown, "request_id": ""}


def test_and_takes_as_much_work() -> None:
    assert not hasher().check_needs_rehash(OF_NOBODY)
    with pytest.raises(VerifyMismatchError):
        hasher().verify(OF_NOBODY, "")


@pytest.mark.parametrize("name", ["ana", "nobody"])
async def test_who_guesses_waits_whether_there_is_such_a_name_or_not(site: Site, name: str) -> None:
    await set_up(site)
    guesses = [await site.post("/v1/sign-in", {"name": name, "password": f"guess {n}"}) for n in range(8)]
    late = guesses[-1]
    assert {each.status_code for each in guesses} == {401, 429}
    assert (late.status_code, late.json()["code"], int(late.headers["retry-after"]) >= 1) == (
        429,
        "too_many_requests",
        True,
    )
    other = await site.post("/v1/sign-in", {"name": "someone else", "password": "guess"})
    assert other.status_code == 401


async def test_signing_out_ends_a_cookie_at_once(site: Site) -> None:
    cookie = (await set_up(site)).partition(";")[0]
    answer = await site.post("/v1/sign-out", {}, cookie=cookie)
    assert (answer.status_code, "Max-Age=0" in answer.headers["set-cookie"]) == (204, True)
    is_problem(await site.get("/v1/account", cookie=cookie), 401, "unauthenticated")


async def test_a_new_password_wants_the_old_one_and_ends_all_other_sign_ins(site: Site) -> None:
    stolen = (await set_up(site)).partition(";")[0]
    change = {"password": "another password", "current_password": "wrong"}
    is_problem(await site.patch("/v1/account", change, cookie=stolen), 400, "invalid_request", "/current_password")
    mine = (await site.post("/v1/sign-in", {"name": "ana", "password": PASSWORD})).headers["set-cookie"].partition(";")
    changed = await site.patch("/v1/account", {**change, "current_password": PASSWORD}, cookie=mine[0])
    site.client.cookies.clear()
    assert changed.status_code == 200
    for cookie in (stolen, mine[0]):
        assert (await site.get("/v1/account", cookie=cookie)).status_code == 401
    renewed = changed.headers["set-cookie"].partition(";")[0]
    assert (await site.get("/v1/account", cookie=renewed)).status_code == 200


@pytest.mark.parametrize("name", ["ana\u200b", "\u202eana", "\ufeffana", "a\0na", "ana\u2067", "an\u00ada", "ana  b"])
async def test_nobody_is_given_a_name_that_looks_like_another_one_by_what_nobody_sees(site: Site, name: str) -> None:
    cookie = (await set_up(site)).partition(";")[0]
    is_problem(
        await site.post("/v1/users", {"name": name, "role": "user"}, cookie=cookie), 400, "invalid_request", "/name"
    )
    is_problem(await site.patch("/v1/account", {"name": name}, cookie=cookie), 400, "invalid_request", "/name")
    assert [each["name"] for each in (await site.get("/v1/users", cookie=cookie)).json()["users"]] == ["ana"]


async def test_a_new_password_with_a_name_that_is_taken_changes_neither(site: Site) -> None:
    cookie = (await set_up(site)).partition(";")[0]
    await site.services.accounts.create_user("ben", role="user")
    change = {"name": "ben", "password": "another password", "current_password": PASSWORD}
    is_problem(await site.patch("/v1/account", change, cookie=cookie), 409, "name_taken")
    assert (await site.get("/v1/account", cookie=cookie)).json()["user"]["name"] == "ana"
    assert (await site.post("/v1/sign-in", {"name": "ana", "password": PASSWORD})).status_code == 200
    both = await site.patch("/v1/account", {**change, "name": "eva"}, cookie=cookie)
    assert both.json()["user"]["name"] == "eva"
    assert (await site.post("/v1/sign-in", {"name": "eva", "password": "another password"})).status_code == 200


async def test_a_cookie_does_not_count_beside_an_authorization(site: Site) -> None:
    cookie = (await set_up(site)).partition(";")[0]
    answer = await site.get("/v1/account", cookie=cookie, authorization="Bearer tert_nonsense")
    is_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_site_asks_nothing_by_somebodys_cookie(site: Site, origin: str) -> None:
    cookie = (await set_up(site)).partition(";")[0]
    for method, path in (("GET", "/v1/agents"), ("POST", "/v1/sign-out"), ("POST", "/v1/sign-in")):
        is_problem(await site.ask(method, path, cookie=cookie, origin=origin), 403, "origin_not_allowed")
    assert (await site.get("/v1/account", cookie=cookie)).status_code == 200


async def test_nor_by_a_form(site: Site) -> None:
    cookie = (await set_up(site)).partition(";")[0]
    body = b'{"name": "mine", "role": "admin"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = await site.ask("POST", "/v1/users", body, cookie=cookie, content_type=kind)
        is_problem(answer, 415, "unsupported_media_type")


async def test_who_guesses_keys_is_told_to_wait_and_who_has_one_is_not(site: Site) -> None:
    people = await with_admin(site)
    key = bearer(await people.key(ADMIN))
    guessed = bearer("tert_000000000000_" + "a" * 32)
    statuses = [(await people.ask(guessed, "GET", "/v1/agents")).status_code for _ in range(80)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert (await people.ask(key, "GET", "/v1/agents")).status_code == 200


async def test_a_deleted_key_and_a_disabled_user_are_refused_at_once(site: Site) -> None:
    people = await with_admin(site)
    eve = await people.add("eve")
    key, other = await people.key(eve), bearer(await people.key(eve))
    assert (await people.ask(bearer(key), "GET", "/v1/account")).status_code == 200
    found = (await people.ask(bearer(key), "GET", "/v1/account/keys")).json()["keys"]
    mine = next(each for each in found if key.startswith(each["prefix"]))
    assert mine["last_used_at"] is not None
    assert (await people.ask(other, "DELETE", f"/v1/account/keys/{mine['key_id']}")).status_code == 204
    assert (await people.ask(bearer(key), "GET", "/v1/account")).status_code == 401
    assert (await people.ask(other, "GET", "/v1/account")).status_code == 200
    await people.accounts.update_user(eve.user_id, disabled=True)
    assert (await people.ask(other, "GET", "/v1/account")).status_code == 401


async def test_nothing_that_lets_somebody_in_is_in_the_database(open_: OpenSite, tmp_path: Path) -> None:
    site = await open_(auth="accounts", store=SqlStore(SqliteDatabase(tmp_path / "t.db")))
    link = await site.services.accounts.new_set_up()
    cookie = (await set_up(site)).partition(";")[0].partition("=")[2]
    unused = await site.services.accounts.new_set_up()
    people = People(site)
    key = await people.key(await people.accounts.get_user(LOCAL_OWNER))
    kept = all_bytes(tmp_path)
    assert b"ana" in kept
    for secret in (link, unused, cookie, key, key.rpartition("_")[2], PASSWORD):
        assert secret.encode() not in kept


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_nor_in_the_log(site: Site, log: list[Any]) -> None:
    cookie = await set_up(site)
    await site.post("/v1/sign-in", {"name": "ana", "password": PASSWORD + "!"})
    said = repr(log)
    assert "/v1/set-up" in said
    assert PASSWORD not in said
    assert cookie.partition(";")[0].partition("=")[2] not in said


async def test_where_nobody_signs_in_there_are_no_accounts(open_: OpenSite) -> None:
    site = await open_()
    assert (await site.get("/v1/sign-in")).json() == {
        "required": False,
        "set_up": False,
        "password": False,
        "oidc": None,
    }
    account = (await site.get("/v1/account", authorization="Bearer whatever")).json()
    assert (account["user"]["user_id"], account["via"]) == (LOCAL_OWNER, "local")
    for method, path in (("POST", "/v1/sign-in"), ("GET", "/v1/users"), ("GET", "/v1/account/keys")):
        is_problem(await site.ask(method, path, {"name": "a", "password": "b"}), 404, "no_accounts")


async def test_a_deleted_user_leaves_nothing_behind(site: Site) -> None:
    people = await with_admin(site)
    eve = await people.add("eve")
    key = bearer(await people.key(eve))
    made = await people.ask(key, "POST", "/v1/agents", {"agent_config": {"model": "scripted/script"}})
    session = await people.ask(key, "POST", f"{made.headers['location']}/session", {})
    assert session.status_code == 201
    gone = await people.ask(bearer(await people.key(ADMIN)), "DELETE", f"/v1/users/{eve.user_id}")
    assert gone.status_code == 204
    assert (await people.ask(key, "GET", "/v1/agents")).status_code == 401
    assert (await site.services.store.list_agents(eve.user_id, limit=9)).items == []


async def test_every_user_begins_with_an_agent_of_their_own(site: Site) -> None:
    people = await with_admin(site)
    vouched_for = await people.accounts.known_as("https://issuer", "1", name="ben", role="user")
    found = {site.agent_id}
    for user in (await people.add("eve"), vouched_for):
        config = (await people.ask(bearer(await people.key(user)), "GET", "/v1/config")).json()
        assert config["auth"] == "accounts"
        found.add(config["default_agent_id"])
    assert (len(found), None in found) == (3, False)


async def test_whom_another_issuer_knows_has_a_name_of_their_own(site: Site) -> None:
    accounts: Accounts = (await with_admin(site)).accounts
    first = await accounts.known_as("https://issuer", "1", name="ana", role="user")
    other = await accounts.known_as("https://issuer", "2", name="Ana", role="user")
    again = await accounts.known_as("https://issuer", "1", name="ana", role="admin")
    assert (first.name, other.name, again) == ("ana", "Ana-2", first)
