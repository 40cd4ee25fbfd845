"""Files: dropped, pasted, chosen; given to the model; looked at; and nothing in them ever runs."""

import json

import pytest
from playwright.async_api import Locator, expect

from tertulia.domain.agents import Agent
from tests.e2e.axe import violations
from tests.e2e.drawn_files import Held, carried, document, drop, paste, picture
from tests.e2e.rehearsed_models import RehearsedModels
from tests.e2e.visitor import Visit, Visitor
from tests.extract.samples import pdf


def chips_of(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("list", name="Attached files")


def said(text: str, name: str = "notes.txt") -> Held:
    return Held(name, "text/plain", text.encode())


async def attach(visitor: Visitor, *files: Held) -> None:
    await (
        visitor.page.get_by_label("Attach files")
        .locator("visible=false")
        .set_input_files([file.payload for file in files])
    )


async def expect_uploaded(visitor: Visitor, *names: str) -> None:
    for name in names:
        chip = visitor.page.get_by_role("listitem", name=f"Attached: {name}")
        await expect(chip).to_be_visible()
        await expect(chip.get_by_role("progressbar")).to_have_count(0)


async def test_a_pdf_and_an_image_are_dropped_asked_about_and_looked_at(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    await visitor.begin()
    transfer = await carried(visitor.page, picture())
    await visitor.page.locator("main").dispatch_event("dragenter", {"dataTransfer": transfer})
    await expect(visitor.page.get_by_role("region", name="Drop files to attach them")).to_be_visible()
    await drop(visitor.page, document("The bridge is 2737 metres long.", "It was opened in 1966."), picture())
    await expect_uploaded(visitor, "report.pdf", "photo.png")
    await visitor.say("How long is it?")
    await expect(visitor.answer_to("How long is it?")).to_have_text("Understood.")

    asked = json.dumps(models.asked(model)[-1].json["messages"])
    assert "report.pdf" in asked
    assert "The bridge is 2737 metres long." in asked
    assert "photo.png" in asked

    turn = visitor.turn("How long is it?")
    await expect(turn.get_by_text("Given to the model: text", exact=False)).to_be_visible()
    await turn.get_by_role("button", name="Open report.pdf").click()
    viewer = visitor.page.get_by_role("dialog", name="report.pdf")
    await expect(viewer.get_by_role("group", name="Page 1", exact=True)).to_contain_text("2737 metres")
    await visitor.page.keyboard.press("ArrowRight")
    image = visitor.page.get_by_role("dialog", name="photo.png").get_by_role("img")
    await expect(image).to_be_visible()
    assert await image.evaluate("image => image.naturalWidth") == 640
    await visitor.page.keyboard.press("Escape")
    await expect(turn.get_by_role("button", name="Open report.pdf")).to_be_focused()
    async with visitor.page.expect_download() as download:
        await turn.get_by_role("button", name="Download report.pdf").click()
    assert (await download.value).suggested_filename == "report.pdf"


PASTE_TEXT = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  const begun = performance.now();
  document.activeElement.dispatchEvent(paste);
  return performance.now() - begun;
}"""


async def test_what_is_pasted_is_attached_and_long_text_becomes_a_file_and_text_again(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.composer.focus()
    await paste(visitor.page, picture("image.png"))
    await expect_uploaded(visitor, "image.png")
    # A megabyte is taken at once; on a machine that does much else, in no more than a few seconds.
    assert await visitor.page.evaluate(PASTE_TEXT, "many words " * 100_000) < 3000
    await expect_uploaded(visitor, "Pasted text.txt")
    await visitor.page.get_by_role("button", name="Remove Pasted text.txt").click()
    long = "many words " * 1000
    await visitor.page.evaluate(PASTE_TEXT, long)
    await expect_uploaded(visitor, "Pasted text.txt")
    await visitor.page.get_by_role("button", name="Paste as text instead").click()
    await expect(visitor.composer).to_have_value(long)
    await visitor.page.get_by_role("button", name="Remove image.png").click()
    await expect(chips_of(visitor)).to_have_count(0)


async def test_a_file_that_the_server_would_refuse_is_refused_before_it_is_sent(visitor: Visitor) -> None:
    sent: list[str] = []
    visitor.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    await visitor.begin()
    await visitor.page.evaluate(
        """() => { const transfer = new DataTransfer();
        transfer.items.add(new File([new Blob(Array(26).fill("x".repeat(1e6)))], "big.txt", { type: "text/plain" }));
        transfer.items.add(new File(["x"], "film.mov", { type: "video/quicktime" }));
        transfer.items.add(new File([], "none.txt", { type: "text/plain" }));
        document.querySelector("main").dispatchEvent(
          new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })); }"""
    )
    for reason in (
        "big.txt: 26 MB, the limit is 25 MB.",
        "film.mov: video/quicktime is not accepted.",
        "none.txt is empty.",
    ):
        await expect(visitor.page.get_by_text(reason)).to_be_visible()
    assert sent == []
    assert await violations(visitor.page) == []


async def test_a_draft_has_its_files_again_after_a_reload_whether_they_were_uploaded_or_not(
    visitor: Visitor, models: RehearsedModels, model: str
) -> None:
    visitor.watch.expects.append("Failed to load resource")
    await visitor.begin()
    await attach(visitor, said("first words", "first.txt"))
    await expect_uploaded(visitor, "first.txt")
    await visitor.page.route("**/v1/files", lambda route: route.abort())
    await attach(visitor, said("second words", "second.txt"))
    await visitor.composer.fill("What do they say?")
    await expect(visitor.page.get_by_role("progressbar", name="Upload of second.txt")).to_be_visible()
    await visitor.page.reload()
    await expect(visitor.composer).to_have_value("What do they say?")
    await visitor.page.unroute("**/v1/files")
    await visitor.page.reload()
    await expect_uploaded(visitor, "first.txt", "second.txt")
    await visitor.composer.press("Enter")
    await expect(visitor.answer_to("What do they say?")).to_have_text("Understood.")
    asked = json.dumps(models.asked(model)[-1].json["messages"])
    assert "first words" in asked
    assert "second words" in asked


RUN = "window.parent.ran = window.ran = true"
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80" onload="{RUN}"><script>{RUN}</script>
<foreignObject width="80" height="80">
<iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="&lt;script>{RUN}&lt;/script>"/>
</foreignObject><rect width="80" height="80" fill="teal"/></svg>"""
HOSTILE = [
    Held("drawing.svg", "image/svg+xml", SVG.encode()),
    Held("page.html", "text/html", f"<script>{RUN}</script><img src=x onerror='{RUN}'>".encode()),
    Held(
        "page.xhtml", "text/plain", f"<html xmlns='http://www.w3.org/1999/xhtml'><script>{RUN}</script></html>".encode()
    ),
    Held("notes.md", "text/markdown", f"<img src=x onerror='{RUN}'>\n\n```\n</code><script>{RUN}</script>".encode()),
    Held(f"<img src=x onerror='{RUN}'>.txt", "text/plain", b"words"),
    Held("invoice\u202etxt.exe.txt", "text/plain", b"words"),
]


