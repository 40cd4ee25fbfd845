/** The images within a message. Those of other hosts are named, not fetched. */
import Box from "@mui/material/Box";

import type { Content } from "@/api/types";
import { t } from "@/i18n";

import { imagesIn, imageSource } from "./message-text";

export function MessageImages({ content }: { readonly content: Content }) {
  const images = imagesIn(content);
  if (images.length === 0) return null;
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, my: 1 }}>
      {images.map((image, index) => {
        const source = imageSource(image);
        return source === null ? (
          <span key={index}>{image.image.url?.uri ?? t("image.blocked")}</span>
        ) : (
          <Box
            key={index}
            component="img"
            src={source}
            alt={t("file.image")}
            loading="lazy"
            sx={IMAGE}
          />
        );
      })}
    </Box>
  );
}

export const IMAGE = {
  display: "block",
  maxWidth: "min(320px, 100%)",
  maxHeight: 320,
  borderRadius: 1,
  border: 1,
  borderColor: "divider",
} as const;
