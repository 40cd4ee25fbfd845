/**
 * A block of code: what language it is in, a way to copy and to save it, to wrap its lines and to unfold it.
 *
 * The rules it keeps: colours come when there is time, and not at all for more than 50 kB; more
 * than 400 lines are folded; while code is being written it is plain text, changed in place.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId, useMemo, useState } from "react";

import { ActionButton } from "@/components/action-button";
import { CopyButton } from "@/components/copy-button";
import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n";
import { DownloadIcon, WrapIcon } from "@/icons/icons";

import { codeStyle } from "./code-style";
import { HighlightedCode } from "./highlighted-code";

const MOST_LINES = 400;
const MOST_COLOURED = 50_000;

export interface CodeBlockProps {
  readonly code: string;
  /** As the text names it; empty when it does not. */
  readonly language: string;
  /** It is being written. */
  readonly isOpen?: boolean;
  /** More that can be done with it. */
  readonly tools?: ReactNode;
  /** What is shown instead of the code. */
  readonly inPlace?: ReactNode;
}

export function CodeBlock(props: CodeBlockProps) {
  const { code, language, isOpen = false, tools, inPlace } = props;
  const [isWrapped, setWrapped] = useState(false);
  const [isUnfolded, setUnfolded] = useState(false);
  const title = useId();
  const theme = usePreference("codeTheme");
  const fold = useMemo(() => (isOpen ? null : folded(code)), [code, isOpen]);
  const shown = fold !== null && !isUnfolded ? fold.head : code;
  const isPlain = isOpen || language === "" || code.length > MOST_COLOURED;
  return (
    <Box
      component="figure"
      aria-labelledby={title}
      data-code={theme}
      {...(theme !== "page" && !inPlace && { "data-color-scheme": "dark" })}
      sx={codeStyle}
    >
      <figcaption>
        <Typography id={title} variant="caption" color="textSecondary">
          {language === "" ? t("code.label") : language}
        </Typography>
        {tools}
        {!inPlace && (
          <ActionButton
            label={t("code.wrap")}
            icon={<WrapIcon fontSize="inherit" />}
            aria-pressed={isWrapped}
            onClick={() => setWrapped(!isWrapped)}
          />
        )}
        <ActionButton
          label={t("code.save")}
          icon={<DownloadIcon fontSize="inherit" />}
          onClick={() => void import("./save-code").then((it) => it.saveCode(code, language))}
        />
        <CopyButton label={t("code.copy")} text={() => code} />
      </figcaption>
      {inPlace ?? (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must have focus to be scrolled
        <pre tabIndex={0} dir="ltr" data-wrapped={isWrapped}>
          <code>{isPlain ? shown : <HighlightedCode code={shown} language={language} />}</code>
        </pre>
      )}
      {fold !== null && !inPlace && (
        <Button size="small" aria-expanded={isUnfolded} onClick={() => setUnfolded(!isUnfolded)}>
          {isUnfolded ? t("code.showLess") : t("code.showAll", { count: fold.lines })}
        </Button>
      )}
    </Box>
  );
}

/** The first lines of long code; null when it is not long. */
function folded(code: string): { readonly head: string; readonly lines: number } | null {
  let end = -1;
  for (let line = 0; line < MOST_LINES; line += 1) {
    end = code.indexOf("\n", end + 1);
    if (end === -1) return null;
  }
  const rest = code.slice(end + 1).trimEnd();
  if (rest === "") return null;
  return { head: code.slice(0, end), lines: MOST_LINES + rest.split("\n").length };
}
