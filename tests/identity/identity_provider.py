"""A real OpenID Connect provider (oidc-provider, on Node) in a process of its own, and a browser's way through it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.llama_stack.client_environments import NODE, node_environment

FOLDER = Path(__file__).parent / "provider"
REDIRECT_URI = "http://127.0.0.1:8321/v1/sign-in/oidc/callback"
SECRETS = {"tertulia": "secret: of tertulia%", "tertulia-post": "secret-post", "tertulia-public": None}
"""The clients that people sign in to, and their secrets."""


class IdentityProvider:
    """A provider that runs."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.issuer, verify=False)  # there is no TLS, so no certificates to read

    async def rotate(self) -> None:
        """Give it new keys; those that it had are gone."""
        async with self._client() as client:
            (await client.post("/for-tests/rotate")).raise_for_status()

    async def token(self, audience: str) -> str:
        """Give a program an access token for somebody."""
        form = {"grant_type": "client_credentials", "resource": audience, "scope": "talk"}
        async with self._client() as client:
            answer = await client.post("/token", data=form, auth=("program", "secret-program"))
        return answer.raise_for_status().json()["access_token"]

    async def keys(self) -> list[dict[str, Any]]:
        """Return its public keys."""
        async with self._client() as client:
            return (await client.get("/jwks")).json()["keys"]

    async def sign_in(self, url: str, login: str) -> str:
        """Go where a browser is sent to, sign in there and agree to everything; return where it is sent back to."""
        async with self._client() as browser:
            return await _through(browser, await browser.get(url), login)

    async def refuse(self, url: str) -> str:
        """Go where a browser is sent to, and break off; return where it is sent back to."""
        async with self._client() as browser:
            page = await _followed(browser, await browser.get(url))
            return await _outside(browser, await browser.get(_match(r'href="([^"]+/abort)"', page.text)))


async def _through(browser: httpx.AsyncClient, answer: httpx.Response, login: str) -> str:
    for _ in range(4):
        if _is_back(answer):
            return answer.headers["location"]
        page = await _followed(browser, answer)
        if _is_back(page):
            return page.headers["location"]
        form: dict[str, str] = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page.text))
        answer = await browser.post(
            _match(r'action="([^"]+)"', page.text), data={**form, "login": login, "password": "x"}
        )
    raise AssertionError(f"the provider did not send the browser back: {answer.text}")


async def _outside(browser: httpx.AsyncClient, answer: httpx.Response) -> str:
    return (await _followed(browser, answer)).headers["location"]


async def _followed(browser: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """Follow redirects as far as they stay at the provider."""
    while answer.is_redirect and not _is_back(answer):
        answer = await browser.get(str(answer.url.join(answer.headers["location"])))
    assert answer.is_redirect or answer.is_success, answer.text
    return answer


def _is_back(answer: httpx.Response) -> bool:
    return answer.is_redirect and answer.headers["location"].startswith(REDIRECT_URI)


def _match(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


@contextmanager
def run_provider(cache: Path, redirect_uri: str = REDIRECT_URI) -> Iterator[IdentityProvider]:
    """Run a provider for as long as the block; its packages are kept in `cache`."""
    made = node_environment(cache, "oidc-provider", FOLDER)
    shutil.copy(FOLDER / "provider.mjs", made)
    command = [NODE / "bin/node", made / "provider.mjs", redirect_uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            word, _, issuer = process.stdout.readline().strip().partition(" ")
            assert word == "issuer", "the provider did not start"
            yield IdentityProvider(issuer)
        finally:
            process.kill()
