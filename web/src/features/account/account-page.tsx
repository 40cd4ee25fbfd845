/** Who one is here, one's name and password, and the keys by which programs speak for one. */
import Avatar from "@mui/material/Avatar";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useMutation } from "@tanstack/react-query";

import { useAccount } from "@/api/account-queries";
import type { User } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { NotLoaded } from "@/components/not-loaded";
import { notify } from "@/components/notices";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/account";
import { PersonIcon } from "@/icons/icons";

import { ApiKeys } from "./api-keys";
import { ChangeName, ChangePassword } from "./change-account";
import { OwnUsage } from "./own-usage";
import { leave } from "./use-signed-in";

export function AccountPage() {
  const { data: account, error, refetch } = useAccount();
  if (account === undefined)
    return error === null ? (
      <SessionRowsSkeleton />
    ) : (
      <NotLoaded title={t("account.notLoaded")} error={error} onRetry={refetch} />
    );
  if (account.via === "local")
    return (
      <EmptyState icon={<PersonIcon fontSize="inherit" />} title={t("account.none")}>
        {t("account.noneText")}
      </EmptyState>
    );
  return (
    <Box sx={{ display: "grid", gap: 5 }}>
      <Who user={account.user} canLeave={account.via === "cookie"} />
      <OwnUsage />
      <ChangeName key={account.user.name} name={account.user.name} />
      <ChangePassword name={account.user.name} />
      <ApiKeys scopes={account.scopes} />
    </Box>
  );
}

function Who({ user, canLeave }: { readonly user: User; readonly canLeave: boolean }) {
  const { mutate, isPending } = useMutation({
    mutationFn: leave,
    onError: (error) => notify(t("account.notSignedOut", { reason: reasonOf(error) })),
  });
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 2 }}>
      <Avatar aria-hidden sx={AVATAR}>
        {initialOf(user.name)}
      </Avatar>
      <Box sx={{ flex: "1 1 10rem", minWidth: 0 }}>
        <Typography variant="subtitle1" component="p" noWrap dir="auto">
          {user.name}
        </Typography>
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {t(`role.${user.role}`)}
        </Typography>
      </Box>
      {canLeave && (
        <Button variant="outlined" color="inherit" loading={isPending} onClick={() => mutate()}>
          {t("account.signOut")}
        </Button>
      )}
      {canLeave && (
        <Typography
          variant="caption"
          sx={{ flexBasis: "100%", color: "text.secondary", textAlign: { sm: "end" } }}
        >
          {t("account.signOutText")}
        </Typography>
      )}
    </Box>
  );
}

const AVATAR = {
  width: 48,
  height: 48,
  bgcolor: "primary.main",
  color: "primary.contrastText",
} as const;

const initialOf = (name: string) => Array.from(name)[0]?.toUpperCase() ?? "";
