"""Files as people have them, for pages to take: chosen, dropped, pasted."""

import base64
import io
from typing import NamedTuple

from PIL import Image
from playwright.async_api import FilePayload, JSHandle, Page

from tests.extract.samples import pdf


class Held(NamedTuple):
    """A file in somebody's hand."""

    name: str
    type: str
    content: bytes

    @property
    def payload(self) -> FilePayload:
        """As a file chooser takes it."""
        return {"name": self.name, "mimeType": self.type, "buffer": self.content}


def picture(name: str = "photo.png", colour: str = "teal") -> Held:
    written = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(written, "PNG")
    return Held(name, "image/png", written.getvalue())


def document(*pages: str, name: str = "report.pdf") -> Held:
    return Held(name, "application/pdf", pdf(*pages))


TRANSFER = """files => {
  const transfer = new DataTransfer();
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  return transfer;
}"""


async def carried(page: Page, *files: Held) -> JSHandle:
    """Return files as a browser has them that are dragged or pasted."""
    written = [[name, kind, base64.b64encode(content).decode()] for name, kind, content in files]
    return await page.evaluate_handle(TRANSFER, written)


async def drop(page: Page, *files: Held) -> None:
    """Drop files somewhere on the page."""
    transfer = await carried(page, *files)
    for event in ("dragenter", "dragover", "drop"):
        await page.locator("main").dispatch_event(event, {"dataTransfer": transfer})


async def paste(page: Page, *files: Held) -> None:
    """Paste files into what has the focus."""
    transfer = await carried(page, *files)
    await page.evaluate(
        "clipboardData => document.activeElement.dispatchEvent("
        "new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))",
        transfer,
    )
