"""A talk on a page of another site: by the guide's own example, for who is named and nobody else."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Frame, Page, Playwright, expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import AgentConfig
from tests.cli.server_process import ServerProcess, serving
from tests.e2e.axe import violations
from tests.e2e.conftest import FLAGS, PATIENCE_MS, chromium_path
from tests.e2e.host_pages import HostPages, host_pages
from tests.e2e.rehearsed_models import NAME, RehearsedModels, says
from tests.workshop.project import ROOT

pytestmark = pytest.mark.slow

GUIDE = ROOT / "docs/guide/embedding.md"
TOLD = """
window.told = []; // of everything that the element tells
for (const type of ["ready", "session", "turn", "error"])
  addEventListener(`tertulia-${type}`, ({ detail }) => told.push([type, detail]));
"""
LEFT = "Object.keys(window).filter((name) => /tertulia/i.test(name) || name === '_')"
KEPT = """() => {
  const all = [document.cookie, document.documentElement.outerHTML];
  try { all.push({...localStorage}, {...sessionStorage}); } catch { /* closed to frames of other sites here */ }
  return JSON.stringify(all);
}"""
DIAGRAM = '```mermaid\npie\n  accTitle: How often it rains\n  "Rain" : 3\n  "Sun" : 4\n```\n'
DRAWN = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def host() -> Iterator[HostPages]:
    with host_pages() as pages:
        yield pages


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(models: RehearsedModels, host: HostPages, tmp_path: Path) -> AsyncGenerator[ServerProcess, None]:
    """A server with accounts that one other site may frame."""
    given = {"TERTULIA_AUTH": "accounts", "TERTULIA_EMBED_ORIGINS": host.origin}
    running = serving(tmp_path / "data", "--model-server", models.option, **given)
    yield await asyncio.to_thread(running.__enter__)
    running.__exit__(None, None, None)


@pytest_asyncio.fixture(loop_scope="session")
async def context(playwright: Playwright) -> AsyncGenerator[BrowserContext, None]:
    """A browser that knows two sites: the server is at localhost, the pages of others at 127.0.0.1."""
    flags = [f"{flag}, EXCLUDE localhost" if flag.startswith("--host-resolver") else flag for flag in FLAGS]
    browser: Browser = await playwright.chromium.launch(executable_path=chromium_path(), args=flags)
    context = await browser.new_context(viewport={"width": 320, "height": 700})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await browser.close()


async def a_key(server: ServerProcess) -> str:
    """Set the server up, and make a key as its first user would."""
    assert server.process.stdout is not None
    link = (await asyncio.to_thread(server.process.stdout.readline)).split()[-1]
    async with httpx.AsyncClient(base_url=server.url) as admin:
        token = re.split("[=/#]", link)[-1]
        signed = await admin.post(
            "/v1/set-up", json={"token": token, "name": "ana", "password": "a long secret of hers"}
        )
        assert signed.status_code in {200, 201}, signed.text
        made = await admin.post("/v1/account/keys", json={"name": "page"})
        assert made.status_code == 201, made.text
        return made.json()["key"]


def the_example(server: str, agent_id: str) -> str:
    """The first example of the guide, as somebody copies it."""
    (example, *_) = re.findall(r"```html\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    own = example.replace("https://chat.example", server).replace("AGENT_ID", agent_id)
    assert own.count(server) == 2
    return own.replace("<title>", f"<script>{TOLD}</script><title>", 1)


class Embedded:
    """A page of another site with the guide's example on it, and what went wrong there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frame = page.frame_locator("iframe")
        self.composer = self.frame.get_by_role("textbox", name="Write a message")
        self.wrong: list[str] = []
        page.on("console", lambda line: self.wrong.append(line.text) if line.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    @property
    def inner(self) -> Frame:
        return self.page.frames[1]

    async def change(self, name: str, value: str) -> None:
        await self.page.evaluate(
            "([name, value]) => { document.querySelector('tertulia-chat')[name] = value }", [name, value]
        )

    async def told(self, kind: str, count: int) -> list[dict[str, str]]:
        """Wait for so many events of a kind; return what they tell."""
        of_kind = "told.filter(([each]) => each === kind)"
        await self.page.wait_for_function(f"([kind, n]) => {of_kind}.length >= n", arg=[kind, count])
        return await self.page.evaluate(f"(kind) => {of_kind}.map(([, detail]) => detail)", kind)


async def test_the_guides_example_talks_on_a_page_of_another_site(
    guarded: ServerProcess, host: HostPages, context: BrowserContext, models: RehearsedModels
) -> None:
    server, key = f"http://localhost:{guarded.port}", await a_key(guarded)
    async with AsyncClient(guarded.url, api_key=key) as client:
        agent = await client.create_agent(AgentConfig(model=f"{NAME}/embedded", name="Scholar"))
    host.pages |= {"/": the_example(server, agent.agent_id), "/my-key": "not-yet-a-key"}
    talk = Embedded(await context.new_page())
    await talk.page.goto(host.origin)
    await a_key_that_does_not_hold_is_said(talk)
    await talk.change("apiKey", key)
    await what_is_said_comes_as_it_is_said(talk, models)
    await it_is_sound_in_both_looks(talk)
    await the_key_is_nowhere_to_be_found(talk, key)
    assert key not in guarded.log
    host.pages["/my-key"] = key
    await a_reload_comes_back_to_the_session(talk)
    await what_is_taken_away_lets_go(talk)
    await it_speaks_as_it_is_told(talk)
    assert [line for line in talk.wrong if "401" not in line] == []  # until the page has fetched the key


async def a_key_that_does_not_hold_is_said(talk: Embedded) -> None:
    """To both pages, and nobody is asked for a password."""
    (error, *_) = await talk.told("error", 1)
    assert error["code"] == "unauthenticated"
    await expect(talk.frame.get_by_text("You are not signed in here")).to_be_visible()
    await expect(talk.frame.get_by_label("Password")).to_have_count(0)
    assert [line for line in talk.wrong if "401" not in line] == []
    talk.wrong.clear()


async def what_is_said_comes_as_it_is_said(talk: Embedded, models: RehearsedModels) -> None:
    pause = asyncio.Event()
    models.will("embedded", says("It rains ", pause, f"in Lisbon.\n\n{DIAGRAM}"))
    await talk.composer.fill("What of the weather?")
    await talk.composer.press("Enter")
    await expect(talk.frame.get_by_text("It rains")).to_be_visible()
    assert (await talk.told("turn", 1))[0]["status"] in {"queued", "running"}
    pause.set()
    await expect(talk.frame.get_by_text("It rains in Lisbon.")).to_be_visible()
    await expect(talk.frame.get_by_role("img", name="How often it rains")).to_be_visible()
    await talk.page.wait_for_function("told.some(([kind, detail]) => kind === 'turn' && detail.status === 'completed')")
    await expect(talk.frame.get_by_text("You are not signed in here")).to_have_count(0)
    session_id = (await talk.told("session", 2))[-1]["sessionId"]
    assert await talk.page.locator("tertulia-chat").get_attribute("session") == session_id


async def it_is_sound_in_both_looks(talk: Embedded) -> None:
    assert not await talk.inner.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert await violations(talk.inner) == []
    light = await talk.inner.evaluate(DRAWN)
    await talk.change("theme", "dark")
    await talk.inner.wait_for_function(f"(light) => {DRAWN} !== light", arg=light)
    assert await violations(talk.inner) == []


async def the_key_is_nowhere_to_be_found(talk: Embedded, key: str) -> None:
    assert key not in talk.inner.url
    assert key not in await talk.inner.evaluate(KEPT)
    assert key not in await talk.page.evaluate(KEPT)
    assert await talk.page.evaluate(LEFT) == []


async def a_reload_comes_back_to_the_session(talk: Embedded) -> None:
    """And the selector leads to a new one."""
    await talk.page.reload()
    await expect(talk.frame.get_by_text("It rains in Lisbon.")).to_be_visible()
    selector = talk.frame.get_by_role("combobox", name="Session")
    await expect(selector).to_have_text("What of the weather?")
    await selector.click()
    await talk.frame.get_by_role("option", name="New session").click()
    await expect(talk.frame.get_by_text("It rains in Lisbon.")).to_have_count(0)
    assert (await talk.told("session", 2))[-1]["sessionId"] is None


async def what_is_taken_away_lets_go(talk: Embedded) -> None:
    """And opens again where it comes again."""
    async with talk.page.expect_event("framedetached", lambda frame: "/embed/" in frame.url):
        await talk.page.evaluate("window.taken = document.querySelector('tertulia-chat'); taken.remove()")
    assert len(talk.page.frames) == 1
    await talk.page.evaluate("document.body.append(taken)")
    await expect(talk.composer).to_be_visible()


async def it_speaks_as_it_is_told(talk: Embedded) -> None:
    await talk.change("lang", "es-MX")
    await expect(talk.frame.get_by_role("textbox", name="Escribe un mensaje")).to_be_visible()


async def test_who_is_not_named_frames_nothing_and_who_is_frames_only_the_talk(
    guarded: ServerProcess, host: HostPages, context: BrowserContext
) -> None:
    server = f"http://localhost:{guarded.port}"
    refused: list[str] = []
    page = await context.new_page()
    page.on("console", lambda line: refused.append(line.text) if "frame-ancestors" in line.text else None)

    async def framed(origin: str, path: str) -> bool:
        refused.clear()
        async with page.expect_response(f"{server}{path}"):
            await page.goto(f"{origin}/?{path}")
        await expect(page.locator("iframe")).to_be_attached()
        await page.wait_for_load_state()
        return not refused

    def frame(path: str) -> str:
        return f'<!doctype html><title>Host</title><iframe src="{server}{path}" title="Talk"></iframe>'

    paths = ("/embed/none?theme=pink", "/", "/a/none", "/settings/account", "/share/x", "/v1/health")
    with ExitStack() as stack:
        other = stack.enter_context(host_pages())
        for pages in (host, other):
            pages.pages |= {f"/?{path}": frame(path) for path in paths}
        assert await framed(host.origin, paths[0])
        for path in paths[1:]:
            assert not await framed(host.origin, path), path
        for path in paths:
            assert not await framed(other.origin, path), path
