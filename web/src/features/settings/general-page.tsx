/** How the page speaks, listens and tells. */
import Button from "@mui/material/Button";
import Switch from "@mui/material/Switch";

import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/settings";
import { KeyboardIcon } from "@/icons/icons";
import { prefer } from "@/storage/preferences";

import { InstallSetting } from "./install-setting";
import { LanguageSetting } from "./language-setting";
import { NotifySetting } from "./notify-setting";
import { Setting } from "./setting";

export function GeneralPage({ onShowShortcuts }: { readonly onShowShortcuts: () => void }) {
  const enterSends = usePreference("enterSends");
  const readsAnswers = usePreference("readsAnswers");
  return (
    <>
      <LanguageSetting />
      <Setting
        id="setting-enter"
        label={t("settings.enterSends")}
        hint={t("settings.enterSendsHint")}
      >
        <Switch
          checked={enterSends}
          onChange={(_, checked) => prefer({ enterSends: checked })}
          slotProps={{ input: { "aria-labelledby": "setting-enter" } }}
        />
      </Setting>
      <Setting
        id="setting-read"
        label={t("settings.readsAnswers")}
        hint={t("settings.readsAnswersHint")}
      >
        <Switch
          checked={readsAnswers}
          onChange={(_, checked) => prefer({ readsAnswers: checked })}
          slotProps={{ input: { "aria-labelledby": "setting-read" } }}
        />
      </Setting>
      <NotifySetting />
      <Setting id="setting-keys" label={t("shortcuts.title")} hint={t("settings.shortcutsHint")}>
        <Button
          variant="outlined"
          color="inherit"
          startIcon={<KeyboardIcon />}
          onClick={onShowShortcuts}
        >
          {t("settings.showShortcuts")}
        </Button>
      </Setting>
      <InstallSetting />
    </>
  );
}
