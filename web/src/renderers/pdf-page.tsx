/** A page of a PDF, drawn when it comes near the window. */
import Box from "@mui/material/Box";
import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";

import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n/files";

interface Props {
  readonly pdf: PDFDocumentProxy;
  /** Counted from one. */
  readonly n: number;
}

const MOST_WORDS = 20_000;
/** Sharper than this nobody sees, and a canvas takes four bytes a pixel. */
const MOST_DENSITY = 2;

export function PdfPage({ pdf, n }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [words, setWords] = useState<string | null>(null);
  const [shape, setShape] = useState("1 / 1.414"); // of A4, until it is known
  useEffect(() => {
    const { current: place } = frame;
    const { current: sheet } = canvas;
    if (place === null || sheet === null) return;
    let isWanted = true;
    const draw = async () => {
      const page = await pdf.getPage(n);
      const { width, height } = page.getViewport({ scale: 1 });
      if (!isWanted) return;
      setShape(`${width} / ${height}`);
      await drawOn(sheet, page, place.clientWidth);
      setWords(await wordsOf(page));
    };
    const near = new IntersectionObserver(
      (seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        near.disconnect();
        draw().catch(() => setWords("")); // a page that cannot be drawn stays blank
      },
      { rootMargin: "400px" },
    );
    near.observe(place);
    return () => {
      isWanted = false;
      near.disconnect();
    };
  }, [pdf, n]);
  return (
    <Box
      ref={frame}
      role="group"
      aria-label={t("viewer.page", { n })}
      aria-busy={words === null}
      style={{ aspectRatio: shape }}
      sx={SHEET}
    >
      <canvas ref={canvas} aria-hidden />
      <VisuallyHidden>{words}</VisuallyHidden>
    </Box>
  );
}

async function drawOn(canvas: HTMLCanvasElement, page: PDFPageProxy, width: number) {
  const density = Math.min(devicePixelRatio, MOST_DENSITY);
  const scale = (width * density) / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  await page.render({ canvas, viewport }).promise;
}

async function wordsOf(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent();
  const lines = items.map((item) => ("str" in item ? `${item.str}${item.hasEOL ? "\n" : ""}` : ""));
  return lines.join("").slice(0, MOST_WORDS);
}

const SHEET = {
  position: "relative",
  flex: "none",
  width: 1,
  maxWidth: 820,
  overflow: "hidden",
  bgcolor: "common.white",
  boxShadow: 2,
  borderRadius: "4px",
  "& > canvas": { display: "block", width: 1, height: 1 },
} as const;
