"""The talk where it is not a page of its own: in a frame on a page of another site, and in a terminal."""

from playwright.async_api import Browser

from scripts.screens.camera import keep
from scripts.screens.clock import NOW
from tertulia.client import AsyncClient
from tests.terminal.opened import opened

HOST_PAGE = """\
<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Miradouro Observatory</title>
  <style>
    body {{ margin: 0; font: 17px/1.6 Georgia, serif; color: #2b2320; background: #faf6ef }}
    header {{ padding: 20px 48px; background: #3a2b45; color: #fff; font-size: 22px }}
    main {{ display: grid; grid-template-columns: 1fr 420px; gap: 48px; padding: 40px 48px }}
    h1 {{ font-weight: normal; font-size: 36px; margin: 0 0 12px }}
    p {{ max-width: 34em }}
    tertulia-chat {{ block-size: 640px; border: 1px solid #d9cfc2; border-radius: 12px; overflow: hidden }}
  </style>
  <script type="module" src="{url}/embed.js"></script>
  <header>Miradouro Observatory</header>
  <main>
    <div>
      <h1>The sky over Lisbon</h1>
      <p>The dome is open on clear nights from Thursday to Sunday. We show the moon and the planets of the season, and
        on the last Saturday of each month whoever comes may look by themselves.</p>
      <p>Something that you would like to know before you come? Ask our almanac: it knows when the sun sets, which
        planets are up, and when the next eclipse is.</p>
    </div>
    <tertulia-chat src="{url}" agent="{agent}" session="{session}" theme="light" lang="en" label="Ask the almanac">
    </tertulia-chat>
  </main>
</html>
"""
TERMINAL_SIZE = (104, 40)
SHEET = "<!doctype html><style>body { margin: 0; display: inline-block } svg { display: block; width: 1180px }</style>"


def host_page(url: str, place: str) -> str:
    """A page of another site with a talk on it."""
    agent, _, session = place.partition("/s/")
    return HOST_PAGE.format(url=url, agent=agent, session=session)


async def take_terminal(browser: Browser, url: str, place: str, name: str) -> None:
    """Open the terminal's page, without a terminal, and draw what would be on it."""
    agent, _, session = place.partition("/s/")
    async with AsyncClient(url) as client, opened(client, agent, session, size=TERMINAL_SIZE) as person:
        await person.sees("def daylight")
        await person.press("ctrl+t")
        await person.sees('"place": "Lisbon"')
        drawn = person.page.export_screenshot(title="tertulia chat")
    page = await browser.new_page(viewport={"width": 1180, "height": 900})
    await page.clock.set_fixed_time(NOW)
    await page.set_content(SHEET + drawn)
    keep(name, await page.locator("svg").screenshot())
    await page.close()
