"""A user who is deleted leaves nothing, not even what a request adds that was under way."""

from tertulia.testing import MemoryStore
from tests.security.people import furnish, with_admin
from tests.server.conftest import OpenSite
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
