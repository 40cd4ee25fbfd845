/** What axe finds wrong with a part of the page, as sentences: `expect(await violations(x)).toEqual([])`. */
import axe from "axe-core";

/** jsdom paints nothing, so contrast is measured elsewhere: on the palette, and in a real browser. */
const RULES = { "color-contrast": { enabled: false } };

export async function violations(element: Element = document.body): Promise<readonly string[]> {
  const { violations: found } = await axe.run(element, { rules: RULES });
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html}`),
  );
}
