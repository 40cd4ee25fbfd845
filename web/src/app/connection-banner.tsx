/** A slim line while the server cannot be had, with the time of the next try. */
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";

import { announce } from "@/components/announcer";
import { t } from "@/i18n";
import { OfflineIcon, PlugIcon } from "@/icons/icons";

import { Banner } from "./banner";
import { type Connection, feedWatch, newWatch } from "./connection";

export function ConnectionBanner() {
  const client = useQueryClient();
  const [watch] = useState(() => newWatch(client));
  useEffect(() => feedWatch(watch), [watch]);
  const connection = useSyncExternalStore(watch.subscribe, watch.snapshot);
  useSpoken(connection.state);
  switch (connection.state) {
    case "connected":
      return null;
    case "offline":
      return (
        <Banner isStrong icon={<OfflineIcon fontSize="small" />}>
          {t("connection.offline")}
        </Banner>
      );
    case "unreachable":
      return <UnreachableBanner retryAt={connection.retryAt} onRetry={watch.retryNow} />;
    default:
      return connection satisfies never;
  }
}

interface UnreachableBannerProps {
  readonly retryAt: number | null;
  readonly onRetry: () => Promise<void>;
}

function UnreachableBanner({ retryAt, onRetry }: UnreachableBannerProps) {
  const seconds = useSecondsUntil(retryAt);
  return (
    <Banner
      isStrong
      icon={<PlugIcon fontSize="small" />}
      action={
        <Button
          size="small"
          color="inherit"
          loading={retryAt === null}
          onClick={() => void onRetry()}
        >
          {t("connection.retryNow")}
        </Button>
      }
    >
      {seconds === null ? t("connection.trying") : t("connection.unreachable", { seconds })}
    </Banner>
  );
}

function useSecondsUntil(time: number | null): number | null {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (time === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [time]);
  return time === null ? null : Math.max(1, Math.ceil((time - now) / 1000));
}

/** Said once when it changes; the seconds are for the eyes only. */
function useSpoken(state: Connection["state"]): void {
  const spoken = useRef(state);
  useEffect(() => {
    if (state !== spoken.current) announce(t(`connection.spoken.${state}`));
    spoken.current = state;
  }, [state]);
}
