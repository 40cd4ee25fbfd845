/** A heading of the text, below the headings of the page: an answer's `#` is the page's third level. */
import type { ComponentProps } from "react";

import type { ExtraProps } from "./to-react";

const BELOW = { h1: "h3", h2: "h4", h3: "h5", h4: "h6", h5: "h6", h6: "h6" } as const;

export function Heading({ node, children, id, dir }: ComponentProps<"h1"> & ExtraProps) {
  const Level = BELOW[(node?.tagName ?? "h1") as keyof typeof BELOW];
  return (
    <Level id={id} dir={dir}>
      {children}
    </Level>
  );
}
