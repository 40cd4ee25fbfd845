"""Whatever is done is in the audit: which operations are is held against the interface, and so is what entries hold."""

import asyncio
from collections.abc import Sequence

import pytest
from litestar.routes import HTTPRoute
from msgspec.structs import replace

from tertulia.domain.audit import AuditEntry, AuditFilter
from tertulia.models.scripted import Call, Reply
from tertulia.server.audited import ACTIONS, EXCEPTIONS
from tertulia.server.llama_stack.app import ROUTERS
from tertulia.server.repeats import MOST, SECONDS, Repeats
from tertulia.server.routes import oidc
from tertulia.testing import app
from tests.runtime.conftest import until
from tests.runtime.frail_store import FrailStore
from tests.runtime.tools import PayTool
from tests.security.people import ADMIN, bearer, with_admin
from tests.server.conftest import Log, OpenSite
from tests.server.site import Site, is_problem

OPERATIONS = {
    operation["operationId"]: method for item in app().openapi["paths"].values() for method, operation in item.items()
}


def llama_stack_operations() -> set[str]:
    """The operations of the other dialect that are no reading, by the names of their functions."""
    handlers = [
        handler
        for router in ROUTERS
        for route in router().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
    ]
    return {handler.fn.__name__ for handler in handlers if handler.http_methods - {"GET", "HEAD", "OPTIONS"}}


@pytest.mark.parametrize(
    "name", sorted({name for name, method in OPERATIONS.items() if method != "get"} | llama_stack_operations())
)
def test_an_operation_that_is_no_reading_is_audited_or_it_is_said_why_not(name: str) -> None:
    assert (name in ACTIONS) != (name in EXCEPTIONS), f"say in server/audited.py what becomes of {name}"


def test_nothing_is_said_of_operations_that_are_not_there() -> None:
    by_browser = {oidc.sign_in_elsewhere.fn.__name__}  # which the document leaves out
    assert set(ACTIONS) | set(EXCEPTIONS) <= set(OPERATIONS) | llama_stack_operations() | by_browser


async def entries(site: Site, **which: str) -> list[AuditEntry]:
    return (await site.services.audit.list_entries(AuditFilter(**which), limit=200, cursor=None)).items


async def test_what_is_made_and_deleted_is_told_with_ids_and_without_content(site: Site) -> None:
    session = await site.new_session(session_name="secret-canary", metadata={"a": "secret-canary"})
    await site.turn(session, "secret-canary")
    await site.delete(session)
    deleted, created = await entries(site)
    ids = {"agent_id": site.agent_id, "session_id": session.rpartition("/")[2]}
    assert (created.action, created.subject, created.outcome) == ("session.create", ids, "done")
    assert (deleted.action, deleted.subject, deleted.actor, deleted.owner) == ("session.delete", ids, "local", "local")
    assert "secret-canary" not in (await site.get("/v1/audit")).text


async def test_an_entry_names_the_request_that_it_came_by(site: Site) -> None:
    await site.post("/v1/agents", {"agent_config": {"model": "scripted/script"}}, x_request_id="mine-1")
    (entry,) = await entries(site)
    assert (entry.action, entry.request_id) == ("agent.create", "mine-1")


async def test_what_was_refused_is_told_as_refused_and_what_was_no_request_is_not(site: Site) -> None:
    is_problem(await site.delete(f"{site.agent}/session/nowhere"), 404, "session_not_found")
    (entry,) = await entries(site)
    assert (entry.action, entry.outcome, entry.code) == ("session.delete", "refused", "session_not_found")
    assert (await site.post(f"{site.agent}/session", {"nonsense": 1})).status_code == 400
    assert len(await entries(site)) == 1


async def test_reading_and_turns_leave_nothing(site: Site) -> None:
    session = await site.new_session()
    await site.turn(session)
    for path in (session, f"{session}/turns", site.agent, "/v1/agents", "/v1/audit"):
        await site.get(path)
    assert [entry.action for entry in await entries(site)] == ["session.create"]


