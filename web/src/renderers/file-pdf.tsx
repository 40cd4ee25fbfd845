/**
 * The first pages of a PDF, drawn as pictures with their words beside them for those who cannot see.
 *
 * The rules it keeps: nothing in the file runs: no script, no form, no link, and no plug-in of the
 * browser sees it; it is read in a worker, piece by piece, so that neither its size nor its make can
 * hold the page up.
 */
import Box from "@mui/material/Box";
import CircularProgress from "@mui/material/CircularProgress";
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useState } from "react";

import { serverHeaders } from "@/api/transport";
import type { FileAttachment } from "@/api/types";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n/files";

import { sourceOf } from "./file-content";
import { PdfPage } from "./pdf-page";

GlobalWorkerOptions.workerSrc = workerUrl;

/** It is a look at the file, not the place to read a book. */
const MOST_PAGES = 30;
/** Pictures in it that are larger are left out: a few bytes can claim any size. */
const MOST_PIXELS = 40_000_000;

export function FilePdf({ file }: { readonly file: FileAttachment }) {
  const { pdf, error } = useDocument(sourceOf(file) ?? "");
  if (error !== null)
    return (
      <Box sx={STAGE}>
        <InlineAlert severity="error" title={t("viewer.notLoaded")} announced>
          {error.name === "PasswordException" ? t("viewer.locked") : t("viewer.noPdf")}
        </InlineAlert>
      </Box>
    );
  if (pdf === null)
    return <CircularProgress size={28} aria-label={t("viewer.loading")} sx={{ m: "auto" }} />;
  const shown = Math.min(pdf.numPages, MOST_PAGES);
  return (
    <Box role="group" aria-label={t("viewer.pages")} tabIndex={0} sx={STAGE}>
      {Array.from({ length: shown }, (_, index) => (
        <PdfPage key={index} pdf={pdf} n={index + 1} />
      ))}
      {pdf.numPages > shown && (
        <InlineAlert
          severity="info"
          title={t("viewer.firstPages", { count: shown, all: pdf.numPages })}
        />
      )}
    </Box>
  );
}

interface State {
  readonly pdf: PDFDocumentProxy | null;
  readonly error: Error | null;
}

function useDocument(source: string): State {
  const [state, setState] = useState<State>({ pdf: null, error: null });
  useEffect(() => {
    const loading = getDocument({
      url: source,
      httpHeaders: { ...serverHeaders() },
      disableAutoFetch: true, // only what is looked at
      disableStream: true,
      enableXfa: false,
      useWasm: false, // the page's policy has no place for it
      maxImageSize: MOST_PIXELS,
    });
    loading.promise.then(
      (pdf) => setState({ pdf, error: null }),
      (error: unknown) => {
        if (!loading.destroyed) setState({ pdf: null, error: error as Error });
      },
    );
    return () => void loading.destroy();
  }, [source]);
  return state;
}

const STAGE = {
  flex: 1,
  minHeight: 0,
  overflow: "auto",
  display: "flex",
  flexDirection: "column",
  alignItems: "center",
  gap: 2,
  p: { xs: 1.5, sm: 2 },
  bgcolor: "surface.raised",
} as const;
