/**
 * Markdown on the screen. The renderer is loaded when it is first needed; until then, and should
 * it not come, the text stands as it is.
 */
import Box from "@mui/material/Box";
import { type ComponentType, lazy, Suspense, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";

export interface MarkdownProps {
  readonly text: string;
  /** More is coming: show the open end as it will look. */
  readonly isStreaming: boolean;
}

/** The renderer, once it is there: then nothing is drawn plain first, even for a moment. */
let loaded: ComponentType<MarkdownProps> | null = null;
const load = async () => {
  const view = await import("./markdown-view");
  loaded = view.default;
  return view;
};
const LazyView = lazy(load);

/** Fetch the renderer before it is needed: when somebody is about to open or to write something. */
export async function preloadMarkdown(): Promise<void> {
  await load().catch(() => {
    // The line is down: it is asked for again when it is needed.
  });
}

export function Markdown(props: MarkdownProps) {
  const plain = <PlainText text={props.text} />;
  // What was drawn by the one is not drawn anew by the other.
  const [View] = useState(() => loaded ?? LazyView);
  return (
    <ErrorBoundary fallback={plain}>
      <Suspense fallback={plain}>
        <View {...props} />
      </Suspense>
    </ErrorBoundary>
  );
}

interface CodeProps {
  readonly code: string;
  readonly language: string;
}

/** Code that stands by itself, as in a text: between fences longer than any within it. */
export function Code({ code, language }: CodeProps) {
  const longest = Math.max(2, ...(code.match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return <Markdown text={`${fence}${language}\n${code}\n${fence}`} isStreaming={false} />;
}

function PlainText({ text }: { readonly text: string }) {
  return (
    <Box dir="auto" sx={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {text}
    </Box>
  );
}
