/** One's API keys: what each may do and when it was used last, a new one, and the way to revoke one. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useDeleteKey, useKeys } from "@/api/account-queries";
import type { ApiKey, Scope } from "@/api/types";
import { useNow } from "@/components/clock";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { LIST, ROW } from "@/components/ruled-rows";
import { formatDateTime, formatRelativeTime } from "@/i18n";
import { t } from "@/i18n/account";
import { PlusIcon } from "@/icons/icons";
import { MONO } from "@/theme/theme";

import { NewKeyDialog } from "./new-key-dialog";
import { Part } from "./part";

export function ApiKeys({ scopes }: { readonly scopes: readonly Scope[] }) {
  const { data: keys, error, hasNextPage, fetchNextPage } = useKeys();
  const [isMaking, setMaking] = useState(false);
  const add = (
    <Button variant="contained" startIcon={<PlusIcon />} onClick={() => setMaking(true)}>
      {t("keys.new")}
    </Button>
  );
  return (
    <Part title={t("keys.title")} text={t("keys.text")} action={add}>
      {error !== null && (
        <InlineAlert severity="error" title={t("keys.notLoaded")}>
          {reasonOf(error)}
        </InlineAlert>
      )}
      {keys?.length === 0 && (
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {t("keys.none")}
        </Typography>
      )}
      {keys !== undefined && keys.length > 0 && (
        <Box component="ul" aria-label={t("keys.title")} sx={LIST}>
          {keys.map((key) => (
            <KeyRow key={key.key_id} apiKey={key} />
          ))}
        </Box>
      )}
      {hasNextPage && (
        <Button color="inherit" onClick={() => void fetchNextPage()}>
          {t("keys.more")}
        </Button>
      )}
      {isMaking && <NewKeyDialog scopes={scopes} onClose={() => setMaking(false)} />}
    </Part>
  );
}

function KeyRow({ apiKey }: { readonly apiKey: ApiKey }) {
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending } = useDeleteKey();
  const now = useNow();
  const { name, prefix, expires_at: end, last_used_at: used } = apiKey;
  const isExpired = end !== null && Date.parse(end) <= now;
  const revoke = () =>
    mutate(apiKey.key_id, {
      onSuccess: () => notify(t("keys.revoked", { name })),
      onError: (error) => notify(t("keys.notRevoked", { reason: reasonOf(error) })),
    });
  return (
    <Box component="li" sx={ROW}>
      <Box sx={{ flex: "1 1 14rem", minWidth: 0 }}>
        <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
          <Typography variant="subtitle2" component="span" noWrap dir="auto">
            {name}
          </Typography>
          <Chip size="small" label={t(`keys.${widestOf(apiKey.scopes)}`)} />
          {isExpired && <Chip size="small" color="warning" label={t("keys.expired")} />}
        </Box>
        <Typography variant="caption" component="div" sx={{ color: "text.secondary" }}>
          <Box component="code" sx={{ fontFamily: MONO }}>
            {prefix}…
          </Box>
          {" · "}
          {used === null
            ? t("keys.unused")
            : t("keys.used", { time: formatRelativeTime(used, Math.max(now, Date.parse(used))) })}
          {end !== null && !isExpired && <> · {t("keys.until", { time: formatDateTime(end) })}</>}
        </Typography>
      </Box>
      <Button
        size="small"
        color="error"
        aria-label={t("keys.revokeOf", { name })}
        loading={isPending}
        onClick={() => setAsking(true)}
      >
        {t("keys.revoke")}
      </Button>
      <ConfirmDialog
        open={isAsking}
        title={t("keys.revokeTitle", { name })}
        confirm={t("keys.revoke")}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          revoke();
        }}
      >
        {t("keys.revokeText")}
      </ConfirmDialog>
    </Box>
  );
}

const widestOf = (scopes: readonly Scope[]): Scope =>
  scopes.includes("admin") ? "admin" : scopes.includes("write") ? "write" : "read";
