/** Every shortcut with its keys: other ones are pressed for it, or it is switched off (WCAG 2.1.4). */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";

import { announce } from "@/components/announcer";
import { SHORTCUTS } from "@/components/shortcuts";
import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/settings";
import { prefer } from "@/storage/preferences";

import { KeyRow } from "./key-row";
import { Setting } from "./setting";
import { FIXED, GROUPS } from "./shortcut-groups";

export function KeyboardPage() {
  const singleKeys = usePreference("singleKeys");
  const changed = usePreference("keys");
  const reset = () => {
    prefer({ keys: {} });
    announce(t("keys.allReset"));
  };
  return (
    <>
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
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 2, py: 2 }}>
        <Typography variant="body2" sx={{ flex: "1 1 16rem", color: "text.secondary" }}>
          {t("keys.hint")}
        </Typography>
        <Button
          variant="outlined"
          color="inherit"
          disabled={Object.keys(changed).length === 0}
          onClick={reset}
        >
          {t("keys.resetAll")}
        </Button>
      </Box>
      {GROUPS.map((group) => (
        <Box key={group.title} component="section" sx={{ mb: 3 }}>
          <Typography variant="h3" component="h2">
            {t(group.title)}
          </Typography>
          <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none" }}>
            {group.names.map((name) => (
              <KeyRow
                key={name}
                name={name}
                shortcut={SHORTCUTS[name]}
                isFixed={FIXED.has(name)}
                isChanged={name in changed}
              />
            ))}
          </Box>
        </Box>
      ))}
    </>
  );
}
