"""S1, S3: an agent that is shared is used by all, and nothing else of its owner's is there, in any dialect."""

import gzip
from collections import defaultdict
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tertulia.domain.agents import AgentConfig
from tertulia.domain.shields import PatternShield
from tertulia.domain.users import LOCAL_OWNER, User
from tertulia.models.scripted import Call, Reply
from tests.runtime.tools import PayTool
from tests.security.people import ADMIN, CANARY, People, bearer, furnish, with_admin
from tests.security.test_roles import NATIVE, STACK, WRITTEN, Wrong, filled
from tests.server.conftest import OpenSite
from tests.server.site import MODEL, is_problem, said

OF_AN_AGENT = {
    "get_agent": 200,
    "update_agent": 403,
    "delete_agent": 403,
    "list_sessions": 200,
    "search_agent": 200,
    "create_session": 201,
    "batch_sessions": 200,
    "import_session": 201,
    "follow_sessions": None,  # a stream without an end: see below
}
"""What a user is answered by what has no id in its path but the shared agent's; a new such operation is added here."""


class Lent(People):
    """People of whom Eve may use an agent of the first admin's, who has one of everything on it."""

    eve: User
    headers: dict[str, str]

    @property
    def agent(self) -> str:
        return f"/v1/agents/{self.ids['agent_id']}"

    async def share(self, **changes: Any) -> None:
        """Change who may use the agent, or its config."""
        patch, visibility = changes.pop("config", {}), changes.pop("visibility", "shared")
        await self.site.services.agents.update(LOCAL_OWNER, self.ids["agent_id"], patch, visibility=visibility)

    async def eves(self, method: str, path: str, body: Any = None, **more: str) -> Any:
        """Ask as Eve."""
        return await self.ask({**self.headers, **more}, method, path, body)

    async def session(self) -> str:
        """Let Eve begin a session on the agent; return its path."""
        made = await self.eves("POST", f"{self.agent}/session", {})
        assert made.status_code == 201, made.text
        return made.headers["location"]


async def lend(open_: OpenSite, *replies: Reply, **options: Any) -> Lent:
    people = Lent((await with_admin(await open_(*replies, auth="accounts", **options))).site)
    people.ids = await furnish(people.site, LOCAL_OWNER)
    people.eve = await people.add("eve")
    people.headers = bearer(await people.key(people.eve))
    await people.share()
    return people


@pytest.fixture
async def lent(open_: OpenSite) -> AsyncGenerator[Lent, None]:
    people = await lend(open_)
    yield people
    services, ids = people.site.services, people.ids
    session = await services.sessions.get(LOCAL_OWNER, ids["agent_id"], ids["session_id"])
    assert (session.session_name, session.turn_count, session.revision) == ("Hers", 1, 1)
    assert (await services.agents.get(LOCAL_OWNER, ids["agent_id"])).agent_config.instructions == CANARY


async def test_with_a_shared_agent_comes_nothing_else_of_its_owners(lent: Lent) -> None:
    wrong: Wrong = defaultdict(list)
    for name, method, path in NATIVE:
        if "{agent_id}" not in path or name == "follow_sessions":
            continue
        expected = OF_AN_AGENT[name] if path.count("{") == 1 else 404
        query = "?q=hers" if name == "search_agent" else ""
        answer = await lent.eves(
            method, filled(path, lent.ids) + query, WRITTEN.get(name, {}) if method != "GET" else None
        )
        if answer.status_code != expected or CANARY in answer.text or "Hers" in answer.text:
            wrong[name].append(f"{answer.status_code} {answer.text[:200]}")
    assert wrong == {}


async def test_nor_in_the_dialect_of_llama_stack(lent: Lent) -> None:
    listed = (await lent.eves("GET", "/v1/inspect/routes", **STACK)).json()["data"]
    wrong: Wrong = defaultdict(list)
    for each in listed:
        if "{agent_id}" not in each["route"]:
            continue
        for path in (each["route"], each["route"].replace("/v1/", "/v1alpha/", 1)):
            body = {"session_name": "Mine"} if path.endswith("/session") and each["method"] == "POST" else {}
            answer = await lent.eves(each["method"], filled(path, lent.ids), body, **STACK)
            is_open = path.count("{") == 1 and each["method"] != "DELETE"
            if answer.is_success != is_open or CANARY in answer.text or "Hers" in answer.text:
                wrong[path].append(f"{each['method']}: {answer.status_code} {answer.text[:200]}")
    assert wrong == {}
    assert lent.ids["agent_id"] in (await lent.eves("GET", "/v1/agents", **STACK)).text


async def test_who_may_read_only_reads_it_and_changes_nothing(lent: Lent) -> None:
    headers = bearer(await lent.key(await lent.add("ray", "reader")))
    assert (await lent.ask(headers, "GET", lent.agent)).json()["access"] == "shared"
    for method, path, body in (
        ("POST", f"{lent.agent}/session", {}),
        ("PATCH", lent.agent, {"visibility": "private"}),
        ("DELETE", lent.agent, None),
    ):
        is_problem(await lent.ask(headers, method, path, body), 403, "forbidden")


