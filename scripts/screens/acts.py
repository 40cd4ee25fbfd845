"""What a person does before a picture is taken, and what they wait to see."""

import re

from playwright.async_api import Locator, Page, Route, expect

from scripts.screens import words
from scripts.screens.camera import Prepare


def composer(page: Page) -> Locator:
    """Where one writes, in whichever language."""
    return page.get_by_role("main").get_by_role("textbox").last


def inspector(page: Page) -> Locator:
    """The part beside the talk, or the sheet over it."""
    return page.get_by_role("complementary", name="Inspector").or_(page.get_by_role("dialog", name="Inspector"))


async def settle(page: Page) -> None:
    """Wait for what the page lists."""
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text("Loading…")).to_have_count(0)


async def begin(page: Page) -> None:
    """Wait for what stands where nothing has been said."""
    await expect(composer(page)).to_be_visible()
    await settle(page)


async def read(page: Page) -> None:
    """Wait until a whole talk is there: its code is coloured, its formula set, its picture shown."""
    turn = page.get_by_role("article").last
    await expect(turn.get_by_role("figure", name="python").get_by_text("def", exact=True)).to_be_visible()
    await expect(turn.locator("math, .katex").first).to_be_attached()
    picture = turn.get_by_role("img", name="daylight-lisbon.png")
    await expect(picture).to_be_visible()
    await expect(page.get_by_text("Loading…")).to_have_count(0)


async def read_shared(page: Page) -> None:
    """Wait for a talk that is read by its link."""
    turn = page.get_by_role("article").last
    await expect(turn.get_by_role("figure", name="python").get_by_text("def", exact=True)).to_be_visible()


async def unfold(page: Page) -> None:
    """Show what the agent did, from where the turn begins."""
    await read(page)
    await page.get_by_role("button", name=re.compile("1 tool")).click()
    await expect(page.get_by_role("list", name="Steps")).to_be_visible()
    await page.get_by_role("article").last.evaluate("turn => turn.scrollIntoView({ block: 'start' })")


async def attach(page: Page) -> None:
    """Show what the model was given, and a file that waits in the composer."""
    await expect(page.get_by_text("Given to the model: image", exact=False)).to_be_visible()
    chosen = page.get_by_label("Attach files").locator("visible=false")
    await chosen.set_input_files([{"name": "crossings.csv", "mimeType": "text/csv", "buffer": words.TABLE}])
    chip = page.get_by_role("listitem", name="Attached: crossings.csv")
    await expect(chip.get_by_role("progressbar")).to_have_count(0)
    await composer(page).fill("And how many cars cross it?")


async def watch(page: Page) -> None:
    """Show a turn that goes on, and a message that waits until it has ended."""
    await expect(page.get_by_text("it comes")).to_be_visible()
    await composer(page).fill("And in Reykjavík?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("And in Reykjavík?").first).to_be_visible()
    await expect(composer(page)).to_be_empty()


async def approve(page: Page) -> None:
    """Show the card whole, with what the tool says of itself."""
    card = page.get_by_role("group", name="Decision about send_mail")
    await expect(card.get_by_text("in the name of the person")).to_be_visible()


async def answer(page: Page) -> None:
    """Show what a tool asks."""
    await expect(page.get_by_text("For how many people")).to_be_visible()
    await expect(page.get_by_role("spinbutton", name="People").or_(page.get_by_label("People")).first).to_be_visible()


async def notice_failure(page: Page) -> None:
    """Show a turn that the model's server refused."""
    await expect(page.get_by_role("article").get_by_text("The agent could not answer")).to_be_visible()


async def notice_stop(page: Page) -> None:
    """Show a turn that was stopped."""
    await expect(page.get_by_role("article").get_by_text("Stopped").first).to_be_visible()


async def go_offline(page: Page) -> None:
    """Write where there is no network."""
    await read(page)
    await page.context.set_offline(True)
    await expect(page.get_by_role("main").get_by_text("Offline.")).to_be_visible()
    await composer(page).fill(words.NEXT)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name=words.NEXT, exact=True)).to_be_visible()


async def lose_server(page: Page) -> None:
    """Ask a server that is not there any more."""
    await read(page)
    await page.route("**/v1/**", _refuse)
    await page.get_by_role("link", name=re.compile("Translate the menu")).click()
    await expect(page.get_by_text("Next try in")).to_be_visible()


async def _refuse(route: Route) -> None:
    await route.abort("connectionrefused")


