/**
 * One shortcut and its keys.
 *
 * The rule it keeps: keys that are another action's are taken from it only when somebody says so, who is told its name.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { type KeyboardEvent, useState } from "react";

import { announce } from "@/components/announcer";
import { InlineAlert } from "@/components/inline-alert";
import { Kbd } from "@/components/kbd";
import { asSet, type Shortcut, type ShortcutName, spokenKeys } from "@/components/shortcuts";
import { t } from "@/i18n/settings";
import { type Keys, prefer, preferences } from "@/storage/preferences";

import { isSame, keysPressed, ownerOf } from "./pressed-keys";

interface Props {
  readonly name: ShortcutName;
  readonly shortcut: Shortcut;
  readonly isFixed: boolean;
  readonly isChanged: boolean;
}

type State = "still" | "listening" | "needed" | { readonly keys: Keys; readonly of: ShortcutName };

export function KeyRow({ name, shortcut, isFixed, isChanged }: Props) {
  const [state, setState] = useState<State>("still");
  const label = t(`shortcuts.${name}`);
  const set = asSet(shortcut);
  const give = (keys: Keys, from?: ShortcutName) => {
    const others = without(name);
    prefer({
      keys: {
        ...others,
        ...(!isSame(keys, shortcut) && { [name]: keys }),
        ...(from && { [from]: null }),
      },
    });
    setState("still");
    announce(t("keys.changed", { action: label, keys: spokenKeys(shortcut) }));
  };
  const onKeyDown = (press: KeyboardEvent) => {
    if (state === "still" || typeof state === "object" || press.key === "Tab") return;
    press.preventDefault();
    press.stopPropagation();
    if (press.key === "Escape") {
      setState("still");
      return;
    }
    const keys = keysPressed(press);
    if (keys === "not yet") return;
    if (keys === "needed") {
      setState("needed");
      return;
    }
    const of = ownerOf(keys, name);
    if (of === undefined) give(keys);
    else setState({ keys, of });
  };
  const isListening = state === "listening" || state === "needed";
  return (
    <Box component="li" sx={{ borderBottom: 1, borderColor: "divider", py: 1 }}>
      <Box sx={ROW}>
        <Box sx={{ flex: "1 1 14rem", typography: "body2" }}>{label}</Box>
        {set === null ? (
          <Box sx={{ typography: "body2", color: "text.secondary" }}>{t("keys.off")}</Box>
        ) : (
          <Kbd shortcut={shortcut} />
        )}
        {isFixed ? (
          <Box sx={NO_ACTIONS} />
        ) : (
          <Box sx={ACTIONS}>
            {isChanged && set !== null && (
              <Button
                size="small"
                color="inherit"
                aria-label={t("keys.resetOf", { action: label })}
                onClick={() => prefer({ keys: without(name) })}
              >
                {t("keys.reset")}
              </Button>
            )}
            <Button
              size="small"
              color="inherit"
              variant={isListening ? "outlined" : "text"}
              aria-label={isListening ? t("keys.press") : t("keys.changeOf", { action: label })}
              onClick={() => setState(isListening ? "still" : "listening")}
              onKeyDown={onKeyDown}
              onBlur={() => setState((now) => (typeof now === "object" ? now : "still"))}
            >
              {isListening ? t("keys.press") : t("keys.change")}
            </Button>
            <Button
              size="small"
              color="inherit"
              aria-label={t(set === null ? "keys.switchOnOf" : "keys.switchOffOf", {
                action: label,
              })}
              onClick={() =>
                prefer({ keys: { ...without(name), ...(set !== null && { [name]: null }) } })
              }
            >
              {set === null ? t("keys.switchOn") : t("keys.switchOff")}
            </Button>
          </Box>
        )}
      </Box>
      {state === "needed" && (
        <Box role="alert" sx={{ typography: "body2", color: "warning.main" }}>
          {t("keys.needed")}
        </Box>
      )}
      {typeof state === "object" && (
        <Box sx={{ mt: 1 }}>
          <InlineAlert
            severity="warning"
            title={t("keys.taken", { action: t(`shortcuts.${state.of}`) })}
            announced
            actions={
              <>
                <Button size="small" color="inherit" onClick={() => give(state.keys, state.of)}>
                  {t("keys.take")}
                </Button>
                <Button size="small" color="inherit" onClick={() => setState("still")}>
                  {t("action.cancel")}
                </Button>
              </>
            }
          />
        </Box>
      )}
    </Box>
  );
}

/** What others have been given. */
function without(name: ShortcutName) {
  return Object.fromEntries(Object.entries(preferences().keys).filter(([each]) => each !== name));
}

const ROW = { display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5 } as const;

/** As wide in every row, so that keys stand under keys; what comes, comes before what was there. */
const ACTIONS = {
  display: "flex",
  flexWrap: "wrap",
  justifyContent: "flex-end",
  gap: 0.5,
  minWidth: { sm: "10.75rem" },
} as const;

const NO_ACTIONS = { ...ACTIONS, display: { xs: "none", sm: "flex" }, minHeight: 31 } as const;
