/** Shows where something was found: the turn by its frame, the words in it by their colour. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import GlobalStyles from "@mui/material/GlobalStyles";
import { useEffect } from "react";

import type { Hit } from "@/api/types";
import { t } from "@/i18n/search";

interface Props {
  readonly turnId: string;
  readonly hit: Hit | undefined;
}

export function Found({ turnId, hit }: Props) {
  useMarks(turnId, hit);
  return (
    <GlobalStyles
      styles={{ [`article[data-turn="${turnId}"]`]: FRAME, "::highlight(found)": MARK }}
    />
  );
}

/** What was tried again or put in other words stands beside the version that is shown. */
export function Elsewhere({ onShow }: { readonly onShow: () => void }) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1, typography: "caption" }}>
      <Box component="span" sx={{ flex: 1 }}>
        {t("find.elsewhere")}
      </Box>
      <Button size="small" color="inherit" onClick={onShow}>
        {t("find.show")}
      </Button>
    </Box>
  );
}

/** Mark the words wherever the turn is drawn, and again when it is drawn anew. */
function useMarks(turnId: string, hit: Hit | undefined): void {
  useEffect(() => {
    if (!("highlights" in CSS)) return; // then the frame has to do
    const words = wordsOf(hit);
    let wasSeen = false;
    const mark = () => {
      const article = document.querySelector(`article[data-turn="${turnId}"]`);
      const ranges = article === null ? [] : placesIn(article, words);
      CSS.highlights.set("found", new Highlight(...ranges));
      if (wasSeen || ranges[0] === undefined) return;
      wasSeen = true;
      showPlace(ranges[0]);
    };
    const observer = new MutationObserver(mark);
    const feed = document.querySelector("[role=feed]");
    if (feed !== null) observer.observe(feed, { childList: true, subtree: true });
    mark();
    return () => {
      observer.disconnect();
      CSS.highlights.delete("found");
    };
  }, [turnId, hit]);
}

/** The words as they stand in the text, longest first. */
function wordsOf(hit: Hit | undefined): readonly string[] {
  const parts = hit?.snippets.flatMap((snippet) => snippet.parts) ?? [];
  const words = parts.filter((part) => part.is_match).map((part) => part.text.toLowerCase());
  return [...new Set(words)].filter(Boolean).sort((one, other) => other.length - one.length);
}

export function placesIn(element: Element, words: readonly string[]): readonly Range[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const ranges: Range[] = [];
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    if (node.parentElement?.closest("h2")) continue; // what a turn is called is not seen
    const text = (node.textContent ?? "").toLowerCase();
    for (const word of words)
      for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
  }
  return ranges;
}

/** Of a long turn the top is in view by now, which need not be where the words are. */
function showPlace(range: Range): void {
  requestAnimationFrame(() => {
    const { top, bottom } = range.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight * 0.8)
      range.startContainer.parentElement?.scrollIntoView({ block: "center" });
  });
}

const FRAME = {
  outline: "2px solid var(--t-palette-primary-main)",
  "@media (forced-colors: active)": { outlineColor: "Highlight" },
} as const;

const MARK = {
  color: "var(--t-palette-text-primary)",
  backgroundColor: "rgb(var(--t-palette-primary-mainChannel) / 0.35)",
} as const;
