"""S3, S16: who goes on from a link has what it shows, in a session of their own, and only while the link holds."""

import datetime as dt
from typing import Any

import pytest

from tertulia.domain.agents import AgentConfig
from tertulia.domain.users import LOCAL_OWNER, User
from tertulia.models.scripted import Call, Reply, Think
from tertulia.runtime.clock import new_id, new_secret, time_of
from tertulia.runtime.shares import Shares
from tests.security.people import ADMIN, CANARY, People, bearer, with_admin
from tests.server.conftest import OpenSite
from tests.server.site import MODEL, is_problem, said


class Linked(People):
    """Eve, who has an agent, and a session of the first admin's with steps and secrets, to which there are links."""

    eve: User
    eves_agent: str
    session: str

    async def link(self, **body: Any) -> dict[str, Any]:
        made = await self.ask(bearer(await self.key(ADMIN)), "POST", f"{self.session}/share", body)
        assert made.status_code == 201, made.text
        return made.json()

    async def go_on(self, token: str, user: User | None = None, *, agent_id: str | None = None) -> Any:
        """Continue as Eve, or as somebody else."""
        headers = bearer(await self.key(user or self.eve))
        return await self.ask(headers, "POST", f"/v1/shared/{token}/fork", {"agent_id": agent_id or self.eves_agent})


@pytest.fixture
async def linked(open_: OpenSite) -> Linked:
    replies = (Reply(Think(CANARY), Call("clock", call_id="c1")), Reply(Think(CANARY), "Noon."), Reply("Later."))
    people = Linked((await with_admin(await open_(*replies, auth="accounts"))).site)
    people.eve = await people.add("eve")
    agents = people.site.services.agents
    people.eves_agent = (await agents.create(people.eve.user_id, AgentConfig(model=MODEL))).agent_id
    config = AgentConfig(model=MODEL, instructions=CANARY, toolgroups=["builtin::clock"])
    hers = (await agents.create(LOCAL_OWNER, config)).agent_id
    admin = bearer(await people.key(ADMIN))
    people.session = (await people.ask(admin, "POST", f"/v1/agents/{hers}/session", {})).headers["location"]
    body = said("What time is it?")
    body["messages"].insert(0, {"role": "system", "content": CANARY})
    assert (await people.ask(admin, "POST", f"{people.session}/turn", body)).json()["status"] == "completed"
    return people


@pytest.mark.parametrize("include", ["messages", "steps", "raw"])
async def test_another_user_has_what_was_said_and_neither_steps_nor_instructions(linked: Linked, include: str) -> None:
    made = await linked.go_on((await linked.link(include=include))["token"])
    assert made.status_code == 201, made.text
    mine, headers = made.headers["location"], bearer(await linked.key(linked.eve))
    (turn,) = (await linked.ask(headers, "GET", f"{mine}/turns")).json()["turns"]
    assert turn["input_messages"][-1]["content"] == "What time is it?"
    assert turn["output_message"]["content"] == "Noon."
    assert [step["step_type"] for step in turn["steps"]] == ["inference"]  # the answer itself: no call, no thought
    for path in (mine, f"{mine}/turns", f"{mine}/export"):
        answer = await linked.ask(headers, "GET", path)
        assert (answer.status_code, CANARY in answer.text, "clock" in answer.text) == (200, False, False)
    assert (await linked.ask(headers, "POST", f"{mine}/turn", said("And then?"))).json()["status"] == "completed"
    assert CANARY not in repr(linked.site.script.requests[-1].messages)
    is_problem(await linked.ask(bearer(await linked.key(ADMIN)), "GET", mine), 404, "session_not_found")
    is_problem(await linked.ask(headers, "GET", linked.session), 404, "session_not_found")


async def test_a_reader_looks_and_goes_on_nowhere(linked: Linked) -> None:
    token = (await linked.link())["token"]
    ray = await linked.add("ray", "reader")
    assert (await linked.ask(bearer(await linked.key(ray)), "GET", f"/v1/shared/{token}")).status_code == 200
    is_problem(await linked.go_on(token, ray), 403, "forbidden")
    is_problem(await linked.ask({}, "POST", f"/v1/shared/{token}/fork", {"agent_id": "any"}), 401, "unauthenticated")


async def test_nobody_goes_on_with_an_agent_of_anothers_unless_it_is_shared(linked: Linked) -> None:
    token, hers = (await linked.link())["token"], linked.session.split("/")[3]
    is_problem(await linked.go_on(token, agent_id=hers), 404, "agent_not_found")
    agents = linked.site.services.agents
    await agents.update(LOCAL_OWNER, hers, {}, visibility="shared")
    assert (await linked.go_on(token, agent_id=hers)).json()["agent_id"] == hers
    await agents.update(LOCAL_OWNER, hers, {}, visibility="private")
    is_problem(await linked.go_on(token, agent_id=hers), 409, "agent_withdrawn")


async def test_a_link_that_is_revoked_expired_or_none_is_no_beginning(linked: Linked) -> None:
    link = await linked.link()
    admin = bearer(await linked.key(ADMIN))
    assert (await linked.ask(admin, "DELETE", f"{linked.session}/share/{link['share_id']}")).status_code == 204
    is_problem(await linked.go_on(link["token"]), 410, "share_gone")
    is_problem(await linked.go_on(await expired(linked)), 410, "share_gone")
    is_problem(await linked.go_on("x" * 32), 404, "share_not_found")
    listed = await linked.ask(bearer(await linked.key(linked.eve)), "GET", f"/v1/agents/{linked.eves_agent}/sessions")
    assert listed.json()["sessions"] == []


async def expired(linked: Linked) -> str:
    """A link that was made the day before yesterday, for a day."""
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    shares = Shares(linked.site.services.store, clock=lambda: time_of(then), new_id=new_id, new_secret=new_secret)
    _, _, _, agent_id, _, session_id = linked.session.split("/")
    made = await shares.create(LOCAL_OWNER, agent_id, session_id, expires_at=then + dt.timedelta(days=1))
    return made.token


async def test_a_link_says_who_made_it_only_if_they_wish(linked: Linked) -> None:
    for signed, name in [(True, ADMIN.name), (False, None)]:
        link = await linked.link(signed=signed)
        shown = (await linked.ask({}, "GET", f"/v1/shared/{link['token']}")).json()
        assert (link["shared_by"], shown["shared_by"]) == (name, name)
