"""Signing in at a provider of another site, by a real browser: its cookies go where they must, and nowhere else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, expect

from tertulia.cli.listening import listen
from tests.cli.server_process import serving
from tests.e2e.conftest import FLAGS, chromium_path
from tests.identity.identity_provider import SECRETS, run_provider

FRONT = "/v1/account"
"""Where who has signed in sees that they have."""


@pytest_asyncio.fixture(loop_scope="session")
async def browser(playwright: Playwright) -> AsyncGenerator[Browser, None]:
    """A browser that knows two sites: the server is at localhost, the provider at 127.0.0.1."""
    flags = [f"{flag}, EXCLUDE localhost" if flag.startswith("--host-resolver") else flag for flag in FLAGS]
    browser = await playwright.chromium.launch(executable_path=chromium_path(), args=flags)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def url(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[str, None]:
    """A server whose people sign in at a real provider."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    assert request.config.cache is not None
    cache = request.config.cache.mkdir("identity-provider")
    url = f"http://localhost:{port}"
    with ExitStack() as stack:
        provider = stack.enter_context(run_provider(cache, f"{url}/v1/sign-in/oidc/callback"))
        running = serving(
            tmp_path,
            "--port",
            str(port),
            TERTULIA_AUTH="accounts",
            TERTULIA_PUBLIC_URL=url,
            TERTULIA_OIDC_ISSUER=provider.issuer,
            TERTULIA_OIDC_CLIENT_ID="tertulia",
            TERTULIA_OIDC_CLIENT_SECRET=str(SECRETS["tertulia"]),
        )
        await asyncio.to_thread(stack.enter_context, running)
        yield url


async def sign_in_there(page: Page, name: str) -> None:
    """Fill in what the provider asks for, and agree."""
    await page.get_by_placeholder("Enter any login").fill(name)
    await page.get_by_placeholder("and password").fill("x")
    await page.get_by_role("button", name="Sign-in").click()
    await page.get_by_role("button", name="Continue").click()


async def test_who_signs_in_there_comes_back_signed_in(browser: Browser, url: str) -> None:
    page = await browser.new_page()
    await page.goto(f"{url}{FRONT}")
    await expect(page.locator("body")).to_contain_text("unauthenticated")
    await page.goto(f"{url}/v1/sign-in/oidc?return_to={FRONT}")
    assert page.url.startswith("http://127.0.0.1")
    await sign_in_there(page, "bob")
    await expect(page.locator("body")).to_contain_text('"name":"Bob"')
    assert page.url == f"{url}{FRONT}"
    (cookie,) = [each for each in await page.context.cookies(url) if each.get("name") == "tertulia_session"]
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")
    assert await page.evaluate("document.cookie") == ""


async def test_who_comes_back_with_what_another_browser_began_is_told_so(browser: Browser, url: str) -> None:
    theirs = await browser.new_page()
    await theirs.goto(f"{url}/v1/sign-in/oidc")
    await theirs.context.clear_cookies(domain="localhost")
    await sign_in_there(theirs, "bob")
    await expect(theirs.get_by_role("heading", name="You are not signed in")).to_be_visible()
    await theirs.get_by_role("link", name="Sign in once more").click()
    # the provider knows them still
    await expect(theirs.get_by_role("textbox", name="Write a message")).to_be_visible()
    assert theirs.url.startswith(f"{url}/")
