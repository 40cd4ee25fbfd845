/** Whether the browser tells when an answer is there; it is asked for that when this is switched on. */
import Switch from "@mui/material/Switch";
import { useState } from "react";

import { canNotify, isRefused, mayNotify } from "@/components/notifications";
import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/settings";
import { prefer } from "@/storage/preferences";

import { Setting } from "./setting";

export function NotifySetting() {
  const notifies = usePreference("notifies");
  const [wasRefused, setRefused] = useState(isRefused);
  const change = async (wanted: boolean) => {
    const notifies = wanted && (await mayNotify());
    prefer({ notifies });
    setRefused(isRefused());
  };
  if (!canNotify()) return null;
  return (
    <Setting
      id="setting-notify"
      label={t("settings.notify")}
      hint={wasRefused ? t("settings.notifyRefused") : t("settings.notifyHint")}
    >
      <Switch
        checked={notifies && !wasRefused}
        disabled={wasRefused}
        onChange={(_, checked) => void change(checked)}
        slotProps={{ input: { "aria-labelledby": "setting-notify" } }}
      />
    </Setting>
  );
}
