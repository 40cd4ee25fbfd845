/**
 * A text as blocks. Finished blocks are drawn once; while the text grows, only its open end is
 * parsed and drawn anew. A block keeps its place and so its state (lines wrapped, code unfolded)
 * when it is finished.
 */
import Box from "@mui/material/Box";
import { createContext, use, useMemo, useState } from "react";

import { Block } from "./block";
import type { MarkdownProps } from "./markdown";
import { proseStyle } from "./prose-style";
import { hasReferences } from "./references";
import { finish, grow, NOTHING, type Split } from "./split";

interface Shown {
  readonly split: Split;
  readonly isStreaming: boolean;
}

const ShownContext = createContext<Shown>({ split: NOTHING, isStreaming: false });

export default function MarkdownView({ text, isStreaming }: MarkdownProps) {
  const split = useSplit(text, isStreaming);
  const shown = useMemo(() => ({ split, isStreaming }), [split, isStreaming]);
  return <ShownContext value={shown}>{FRAME}</ShownContext>;
}

function Blocks() {
  const { split, isStreaming } = use(ShownContext);
  const { blocks, open } = split;
  return [...blocks, open].map((block, place) => (
    <Block key={place} text={block} isOpen={isStreaming && place === blocks.length} />
  ));
}

/** Always the same one: what it looks like is worked out once, not with each word. */
const FRAME = (
  <Box sx={proseStyle}>
    <Blocks />
  </Box>
);

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
