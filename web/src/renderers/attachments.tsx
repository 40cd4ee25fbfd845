/**
 * The files of a message, of an answer or of a tool's output. What draws them is fetched where there
 * are some: most turns have none.
 */
import Box from "@mui/material/Box";
import { lazy, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";

import type { AttachmentsProps } from "./attachment-list";

const AttachmentList = lazy(async () => ({
  default: (await import("./attachment-list")).AttachmentList,
}));

export function Attachments(props: AttachmentsProps) {
  if (props.files.length === 0) return null;
  const names = <Names {...props} />;
  return (
    <ErrorBoundary fallback={names}>
      <Suspense fallback={names}>
        <AttachmentList {...props} />
      </Suspense>
    </ErrorBoundary>
  );
}

/** Until it is there, and should it not come; as high as it will be. */
function Names({ files }: AttachmentsProps) {
  return files.map((file, index) => (
    <Box key={index} sx={{ minHeight: HEIGHTS[file.type.split("/")[0] ?? ""] ?? 54 }}>
      {file.name}
    </Box>
  ));
}

const HEIGHTS: Readonly<Record<string, number>> = { image: 202, audio: 102, video: 324 };
