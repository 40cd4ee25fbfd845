/** Who uses this server, for admins: add, change the role, disable, delete. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useAccount, useDeleteUser, useUpdateUser, useUsers } from "@/api/account-queries";
import { isForbidden } from "@/api/errors";
import type { Role, User, UserPatch } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { formatDateTime } from "@/i18n";
import { t } from "@/i18n/account";
import { PersonIcon, PlusIcon } from "@/icons/icons";

import { LIST, ROW } from "./api-keys";
import { NewUserDialog } from "./new-user-dialog";

export const ROLES: readonly Role[] = ["admin", "user", "reader"];

export function UsersPage() {
  const { data: users, error, refetch, hasNextPage, fetchNextPage } = useUsers();
  const { data: account } = useAccount();
  const [isAdding, setAdding] = useState(false);
  if (isForbidden(error))
    return (
      <EmptyState icon={<PersonIcon fontSize="inherit" />} title={t("users.forbidden")}>
        {t("users.forbiddenText")}
      </EmptyState>
    );
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
      {error !== null && (
        <InlineAlert
          severity="error"
          title={t("users.notLoaded")}
          actions={<Button onClick={() => void refetch()}>{t("action.retry")}</Button>}
        >
          {reasonOf(error)}
        </InlineAlert>
      )}
      {users === undefined && error === null && <SessionRowsSkeleton />}
      {users !== undefined && (
        <Box component="ul" aria-label={t("users.list")} sx={LIST}>
          {users.map((user) => (
            <UserRow key={user.user_id} user={user} isMe={user.user_id === account?.user.user_id} />
          ))}
        </Box>
      )}
      {hasNextPage && (
        <Button color="inherit" onClick={() => void fetchNextPage()}>
          {t("users.more")}
        </Button>
      )}
      {isAdding && <NewUserDialog onClose={() => setAdding(false)} />}
    </Box>
  );
}

function UserRow({ user, isMe }: { readonly user: User; readonly isMe: boolean }) {
  const { mutate, isPending } = useUpdateUser();
  const { name, role, disabled } = user;
  const change = (patch: UserPatch) =>
    mutate(
      { userId: user.user_id, patch },
      { onError: (error) => notify(t("users.notChanged", { reason: reasonOf(error) })) },
    );
  return (
    <Box component="li" sx={ROW}>
      <Box sx={{ flex: "1 1 12rem", minWidth: 0 }}>
        <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
          <Typography variant="subtitle2" component="span" noWrap dir="auto">
            {name}
          </Typography>
          {isMe && <Chip size="small" color="primary" variant="outlined" label={t("users.you")} />}
          {disabled && <Chip size="small" label={t("users.disabled")} />}
        </Box>
        <Typography variant="caption" component="div" sx={{ color: "text.secondary" }}>
          {t("users.since", { time: formatDateTime(user.created_at) })}
        </Typography>
      </Box>
      <Select
        size="small"
        value={role}
        disabled={isPending}
        onChange={(event) => change({ role: event.target.value })}
        inputProps={{ "aria-label": t("users.roleOf", { name }) }}
        sx={{ minWidth: 108 }}
      >
        {ROLES.map((each) => (
          <MenuItem key={each} value={each}>
            {t(`role.${each}`)}
          </MenuItem>
        ))}
      </Select>
      {!isMe && (
        <>
          <Button
            size="small"
            color="inherit"
            aria-label={t(disabled ? "users.enableOf" : "users.disableOf", { name })}
            loading={isPending}
            onClick={() => change({ disabled: !disabled })}
          >
            {t(disabled ? "users.enable" : "users.disable")}
          </Button>
          <DeleteUser user={user} />
        </>
      )}
    </Box>
  );
}

function DeleteUser({ user: { user_id: userId, name } }: { readonly user: User }) {
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending } = useDeleteUser();
  const remove = () =>
    mutate(userId, {
      onSuccess: () => notify(t("users.deleted", { name })),
      onError: (error) => notify(t("users.notChanged", { reason: reasonOf(error) })),
      onSettled: () => setAsking(false),
    });
  return (
    <>
      <Button
        size="small"
        color="error"
        aria-label={t("users.deleteOf", { name })}
        onClick={() => setAsking(true)}
      >
        {t("users.delete")}
      </Button>
      <ConfirmDialog
        open={isAsking}
        title={t("users.deleteTitle", { name })}
        confirm={t("users.delete")}
        pending={isPending}
        onClose={() => setAsking(false)}
        onConfirm={remove}
      >
        {t("users.deleteText")}
      </ConfirmDialog>
    </>
  );
}
