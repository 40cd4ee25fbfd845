"""What one prefers follows one from browser to browser, is nobody else's, and goes with the account."""

import gzip
import tarfile
from io import BytesIO
from typing import Any

import msgspec
import pytest

from tertulia.domain.exports import AccountExport
from tests.security.people import ADMIN, People, with_admin
from tests.server.conftest import OpenSite
from tests.server.site import Site, is_problem

PATH = "/v1/account/preferences"


@pytest.fixture
async def people(open_: OpenSite) -> People:
    return await with_admin(await open_(auth="accounts"))


async def test_each_has_their_own_in_every_browser_of_theirs(people: People) -> None:
    ana, ben = await people.add("Ana", "reader"), await people.add("Ben")
    there, here, his = await people.cookie(ana), await people.cookie(ana), await people.cookie(ben)
    assert (await people.ask(here, "GET", PATH)).json() == {"values": {}}
    said = {"density": "compact", "keys": {"search": None, "help": {"key": "h", "alt": True}}}
    answer = await people.ask(there, "PATCH", PATH, {"values": said})
    assert (answer.status_code, answer.json()) == (200, {"values": said})
    await people.ask(here, "PATCH", PATH, {"values": {"density": None, "language": "es"}})
    assert (await people.ask(there, "GET", PATH)).json() == {"values": {"keys": said["keys"], "language": "es"}}
    assert (await people.ask(his, "GET", PATH)).json() == {"values": {}}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"values": []},
        {"values": {"": 1}},
        {"values": {"no spaces": 1}},
        {"values": {"x" * 65: 1}},
        {"values": {f"n{number}": 1 for number in range(101)}},
        {"values": {}, "owner": "ben"},
    ],
)
async def test_what_is_no_preference_is_refused(people: People, body: Any) -> None:
    cookie = await people.cookie(await people.add("Ana"))
    assert (await people.ask(cookie, "PATCH", PATH, body)).status_code == 400
    assert (await people.ask(cookie, "GET", PATH)).json() == {"values": {}}


async def test_what_is_too_long_is_refused(people: People) -> None:
    cookie = await people.cookie(await people.add("Ana"))
    for length in (17_000, 40_000):
        is_problem(await people.ask(cookie, "PATCH", PATH, {"values": {"long": "x" * length}}), 413, "too_large")


async def test_they_go_with_the_account_and_into_what_one_takes_out(people: People) -> None:
    ana = await people.add("Ana")
    cookie = await people.cookie(ana)
    await people.ask(cookie, "PATCH", PATH, {"values": {"density": "compact"}})
    archive = await people.ask(cookie, "GET", "/v1/export")
    with tarfile.open(fileobj=BytesIO(gzip.decompress(archive.content))) as entries:
        first = entries.extractfile("account.json")
        assert first is not None
        assert msgspec.json.decode(first.read(), type=AccountExport).preferences == {"density": "compact"}
    admin = await people.cookie(ADMIN)
    assert (await people.ask(admin, "DELETE", f"/v1/users/{ana.user_id}")).status_code == 204
    assert await people.site.services.store.get_preferences(ana.user_id) == {}


async def test_where_nobody_signs_in_the_server_keeps_none(site: Site) -> None:
    for method, body in (("GET", None), ("PATCH", {"values": {"density": "compact"}})):
        is_problem(await site.ask(method, PATH, body), 404, "no_accounts")
