"""Whole servers: people sign in at a real provider, programs bring its tokens, and a proxy says who comes."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import httpx
import jwt
import pytest

from tertulia.settings.shown import Secret
from tests.identity.identity_provider import SECRETS, IdentityProvider
from tests.server.live import connect, serve_live
from tests.server.site import Site, is_problem, open_site

API = "https://tertulia.example/api"
BROWSER = {"accept": "text/html,application/xhtml+xml"}


class OpenServer:
    """Servers whose provider is the real one, until the test ends."""

    def __init__(self, issuer: str, stack: AsyncExitStack) -> None:
        self._issuer = issuer
        self._stack = stack

    async def __call__(self, **settings: Any) -> Site:
        known = {
            "auth": "accounts",
            "oidc_issuer": self._issuer,
            "oidc_client_id": "tertulia",
            "oidc_client_secret": Secret(str(SECRETS["tertulia"])),
            "oidc_scopes": ["profile", "groups"],
            "oidc_role_claim": "groups",
            "jwt_audiences": [API],
            "identity_roles": ["tertulia-admins=admin", "staff=user", "robots=reader"],
            "identity_default_role": "none",
        }
        return await self._stack.enter_async_context(open_site(**{**known, **settings}))


@pytest.fixture
async def open_server(identity_provider: IdentityProvider) -> AsyncGenerator[OpenServer, None]:
    async with AsyncExitStack() as stack:
        yield OpenServer(identity_provider.issuer, stack)


async def signed_in(site: Site, provider: IdentityProvider, login: str, return_to: str = "/") -> httpx.Response:
    """Go the whole way with the site's browser; return what the callback answers."""
    departure = await site.get(f"/v1/sign-in/oidc?return_to={return_to}")
    assert departure.status_code == 302, departure.text
    back = await provider.sign_in(departure.headers["location"], login)
    return await site.get(back.removeprefix("http://127.0.0.1:8321"))


