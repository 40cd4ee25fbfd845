/** Which language the page speaks. */
import Box from "@mui/material/Box";
import { useEffect, useRef } from "react";

import { Choice } from "@/components/choice";
import { usePreference } from "@/components/use-preference";
import { speech } from "@/i18n";
import { choose, chosen, offered, wanted } from "@/i18n/languages";
import { t } from "@/i18n/settings";

import { Setting } from "./setting";

const SYSTEM = "system";

/** Another language draws the page anew, this setting with it: the focus goes back to where it was. */
let wantsFocus = false;

export function LanguageSetting() {
  usePreference("language"); // a choice of what is spoken already draws nothing else anew
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wantsFocus) box.current?.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
    wantsFocus = false;
  }, []);
  const change = (value: string) => {
    const tag = value === SYSTEM ? null : value;
    wantsFocus = wanted(null, tag).tag !== speech().tag;
    void choose(tag);
  };
  return (
    <Setting id="setting-language" label={t("settings.language")} hint={t("settings.languageHint")}>
      <Box ref={box}>
        <Choice
          labelledBy="setting-language"
          value={chosen() ?? SYSTEM}
          onChange={change}
          options={[
            { value: SYSTEM, label: t("settings.system") },
            ...offered().map(({ tag, name }) => ({ value: tag, label: name, lang: tag })),
          ]}
        />
      </Box>
    </Setting>
  );
}
