/** A link out of the text. Where its words do not say where it leads, the host stands beside it. */
import type { ComponentProps } from "react";

import { textOf } from "./hast-text";
import { hostOf } from "./safety";
import type { ExtraProps } from "./to-react";

export function MarkdownLink({ href, children, node }: ComponentProps<"a"> & ExtraProps) {
  if (href === undefined) return <>{children}</>;
  if (href.startsWith("#")) return <a href={href}>{children}</a>;
  const host = hostOf(href);
  const isSaid = host === null || textOf(node?.children ?? []).includes(host);
  return (
    <>
      <OutsideLink href={href}>{children}</OutsideLink>
      {!isSaid && <small>{` (${host})`}</small>}
    </>
  );
}

/** A link that tells the other side nothing of where its reader comes from. */
export function OutsideLink({ href, children }: ComponentProps<"a">) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
