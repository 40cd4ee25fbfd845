"""S4: who gives no name is counted by where they come from; however many addresses a network has, it counts once."""

import httpx
import pytest

from tertulia.runtime.networks import network_of
from tests.security.people import ADMIN, bearer, furnish, with_admin
from tests.server.conftest import OpenSite
from tests.server.site import Site, is_problem

MOST = 5


def from_address(site: Site, address: str) -> httpx.AsyncClient:
    """A client whose requests come from an address."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(site.app, client=(address, 5)), base_url=site.client.base_url
    )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_network_is_counted_as_one(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_whoever_reads_by_links_reads_so_many_a_minute_and_no_other_network_has_fewer(open_: OpenSite) -> None:
    site = await open_(auth="accounts", max_requests_per_minute=MOST)
    people = await with_admin(site)
    ids = await furnish(site, ADMIN.user_id)
    shared = await site.services.shares.create(ADMIN.user_id, ids["agent_id"], ids["session_id"])
    path = f"/v1/shared/{shared.token}"
    answers: list[httpx.Response] = []
    for host in range(MOST + 1):
        async with from_address(site, f"2001:db8:1:2::{host:x}") as client:
            answers.append(await client.get(path))
    assert [answer.status_code for answer in answers] == [*[200] * MOST, 429]
    problem = is_problem(answers[-1], 429, "rate_limited")
    assert answers[-1].headers["retry-after"] == str(problem["retry_after"])
    assert answers[-1].headers["ratelimit-remaining"] == "0"
    for other in ("2001:db8:1:3::1", "203.0.113.7"):
        async with from_address(site, other) as client:
            assert (await client.get(path)).status_code == 200
    async with from_address(site, "2001:db8:1:2::1") as client:
        named = await client.get(path, headers=bearer(await people.key(ADMIN)))
        assert (named.status_code, named.headers["ratelimit-remaining"]) == (200, str(MOST - 1))


async def test_who_guesses_keys_from_ever_new_addresses_waits_all_the_same(open_: OpenSite) -> None:
    site = await open_(auth="accounts")
    await with_admin(site)
    statuses: list[int] = []
    for host in range(80):
        async with from_address(site, f"2001:db8::{host:x}") as client:
            guessed = bearer("tert_000000000000_" + "a" * 32)
            statuses.append((await client.get("/v1/agents", headers=guessed)).status_code)
    assert (statuses[0], statuses[-1]) == (401, 429)
