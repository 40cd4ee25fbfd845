/** Links that were made, one a row: what each shows, how it stands with it, and the way to revoke it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Typography from "@mui/material/Typography";
import { Link } from "wouter";

import { useRevokeShare } from "@/api/share-queries";
import type { Share } from "@/api/types";
import { useNow } from "@/components/clock";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { LIST, ROW } from "@/components/ruled-rows";
import { formatDateTime, formatRelativeTime } from "@/i18n";
import { t } from "@/i18n/shares";

interface Props {
  readonly shares: readonly Share[];
  readonly label: string;
  /** Links to many sessions say to which. */
  readonly isNamed: boolean;
}

export function ShareRows({ shares, label, isNamed }: Props) {
  return (
    <Box component="ul" aria-label={label} sx={LIST}>
      {shares.map((share) => (
        <ShareRow key={share.share_id} share={share} isNamed={isNamed} />
      ))}
    </Box>
  );
}

function ShareRow({ share, isNamed }: { readonly share: Share; readonly isNamed: boolean }) {
  const { mutate, isPending } = useRevokeShare();
  const now = useNow();
  const end = endOf(share, now);
  const time = formatDateTime(share.created_at);
  const name = share.session_name;
  const revoke = () =>
    mutate(share, {
      onSuccess: () => notify(t("shares.revokedNotice")),
      onError: (error) => notify(t("shares.notRevoked", { reason: reasonOf(error) })),
    });
  return (
    <Box component="li" sx={ROW}>
      <Box sx={{ flex: "1 1 12rem", minWidth: 0 }}>
        {isNamed && (
          <Typography
            component={Link}
            href={paths.session(share.agent_id, share.session_id)}
            variant="subtitle2"
            noWrap
            dir="auto"
            sx={NAME}
          >
            {name}
          </Typography>
        )}
        <Typography variant="body2">{factsOf(share)}</Typography>
        <Typography variant="caption" sx={{ color: "text.secondary" }}>
          {t("shares.made", {
            time: formatRelativeTime(share.created_at, Math.max(now, Date.parse(share.created_at))),
          })}
          {end === null && share.expires_at !== null && (
            <> · {t("shares.until", { time: formatDateTime(share.expires_at) })}</>
          )}
        </Typography>
      </Box>
      {end === null ? (
        <Button
          size="small"
          color="error"
          aria-label={t("shares.revokeOf", { name, time })}
          loading={isPending}
          onClick={revoke}
        >
          {t("shares.revoke")}
        </Button>
      ) : (
        <Chip size="small" label={t(`shares.${end}`)} />
      )}
    </Box>
  );
}

const factsOf = ({ include, live, turn_id: upTo }: Share) =>
  `${t(`share.${include}`)}, ${t(live ? "shares.live" : upTo === null ? "shares.snapshot" : "shares.upTo")}`;

/** Why it shows nothing any more; null while it does. */
function endOf(share: Share, now: number): "revoked" | "expired" | null {
  if (share.revoked_at !== null) return "revoked";
  return share.expires_at !== null && Date.parse(share.expires_at) <= now ? "expired" : null;
}

const NAME = {
  display: "block",
  color: "inherit",
  textDecoration: "none",
  "&:hover": { textDecoration: "underline" },
} as const;
