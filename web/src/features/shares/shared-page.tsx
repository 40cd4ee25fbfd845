/**
 * What a link shows: a talk to be read, by anybody who has the link.
 *
 * The rules it keeps: it is drawn by what draws all talks, it asks the server for nothing but the
 * link, and it prints as a whole, dark on white.
 */
import Box from "@mui/material/Box";
import CircularProgress from "@mui/material/CircularProgress";
import { useEffect } from "react";

import { isApiError } from "@/api/errors";
import { useShared } from "@/api/share-queries";
import type { SharedSession } from "@/api/types";
import { NotLoaded } from "@/components/not-loaded";
import { NoticeArea } from "@/components/notice-area";
import { TurnsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/shares";
import { CHAT_WIDTH } from "@/theme/theme";

import { NothingShared } from "./nothing-shared";
import { SharedHead } from "./shared-head";
import { SharedTurns } from "./shared-turns";
import { useLightPrint } from "./use-light-print";

export function SharedPage({ token }: { readonly token: string }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useShared(token);
  useLightPrint();
  // All of it, page by page: it can be searched and printed as a whole.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && error === null) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, error, fetchNextPage]);
  const [first] = data?.pages ?? [];
  return (
    <>
      <meta name="robots" content="noindex, nofollow" />
      <Box component="main" sx={PAGE}>
        {error !== null && (first === undefined || isOver(error)) ? (
          <NothingShared error={error} onRetry={() => void refetch()} />
        ) : first === undefined ? (
          <TurnsSkeleton />
        ) : (
          <>
            <Talk token={token} session={first} pages={data?.pages ?? []} />
            {hasNextPage && <Rest error={error} onRetry={() => void fetchNextPage()} />}
          </>
        )}
      </Box>
      <NoticeArea />
    </>
  );
}

interface TalkProps {
  readonly token: string;
  readonly session: SharedSession;
  readonly pages: readonly SharedSession[];
}

function Talk({ token, session, pages }: TalkProps) {
  const turns = pages.flatMap((page) => page.turns);
  return (
    <>
      <SharedHead token={token} session={session} turnCount={turns.length} />
      <SharedTurns turns={turns} isRaw={session.include === "raw"} />
    </>
  );
}

/** The link has ended, whatever was read by it before; other trouble passes. */
const isOver = (error: Error) => isApiError(error) && [403, 404, 410].includes(error.status);

/** There is more, which is on its way or did not come. */
function Rest({ error, onRetry }: { readonly error: Error | null; readonly onRetry: () => void }) {
  if (error === null)
    return (
      <CircularProgress size={16} aria-label={t("shared.loading")} sx={{ mx: "auto", my: 3 }} />
    );
  return (
    <Box sx={{ my: 3 }}>
      <NotLoaded title={t("shared.restNotLoaded")} error={error} onRetry={onRetry} />
    </Box>
  );
}

const PAGE = {
  display: "flex",
  flexDirection: "column",
  width: 1,
  maxWidth: CHAT_WIDTH,
  minHeight: "100dvh",
  mx: "auto",
  px: { xs: 2, sm: 3 },
  pb: 8,
  "@media print": { maxWidth: "none", p: 0, minHeight: 0 },
} as const;
