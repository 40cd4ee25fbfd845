/** The page as an app of its own, where the browser offers that. */
import Button from "@mui/material/Button";
import { useSyncExternalStore } from "react";

import { install, installOffer, subscribeToInstallOffer } from "@/components/install";
import { t } from "@/i18n/settings";
import { DownloadIcon } from "@/icons/icons";

import { Setting } from "./setting";

export function InstallSetting() {
  if (useSyncExternalStore(subscribeToInstallOffer, installOffer) === null) return null;
  return (
    <Setting id="setting-install" label={t("settings.install")} hint={t("settings.installHint")}>
      <Button variant="outlined" color="inherit" startIcon={<DownloadIcon />} onClick={install}>
        {t("settings.installDo")}
      </Button>
    </Setting>
  );
}
