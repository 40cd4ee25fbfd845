/** One user, for admins: the role in sight, all else behind a menu. Nobody takes themselves away. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useDeleteUser, useUpdateUser } from "@/api/account-queries";
import type { Role, User, UserPatch } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { ROW } from "@/components/ruled-rows";
import { formatDateTime } from "@/i18n";
import { t } from "@/i18n/account";
import { DeleteIcon, MoreIcon, PersonIcon, SettingsIcon } from "@/icons/icons";

import { LimitsDialog } from "./limits-dialog";

const ROLES: readonly Role[] = ["admin", "user", "reader"];

interface Props {
  readonly user: User;
  readonly isMe: boolean;
}

export function UserRow({ user, isMe }: Props) {
  const { mutate, isPending } = useUpdateUser();
  const { name, role, disabled } = user;
  const change = (patch: UserPatch, done?: string) =>
    mutate(
      { userId: user.user_id, patch },
      {
        onSuccess: () => done !== undefined && notify(done),
        onError: (error) => notify(t("users.notChanged", { reason: reasonOf(error) })),
      },
    );
  return (
    <Box component="li" sx={{ ...ROW, flexWrap: "nowrap" }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
          <Typography
            variant="subtitle2"
            component="span"
            noWrap
            dir="auto"
            sx={disabled ? { color: "text.secondary" } : {}}
          >
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
        onChange={({ target }) =>
          change({ role: target.value }, t("users.is", { name, role: t(`role.${target.value}`) }))
        }
        inputProps={{ "aria-label": t("users.roleOf", { name }) }}
        sx={{ minWidth: 108, flex: "none" }}
      >
        {ROLES.map((each) => (
          <MenuItem key={each} value={each}>
            {t(`role.${each}`)}
          </MenuItem>
        ))}
      </Select>
      <UserMenu user={user} isMe={isMe} onChange={change} />
    </Box>
  );
}

interface UserMenuProps extends Props {
  readonly onChange: (patch: UserPatch, done: string) => void;
}

function UserMenu({ user, isMe, onChange }: UserMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [asked, setAsked] = useState<"limits" | "delete" | null>(null);
  const { name, disabled } = user;
  const label = t("users.menu", { name });
  const choose = (then: () => void) => () => {
    setAnchor(null);
    then();
  };
  const switchOff = () =>
    onChange(
      { disabled: !disabled },
      t(disabled ? "users.enabledNow" : "users.disabledNow", { name }),
    );
  return (
    <>
      <ActionButton
        label={label}
        icon={<MoreIcon sx={{ fontSize: 18 }} />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(click) => setAnchor(click.currentTarget)}
        sx={{ "@media (pointer: coarse)": { width: 44, height: 44 } }}
      />
      <Menu
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        slotProps={{ list: { "aria-label": label } }}
      >
        <MenuItem onClick={choose(() => setAsked("limits"))}>
          <SettingsIcon sx={{ fontSize: 18 }} />
          {t("users.limits")}
        </MenuItem>
        {!isMe && (
          <MenuItem onClick={choose(switchOff)}>
            <PersonIcon sx={{ fontSize: 18 }} />
            {t(disabled ? "users.enable" : "users.disable")}
          </MenuItem>
        )}
        {!isMe && (
          <MenuItem onClick={choose(() => setAsked("delete"))} sx={{ color: "error.main" }}>
            <DeleteIcon sx={{ fontSize: 18 }} />
            {t("users.delete")}
          </MenuItem>
        )}
      </Menu>
      {asked === "limits" && <LimitsDialog user={user} onClose={() => setAsked(null)} />}
      <DeleteUser user={user} isAsked={asked === "delete"} onClose={() => setAsked(null)} />
    </>
  );
}

interface DeleteUserProps {
  readonly user: User;
  readonly isAsked: boolean;
  readonly onClose: () => void;
}

function DeleteUser({ user: { user_id: userId, name }, isAsked, onClose }: DeleteUserProps) {
  const { mutate, isPending } = useDeleteUser();
  const remove = () =>
    mutate(userId, {
      onSuccess: () => notify(t("users.deleted", { name })),
      onError: (error) => notify(t("users.notChanged", { reason: reasonOf(error) })),
      onSettled: onClose,
    });
  return (
    <ConfirmDialog
      open={isAsked}
      title={t("users.deleteTitle", { name })}
      confirm={t("users.delete")}
      pending={isPending}
      onClose={onClose}
      onConfirm={remove}
    >
      {t("users.deleteText")}
    </ConfirmDialog>
  );
}
