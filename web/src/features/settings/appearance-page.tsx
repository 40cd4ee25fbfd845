/** How the page looks, with a piece of a talk that shows it. What is chosen holds at once. */
import { Choice } from "@/components/choice";
import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/settings";
import { DarkIcon, LightIcon, SystemIcon } from "@/icons/icons";
import { prefer } from "@/storage/preferences";
import { chooseMode, useMode } from "@/theme/mode";

import { Sample } from "./sample";
import { Setting } from "./setting";

export function AppearancePage() {
  const mode = useMode();
  const density = usePreference("density");
  const width = usePreference("chatWidth");
  const messages = usePreference("messages");
  const codeTheme = usePreference("codeTheme");
  return (
    <>
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
      <Setting id="setting-width" label={t("settings.width")} hint={t("settings.widthHint")}>
        <Choice
          labelledBy="setting-width"
          value={width}
          onChange={(value) => prefer({ chatWidth: value })}
          options={[
            { value: "narrow", label: t("settings.narrow") },
            { value: "wide", label: t("settings.wide") },
            { value: "full", label: t("settings.full") },
          ]}
        />
      </Setting>
      <Setting
        id="setting-messages"
        label={t("settings.messages")}
        hint={t("settings.messagesHint")}
      >
        <Choice
          labelledBy="setting-messages"
          value={messages}
          onChange={(value) => prefer({ messages: value })}
          options={[
            { value: "bubbles", label: t("settings.bubbles") },
            { value: "flat", label: t("settings.flat") },
          ]}
        />
      </Setting>
      <Setting id="setting-code" label={t("settings.code")} hint={t("settings.codeHint")}>
        <Choice
          labelledBy="setting-code"
          value={codeTheme}
          onChange={(value) => prefer({ codeTheme: value })}
          options={[
            { value: "page", label: t("settings.codePage") },
            { value: "dark", label: t("settings.codeDark") },
            { value: "contrast", label: t("settings.codeContrast") },
          ]}
        />
      </Setting>
      <Sample />
    </>
  );
}
