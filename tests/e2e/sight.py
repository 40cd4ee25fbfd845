"""What people with other eyes, hands or screens would find wrong with a page as it is drawn, as sentences.

The rule it keeps: everything is measured in the page that stands there, without another load: axe in both schemes and
with more contrast, the page at 320 px (which is 1280 px at 400 %), forced colours, and targets too small to be hit.
"""

from contextlib import suppress

from playwright.async_api import Page, ViewportSize
from playwright.async_api import TimeoutError as TookTooLong

from tests.e2e.axe import violations

PATIENCE_MS = 30_000
DESK: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
ZOOMED: ViewportSize = {"width": 640, "height": 400}
"""A desk of 1280 by 800 px at 200 %."""
COLORS = ("color-contrast", "link-in-text-block")
"""What the dark can change."""

# What is cut off though nothing lets it be scrolled to, told by its words. An ellipsis says that there is more, and
# what is hidden from the eyes is 1 px wide.
CUT_OFF = """() => {
  const scrolls = (one) => {
    for (let at = one; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (/auto|scroll/.test(style.overflowX) && at.scrollWidth > at.clientWidth) return true;
      if (style.textOverflow === "ellipsis" || style.position === "fixed") return true;
    }
    return false;
  };
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [];
  const shown = [...document.querySelectorAll("button, a, input, textarea, h1, h2, h3, p, label, dt, dd")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  return wide.concat(shown.flatMap((one) => {
    const { left, right, width, height } = one.getBoundingClientRect();
    if (width <= 1 || height <= 1 || scrolls(one)) return [];
    const out = right > innerWidth + 1 || left < -1;
    return out ? [`cut off: ${one.outerHTML.slice(0, 160)}`] : [];
  }));
}"""

# WCAG 2.5.8: 24 px each way, or a circle of 24 px around the middle that meets no other's. Links in text are free.
SMALL_TARGETS = """() => {
  const all = [...document.querySelectorAll(
      "button, a[href], input, select, textarea, [role=button], [role=option], [role=menuitem], [role=checkbox]")]
    .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => getComputedStyle(one).clipPath === "none" && getComputedStyle(one).clip === "auto")
    .map((one) => (one.matches("input") && one.closest("label, .MuiButtonBase-root, .MuiInputBase-root")) || one)
    .map((one) => ({ one, box: one.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const gap = ([x, y], box) =>
    Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  const isSmall = ({ width, height }) => width < 23.5 || height < 23.5;
  const inSentence = (one) => getComputedStyle(one).display === "inline" && one.matches("a");
  return all.filter(({ one, box }) => isSmall(box) && !inSentence(one) && all.some((other) =>
      other.one !== one && !other.one.contains(one) && !one.contains(other.one) && gap(middle(box), other.box) < 12))
    .map(({ one, box: { width, height } }) => `too small, ${width} by ${height}: ${one.outerHTML.slice(0, 160)}`);
}"""

# In forced colours backgrounds and shadows are gone: a control has a border, an outline, or words or a drawing in it.
LOST_IN_FORCED_COLORS = """() => [...document.querySelectorAll("button, input, textarea, [role=combobox]")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((one) => one.type !== "file") // a button that is seen opens it
  .filter((one) => {
    const { width, height } = one.getBoundingClientRect();
    if (width <= 1 || height <= 1) return false;
    const edged = (at) => at && (parseFloat(getComputedStyle(at).borderTopWidth) > 0
      && getComputedStyle(at).borderTopStyle !== "none");
    const field = one.closest(".MuiInputBase-root, .MuiSwitch-root, form, [role=search]");
    return !(one.innerText?.trim() || one.querySelector("svg") || edged(one) || edged(field)
      || field?.querySelector("fieldset, .MuiSwitch-track, svg"));
  })
  .map((one) => `not to be seen in forced colours: ${one.outerHTML.slice(0, 160)}`)"""


async def objections(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """Everything that is wrong, each sentence with the circumstances in which it is."""
    found: list[str] = []

    def note(where: str, sentences: list[str]) -> None:
        found.extend(f"{where}: {sentence}" for sentence in sentences)

    note("light", await violations(page, without=without))
    await page.emulate_media(color_scheme="dark")
    note("dark", await violations(page, only=COLORS))
    await page.emulate_media(color_scheme="dark", contrast="more", reduced_motion="reduce")
    note("more contrast", await _lasting(page, SMALL_TARGETS))
    for size in (NARROW, ZOOMED):
        await page.set_viewport_size(size)
        note(f"{size['width']} px", await _lasting(page, CUT_OFF))
    note("zoomed", await _lasting(page, SMALL_TARGETS))
    await page.emulate_media(color_scheme="light", contrast="null", reduced_motion="null", forced_colors="active")
    note("forced", await _lasting(page, LOST_IN_FORCED_COLORS))
    await page.set_viewport_size(DESK)
    await page.emulate_media(color_scheme="light", forced_colors="null")
    return found


async def _lasting(page: Page, look: str) -> list[str]:
    """What is still wrong once the page has been drawn anew: after a change of size it takes a moment."""
    with suppress(TookTooLong):
        await page.wait_for_function(f"() => ({look})().length === 0", timeout=PATIENCE_MS)
    return await page.evaluate(look)
