"""What operators collect of a node: it is Prometheus' text, it moves with what happens, and says nothing of anyone."""

import asyncio
import subprocess
import sys
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tertulia import __version__
from tertulia.domain.steps import Usage
from tertulia.domain.users import Role, Scopes
from tertulia.models.scripted import Reply
from tests.security.people import ADMIN, bearer, with_admin
from tests.server.conftest import Log, OpenSite
from tests.server.live import Connection, LiveSite, serve_live
from tests.server.site import Site, said

Sample = tuple[str, frozenset[tuple[str, str]]]


class Scrape:
    """What was collected at once: `scrape("turns_rested_total", status="failed")`."""

    def __init__(self, text: str) -> None:
        families = [*text_string_to_metric_families(text)]
        self.text = text
        self.undocumented = [family.name for family in families if not family.documentation]
        self.labels = {label for family in families for sample in family.samples for label in sample.labels}
        self._values: dict[Sample, float] = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float:
        return self._values.get((f"tertulia_{name}", frozenset(labels.items())), 0.0)


async def scrape(site: Site) -> Scrape:
    answer = await site.get("/v1/metrics")
    assert answer.status_code == 200, answer.text
    return Scrape(answer.text)


async def begun(live: LiveSite, session: str) -> Connection:
    """Begin a turn as a stream; return once its model is asked."""
    connection = await live.connect()
    await connection.send("POST", f"{session}/turn", said("canary-words", stream=True))
    assert (await connection.head())[0] == 200
    while b"step_start" not in await connection.chunk():
        pass
    return connection


async def until(site: Site, name: str, value: float, **labels: str) -> Scrape:
    """Collect until it is so: a request is counted once its answer has gone."""
    async with asyncio.timeout(60):
        while (found := await scrape(site))(name, **labels) != value:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.005)
    return found


async def test_turns_streams_and_requests_are_counted_as_they_come_and_go() -> None:
    gate = asyncio.Event()
    replies = (Reply("Hi.", usage=Usage(input_tokens=70, output_tokens=30)), Reply(gate, "Never."))
    async with serve_live(*replies, max_running_turns=1) as live:
        site = live.site
        completed, cancelled, waits = [await site.new_session(session_name="canary-name") for _ in range(3)]
        before = await scrape(site)
        assert (before("turns_accepted_total"), before("turn_places_free")) == (0, 1)
        await site.turn(completed)
        reader = await begun(live, cancelled)
        waiting = await site.turn(waits, background=True)
        during = await until(site, "turns_waiting", 1)
        assert (during("turns_running"), during("turn_places_free"), during("event_streams_open")) == (1, 0, 1)
        assert (during("turns_accepted_total"), during("turns_rested_total", status="completed")) == (3, 1)
        assert during("model_tokens_total", direction="input") == 70
        assert during("model_tokens_total", direction="output") == 30
        [turn] = (await site.get(f"{cancelled}/turns")).json()["turns"]
        for session, each in ((waits, waiting), (cancelled, turn)):
            await site.post(f"{session}/turn/{each['turn_id']}/cancel")
        await reader.body()
        await reader.close()
        after = await until(site, "event_streams_open", 0)
        assert after("turns_rested_total", status="cancelled") == 2
        assert (after("turns_running"), after("turns_waiting"), after("turn_places_free")) == (0, 0, 1)
        posted = {"method": "POST", "status": "2xx"}
        assert after("http_requests_total", **posted) == 3 + 3 + 2
        timed = after("http_request_duration_seconds_count", method="POST")
        assert timed == after("http_requests_total", **posted) - 1, "the stream is counted, and not timed"
        assert after("http_request_duration_seconds_bucket", method="POST", le="+Inf") == timed
        assert after("http_request_duration_seconds_sum", method="POST") > 0


async def test_it_is_asked_over_http_and_says_nothing_of_anyone() -> None:
    async with serve_live(Reply("canary-answer")) as live:
        session = await live.site.new_session(session_name="canary-name")
        await live.site.turn(session, "canary-words")
        await live.site.get("/v1/canary-path")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{live.port}") as client:
            answer = await client.get("/v1/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        found = Scrape(answer.text)
        assert found("build_info", version=__version__) == 1
        assert found("http_requests_total", method="GET", status="4xx") == 1
        assert found.labels == {"version", "status", "direction", "method", "le"}
        assert found.undocumented == []
        ids = [live.site.agent_id, session.rpartition("/")[2]]
        assert [each for each in ("canary", "local", "scripted", "/v1", *ids) if each in answer.text] == []
        if sys.platform == "linux":
            assert "process_cpu_seconds_total " in answer.text
            assert "process_resident_memory_bytes " in answer.text


async def test_who_watches_is_neither_counted_nor_logged_unless_refused(open_: OpenSite, log: Log) -> None:
    site = await open_()
    for path in ("/v1/health", "/v1/ready", "/v1/metrics"):
        await site.get(path)
    assert [line for line in log if line["event"] == "request"] == []
    assert (await scrape(site))("http_requests_total", method="GET", status="2xx") == 0
    await site.get("/v1/metrics", host="elsewhere.example")
    assert (await scrape(site))("http_requests_total", method="GET", status="4xx") == 1
    assert [line["status"] for line in log if line["event"] == "request"] == [403]


async def test_a_method_of_ones_own_is_no_label_of_its_own(site: Site) -> None:
    for method in ("CANARY-A", "CANARY-B"):
        await site.ask(method, "/v1/agents")
    found = await scrape(site)
    assert "CANARY" not in found.text
    assert found("http_request_duration_seconds_count", method="other") == 2


async def test_a_lease_that_is_lost_is_counted_and_so_is_that_it_drains(site: Site) -> None:
    before = await scrape(site)
    site.services.lose_lease()
    await site.services.drain()
    after = await scrape(site)
    assert (before("leases_lost_total"), before("draining")) == (0, 0)
    assert (after("leases_lost_total"), after("draining")) == (1, 1)


@pytest.mark.parametrize(
    ("role", "scopes", "status"),
    [("admin", ["admin"], 200), ("admin", ["read", "write"], 403), ("user", None, 403), ("reader", None, 403)],
)
async def test_where_people_sign_in_it_is_for_keys_of_admins(
    open_: OpenSite, role: Role, scopes: Scopes | None, status: int
) -> None:
    people = await with_admin(await open_(auth="accounts"))
    user = ADMIN if role == "admin" else await people.add("ben", role)
    answer = await people.ask(bearer(await people.key(user, scopes)), "GET", "/v1/metrics")
    assert answer.status_code == status
    assert ("tertulia_" in answer.text) == (status == 200)
    assert (await people.ask({}, "GET", "/v1/metrics")).status_code == 401


@pytest.mark.slow
def test_nothing_is_loaded_for_it_before_somebody_asks() -> None:
    program = """
import asyncio, sys
from tests.server.site import open_site
loaded = lambda: "prometheus_client" in sys.modules
async def main():
    async with open_site() as site:
        await site.turn(await site.new_session())
        assert not loaded(), "a server that nobody measures has it, too"
        await site.get("/v1/metrics")
        assert loaded()
asyncio.run(main())
"""
    done: Any = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
