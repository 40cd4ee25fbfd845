/** Sessions that were deleted: when they go for good, and the ways back. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useRef, useState } from "react";

import { useConfig } from "@/api/queries";
import { useTrash } from "@/api/trash-queries";
import type { Session, TrashedSession } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { EmptyState } from "@/components/empty-state";
import { NotLoaded } from "@/components/not-loaded";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/keeping";
import { DeleteIcon } from "@/icons/icons";

import { TrashRow } from "./trash-row";
import { useTrashActions } from "./use-trash-actions";

export function TrashPage() {
  const {
    data: trash,
    error,
    refetch,
    hasNextPage,
    isFetchingNextPage,
    fetchNextPage,
  } = useTrash();
  const { data: config } = useConfig();
  if (trash === undefined || config === undefined)
    return error === null ? (
      <SessionRowsSkeleton />
    ) : (
      <NotLoaded title={t("trash.notLoaded")} error={error} onRetry={refetch} />
    );
  const days = config.trash_days;
  if (trash.length === 0) return <NoTrash days={days} />;
  return (
    <>
      <Typography variant="body2" sx={{ color: "text.secondary", mb: 1.5 }}>
        {t("trash.text", { count: days })}
      </Typography>
      <Rows trash={trash} days={days} />
      {hasNextPage && (
        <Button color="inherit" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("trash.more")}
        </Button>
      )}
    </>
  );
}

interface RowsProps {
  readonly trash: readonly TrashedSession[];
  readonly days: number;
}

function Rows({ trash, days }: RowsProps) {
  const { restore, purge, restored, isPurging } = useTrashActions();
  const [asked, setAsked] = useState<Session | null>(null);
  const list = useRef<HTMLUListElement>(null);
  /** What had the focus is gone: the list takes it. */
  const after = async (work: Promise<void>) => {
    await work;
    setAsked(null);
    requestAnimationFrame(() => list.current?.focus());
  };
  return (
    <>
      <Box component="ul" ref={list} tabIndex={-1} aria-label={t("trash.list")} sx={LIST}>
        {trash.map((each) => (
          <TrashRow
            key={each.session.session_id}
            trashed={each}
            days={days}
            isRestoring={restored?.session_id === each.session.session_id}
            onRestore={() => void after(restore(each.session))}
            onPurge={() => setAsked(each.session)}
          />
        ))}
      </Box>
      {asked !== null && (
        <ConfirmDialog
          open
          title={t("trash.purgeTitle", { name: asked.session_name })}
          confirm={t("trash.purge")}
          pending={isPurging}
          onConfirm={() => void after(purge(asked))}
          onClose={() => setAsked(null)}
        >
          {t("trash.purgeText")}
        </ConfirmDialog>
      )}
    </>
  );
}

const LIST = { m: 0, p: 0, listStyle: "none", outline: "none" } as const;

function NoTrash({ days }: { readonly days: number }) {
  return (
    <EmptyState icon={<DeleteIcon fontSize="inherit" />} title={t("trash.none")}>
      {days === 0
        ? t("trash.noTrash")
        : `${t("trash.noneText")} ${t("trash.text", { count: days })}`}
    </EmptyState>
  );
}
