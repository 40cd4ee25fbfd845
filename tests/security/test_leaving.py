"""A user who is deleted leaves nothing, not even what a request adds that was under way."""

from collections.abc import AsyncGenerator

import pytest

from tertulia.testing import MemoryStore
from tests.security.people import bearer, furnish, with_admin
from tests.server.conftest import OpenSite
from tests.server.site import is_problem
from tests.store.values import agent


class BusyStore(MemoryStore):
    """A store to which a request adds something of a user's when all that was theirs has gone."""

    async def delete_user(self, user_id: str) -> None:
        await self.create_agent(user_id, agent("late"))
        await super().delete_user(user_id)


async def test_what_is_added_while_a_user_is_deleted_goes_too(open_: OpenSite) -> None:
    store = BusyStore()
    people = await with_admin(await open_(auth="accounts", store=store))
    ana = await people.add("ana")
    await furnish(people.site, ana.user_id)
    await people.accounts.delete_user(ana.user_id)
    assert (await store.list_agents(ana.user_id, limit=9)).items == []


BOUNDARY = "between-parts"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
FILE = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nHello\r\n--{BOUNDARY}--\r\n'
)
BODIES = {
    "/v1/files": (FORM, FILE.encode()),
    "/v1/agents": ("application/json", b'{"agent_config":{"model":"demo/script","instructions":"x"}}'),
}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("is_deleted", [False, True])
async def test_what_is_on_its_way_when_a_user_is_deleted_does_not_arrive(
    open_: OpenSite, path: str, *, is_deleted: bool
) -> None:
    people = await with_admin(await open_(auth="accounts"))
    ana = await people.add("ana")
    headers = bearer(await people.key(ana)) | {"content-type": BODIES[path][0]}
    store = people.site.services.store
    before = len((await store.list_agents(ana.user_id, limit=9)).items)

    async def slowly() -> AsyncGenerator[bytes]:
        body = BODIES[path][1]
        yield body[:9]
        if is_deleted:
            await people.accounts.delete_user(ana.user_id)
        yield body[9:]

    answer = await people.site.client.post(path, content=slowly(), headers=headers)
    files = (await store.list_files(ana.user_id, order="asc", limit=9)).items
    agents = (await store.list_agents(ana.user_id, limit=9)).items
    if is_deleted:
        is_problem(answer, 401, "unauthenticated")
        assert (files, agents) == ([], [])
    else:
        assert answer.status_code == 201
        assert len(files) + len(agents) == before + 1
