/** What a person wrote, as they wrote it; what is long is cut until somebody asks for the rest. */
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { lineChars } from "@/components/line-chars";
import { t } from "@/i18n";

const SHOWN_LINES = 12;
/** What fits a line of the bubble in a column of 800 px. */
const LINE_CHARS = 64;

export function UserText({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text === "") return null;
  const isLong = lineCount(text) > SHOWN_LINES;
  return (
    <>
      <Typography variant="body1" dir="auto" sx={isLong && !isWhole ? CUT : WHOLE}>
        {text}
      </Typography>
      {isLong && (
        <Button
          size="small"
          color="inherit"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
          sx={{ marginInlineStart: -1.75 }}
        >
          {isWhole ? t("message.showLess") : t("message.showMore")}
        </Button>
      )}
    </>
  );
}

function lineCount(text: string): number {
  const chars = lineChars(LINE_CHARS);
  return text
    .split("\n")
    .reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / chars)), 0);
}

const WHOLE = { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } as const;

const CUT = {
  ...WHOLE,
  display: "-webkit-box",
  WebkitBoxOrient: "vertical",
  WebkitLineClamp: SHOWN_LINES,
  overflow: "hidden",
} as const;
