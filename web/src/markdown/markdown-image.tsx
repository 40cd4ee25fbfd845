/** An image of the text: drawn when it is in the text itself, else a link to where it lies. */
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import type { ComponentProps } from "react";

import { t } from "@/i18n";

import { hostOf, isInlineImage } from "./safety";

export function MarkdownImage({ src, alt = "" }: ComponentProps<"img">) {
  if (src === undefined) return <Refused alt={alt} />;
  if (isInlineImage(src)) {
    return (
      <Box
        component="img"
        src={src}
        alt={alt}
        sx={{ maxWidth: "100%", maxHeight: 320, borderRadius: 1 }}
      />
    );
  }
  const host = hostOf(src);
  if (host === null) return <Refused alt={alt} />;
  return (
    <Link href={src} target="_blank" rel="noopener noreferrer nofollow">
      {alt === "" ? t("image.open", { host }) : t("image.openNamed", { alt, host })}
    </Link>
  );
}

function Refused({ alt }: { readonly alt: string }) {
  return <em>{alt === "" ? t("image.refused") : alt}</em>;
}