async def test_both_dialects_are_audited_alike(site: Site) -> None:
    stack = {"x_dialect": "llama_stack"}
    await site.post(f"{site.agent}/session", {"session_name": "One"}, **stack)
    await site.post("/v1/agents", {"agent_config": {"model": "scripted/script", "instructions": ""}}, **stack)
    assert [(entry.action, sorted(entry.subject)) for entry in await entries(site)] == [
        ("agent.create", ["agent_id"]),
        ("session.create", ["agent_id", "session_id"]),
    ]


async def test_the_list_is_filtered_and_paged(site: Site) -> None:
    for _ in range(3):
        await site.new_session()
    await site.new_agent()
    page = (await site.get("/v1/audit?action=session.create&actor=local&limit=2")).json()
    rest = (await site.get(f"/v1/audit?action=session.create&limit=2&cursor={page['next_cursor']}")).json()
    assert [len(page["entries"]), len(rest["entries"]), rest["has_more"]] == [2, 1, False]
    assert (await site.get("/v1/audit?since=2100-01-01")).json()["entries"] == []
    assert (await site.get("/v1/audit?until=2000-01-01T00:00:00%2B02:00")).json()["entries"] == []
    is_problem(await site.get("/v1/audit?since=yesterday"), 400, "invalid_request", "since")
    is_problem(await site.get("/v1/audit?cursor=%7B"), 400, "invalid_cursor")


async def test_who_reads_by_a_link_is_told_with_the_links_id_and_never_its_secret(site: Site) -> None:
    session = await site.new_session()
    await site.turn(session, "secret-canary")
    share = (await site.post(f"{session}/share", {})).json()
    assert (await site.get(f"/v1/shared/{share['token']}")).status_code == 200
    assert (await site.get(f"/v1/shared/{share['token']}x")).status_code == 404
    await site.delete(f"{session}/share/{share['share_id']}")
    assert (await site.get(f"/v1/shared/{share['token']}")).status_code == 410
    gone, revoked, guessed, read, made, _ = await entries(site)
    assert [each.action for each in (gone, guessed, read)] == ["share.read"] * 3
    assert [each.action for each in (made, revoked)] == ["share.create", "share.revoke"]
    assert [each.outcome for each in (gone, guessed, read)] == ["refused", "refused", "done"]
    assert {each.subject["share_id"] for each in (gone, revoked, read, made)} == {share["share_id"]}
    assert guessed.subject == {}
    said = (await site.get("/v1/audit")).text
    assert share["token"] not in said
    assert "secret-canary" not in said


async def test_who_reads_by_a_link_in_a_loop_fills_no_database(site: Site) -> None:
    session = await site.new_session()
    first, second = [(await site.post(f"{session}/share", {})).json() for _ in range(2)]
    for share in (first, second, *[first] * 20):
        assert (await site.get(f"/v1/shared/{share['token']}")).status_code == 200
    read = [entry.subject["share_id"] for entry in await entries(site) if entry.action == "share.read"]
    assert read == [second["share_id"], first["share_id"]]


async def test_what_was_done_a_minute_ago_is_told_again() -> None:
    now = 0.0
    repeats = Repeats(monotonic=lambda: now)
    read = AuditEntry(entry_id="", at="", action="share.read", actor="", owner="a", outcome="done")
    assert not repeats.has(read)
    repeats.note(read)
    assert repeats.has(read)
    assert not repeats.has(replace(read, outcome="refused"))
    now = SECONDS
    assert not repeats.has(read)
    for each in range(MOST + 9):
        repeats.note(replace(read, subject={"share_id": str(each)}))
    assert sum(repeats.has(replace(read, subject={"share_id": str(each)})) for each in range(MOST + 9)) == MOST


