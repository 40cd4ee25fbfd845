"""What the page weighs is what a browser fetches, and is no more than it may be: see `web/scripts/sizes.mjs`."""

import asyncio
import importlib.util
import re
from pathlib import Path

from playwright.async_api import expect

from tests.e2e.visitor import Visitor
from tests.workshop.project import ROOT, attempt

SCRIPTS = "performance.getEntriesByType('resource').map((file) => file.name).filter((name) => name.endsWith('.js'))"


def installed() -> Path:
    """Return where the page is."""
    page = importlib.util.find_spec("tertulia_web")
    assert page, "the installation has no page"
    assert page.submodule_search_locations
    return Path(page.submodule_search_locations[0])


def weigh() -> str:
    """Weigh the page that is installed; return the report."""
    done = attempt(ROOT, "scripts/npm", "run", "sizes", "--", str(installed()))
    assert done.returncode == 0, done.stdout
    return done.stdout


async def scripts_of(visitor: Visitor) -> set[str]:
    """Return the scripts that a page has fetched so far."""
    return {name.rpartition("/")[2] for name in await visitor.page.evaluate(SCRIPTS)}


async def test_a_session_opens_with_no_more_script_than_is_weighed_and_may_be(visitor: Visitor) -> None:
    weighed = set(re.findall(r"assets/(\S+\.js)", await asyncio.to_thread(weigh)))
    await visitor.begin()
    await visitor.say("Hello")
    await expect(visitor.answer_to("Hello")).to_have_text("Understood.")
    session_id = await visitor.wait_for_session()
    again = await visitor.second_tab()
    await again.open_session(session_id)
    await expect(again.answer_to("Hello")).to_have_text("Understood.")
    assert await scripts_of(again) == weighed


async def test_a_browser_learns_of_all_scripts_of_a_session_from_the_page_itself_not_from_one_another() -> None:
    page = (installed() / "index.html").read_text(encoding="utf-8")
    weighed = re.findall(r"assets/(\S+\.js)", await asyncio.to_thread(weigh))
    assert [name for name in weighed if f"/assets/{name}" not in page] == []
