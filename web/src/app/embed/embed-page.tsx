/** What stands in the frame: a slim head, the talk, and what is said when the server does not know who asks. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { hear, tell } from "@/api/line";
import { paths } from "@/components/paths";
import { NoticeArea } from "@/components/notice-area";
import { TurnsSkeleton } from "@/components/skeletons";
import { useAfterPatience } from "@/components/use-after-patience";
import type { News } from "@/embed/protocol";
import { LiveSessions } from "@/features/sessions/live-sessions";
import { t } from "@/i18n/embed";
import { PlugIcon } from "@/icons/icons";

import { Banner } from "../banner";
import { ConnectionBanner } from "../connection-banner";
import { usePlace } from "../place";
import { TalkPage } from "../talk-page";
import { EmbedHead } from "./embed-head";
import { useNews } from "./use-news";

interface Props {
  readonly say: (news: News) => void;
  /** The host has said who writes. */
  readonly isKeyed: boolean;
  /** It may yet say so: pages fetch their key. */
  readonly awaitsKey: boolean;
}

export function EmbedPage({ say, isKeyed, awaitsKey }: Props) {
  const { agentId, sessionId } = usePlace();
  const [isRefused, onAgain] = useRefused(say);
  const isSaid = useAfterPatience(isRefused, awaitsKey ? KEY_PATIENCE_MS : 0);
  useNews(agentId ?? "", sessionId, say);
  if (agentId === null) return null;
  return (
    <>
      <Box component="main" id="main" aria-label={t("embed.talk")} tabIndex={-1} sx={FRAME}>
        <ConnectionBanner />
        {isSaid && <Refused agentId={agentId} isKeyed={isKeyed} onAgain={onAgain} />}
        <TalkPage
          agentId={agentId}
          sessionId={sessionId}
          head={(agent, session) => <EmbedHead agent={agent} session={session} />}
        />
      </Box>
      {!isRefused && <LiveSessions agentId={agentId} openId={sessionId} />}
      <NoticeArea>{null}</NoticeArea>
    </>
  );
}

/** How long nothing is said of it that the server does not know who asks, where a key may be on its way. */
const KEY_PATIENCE_MS = 5000;

/** What stands there until the page around has answered. */
export function EmbedLoading() {
  return (
    <Box component="main" aria-label={t("embed.talk")} sx={FRAME}>
      <Box sx={{ px: 2, pt: 6 }}>
        <TurnsSkeleton />
      </Box>
    </Box>
  );
}

/** Does the server not know who asks? Until something is answered again; the host is told. */
function useRefused(say: Props["say"]) {
  const client = useQueryClient();
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    const detail = { code: "unauthenticated", message: t("embed.refused") };
    let isTold = false; // once, however many requests it was that were refused
    const stops = [
      hear("refused", () => {
        setRefused(true);
        if (!isTold) say({ type: "error", detail });
        isTold = true;
      }),
      hear("back", () => {
        setRefused(false);
        isTold = false;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [say]);
  const again = () => {
    tell("back");
    void client.invalidateQueries();
  };
  return [isRefused, again] as const;
}

interface RefusedProps {
  readonly agentId: string;
  readonly isKeyed: boolean;
  readonly onAgain: () => void;
}

/** No password is asked for in a frame: whose page that is nobody could see. */
function Refused({ agentId, isKeyed, onAgain }: RefusedProps) {
  return (
    <Banner
      icon={<PlugIcon fontSize="small" />}
      action={
        <>
          {!isKeyed && (
            <Button
              size="small"
              color="inherit"
              href={paths.agent(agentId)}
              target="_blank"
              rel="noopener"
            >
              {t("embed.openInTab")}
            </Button>
          )}
          <Button size="small" color="inherit" onClick={onAgain}>
            {t("action.retry")}
          </Button>
        </>
      }
    >
      <strong>{t("embed.refused")}.</strong> {t(isKeyed ? "embed.keyRefused" : "embed.refusedText")}
    </Banner>
  );
}

const FRAME = {
  display: "flex",
  flexDirection: "column",
  height: "100dvh",
  minWidth: 0,
  outline: "none",
} as const;
