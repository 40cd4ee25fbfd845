/** All links that one has made. */
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import { useShares } from "@/api/share-queries";
import { EmptyState } from "@/components/empty-state";
import { NotLoaded } from "@/components/not-loaded";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/shares";
import { LinkIcon } from "@/icons/icons";

import { ShareRows } from "./share-rows";

export function SharesPage() {
  const { data: shares, error, refetch, hasNextPage, fetchNextPage } = useShares(null);
  if (shares === undefined)
    return error === null ? (
      <SessionRowsSkeleton />
    ) : (
      <NotLoaded title={t("shares.notLoaded")} error={error} onRetry={refetch} />
    );
  if (shares.length === 0)
    return (
      <EmptyState icon={<LinkIcon fontSize="inherit" />} title={t("shares.none")}>
        {t("shares.noneText")}
      </EmptyState>
    );
  return (
    <>
      <Typography variant="body2" sx={{ color: "text.secondary", mb: 1.5 }}>
        {t("shares.text")}
      </Typography>
      <ShareRows shares={shares} label={t("shares.title")} isNamed />
      {hasNextPage && (
        <Button color="inherit" onClick={() => void fetchNextPage()}>
          {t("shares.more")}
        </Button>
      )}
    </>
  );
}
