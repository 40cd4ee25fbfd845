/** An image of the text: drawn when it is in the text itself, else a link to where it lies. */
import Box from "@mui/material/Box";
import type { ComponentProps } from "react";

import { t } from "@/i18n";

import { OutsideLink } from "./markdown-link";
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
    <OutsideLink href={src}>
      {alt === "" ? t("image.open", { host }) : t("image.openNamed", { alt, host })}
    </OutsideLink>
  );
}

function Refused({ alt }: { readonly alt: string }) {
  return <em>{alt === "" ? t("image.refused") : alt}</em>;
}
