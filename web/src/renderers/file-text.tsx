/** The beginning of a text file, fetched when it is looked at: in colours, and never more than a part. */
import Box from "@mui/material/Box";
import CircularProgress from "@mui/material/CircularProgress";
import { useEffect, useState } from "react";

import type { Start } from "@/api/file-content";
import type { FileAttachment } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/files";
import { Code } from "@/markdown/markdown";

import { textOfFile } from "./file-content";

/** More than this nobody reads here, and no browser draws at once. */
const MOST_BYTES = 64_000;

export function FileText({ file }: { readonly file: FileAttachment }) {
  const { start, error } = useStart(file);
  return (
    <Box sx={STAGE}>
      {error !== null && (
        <InlineAlert severity="error" title={t("viewer.notLoaded")} announced>
          {reasonOf(error)}
        </InlineAlert>
      )}
      {start?.isWhole === false && (
        <InlineAlert
          severity="info"
          title={t("viewer.beginning", { size: formatBytes(MOST_BYTES) })}
        />
      )}
      {start === null ? (
        error === null && (
          <CircularProgress size={28} aria-label={t("viewer.loading")} sx={{ m: "auto" }} />
        )
      ) : start.text === null ? (
        t("viewer.noText")
      ) : (
        <Code code={start.text} language={languageOf(file.name)} />
      )}
    </Box>
  );
}

interface State {
  readonly start: Start | null;
  readonly error: unknown;
}

function useStart(file: FileAttachment): State {
  const [state, setState] = useState<State>({ start: null, error: null });
  useEffect(() => {
    const leaving = new AbortController();
    textOfFile(file, MOST_BYTES, leaving.signal).then(
      (start) => setState({ start, error: null }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setState({ start: null, error });
      },
    );
    return () => leaving.abort();
  }, [file]);
  return state;
}

/** By the end of its name; the block shows what it does not know without colours. */
const languageOf = (name: string): string => /\.([a-z0-9+]+)$/i.exec(name)?.[1] ?? "";

const STAGE = {
  flex: 1,
  minHeight: 0,
  overflow: "auto",
  display: "flex",
  flexDirection: "column",
  gap: 1.5,
  width: 1,
  maxWidth: 960,
  mx: "auto",
  p: { xs: 1.5, sm: 2 },
  "& figure": { my: 0 },
} as const;
