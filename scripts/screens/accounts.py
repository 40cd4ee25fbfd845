"""A server with accounts, and who is seen on it."""

from datetime import timedelta

from playwright.async_api import APIRequest, StorageState

from scripts.screens.clock import StageClock
from tertulia.client import AsyncClient

DAY = 24 * 60 * 60
SECRETS = {"ana": "the first long secret", "ben": "another long secret"}


async def furnish_accounts(url: str, token: str, request: APIRequest, clock: StageClock) -> dict[str, StorageState]:
    """Make the first admin, some users and a key; return the browsers' states of those who have signed in."""
    async with AsyncClient(url) as client:
        await client.set_up(token, name="ana", password=SECRETS["ana"])
    admin = await request.new_context(base_url=url, storage_state=await _sign_in(url, "ana", request))
    users = (("ben", "user"), ("carla", "reader"), ("davi", "user"))
    for name, role in users:
        clock.take(DAY * 9)
        await admin.post(
            "/v1/users", data={"name": name, "role": role, "password": SECRETS.get(name, "a secret of theirs")}
        )
    await admin.post("/v1/account/keys", data={"name": "laptop"})
    await admin.post("/v1/account/keys", data={"name": "home page", "scopes": ["read"]})
    await admin.dispose()
    clock.go_to(timedelta())
    return {name: await _sign_in(url, name, request) for name in SECRETS}


async def _sign_in(url: str, name: str, request: APIRequest) -> StorageState:
    browser = await request.new_context(base_url=url)
    answer = await browser.post("/v1/sign-in", data={"name": name, "password": SECRETS[name]})
    assert answer.ok, await answer.text()
    state = await browser.storage_state()
    await browser.dispose()
    return state