async def test_what_a_person_approves_or_denies_is_told_when_it_is_decided_and_not_when_its_turn_has_ended(
    open_: OpenSite,
) -> None:
    pay, goes_on = PayTool(), asyncio.Event()
    call = Reply(Call("pay", {"to": "secret-canary", "euros": 5}, call_id="c1"))
    site = await open_(call, Reply("Half", goes_on), tools=[pay])
    session = await site.new_session(await site.new_agent(toolgroups=[pay.toolgroup]))
    turn = await site.turn(session, "Pay")
    path = f"{session}/turn/{turn['turn_id']}/decision"
    answer = asyncio.create_task(site.post(path, {"call_id": "c1", "decision": "approve"}))

    async def is_recorded() -> bool:
        return bool(await entries(site, action="turn.decide"))

    await until(is_recorded)
    assert not answer.done()
    (entry,) = await entries(site, action="turn.decide")
    assert (entry.outcome, entry.subject["decision"], entry.subject["call_id"]) == ("done", "approve", "c1")
    goes_on.set()
    assert (await answer).json()["status"] == "completed"
    assert len(await entries(site, action="turn.decide")) == 1


class Unrecorded(FrailStore):
    """A store that keeps no entry while it is told not to."""

    async def add_audit(self, entries: Sequence[AuditEntry]) -> None:
        await self._try("add_audit", super().add_audit(entries))


async def test_what_cannot_be_recorded_is_not_answered_as_done(open_: OpenSite, log: Log) -> None:
    store = Unrecorded()
    site = await open_(store=store)
    store.refused["add_audit"] = 2
    is_problem(await site.post(f"{site.agent}/session", {}), 503, "storage_unavailable")
    is_problem(await site.delete(f"{site.agent}/session/nowhere"), 404, "session_not_found")
    assert [line["action"] for line in log if line["event"] == "audit.not_recorded"] == ["session.delete"]
    assert await entries(site) == []


async def test_who_came_in_or_tried_to_and_who_changed_users_and_keys_is_told(open_: OpenSite) -> None:
    site = await open_(auth="accounts")
    people = await with_admin(site)
    admin, password = await people.cookie(ADMIN), "correct horse battery"
    made = await people.ask(admin, "POST", "/v1/users", {"name": "ana", "role": "user", "password": password})
    ana = made.json()["user_id"]
    wrong = await people.ask({}, "POST", "/v1/sign-in", {"name": "ana", "password": "secret-canary-wrong"})
    assert wrong.status_code == 401
    signed_in = await people.ask({}, "POST", "/v1/sign-in", {"name": "ana", "password": password})
    hers = {"cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    key = (await people.ask(hers, "POST", "/v1/account/keys", {"name": "secret-canary"})).json()
    await people.ask(hers, "DELETE", f"/v1/account/keys/{key['key_id']}")
    await people.ask(admin, "PATCH", f"/v1/users/{ana}", {"disabled": True})
    found = [(each.action, each.outcome, each.actor, each.owner, each.via) for each in (await entries(site))[::-1]]
    assert found == [
        ("user.create", "done", "local", "local", "cookie"),
        ("account.sign_in", "refused", "", ana, ""),
        ("account.sign_in", "done", ana, ana, ""),
        ("key.create", "done", ana, ana, "cookie"),
        ("key.revoke", "done", ana, ana, "cookie"),
        ("user.change", "done", "local", "local", "cookie"),
    ]
    told = await people.ask(admin, "GET", "/v1/audit")
    assert "secret-canary" not in told.text
    assert key["key"] not in told.text
    assert {each["subject"].get("user_id") for each in told.json()["entries"]} == {ana, None}


async def test_the_audit_is_for_admins_and_a_stranger_who_is_refused_fills_it_with_nothing(open_: OpenSite) -> None:
    site = await open_(auth="accounts")
    people = await with_admin(site)
    ben = bearer(await people.key(await people.add("ben")))
    assert (await people.ask(ben, "GET", "/v1/audit")).status_code == 403
    assert (await people.ask({}, "GET", "/v1/audit")).status_code == 401
    assert (await people.ask({}, "DELETE", f"{site.agent}/session/any")).status_code == 401
    assert await entries(site) == []
    refused = await people.ask(ben, "POST", "/v1/users", {"name": "eve", "role": "admin"})
    assert refused.status_code == 403
    (entry,) = await entries(site)
    assert (entry.action, entry.outcome, entry.code, entry.via) == ("user.create", "refused", "forbidden", "key")
