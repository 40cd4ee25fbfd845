"""The page as somebody meets it who finds things by what they are and what they are called."""

import asyncio
import json
from typing import Any

from tests.browsers.driven import PATIENCE_S, Driven, click, keys

CONTROL, ENTER, ESCAPE = "\ue009", "\ue007", "\ue00c"

# What has a role and a name, as far as this page needs it.
FINDING = """
const ROLES = {
  article: "[role=article], article", button: "button, [role=button]", combobox: "[role=combobox]", link: "a[href]",
  menuitem: "[role=menuitem]", option: "[role=option]", textbox: "textarea, input[type=text], input:not([type])",
};
const textOf = (id) => document.getElementById(id)?.innerText ?? "";
const labelOf = (one) =>
  one.getAttribute("aria-label") ??
  (one.getAttribute("aria-labelledby") ?? "").split(" ").map(textOf).join(" ").trim();
const nameOf = (one) => (labelOf(one) || one.labels?.[0]?.innerText || one.innerText || "").trim();
const isSeen = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility === "visible";
const find = (role, name) =>
  [...document.querySelectorAll(ROLES[role])].filter(isSeen).find((one) => nameOf(one).startsWith(name));
"""
PLACE = """(() => {
  %s
  const one = find(%s, %s);
  if (!one || one.disabled) return null;
  one.scrollIntoView({ block: "nearest" });
  const { x, y, width, height } = one.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
})()"""
FOCUS = "document.activeElement?.matches(%s) ?? false"
TEXT = """(() => { %s; const one = find(%s, %s); return one ? one.innerText : null; })()"""


class Page:
    """The page in one browser."""

    def __init__(self, browser: Driven) -> None:
        self.browser = browser

    async def text(self, role: str, name: str) -> str | None:
        """Return what is read in something; None while it is not there."""
        return await self.browser.evaluate(TEXT % (FINDING, json.dumps(role), json.dumps(name)))

    async def sees(self, role: str, name: str, words: str = "") -> None:
        """Wait until something is there, with these words in it."""
        await self.until(f"{role} {name!r} with {words!r}", lambda: self._has(role, name, words))

    async def misses(self, role: str, name: str) -> None:
        """Wait until something is not there."""
        await self.until(f"no {role} {name!r}", lambda: self._is_gone(role, name))

    async def click(self, role: str, name: str) -> None:
        """Click at something, once it is there and moves no more."""
        places: list[Any] = [None]

        async def rests() -> bool:
            places.append(await self.browser.evaluate(PLACE % (FINDING, json.dumps(role), json.dumps(name))))
            return places[-1] is not None and places[-1] == places[-2]

        await self.until(f"{role} {name!r}", rests)
        await self.browser.act(click(*places[-1]))

    async def is_in(self, selector: str) -> None:
        """Wait until the focus is there."""
        await self.until(f"focus in {selector}", lambda: self.browser.evaluate(FOCUS % json.dumps(selector)))

    async def types(self, text: str, *held: str) -> None:
        """Press keys where the focus is."""
        await self.browser.act(keys(text, *held))

    async def until(self, what: str, is_so: Any) -> None:
        """Wait until something is so; browsers do not ring when it is."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await is_so():  # noqa: ASYNC110 - a browser rings no bell
                    await asyncio.sleep(0.05)
        except TimeoutError:
            seen = await self.browser.evaluate("document.body.innerText")
            raise AssertionError(f"{what} did not come. What is there:\n{seen}") from None

    async def _has(self, role: str, name: str, words: str) -> bool:
        text = await self.text(role, name)
        return text is not None and words in text

    async def _is_gone(self, role: str, name: str) -> bool:
        return await self.text(role, name) is None