async def test_no_list_has_more_of_it_than_the_agent(lent: Lent) -> None:
    for name, method, path in NATIVE:
        if method == "GET" and "{" not in path:
            answer = await lent.eves(method, path)
            found = [key for key, value in lent.ids.items() if len(value) > 20 and value in answer.text]
            assert CANARY not in answer.text
            assert found == (["agent_id"] if name == "list_agents" else []), name


async def test_a_turn_on_it_is_run_by_its_instructions_and_is_whose_who_asked(lent: Lent) -> None:
    session = await lent.session()
    turn = await lent.eves("POST", f"{session}/turn", said("Hello"))
    assert turn.json()["status"] == "completed"
    assert CANARY in repr(lent.site.script.requests[-1].messages[0])
    for path in (session, f"{session}/turns", f"{session}/export", f"{session}/export?format=markdown"):
        answer = await lent.eves("GET", path)
        assert (answer.status_code, CANARY in answer.text) == (200, False)
    archive = gzip.decompress((await lent.eves("GET", "/v1/export")).content)
    mine = session.rpartition("/")[2]
    assert (mine.encode() in archive, CANARY.encode() in archive) == (True, False)
    assert {hit["session_id"] for hit in (await lent.eves("GET", "/v1/search?q=hello")).json()["hits"]} == {mine}
    owners = bearer(await lent.key(ADMIN))
    is_problem(await lent.ask(owners, "GET", session), 404, "session_not_found")
    listed = (await lent.ask(owners, "GET", f"{lent.agent}/sessions")).json()["sessions"]
    assert [each["session_id"] for each in listed] == [lent.ids["session_id"]]
    used = await lent.site.services.store.read_usage(lent.eve.user_id, day=turn.json()["started_at"][:10])
    assert used.tokens > 0


async def test_what_its_model_was_asked_is_told_without_its_instructions_and_its_tools(lent: Lent) -> None:
    session = await lent.session()
    turn = (await lent.eves("POST", f"{session}/turn", said("Hello"))).json()
    assert CANARY in repr(lent.site.script.requests[-1].messages[0])
    path = f"{session}/turn/{turn['turn_id']}/step/{turn['steps'][0]['step_id']}/request"
    answer = await lent.eves("GET", path)
    asked = answer.json()
    assert [message["content"] for message in asked["messages"]] == ["Hello"]
    assert asked["withheld"] == ["instructions", "tools"]
    assert all(not tool["description"] and not tool["input_schema"]["properties"] for tool in asked["tools"])
    assert CANARY not in answer.text
    await lent.share(visibility="private")
    is_problem(await lent.eves("GET", path), 409, "agent_withdrawn")


async def test_changes_of_its_sessions_are_told_to_whose_they_are(lent: Lent) -> None:
    changes, owner = lent.site.services.store, lent.eve.user_id
    begin = await changes.last_change(owner, lent.ids["agent_id"])
    session = (await lent.session()).rpartition("/")[2]
    told = await changes.read_changes(owner, lent.ids["agent_id"], after=begin, limit=9)
    assert {each.change.session_id for each in told} == {session}
    hers = await changes.read_changes(LOCAL_OWNER, lent.ids["agent_id"], after=begin, limit=99)
    assert session not in {each.change.session_id for each in hers}


async def test_withdrawn_it_is_there_to_read_and_takes_no_turns(lent: Lent) -> None:
    session = await lent.session()
    assert (await lent.eves("POST", f"{session}/turn", said("Hello"))).is_success
    await lent.share(visibility="private")
    assert (await lent.eves("GET", session)).json()["turn_count"] == 1
    assert (await lent.eves("GET", lent.agent)).json()["access"] == "withdrawn"
    assert lent.ids["agent_id"] in (await lent.eves("GET", "/v1/agents")).text
    is_problem(await lent.eves("POST", f"{session}/turn", said("Again")), 409, "agent_withdrawn")
    is_problem(await lent.eves("POST", f"{lent.agent}/session", {}), 409, "agent_withdrawn")
    is_problem(await lent.eves("PATCH", lent.agent, {"visibility": "shared"}), 403, "forbidden")
    assert (await lent.eves("DELETE", lent.agent)).status_code == 204  # her own sessions on it
    is_problem(await lent.eves("GET", lent.agent), 404, "agent_not_found")


async def test_deleted_it_leaves_others_what_they_have(open_: OpenSite) -> None:
    lent = await lend(open_)
    session = await lent.session()
    assert (await lent.eves("POST", f"{session}/turn", said("Hello"))).is_success
    await lent.site.services.agents.delete(LOCAL_OWNER, lent.ids["agent_id"])
    assert (await lent.eves("GET", f"{session}/turns")).json()["turns"][0]["status"] == "completed"
    is_problem(await lent.eves("POST", f"{session}/turn", said("Again")), 409, "agent_withdrawn")