async def account(site: Site, **headers: str) -> dict[str, Any]:
    answer = await site.get("/v1/account", **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- sign-in ---


async def test_the_page_learns_where_to_sign_in(open_server: OpenServer) -> None:
    site = await open_server(oidc_name="The house")
    options = (await site.get("/v1/sign-in")).json()
    assert options["oidc"] == {"name": "The house", "url": "/v1/sign-in/oidc"}
    assert options["required"] is True


async def test_who_signs_in_there_is_signed_in_here_and_goes_on_where_they_were(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    is_problem(await site.get("/v1/agents"), 401, "unauthenticated")
    answer = await signed_in(site, identity_provider, "ada", "/s/%E6%97%A5?x=1")
    assert (answer.status_code, answer.headers["location"]) == (302, "/s/%E6%97%A5?x=1")
    given = {each.partition("=")[0]: each for each in answer.headers.get_list("set-cookie")}
    assert set(given) == {"tertulia_session", "tertulia_sign_in"}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given["tertulia_session"].split("; "))
    assert "Max-Age=0" in given["tertulia_sign_in"]
    mine = await account(site)
    assert (mine["user"]["name"], mine["user"]["role"], mine["via"]) == ("Ada", "admin", "cookie")
    assert (await site.get("/v1/users")).status_code == 200


async def test_the_same_person_is_the_same_user_and_another_is_another(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    ids: list[str] = []
    for login in ("ada", "bob", "ada"):
        await signed_in(site, identity_provider, login)
        ids.append((await account(site))["user"]["user_id"])
    assert ids[0] == ids[2] != ids[1]


async def test_the_role_is_that_which_the_provider_gives_now(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    await signed_in(site, identity_provider, "ada")
    ada = (await account(site))["user"]["user_id"]
    await signed_in(site, identity_provider, "bob")
    bob = (await account(site))["user"]["user_id"]
    await site.services.accounts.update_user(bob, role="admin")
    await site.services.accounts.update_user(ada, role="reader")
    assert (await account(site))["user"]["role"] == "admin"
    await signed_in(site, identity_provider, "bob")
    assert (await account(site))["user"]["role"] == "admin", "the last admin stays one"
    await signed_in(site, identity_provider, "ada")
    assert (await account(site))["user"]["role"] == "admin"
    await signed_in(site, identity_provider, "bob")
    assert (await account(site))["user"]["role"] == "user"


async def test_who_is_disabled_here_is_not_let_in_from_there(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    await signed_in(site, identity_provider, "ada")
    await signed_in(site, identity_provider, "bob")
    await site.services.accounts.update_user((await account(site))["user"]["user_id"], disabled=True)
    assert (await site.get("/v1/account")).status_code == 401
    assert (await signed_in(site, identity_provider, "bob")).status_code == 401


async def test_who_may_not_come_in_is_told_in_a_page(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    departure = await site.get("/v1/sign-in/oidc")
    back = await identity_provider.sign_in(departure.headers["location"], "eve")
    answer = await site.get(back.removeprefix("http://127.0.0.1:8321"), **BROWSER)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert "TERTULIA_IDENTITY_ROLES" in answer.text
    assert "tertulia_session" not in answer.headers.get("set-cookie", "")
    assert (await site.get("/v1/account")).status_code == 401


async def test_what_a_return_says_is_shown_but_never_run(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    departure = await site.get("/v1/sign-in/oidc")
    state = httpx.URL(departure.headers["location"]).params["state"]
    query = httpx.QueryParams(
        state=state, iss=identity_provider.issuer, error="x", error_description="<script>alert(1)</script>"
    )
    answer = await site.get(f"/v1/sign-in/oidc/callback?{query}", **BROWSER)
    assert answer.status_code == 401
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text


async def test_a_return_from_nowhere_is_a_problem_to_programs(open_server: OpenServer) -> None:
    site = await open_server()
    is_problem(await site.get("/v1/sign-in/oidc/callback?code=x&state=y"), 401, "sign_in_failed")


async def test_who_signs_in_there_is_in_the_audit_and_a_stranger_who_does_not_is_not(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    await site.get("/v1/sign-in/oidc/callback?code=x&state=y")
    await signed_in(site, identity_provider, "ada")
    (entry,) = (await site.get("/v1/audit")).json()["entries"]
    assert (entry["action"], entry["outcome"]) == ("account.sign_in_elsewhere", "done")
    assert entry["actor"] == (await account(site))["user"]["user_id"]


async def test_a_return_counts_once_and_in_its_own_browser(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    departure = await site.get("/v1/sign-in/oidc")
    back = (await identity_provider.sign_in(departure.headers["location"], "ada")).removeprefix("http://127.0.0.1:8321")
    kept = dict(site.client.cookies)
    site.client.cookies.clear()
    is_problem(await site.get(back), 401, "sign_in_failed", path="/v1/sign-in/oidc/callback")
    site.client.cookies.update(kept)
    assert (await site.get(back)).status_code == 302
    site.client.cookies.clear()
    site.client.cookies.update(kept)
    is_problem(await site.get(back), 401, "sign_in_failed", path="/v1/sign-in/oidc/callback")


async def test_a_server_without_a_provider_sends_nobody_anywhere(open_server: OpenServer) -> None:
    site = await open_server(
        oidc_issuer=None, oidc_client_id=None, jwt_audiences=[], identity_roles=[], identity_default_role="user"
    )
    assert (await site.get("/v1/sign-in")).json()["oidc"] is None
    for path in ("/v1/sign-in/oidc", "/v1/sign-in/oidc/callback?code=x&state=y"):
        assert (await site.get(path)).status_code == 501


async def test_a_provider_that_is_away_keeps_nobody_from_starting(open_server: OpenServer) -> None:
    site = await open_server(oidc_issuer="http://127.0.0.1:1")
    is_problem(await site.get("/v1/sign-in/oidc"), 502, "identity_provider_failed")
    assert "cannot be reached" in (await site.get("/v1/sign-in/oidc", **BROWSER)).text
    assert (await site.get("/v1/health")).status_code == 200


async def test_no_secret_and_no_code_is_logged(
    open_server: OpenServer, identity_provider: IdentityProvider, capfd: pytest.CaptureFixture[str]
) -> None:
    site = await open_server()
    answer = await signed_in(site, identity_provider, "ada")
    code = answer.request.url.params["code"]
    logged = "".join(capfd.readouterr())
    assert "/v1/sign-in/oidc/callback" in logged
    for secret in (code, str(SECRETS["tertulia"]), *site.client.cookies.values()):
        assert secret not in logged


# --- access tokens ---


async def test_a_program_comes_in_by_an_access_token_and_may_do_what_its_role_may(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    bearer = {"authorization": f"Bearer {await identity_provider.token(API)}"}
    mine = await account(site, **bearer)
    assert (mine["user"]["role"], mine["via"], mine["scopes"]) == ("reader", "jwt", ["read"])
    assert (await account(site, **bearer))["user"] == mine["user"]
    is_problem(await site.post("/v1/agents", {"agent_config": {"model": "x/y"}}, **bearer), 403, "forbidden")
    assert (await site.get("/v1alpha/agents", **bearer)).status_code == 200


async def test_who_comes_in_by_an_access_token_has_the_limits_of_a_user(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server(max_requests_per_minute=3)
    bearer = {"authorization": f"Bearer {await identity_provider.token(API)}"}
    answers = [await site.get("/v1/agents", **bearer) for _ in range(8)]  # a minute may end among them
    assert answers[0].is_success
    refused = [answer for answer in answers if not answer.is_success]
    assert {(answer.status_code, answer.json()["limit"]) for answer in refused} == {(429, "requests_per_minute")}


async def test_what_a_token_makes_lasts_no_longer_than_the_token(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    token = await identity_provider.token(API)
    bearer = {"authorization": f"Bearer {token}"}
    end = jwt.decode(token, options={"verify_signature": False})["exp"]
    longer = {"name": "longer", "expires_at": "2999-01-01T00:00:00Z"}
    is_problem(await site.post("/v1/account/keys", longer, **bearer), 403, "forbidden")
    made = (await site.post("/v1/account/keys", {"name": "as long"}, **bearer)).json()
    assert datetime.fromisoformat(made["expires_at"]).timestamp() == end


async def test_a_token_that_does_not_hold_lets_nobody_in_whatever_the_cookie_says(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    await signed_in(site, identity_provider, "ada")
    token = await identity_provider.token("https://elsewhere.example")
    problem = is_problem(await site.get("/v1/account", authorization=f"Bearer {token}"), 401, "unauthenticated")
    assert "not for this server" in problem["detail"]


async def test_where_no_audience_is_set_no_token_counts(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server(jwt_audiences=[])
    token = await identity_provider.token(API)
    is_problem(await site.get("/v1/account", authorization=f"Bearer {token}"), 401, "unauthenticated")


async def test_a_token_of_who_was_disabled_counts_no_more(
    open_server: OpenServer, identity_provider: IdentityProvider
) -> None:
    site = await open_server()
    bearer = {"authorization": f"Bearer {await identity_provider.token(API)}"}
    user = (await account(site, **bearer))["user"]
    await site.services.accounts.update_user(user["user_id"], disabled=True)
    is_problem(await site.get("/v1/account", **bearer), 401, "unauthenticated")


# --- a proxy ---

PROXY = {
    "auth": "proxy",
    "oidc_issuer": None,
    "oidc_client_id": None,
    "oidc_role_claim": None,
    "jwt_audiences": [],
    "proxy_networks": ["127.0.0.0/8"],
    "proxy_role_header": "X-Forwarded-Groups",
}


async def test_whom_the_proxy_names_is_there(open_server: OpenServer) -> None:
    site = await open_server(**PROXY)
    ada = {"x_forwarded_user": "ada", "x_forwarded_groups": "staff,tertulia-admins"}
    mine = await account(site, **ada)
    assert (mine["user"]["name"], mine["user"]["role"], mine["via"]) == ("ada", "admin", "proxy")
    assert (await account(site, x_forwarded_user="bob", x_forwarded_groups="staff"))["user"]["name"] == "bob"
    is_problem(await site.get("/v1/account"), 401, "unauthenticated")
    assert (await site.get("/v1/health")).status_code == 200


async def test_from_elsewhere_the_header_is_not_believed(open_server: OpenServer) -> None:
    site = await open_server(**{**PROXY, "proxy_networks": ["10.0.0.0/8"]})
    ada = {"x_forwarded_user": "ada", "x_forwarded_groups": "tertulia-admins"}
    problem = is_problem(await site.get("/v1/account", **ada), 401, "unauthenticated")
    assert "TERTULIA_PROXY_NETWORKS" in problem["detail"]


async def test_where_people_sign_in_the_header_says_nothing(open_server: OpenServer) -> None:
    site = await open_server()
    is_problem(await site.get("/v1/account", x_forwarded_user="ada"), 401, "unauthenticated")


async def test_what_a_client_says_of_its_address_does_not_make_it_the_proxy() -> None:
    settings = {
        "auth": "proxy",
        "proxy_networks": ["10.0.0.0/8"],
        "proxy_role_header": None,
    }
    async with serve_live(**settings) as live, await connect(live.port) as client:
        status, problem = await client.ask(
            "GET", "/v1/account", x_forwarded_user="ada", x_forwarded_for="10.0.0.1", x_forwarded_proto="https"
        )
    assert (status, problem["code"]) == (401, "unauthenticated")
