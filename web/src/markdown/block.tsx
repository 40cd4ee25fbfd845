/** One block of a text. The same text is never drawn twice. */
import { type ComponentType, memo, type ReactNode } from "react";

import { closeDangling } from "./close-dangling";
import { elementsOf } from "./elements-of";
import { fenceOf } from "./fence";
import { FencedCode } from "./fenced-code";
import { Heading } from "./heading";
import { MarkdownImage } from "./markdown-image";
import { MarkdownLink } from "./markdown-link";
import { hideMath } from "./math-marks";
import { MathOrCode } from "./math-or-code";
import { Preformatted } from "./preformatted";
import { ScrollingTable } from "./scrolling-table";
import { wordsOf } from "./split";
import { TaskBox } from "./task-box";
import type { Components } from "./to-react";

interface BlockProps {
  readonly text: string;
  /** It is being written. */
  readonly isOpen?: boolean;
}

export const Block = memo(function Block({ text, isOpen = false }: BlockProps) {
  const fence = fenceOf(text);
  if (fence !== null) {
    return (
      <FencedCode code={fence.code} language={fence.language} isOpen={isOpen && !fence.isClosed} />
    );
  }
  return drawBlock(text, isOpen);
});

/** What is no fenced code by itself. */
function drawBlock(text: string, isOpen: boolean): ReactNode {
  const { text: words, formulas } = hideMath(text, isOpen);
  return elementsOf(isOpen ? closeDangling(words) : wordsOf(words), formulas, COMPONENTS);
}

const COMPONENTS: Components = new Map<string, ComponentType<never>>(
  Object.entries({
    a: MarkdownLink,
    code: MathOrCode,
    img: MarkdownImage,
    pre: Preformatted,
    table: ScrollingTable,
    input: TaskBox,
    h1: Heading,
    h2: Heading,
    h3: Heading,
    h4: Heading,
    h5: Heading,
    h6: Heading,
  }),
);