async def do_too_much(page: Page) -> None:
    """Send a message while another turn is all that is allowed."""
    await begin(page)
    await composer(page).fill("And the tides of tomorrow?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("timer")).to_be_visible()


async def choose_some(page: Page) -> None:
    """Select sessions of the list."""
    await begin(page)
    sidebar = page.get_by_role("navigation", name="Sessions")
    for name in ("Translate the menu", "How tides are predicted"):
        await sidebar.get_by_text(name, exact=True).click(modifiers=["ControlOrMeta"])
    await expect(page.get_by_role("group", name="Selected sessions")).to_be_visible()


async def open_menu(page: Page) -> None:
    """Open what can be done with a session."""
    await begin(page)
    await page.get_by_role("link", name=re.compile("^Translate")).hover()
    await page.get_by_role("button", name="Actions for Translate the menu").click()
    await expect(page.get_by_role("menu")).to_be_visible()


async def tag(page: Page) -> None:
    """Narrow the list to a tag, and open the tags of a session in it."""
    await begin(page)
    await page.get_by_role("group", name="Filter by tag").get_by_role("button", name="travel").click()
    await expect(page.get_by_role("link", name=re.compile("^How tides"))).to_have_count(0)
    await page.get_by_role("link", name=re.compile("^Translate")).hover()
    await page.get_by_role("button", name="Actions for Translate the menu").click()
    await page.get_by_role("menuitem", name="Tags…").click()
    await expect(page.get_by_role("textbox", name="Add a tag")).to_be_visible()


async def choose_looks(page: Page) -> None:
    """Choose other looks than the usual ones."""
    await settle(page)
    for name in ("Flat", "Always dark"):
        await page.get_by_role("button", name=name, exact=True).click()
    await expect(page.get_by_text("def", exact=True)).to_be_visible()


async def open_drawer(page: Page) -> None:
    """Show the sessions where there is no room beside them."""
    await read(page)
    await page.get_by_role("button", name="Show sessions").click()
    await expect(page.get_by_role("link", name=re.compile("^Translate"))).to_be_visible()


async def search(page: Page) -> None:
    """Show what is found by a word."""
    await begin(page)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Search sessions and commands")).to_be_focused()
    await page.keyboard.type("days")
    await expect(page.get_by_role("option", name=re.compile("How long will")).first).to_be_visible()


async def inspect(page: Page) -> None:
    """Open the inspector at a turn."""
    await read(page)
    await page.keyboard.press("Alt+i")
    await expect(inspector(page).get_by_role("listbox", name="Steps").get_by_role("option")).to_have_count(3)


async def inspect_call(page: Page) -> None:
    """Look into what the tool was asked, and what it answered."""
    await inspect(page)
    await inspector(page).get_by_role("option").nth(1).click()
    await expect(inspector(page).get_by_text("daylight").first).to_be_visible()


def inspect_part(name: str, seen: str) -> Prepare:
    """Look into the last step, by one of its parts."""

    async def look(page: Page) -> None:
        await inspect(page)
        await inspector(page).get_by_role("tab", name=name).click()
        await expect(inspector(page).get_by_role("tabpanel", name=name).get_by_text(seen).first).to_be_visible()

    return look


async def share(page: Page) -> None:
    """Let others read a session."""
    await read(page)
    await page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this session")
    await dialog.get_by_role("button", name="Make link").click()
    await expect(dialog.get_by_role("textbox", name="The link")).to_be_visible()
    await expect(dialog.get_by_role("list", name="Links to this session")).to_be_visible()


async def fill_agent_form(page: Page) -> None:
    """Begin to describe an agent."""
    await settle(page)
    await page.get_by_role("textbox", name="Name").fill("Gardener")
    await page.get_by_role("textbox", name="Instructions").fill(
        "You know the plants of the Atlantic coast. Answer briefly."
    )


async def unfold_tools(page: Page) -> None:
    """Show the tools of a group."""
    await settle(page)
    await page.get_by_role("button", name="2 tools").click()


async def show_shortcuts(page: Page) -> None:
    """Open the help."""
    await begin(page)
    await page.keyboard.press("Control+/")
    await expect(page.get_by_role("dialog")).to_be_visible()


async def limit(page: Page) -> None:
    """Say how much a user may do."""
    await settle(page)
    await page.get_by_role("button", name="Actions for ben").click()
    await page.get_by_role("menuitem", name="Limits").click()
    await expect(page.get_by_role("dialog", name="Limits of ben").get_by_label("Turns at once")).to_be_visible()


async def speak_spanish(page: Page) -> None:
    """Wait for a talk in Spanish."""
    await expect(page.get_by_role("article").get_by_text("21 de diciembre")).to_be_visible()


async def wait_for_frame(page: Page) -> None:
    """Wait for the talk in the frame."""
    await expect(page.frame_locator("iframe").get_by_role("textbox")).to_be_visible()


async def inspect_mirrored(page: Page) -> None:
    """Open the inspector where all is on its other side."""
    await expect(page.get_by_role("main").get_by_role("article").last).to_be_visible()
    await page.keyboard.press("Alt+i")
    await expect(page.get_by_role("complementary").get_by_role("option")).to_have_count(3)
