/** How the page looks and listens, for this browser. */
import Button from "@mui/material/Button";
import Switch from "@mui/material/Switch";

import { Choice } from "@/components/choice";
import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/settings";
import { DarkIcon, KeyboardIcon, LightIcon, SystemIcon } from "@/icons/icons";
import { prefer } from "@/storage/preferences";
import { chooseMode, useMode } from "@/theme/mode";

import { InstallSetting } from "./install-setting";
import { LanguageSetting } from "./language-setting";
import { NotifySetting } from "./notify-setting";
import { Setting } from "./setting";

export function GeneralPage({ onShowShortcuts }: { readonly onShowShortcuts: () => void }) {
  const mode = useMode();
  const density = usePreference("density");
  const enterSends = usePreference("enterSends");
  const singleKeys = usePreference("singleKeys");
  const readsAnswers = usePreference("readsAnswers");
  return (
    <>
      <LanguageSetting />
      <Setting id="setting-mode" label={t("settings.mode")} hint={t("settings.modeHint")}>
        <Choice
          labelledBy="setting-mode"
          value={mode}
          onChange={chooseMode}
          options={[
            { value: "light", label: t("settings.light"), icon: <LightIcon fontSize="small" /> },
            { value: "dark", label: t("settings.dark"), icon: <DarkIcon fontSize="small" /> },
            { value: "system", label: t("settings.system"), icon: <SystemIcon fontSize="small" /> },
          ]}
        />
      </Setting>
      <Setting id="setting-density" label={t("settings.density")} hint={t("settings.densityHint")}>
        <Choice
          labelledBy="setting-density"
          value={density}
          onChange={(value) => prefer({ density: value })}
          options={[
            { value: "comfortable", label: t("settings.comfortable") },
            { value: "compact", label: t("settings.compact") },
          ]}
        />
      </Setting>
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
        id="setting-single"
        label={t("settings.singleKeys")}
        hint={t("settings.singleKeysHint")}
      >
        <Switch
          checked={singleKeys}
          onChange={(_, checked) => prefer({ singleKeys: checked })}
          slotProps={{ input: { "aria-labelledby": "setting-single" } }}
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
