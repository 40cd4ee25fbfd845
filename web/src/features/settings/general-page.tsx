/** How the page looks and listens, for this browser. */
import Button from "@mui/material/Button";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Switch from "@mui/material/Switch";
import { useColorScheme } from "@mui/material/styles";
import type { ReactNode } from "react";

import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/settings";
import { DarkIcon, KeyboardIcon, LightIcon, SystemIcon } from "@/icons/icons";
import { prefer } from "@/storage/preferences";

import { Setting } from "./setting";

export function GeneralPage({ onShowShortcuts }: { readonly onShowShortcuts: () => void }) {
  const { mode, setMode } = useColorScheme();
  const density = usePreference("density");
  const enterSends = usePreference("enterSends");
  return (
    <>
      <Setting id="setting-mode" label={t("settings.mode")} hint={t("settings.modeHint")}>
        <Choice
          labelledBy="setting-mode"
          value={mode ?? "system"}
          onChange={setMode}
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
    </>
  );
}

interface ChoiceProps<Value extends string> {
  readonly labelledBy: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    readonly icon?: ReactNode;
  }[];
}

/** One of a few, all in sight. */
function Choice<Value extends string>({
  labelledBy,
  value,
  onChange,
  options,
}: ChoiceProps<Value>) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      aria-labelledby={labelledBy}
      value={value}
      onChange={(_, chosen: Value | null) => chosen !== null && onChange(chosen)}
    >
      {options.map((option) => (
        <ToggleButton key={option.value} value={option.value} sx={{ gap: 1, px: 1.5 }}>
          {option.icon}
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
