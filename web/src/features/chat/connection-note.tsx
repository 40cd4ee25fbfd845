/**
 * The server does not hand out the answer's stream, and when it is tried again. Short trouble is not
 * worth a word, and whether the server is there at all is said by the frame of the page.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import type { ReactNode } from "react";

import { t } from "@/i18n";
import { OfflineIcon } from "@/icons/icons";
import { useNow } from "@/renderers/use-now";
import type { Connection } from "@/turn";

const SILENT_MS = 5000;

interface Props {
  readonly connection: Connection;
  readonly onRetry: () => void;
}

export function ConnectionNote({ connection, onRetry }: Props) {
  switch (connection.state) {
    case "failed":
      return (
        <Note>
          {connection.error.message}
          <RetryNow onRetry={onRetry} />
        </Note>
      );
    case "reconnecting":
      return connection.error && <Reconnecting {...connection} onRetry={onRetry} />;
    case "idle":
    case "offline":
    case "connecting":
    case "open":
      return null;
    default:
      return connection satisfies never;
  }
}

interface ReconnectingProps {
  readonly since: number;
  readonly retryAt: number;
  readonly onRetry: () => void;
}

function Reconnecting({ since, retryAt, onRetry }: ReconnectingProps) {
  const now = useNow(500);
  if (now - since < SILENT_MS) return null;
  return (
    <Note>
      {t("stream.reconnecting", { seconds: Math.max(0, Math.ceil((retryAt - now) / 1000)) })}
      <RetryNow onRetry={onRetry} />
    </Note>
  );
}

function RetryNow({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <Button size="small" color="inherit" onClick={onRetry}>
      {t("connection.retryNow")}
    </Button>
  );
}

function Note({ children }: { readonly children: ReactNode }) {
  return (
    <Box sx={NOTE}>
      <OfflineIcon fontSize="small" />
      {children}
    </Box>
  );
}

const NOTE = {
  display: "flex",
  alignItems: "center",
  gap: 1,
  px: 1.5,
  py: 0.5,
  mb: 1,
  borderRadius: 1,
  typography: "body2",
  bgcolor: "surface.raised",
  color: "text.secondary",
} as const;
