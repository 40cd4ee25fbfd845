/**
 * The elements of a text: markdown → its tree → the tree of what is drawn, made safe → React.
 *
 * The rule it keeps: nothing is drawn that did not go through the sanitizer, and no HTML is ever
 * made of it.
 */
import type { Root } from "hast";
import { sanitize } from "hast-util-sanitize";
import { toHast } from "mdast-util-to-hast";
import type { ReactNode } from "react";

import { turn } from "./directions";
import type { Formula } from "./math-marks";
import { parse } from "./parse";
import { checkUrls, rawAsText, schema } from "./safety";
import { showMath } from "./show-math";
import { type Components, toReact } from "./to-react";

export function elementsOf(
  text: string,
  formulas: readonly Formula[],
  components: Components,
): ReactNode {
  const words = parse(text);
  showMath(words, formulas);
  const drawn = toHast(words, { allowDangerousHtml: true }) as Root;
  rawAsText(drawn);
  const safe = sanitize(drawn, schema) as Root;
  checkUrls(safe);
  turn(safe);
  return toReact(safe, components);
}
