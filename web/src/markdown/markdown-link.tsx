/** A link out of the text. Where its words do not say where it leads, the host stands beside it. */
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";
import type { ComponentProps } from "react";
import type { ExtraProps } from "react-markdown";

import { textOf } from "./hast-text";
import { hostOf } from "./safety";

export function MarkdownLink({ href, children, node }: ComponentProps<"a"> & ExtraProps) {
  if (href === undefined) return <>{children}</>;
  if (href.startsWith("#")) return <Link href={href}>{children}</Link>;
  const host = hostOf(href);
  const isSaid = host === null || textOf(node?.children ?? []).includes(host);
  return (
    <>
      <Link href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </Link>
      {!isSaid && (
        <Typography component="span" variant="body2" color="textSecondary">
          {` (${host})`}
        </Typography>
      )}
    </>
  );
}
