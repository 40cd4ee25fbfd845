/** Puts the formulas that `math-marks.ts` has hidden back into the tree: as formulas among words, as they were elsewhere. */
import type { Nodes, Root, RootContent } from "mdast";

import { type Formula, HIDING } from "./math-marks";

/** What the sanitizer lets through, and what `MathOrCode` knows a formula by. */
export const INLINE = "language-math";
export const DISPLAY = "language-math-display";

const RUN = new RegExp(`${HIDING}+`, "g");

export function showMath(root: Root, formulas: readonly Formula[]): void {
  if (formulas.length > 0) new Shower(formulas).within(root);
}

class Shower {
  readonly #formulas: readonly Formula[];
  #next = 0;

  constructor(formulas: readonly Formula[]) {
    this.#formulas = formulas;
  }

  within(parent: Nodes): void {
    if (!("children" in parent)) return;
    const children = (parent.children as RootContent[]).flatMap((node) => this.#shown(node));
    (parent as { children: RootContent[] }).children = children;
  }

  #shown(node: RootContent): readonly RootContent[] {
    this.#goTo(node.position?.start.offset);
    if (node.type === "text") return this.#words(node.value);
    this.within(node);
    for (const field of ["alt", "url", "title", "value", "meta"] as const) {
      const values = node as unknown as Record<string, unknown>;
      const value = values[field];
      if (typeof value === "string")
        values[field] = value.replace(RUN, (run) => this.#sources(run));
    }
    return [node];
  }

  /** Some were in what leaves nothing in the tree: what stands here begins no sooner than it does. */
  #goTo(offset: number | undefined): void {
    while (offset !== undefined && (this.#formulas[this.#next]?.start ?? Infinity) < offset)
      this.#next += 1;
  }

  #words(value: string): readonly RootContent[] {
    const words = value.split(RUN).map((text) => [{ type: "text", value: text } as const]);
    const runs = (value.match(RUN) ?? []).map((run) => this.#take(run).map(nodeOf));
    return words
      .flatMap((text, place) => [...text, ...(runs[place] ?? [])])
      .filter((node) => node.type !== "text" || node.value !== "");
  }

  #sources(run: string): string {
    return this.#take(run)
      .map(({ source }) => source)
      .join("");
  }

  /** Formulas that touch are one run of signs. */
  #take(run: string): readonly Formula[] {
    const taken: Formula[] = [];
    for (let left = run.length; left > 0; this.#next += 1) {
      const formula = this.#formulas[this.#next];
      if (formula === undefined) break;
      taken.push(formula);
      left -= formula.source.length;
    }
    return taken;
  }
}

function nodeOf({ tex, source, isDisplay, isOpen }: Formula): RootContent {
  if (isOpen) return { type: "text", value: source };
  const data = { hProperties: { className: [isDisplay ? DISPLAY : INLINE], title: source } };
  return { type: "inlineCode", value: tex, data };
}