async def test_an_admin_sees_it_whole_changes_and_deletes_it_and_that_is_recorded(open_: OpenSite) -> None:
    people = Lent((await with_admin(await open_(auth="accounts"))).site)
    hers = await people.add("her")
    agents, admin = people.site.services.agents, bearer(await people.key(ADMIN))
    made = await agents.create(hers.user_id, AgentConfig(model=MODEL, instructions=CANARY), visibility="shared")
    people.ids = {"agent_id": made.agent_id}
    seen = (await people.ask(admin, "GET", people.agent)).json()
    assert (seen["agent_config"]["instructions"], seen["access"]) == (CANARY, "shared")
    changed = await people.ask(admin, "PATCH", people.agent, {"agent_config": {"name": "Fox"}})
    assert (changed.json()["agent_config"]["name"], changed.json()["access"]) == ("Fox", "shared")
    entries = (await people.ask(admin, "GET", "/v1/audit?action=agent.change")).json()["entries"]
    assert [(each["actor"], each["owner"]) for each in entries] == [(LOCAL_OWNER, hers.user_id)]
    reading = bearer(await people.key(ADMIN, ["read", "write"]))  # by a key without that scope they are as others
    assert CANARY not in (await people.ask(reading, "GET", people.agent)).text
    is_problem(await people.ask(reading, "DELETE", people.agent), 403, "forbidden")
    assert (await people.ask(admin, "DELETE", people.agent)).status_code == 204
    assert (await agents.list_agents(hers.user_id, limit=9, cursor=None)).items[-1].agent_id != made.agent_id


async def test_what_a_private_agent_is_to_an_admin_is_nothing(open_: OpenSite) -> None:
    people = Lent((await with_admin(await open_(auth="accounts"))).site)
    hers = await people.add("her")
    made = await people.site.services.agents.create(hers.user_id, AgentConfig(model=MODEL))
    people.ids = {"agent_id": made.agent_id}
    is_problem(await people.ask(bearer(await people.key(ADMIN)), "GET", people.agent), 404, "agent_not_found")


PAY = Reply(Call("pay", {"to": "Ana", "euros": 5}, call_id="c1"))


@pytest.mark.parametrize(
    "asked", [{}, {"toolgroups": ["test::pay"]}, {"toolgroups": [{"name": "test::pay", "args": {"to": "Eve"}}]}]
)
async def test_arguments_that_its_owner_has_settled_are_called_with_and_shown_to_nobody_else(
    open_: OpenSite, asked: dict[str, Any]
) -> None:
    tool = PayTool()
    lent = await lend(open_, PAY, Reply("Paid."), tools=[tool])
    await lent.share(config={"toolgroups": [{"name": tool.toolgroup, "args": {"to": CANARY}}]})
    session = await lent.session()
    lent.site.script.requests.clear()
    turn = await lent.eves("POST", f"{session}/turn", said("Pay", **asked))
    assert turn.json()["wait_reason"] == "approval"
    path = f"{session}/turn/{turn.json()['turn_id']}"
    done = await lent.eves("POST", f"{path}/decision", {"call_id": "c1", "decision": "approve"})
    assert done.json()["status"] == "completed", done.text
    assert tool.calls == [{"to": CANARY, "euros": 5}]
    for answer in (turn, done, await lent.eves("GET", f"{path}/events"), await lent.eves("GET", lent.agent)):
        assert CANARY not in answer.text


async def test_a_turn_that_waits_when_it_is_withdrawn_calls_no_tool_of_its_owners_any_more(open_: OpenSite) -> None:
    tool = PayTool()
    lent = await lend(open_, PAY, Reply("Paid."), tools=[tool])
    await lent.share(config={"toolgroups": [tool.toolgroup]})
    session = await lent.session()
    lent.site.script.requests.clear()
    turn = (await lent.eves("POST", f"{session}/turn", said("Pay"))).json()
    await lent.share(visibility="private")
    path = f"{session}/turn/{turn['turn_id']}"
    done = (await lent.eves("POST", f"{path}/decision", {"call_id": "c1", "decision": "approve"})).json()
    assert (done["status"], done["error"]["code"], tool.calls) == ("failed", "agent_withdrawn", [])


async def test_its_shields_are_its_owners(open_: OpenSite) -> None:
    lent = await lend(open_)
    await lent.site.services.shields.register(LOCAL_OWNER, PatternShield(shield_id="polite", words=["damn"]))
    await lent.share(config={"input_shields": ["polite"]})
    turn = (await lent.eves("POST", f"{await lent.session()}/turn", said("Damn!"))).json()
    assert turn["steps"][0]["violation"] is not None


async def test_a_turn_cannot_ask_for_other_tools_of_its_owners(open_: OpenSite) -> None:
    lent = await lend(open_)
    await lent.share(config={"toolgroups": ["builtin::clock"]})
    turn = await lent.eves("POST", f"{await lent.session()}/turn", said("Hi", toolgroups=["hers", "builtin::clock"]))
    assert turn.json()["status"] == "completed"
    assert [tool.name for tool in lent.site.script.requests[-1].tools] == ["clock"]