async def test_nothing_of_a_file_ever_runs(visitor: Visitor) -> None:
    await visitor.begin()
    script = Held("script.pdf", "application/pdf", pdf("Look", script="app.alert('ran')"))
    files = [*HOSTILE, script]
    await drop(visitor.page, *files)
    chips = chips_of(visitor)
    await expect(chips.get_by_role("listitem")).to_have_count(len(files))
    await expect(chips.get_by_role("progressbar")).to_have_count(0)
    await visitor.say("Look")
    await expect(visitor.answer_to("Look")).to_have_text("Understood.")

    cards = visitor.turn("Look").get_by_role("button", name="Open ")
    await expect(cards).to_have_count(len(files))
    await cards.first.click()
    viewer = visitor.page.get_by_role("dialog")
    shown = viewer.get_by_role("img").or_(viewer.get_by_role("code")).or_(viewer.get_by_role("group", name="Page 1"))
    for n in range(1, len(files) + 1):
        await expect(viewer.get_by_text(f"{n} of {len(files)}")).to_be_visible()
        await expect(shown.first).to_be_visible()
        await visitor.page.keyboard.press("ArrowRight")
    assert await visitor.page.evaluate("window.ran") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_files_are(visit: Visit, agent: Agent, scheme: str) -> None:
    visitor = await visit(agent, color_scheme=scheme)
    await visitor.begin()
    await attach(visitor, document("Look"), said("# words", "notes.md"), picture())
    await expect_uploaded(visitor, "report.pdf", "notes.md", "photo.png")
    assert await violations(visitor.page) == [], "in the composer"
    await visitor.say("Look")
    await expect(visitor.answer_to("Look")).to_have_text("Understood.")
    assert await violations(visitor.page) == [], "in the talk"
    await visitor.turn("Look").get_by_role("button", name="Open report.pdf").click()
    viewer = visitor.page.get_by_role("dialog")
    for shown in (viewer.get_by_role("group", name="Page 1"), viewer.get_by_role("code"), viewer.get_by_role("img")):
        await expect(shown).to_be_visible()
        assert await violations(visitor.page) == [], await viewer.get_attribute("aria-label")
        await visitor.page.keyboard.press("ArrowRight")
