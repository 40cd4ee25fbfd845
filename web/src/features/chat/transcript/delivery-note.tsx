/** How it stands with a message on its way to the server, and what can be done about it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { type ReactNode, useEffect } from "react";

import { MAX_RETRIES } from "@/api/retry";
import { announce } from "@/components/announcer";
import { t as ofPage } from "@/i18n";
import { t } from "@/i18n/outgoing";
import { ClockIcon, ErrorIcon } from "@/icons/icons";
import { isLimited, type OutboxEntry, type SendError } from "@/turn";
import { useNow } from "@/renderers/use-now";

import { LazyUploadingWords } from "./lazy-uploading-words";

export { Unkept } from "../unkept";

export interface DeliveryActions {
  readonly retry: (key: string) => void;
  /** Take the message back into the composer. */
  readonly edit: (entry: OutboxEntry) => void;
  readonly discard: (key: string) => void;
  /** Let it wait with what waits for the answer. */
  readonly enqueue: (entry: OutboxEntry) => void;
  /** Stop the turn that is in its way, and send it again. */
  readonly sendInstead: (entry: OutboxEntry) => void;
}

interface Props {
  readonly entry: OutboxEntry;
  readonly actions: DeliveryActions;
}

export function DeliveryNote({ entry, actions }: Props) {
  if (isLimited(entry)) return <Waiting entry={entry} actions={actions} />;
  switch (entry.state) {
    case "sending":
    case "accepted":
      return <Note icon={<ClockIcon fontSize="inherit" />}>{t("delivery.sending")}</Note>;
    case "queued":
      return entry.retryAt === null ? (
        <Waiting entry={entry} actions={actions} />
      ) : (
        <Postponed entry={entry} retryAt={entry.retryAt} actions={actions} />
      );
    case "failed_to_send":
      return <Failed entry={entry} actions={actions} />;
    default:
      return entry.state satisfies never;
  }
}

/** For those before it, for its files, or until the server takes more: the composer says when. */
function Waiting({ entry, actions }: Props) {
  const hasFiles = entry.uploads.length > 0;
  return (
    <Note icon={<ClockIcon fontSize="inherit" />}>
      {hasFiles ? <LazyUploadingWords files={entry.uploads} /> : ofPage("delivery.waiting")}
      {hasFiles && <Action label={t("action.cancel")} onClick={() => actions.edit(entry)} />}
    </Note>
  );
}

/** Trouble that passes: it is sent again by itself, and the reader sees when. */
function Postponed({ entry, retryAt, actions }: Props & { readonly retryAt: number }) {
  const seconds = Math.max(0, Math.ceil((retryAt - useNow(250)) / 1000));
  return (
    <Note icon={<ClockIcon fontSize="inherit" />}>
      {troubleOf(entry, seconds)}
      <Action label={t("delivery.now")} onClick={() => actions.retry(entry.key)} />
      <Action label={t("action.cancel")} onClick={() => actions.edit(entry)} />
    </Note>
  );
}

function troubleOf({ attempt, error }: OutboxEntry, seconds: number): string {
  switch (error?.status) {
    case 0:
      return t("delivery.away", { seconds });
    default:
      return t("delivery.retrying", { attempt, most: MAX_RETRIES, seconds });
  }
}

function Failed({ entry, actions }: Props) {
  const blocked = blockOf(entry);
  const reason = blocked ?? t("delivery.failed", { reason: reasonOf(entry.error) });
  useEffect(() => announce(reason, "urgent"), [reason]);
  return (
    <Note icon={<ErrorIcon fontSize="inherit" color="error" />}>
      <Box component="span" sx={{ color: "error.main" }}>
        {reason}
      </Box>
      {blocked !== null ? (
        <Blocked entry={entry} actions={actions} />
      ) : (
        entry.error?.isRetryable !== false && (
          <Action label={t("action.retry")} onClick={() => actions.retry(entry.key)} />
        )
      )}
      <Action label={t("delivery.edit")} onClick={() => actions.edit(entry)} />
      <Action label={t("delivery.discard")} onClick={() => actions.discard(entry.key)} />
    </Note>
  );
}

/** What is to stand beside a turn cannot wait in the queue, which goes on from the newest. */
const Blocked = ({ entry, actions }: Props) => (
  <>
    {entry.beside === null && (
      <Action label={t("busy.queue")} onClick={() => actions.enqueue(entry)} />
    )}
    <Action label={t("busy.stop")} onClick={() => actions.sendInstead(entry)} />
  </>
);

/** That another turn of the session is in the way; null when it is something else. */
function blockOf({ error }: OutboxEntry): string | null {
  switch (error?.code) {
    case "turn_awaiting_input":
      return t("busy.awaiting");
    case "session_busy":
      return t("busy.running");
    default:
      return null;
  }
}

function reasonOf(error: SendError | null): string {
  if (error === null) return t("error.unknown");
  if (error.status === 0) return t("error.network");
  if (error.code === "file_lost") return t("delivery.fileLost");
  const said = error.detail === "" ? error.title : error.detail;
  const fields = error.fieldErrors.map((field) => field.detail);
  const reason = [said, ...fields].join(" ");
  return error.requestId === null
    ? reason
    : `${reason} ${t("delivery.requestId", { id: error.requestId })}`;
}

function Note({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <Box sx={NOTE}>
      <Box component="span" sx={{ display: "inline-flex", fontSize: 14 }}>
        {icon}
      </Box>
      {children}
    </Box>
  );
}

function Action({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button size="small" color="inherit" onClick={onClick} sx={{ minWidth: 0, px: 1 }}>
      {label}
    </Button>
  );
}

const NOTE = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  justifyContent: "flex-end",
  gap: 0.5,
  typography: "caption",
  color: "text.secondary",
  textAlign: "end",
} as const;
