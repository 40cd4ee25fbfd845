/**
 * A text as blocks. Finished blocks are drawn once; while the text grows, only its open end is
 * parsed and drawn anew. A block keeps its place and so its state (lines wrapped, code unfolded)
 * when it is finished.
 */
import Box from "@mui/material/Box";
import { useState } from "react";

import { Block, drawBlock } from "./block";
import type { MarkdownProps } from "./markdown";
import { proseStyle } from "./prose-style";
import { hasReferences } from "./references";
import { finish, grow, NOTHING, type Split } from "./split";

export default function MarkdownView({ text, isStreaming }: MarkdownProps) {
  const { blocks, open } = useSplit(text, isStreaming);
  return (
    <Box sx={proseStyle}>
      {[...blocks, open].map((block, place) => (
        <Block key={place} text={block} isOpen={isStreaming && place === blocks.length} />
      ))}
    </Box>
  );
}

/** One of everything. Browsers make ready what runs when it first does. */
const REHEARSED = "# a\n\n- **b** `c` [d](/)\n\n| e |\n| - |\n| f |\n\n> 1. g\n\n";

let isRehearsed = false;

export function rehearse(): void {
  if (isRehearsed) return;
  isRehearsed = true;
  for (const block of grow(NOTHING, REHEARSED).blocks) void drawBlock(block, true);
}

/** The blocks of the text; each change goes on from the last, so that a word costs a word. */
function useSplit(text: string, isStreaming: boolean): Split {
  const [known, setKnown] = useState({ split: NOTHING, isStreaming: true });
  if (known.split.text === text && known.isStreaming === isStreaming) return known.split;
  const split = isStreaming ? grow(known.split, text) : whole(grow(known.split, text));
  setKnown({ split, isStreaming });
  return split;
}

/** All of it has come. What refers from one block to another is drawn in one piece. */
function whole(split: Split): Split {
  return hasReferences(split.text) ? { ...split, blocks: [], open: split.text } : finish(split);
}
