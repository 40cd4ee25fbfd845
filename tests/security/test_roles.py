"""S1: who may do what, on every path that the interface has in every dialect; a new route is asked by itself."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from tertulia.domain.users import LOCAL_OWNER, Scopes
from tertulia.testing import app
from tests.security.people import ADMIN, CANARY, People, bearer, furnish, with_admin
from tests.security.test_owners import BODIES
from tests.server.conftest import OpenSite

DOCUMENT = app().openapi
OPEN = {
    "get_health",
    "get_readiness",
    "get_version",
    "get_sign_in_options",
    "sign_in",
    "sign_out",
    "set_up",
    "get_shared",
}
"""What anybody may ask: nothing of it says anything of anyone to who has no link."""
ONES_OWN = {"update_account", "create_key", "delete_key", "update_preferences"}
"""Writes of one's own account, which readers have, too."""
FOR_ADMINS = {
    *("create_user", "list_users", "get_user", "update_user", "delete_user"),
    *("get_user_limits", "set_user_limits", "list_audit", "get_metrics"),
}
NATIVE = [
    (operation["operationId"], method.upper(), path)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
STACK_OPEN = {"/v1/health", "/v1/version"}
STACK = {"x-dialect": "llama_stack"}
WRITTEN: dict[str, Any] = {
    **BODIES,
    "batch_sessions": {"ids": ["any"], "op": "delete"},
    "fork_shared": {"agent_id": "any"},
    "update_preferences": {"values": {"density": "compact"}},
}
"""Bodies that would be taken; a new operation that wants one has it there."""
Wrong = dict[str, list[str]]


@pytest.fixture
async def people(open_: OpenSite) -> AsyncGenerator[People, None]:
    """A server whose first admin has one of everything, which nobody else can change."""
    site = await open_(auth="accounts")
    found = await with_admin(site)
    found.ids = await furnish(site, LOCAL_OWNER)
    yield found
    services, ids = site.services, found.ids
    session = await services.sessions.get(LOCAL_OWNER, ids["agent_id"], ids["session_id"])
    assert (session.session_name, session.turn_count, session.revision) == ("Hers", 1, 1)
    assert (await services.agents.get(LOCAL_OWNER, ids["agent_id"])).agent_config.instructions == CANARY
    assert (await services.accounts.get_user(LOCAL_OWNER)) == ADMIN
    assert len((await services.accounts.list_keys(LOCAL_OWNER, limit=9, cursor=None)).items) == 1
    await services.files.get(LOCAL_OWNER, ids["file_id"])


async def stack_routes(people: People) -> list[tuple[str, str]]:
    """What the dialect of Llama Stack says that it has, under both of its prefixes."""
    key = await people.key(ADMIN)
    listed = (await people.ask({**bearer(key), **STACK}, "GET", "/v1/inspect/routes")).json()["data"]
    await people.accounts.delete_key(LOCAL_OWNER, (await newest_key(people)))
    found = [(each["method"], each["route"]) for each in listed]
    assert len(found) > 30
    return [*found, *((method, path.replace("/v1/", "/v1alpha/", 1)) for method, path in found)]


async def newest_key(people: People) -> str:
    return (await people.accounts.list_keys(LOCAL_OWNER, limit=9, cursor=None)).items[-1].key_id


def filled(path: str, ids: dict[str, str]) -> str:
    return path.format_map(defaultdict(lambda: "hers", ids))


async def nobodies(people: People) -> dict[str, dict[str, str]]:
    """Ways to ask of those who are nobody, or nobody any more."""
    ben = await people.add("ben")
    off = await people.add("off")
    gone = await people.key(ben)
    soon = timedelta(seconds=0.3)
    expired = await people.key(ben, expires_in=soon)
    begun = time.monotonic()
    ways = {
        "nobody": {},
        "an expired key": bearer(expired),
        "a deleted key": bearer(gone),
        "a key of a disabled user": bearer(await people.key(off)),
        "a cookie of a disabled user": await people.cookie(off),
        "a guessed key": bearer(gone[:-1] + "~"),
        "a prefix alone": bearer(gone[:17]),
        "a token without a signature": bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJsb2NhbCJ9."),
        "no token": {"authorization": "Bearer"},
        "a password": {"authorization": "Basic bG9jYWw6bG9jYWw="},
        "a cookie of nobody": {"cookie": "tertulia_session=local"},
        "a header of ours": {"x-forwarded-user": "local", "remote-user": "local"},
    }
    keys = (await people.accounts.list_keys(ben.user_id, limit=9, cursor=None)).items
    await people.accounts.delete_key(ben.user_id, next(key.key_id for key in keys if gone.startswith(key.prefix)))
    await people.accounts.update_user(off.user_id, disabled=True)
    await asyncio.sleep(max(0, begun + soon.total_seconds() - time.monotonic()))
    return ways


async def test_nobody_is_let_in_anywhere_but_where_all_are(people: People) -> None:
    wrong: Wrong = defaultdict(list)
    for who, headers in (await nobodies(people)).items():
        for name, method, path in NATIVE:
            answer = await people.ask(headers, method, filled(path, people.ids))
            is_refused = answer.status_code in (401, 429) and answer.json()["code"] in (
                "unauthenticated",
                "too_many_requests",
            )
            if is_refused == (name in OPEN) or CANARY in answer.text:
                wrong[who].append(f"{name}: {answer.status_code}")
    assert wrong == {}


async def test_nor_in_the_dialect_of_llama_stack(people: People) -> None:
    wrong: Wrong = defaultdict(list)
    routes = await stack_routes(people)
    for who, headers in (await nobodies(people)).items():
        for method, path in routes:
            answer = await people.ask({**headers, **STACK}, method, filled(path, people.ids))
            if (answer.status_code in (401, 429)) == (path.replace("alpha", "") in STACK_OPEN) or CANARY in answer.text:
                wrong[who].append(f"{method} {path}: {answer.status_code}")
    assert wrong == {}


@pytest.mark.parametrize("way", ["key", "cookie", "key of one scope"])
async def test_who_may_read_reads_and_writes_nothing(people: People, way: str) -> None:
    reader = await people.add("ray", "user" if way == "key of one scope" else "reader")
    scopes: Scopes | None = ["read"] if way == "key of one scope" else None
    headers = await people.cookie(reader) if way == "cookie" else bearer(await people.key(reader, scopes))
    wrong: Wrong = defaultdict(list)
    for name, method, path in NATIVE:
        if name in OPEN:
            continue
        answer = await people.ask(headers, method, filled(path, people.ids))
        is_allowed = (method == "GET" and name not in FOR_ADMINS) or (name in ONES_OWN and way == "cookie")
        if (answer.status_code == 403) == is_allowed or CANARY in answer.text:
            wrong[name].append(str(answer.status_code))
    for method, path in await stack_routes(people):
        answer = await people.ask({**headers, **STACK}, method, filled(path, people.ids))
        if (answer.status_code == 403) == (method == "GET") or CANARY in answer.text:
            wrong[path].append(f"{method}: {answer.status_code}")
    assert wrong == {}


@pytest.mark.parametrize("role", ["user", "admin"])
async def test_what_is_anothers_is_not_there_for_whoever_may_write(people: People, role: Any) -> None:
    """Nor for admins: they have users, and no more of what users have than anybody."""
    headers = bearer(await people.key(await people.add("eve", role)))
    wrong: Wrong = defaultdict(list)
    for name, method, path in NATIVE:
        if name in OPEN or "{" not in path or (role == "admin" and name in FOR_ADMINS):
            continue
        answer = await people.ask(headers, method, filled(path, people.ids), body_of(name, method))
        if answer.status_code != (403 if name in FOR_ADMINS else 404) or CANARY in answer.text:
            wrong[name].append(f"{answer.status_code} {answer.text[:200]}")
    assert wrong == {}


def body_of(name: str, method: str) -> Any:
    return WRITTEN.get(name, {}) if method in ("POST", "PATCH", "PUT") else None


async def test_nor_in_the_dialect_of_llama_stack_for_whoever_may_write(people: People) -> None:
    headers = {**bearer(await people.key(await people.add("eve"))), **STACK}
    wrong: Wrong = defaultdict(list)
    for method, path in await stack_routes(people):
        if "_id}" in path and "provider" not in path:
            answer = await people.ask(headers, method, filled(path, people.ids), {} if method != "GET" else None)
            if answer.is_success or CANARY in answer.text:
                wrong[path].append(f"{method}: {answer.status_code} {answer.text[:200]}")
    assert wrong == {}


async def test_no_list_has_what_is_anothers(people: People) -> None:
    headers = bearer(await people.key(await people.add("eve")))
    for name, method, path in NATIVE:
        if method == "GET" and "{" not in path and name not in FOR_ADMINS:
            answer = await people.ask(headers, method, path)
            found = [value for value in people.ids.values() if len(value) > 20 and value in answer.text]
            assert (answer.status_code, found, CANARY in answer.text) == (200, [], False), name


async def test_one_user_can_not_make_themselves_more(people: People) -> None:
    eve = await people.add("eve")
    headers = await people.cookie(eve)
    for change in ({"role": "admin"}, {"disabled": False}, {"scopes": ["admin"]}, {"user_id": LOCAL_OWNER}):
        refused = await people.ask(headers, "PATCH", "/v1/account", change)
        assert refused.json()["code"] == "unknown_field"
    asked = await people.ask(headers, "POST", "/v1/account/keys", {"name": "more", "scopes": ["read", "admin"]})
    assert (asked.status_code, asked.json()["code"]) == (403, "forbidden")
    key = await people.key(eve, ["write"])
    asked = await people.ask(bearer(key), "POST", "/v1/account/keys", {"name": "more", "scopes": ["read"]})
    assert asked.status_code == 403
    assert (await people.accounts.get_user(eve.user_id)).role == "user"


async def test_a_key_can_do_no_more_than_its_user_now(people: People) -> None:
    eve = await people.add("eve", "admin")
    key = bearer(await people.key(eve))
    assert (await people.ask(key, "GET", "/v1/users")).status_code == 200
    await people.accounts.update_user(eve.user_id, role="reader")
    assert (await people.ask(key, "GET", "/v1/users")).status_code == 403
    assert (await people.ask(key, "POST", "/v1/agents", {"agent_config": {"model": "a/b"}})).status_code == 403
    assert (await people.ask(key, "GET", "/v1/agents")).status_code == 200


def test_the_document_says_which_operations_are_open() -> None:
    said = {
        operation["operationId"]
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        if operation.get("security") == []
    }
    assert said == OPEN


async def test_a_key_that_was_lent_for_a_day_makes_none_that_lasts(people: People) -> None:
    lent = bearer(await people.key(await people.add("ben"), expires_in=timedelta(days=1)))
    (known,) = (await people.ask(lent, "GET", "/v1/account/keys")).json()["keys"]
    longer = {"name": "longer", "expires_at": "2999-01-01T00:00:00Z"}
    refused = await people.ask(lent, "POST", "/v1/account/keys", longer)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    made = await people.ask(lent, "POST", "/v1/account/keys", {"name": "as long"})
    assert made.json()["expires_at"] == known["expires_at"]
