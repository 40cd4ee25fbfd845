"""What axe finds wrong with a page as it is drawn, as sentences."""

from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Frame, Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"

# Animations are brought to their ends first: half faded text has half the contrast.
RUN = """async ([without, only]) => {
  await Promise.allSettled(
    document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
      .map((one) => one.finished));
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const some = only.length > 0 ? { runOnly: only } : { rules };
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...some });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 300)} ${any[0]?.message ?? ""}`));
}"""


async def violations(page: Page | Frame, *, without: Sequence[str] = (), only: Sequence[str] = ()) -> list[str]:
    """Everything that axe objects to: WCAG and its best practices, without some rules, or by some `only`."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    return await page.evaluate(RUN, [list(without), list(only)])
