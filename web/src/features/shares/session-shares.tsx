/** The links to one session, where there are some. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import type { SessionPlace } from "@/api/share-client";
import { useShares } from "@/api/share-queries";
import { t } from "@/i18n/shares";

import { ShareRows } from "./share-rows";

export function SessionShares({ place }: { readonly place: SessionPlace }) {
  const { data: shares = [], hasNextPage, fetchNextPage } = useShares(place);
  if (shares.length === 0) return null;
  return (
    <Box>
      <Typography component="h3" variant="overline" sx={{ color: "text.secondary" }}>
        {t("shares.ofSession")}
      </Typography>
      <ShareRows shares={shares} label={t("shares.ofSession")} isNamed={false} />
      {hasNextPage && (
        <Button size="small" color="inherit" onClick={() => void fetchNextPage()}>
          {t("shares.more")}
        </Button>
      )}
    </Box>
  );
}
