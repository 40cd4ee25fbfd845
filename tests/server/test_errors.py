"""Problems: every error is one, with a request id, on whatever way it came."""

import re
from typing import Any

import pytest
from litestar import Request

from tertulia.domain.agents import Agent
from tertulia.server.errors import problem_of
from tertulia.store.memory.store import MemoryStore
from tests.server.conftest import Log, OpenSite
from tests.server.site import Site, is_problem


class CrashingStore(MemoryStore):
    """A store with a bug that shows itself later, and whose error holds a secret."""

    is_broken = False

    async def find_default_agent(self, owner: str) -> Agent | None:
        if self.is_broken:
            raise ZeroDivisionError("secret-canary")
        return await super().find_default_agent(owner)


async def test_every_answer_has_an_id_of_its_own(site: Site) -> None:
    ids = [(await site.get(path)).headers["x-request-id"] for path in ("/v1/agents", "/v1/nothing", "/", "/v1/agents")]
    assert len(set(ids)) == 4
    assert all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in ids)


async def test_an_id_that_the_client_gives_is_kept(site: Site, log: Log) -> None:
    answer = await site.get("/v1/agents/none", x_request_id="trace-7.a_B")
    assert is_problem(answer, 404, "agent_not_found")["request_id"] == "trace-7.a_B"
    assert [line["request_id"] for line in log if line["event"] == "request"][-1] == "trace-7.a_B"


@pytest.mark.parametrize("given", ["x" * 65, "a b", "a/b", "<script>", "a;b=c", ""])
async def test_an_id_that_could_do_harm_is_replaced(site: Site, given: str) -> None:
    assert re.fullmatch(r"[0-9a-f-]{36}", (await site.get("/v1/agents", x_request_id=given)).headers["x-request-id"])


async def test_each_request_is_one_line_of_the_log_with_its_outcome(site: Site, log: Log) -> None:
    log.clear()
    await site.get("/v1/agents")
    await site.get("/v1/agents/none?cursor=x")
    lines = [line for line in log if line["event"] == "request"]
    assert [(line["method"], line["path"], line["status"], line["code"]) for line in lines] == [
        ("GET", "/v1/agents", 200, None),
        ("GET", "/v1/agents/none", 404, "agent_not_found"),
    ]
    assert all(line["ms"] >= 0 for line in lines)


async def test_who_watches_the_server_does_not_fill_its_log(site: Site, log: Log) -> None:
    log.clear()
    for path in ("/v1/health", "/v1/ready"):
        await site.get(path)
    assert log == []


async def test_a_bug_is_a_problem_that_tells_nothing_and_a_log_line_that_tells_where(open_: OpenSite, log: Log) -> None:
    store = CrashingStore()
    site = await open_(store=store)
    store.is_broken = True
    answer = await site.get("/v1/config")
    problem = is_problem(answer, 500, "internal_error")
    assert "canary" not in answer.text
    [line] = [line for line in log if line["event"] == "request.crashed"]
    assert line["request_id"] == problem["request_id"]
    assert isinstance(line["exc_info"], ZeroDivisionError)


async def test_what_is_not_there_is_said_with_where_to_look(site: Site) -> None:
    problem = is_problem(await site.get("/v1/nothing"), 404, "not_found")
    assert "/v1/openapi.json" in problem["detail"]


async def test_a_problem_leaves_out_what_it_has_nothing_to_say_of(site: Site) -> None:
    problem = (await site.get("/v1/agents/none")).json()
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "request_id"}
    assert (problem["type"], problem["title"]) == ("about:blank", "Not Found")


async def test_when_a_link_crashes_the_log_does_not_tell_its_secret(log: Log) -> None:
    scope: Any = {"type": "http", "method": "GET", "path": "/v1/shared/secret", "headers": [], "query_string": b""}
    found, _ = problem_of(Request(scope), ValueError("of us"))
    assert (found.status, found.instance) == (500, "/v1/shared/secret")
    assert [line["path"] for line in log] == ["/v1/shared/…"]
