/** Who uses this server, for admins, and the way to add one. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useAccount, useUsers } from "@/api/account-queries";
import { isForbidden } from "@/api/errors";
import { NotLoaded } from "@/components/not-loaded";
import { LIST } from "@/components/ruled-rows";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/account";
import { PlusIcon } from "@/icons/icons";

import { NewUserDialog } from "./new-user-dialog";
import { NotForYou } from "./not-for-you";
import { UserRow } from "./user-row";

export function UsersPage() {
  const {
    data: users,
    error,
    refetch,
    hasNextPage,
    isFetchingNextPage,
    fetchNextPage,
  } = useUsers();
  const { data: account } = useAccount();
  const [isAdding, setAdding] = useState(false);
  if (isForbidden(error)) return <NotForYou>{t("users.forbiddenText")}</NotForYou>;
  return (
    <Box sx={{ display: "grid", gap: 2 }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 2 }}>
        <Typography variant="body2" sx={{ flex: "1 1 14rem", color: "text.secondary" }}>
          {t("users.text")}
        </Typography>
        <Button variant="contained" startIcon={<PlusIcon />} onClick={() => setAdding(true)}>
          {t("users.add")}
        </Button>
      </Box>
      {error !== null && <NotLoaded title={t("users.notLoaded")} error={error} onRetry={refetch} />}
      {users === undefined && error === null && <SessionRowsSkeleton />}
      {users !== undefined && (
        <Box component="ul" aria-label={t("users.list")} sx={LIST}>
          {users.map((user) => (
            <UserRow key={user.user_id} user={user} isMe={user.user_id === account?.user.user_id} />
          ))}
        </Box>
      )}
      {hasNextPage && (
        <Button color="inherit" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("users.more")}
        </Button>
      )}
      {isAdding && <NewUserDialog onClose={() => setAdding(false)} />}
    </Box>
  );
}
