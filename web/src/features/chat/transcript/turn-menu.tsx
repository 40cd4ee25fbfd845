/** What is done with a turn now and then: behind its ⋯. */
import { useQueryClient } from "@tanstack/react-query";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { Suspense, useState } from "react";
import { useLocation } from "wouter";

import { deleteTurn, forkSession } from "@/api/branch-client";
import { refreshSession, refreshTurns, storeSession, useAgents } from "@/api/queries";
import type { Turn } from "@/api/types";
import { copyText } from "@/components/clipboard";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { reasonOf } from "@/components/error-text";
import { late } from "@/components/late";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { t } from "@/i18n/branches";
import {
  AgentIcon,
  BranchIcon,
  CodeIcon,
  CopyIcon,
  DeleteIcon,
  LinkIcon,
  ShareIcon,
} from "@/icons/icons";
import { plainText } from "@/renderers/plain-text";
import { RawTurn } from "@/renderers/raw-turn";

import { OtherAgents } from "./other-agents";

const ShareDialog = late(async () => (await import("@/features/shares/share-dialog")).ShareDialog);

interface Props {
  readonly turn: Turn;
  readonly agentId: string;
  readonly anchor: HTMLElement;
  readonly isBusy: boolean;
  readonly onClose: () => void;
}

export function TurnMenu({ turn, agentId, anchor, isBusy, onClose }: Props) {
  const [opened, setOpened] = useState<"delete" | "others" | "raw" | "share" | null>(null);
  const fork = useFork(agentId);
  const { turn_id: turnId, session_id: sessionId } = turn;
  const { content: answer } = turn.output_message;
  const link = location.origin + paths.session(agentId, sessionId, turnId);
  const then = (run: () => void) => () => {
    onClose();
    run();
  };
  const { data: agents = [] } = useAgents();
  const others = agents.filter((agent) => agent.agent_id !== agentId);
  switch (opened) {
    case "others":
      return <OtherAgents {...{ turn, agentId, others, anchor, onClose }} />;
    case "delete":
      return <DeleteTurn turn={turn} agentId={agentId} onClose={onClose} />;
    case "raw":
      return <RawTurn turn={turn} onClose={onClose} />;
    case "share":
      return (
        <Suspense>
          <ShareDialog
            session={{ agent_id: agentId, session_id: sessionId }}
            upTo={turnId}
            onClose={onClose}
          />
        </Suspense>
      );
    case null:
      break;
    default:
      opened satisfies never;
  }
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      slotProps={{ list: { "aria-label": t("branch.more") } }}
    >
      {others.length > 0 && (
        <MenuItem disabled={turn.completed_at === null} onClick={() => setOpened("others")}>
          <AgentIcon sx={ICON} />
          {t("branch.retryElsewhere")}…
        </MenuItem>
      )}
      <MenuItem disabled={turn.status === "awaiting_input"} onClick={then(() => void fork(turn))}>
        <BranchIcon sx={ICON} />
        {t("branch.fork")}
      </MenuItem>
      {answer !== "" && (
        <MenuItem onClick={then(() => void copyText(plainText(answer), t("turn.copied")))}>
          <CopyIcon sx={ICON} />
          {t("branch.copyPlain")}
        </MenuItem>
      )}
      <MenuItem onClick={then(() => void copyText(link, t("branch.linkCopied")))}>
        <LinkIcon sx={ICON} />
        {t("branch.copyLink")}
      </MenuItem>
      <MenuItem
        disabled={turn.completed_at === null}
        onPointerEnter={ShareDialog.soon}
        onClick={() => setOpened("share")}
      >
        <ShareIcon sx={ICON} />
        {t("branch.share")}…
      </MenuItem>
      <MenuItem onClick={() => setOpened("raw")}>
        <CodeIcon sx={ICON} />
        {t("branch.showRaw")}
      </MenuItem>
      <MenuItem onClick={then(() => void copyText(turnId, t("branch.idCopied")))}>
        <CopyIcon sx={ICON} />
        {t("branch.copyId")}
      </MenuItem>
      <MenuItem disabled={isBusy} onClick={() => setOpened("delete")} sx={{ color: "error.main" }}>
        <DeleteIcon sx={ICON} />
        {t("action.delete")}…
      </MenuItem>
    </Menu>
  );
}

/** Go on from a turn in a session of its own, and go there. */
function useFork(agentId: string) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  return async ({ session_id: sessionId, turn_id: turnId }: Turn) => {
    try {
      const session = await forkSession({ agentId, sessionId, turnId });
      storeSession(client, session);
      navigate(paths.session(agentId, session.session_id));
      notify(t("branch.forked"));
    } catch (error) {
      notify(t("branch.notForked", { reason: reasonOf(error) }));
    }
  };
}

type DeleteProps = Pick<Props, "turn" | "agentId" | "onClose">;

/** There is no way back from that, and more goes than is seen. */
function DeleteTurn({ turn, agentId, onClose }: DeleteProps) {
  const client = useQueryClient();
  const [isPending, setPending] = useState(false);
  const { session_id: sessionId, turn_id: turnId } = turn;
  const erase = async () => {
    setPending(true);
    try {
      await deleteTurn({ agentId, sessionId, turnId });
      await refreshTurns(client, agentId, sessionId);
      refreshSession(client, agentId, sessionId);
      notify(t("branch.deleted"));
    } catch (error) {
      notify(t("branch.notDeleted", { reason: reasonOf(error) }));
    }
    onClose();
  };
  return (
    <ConfirmDialog
      open
      title={t("branch.delete")}
      confirm={t("action.delete")}
      pending={isPending}
      onConfirm={() => void erase()}
      onClose={onClose}
    >
      {t("branch.deleteText")}
    </ConfirmDialog>
  );
}

const ICON = { fontSize: 18 } as const;
