/**
 * Where people sign in, what they prefer follows them: asked for when the page has come and whenever somebody comes
 * back to it, and told when it is changed. Draws nothing; what does not come or go is tried the next time.
 */
import { useEffect, useEffectEvent, useRef } from "react";

import { useAccount } from "@/api/account-queries";
import { getPreferences, updatePreferences } from "@/api/preference-client";
import { choose } from "@/i18n/languages";
import {
  agree,
  agreedOn,
  changedSince,
  following,
  heard,
  type Following,
  taken,
} from "@/storage/agreed-preferences";
import { prefer, preferences, subscribeToPreferences } from "@/storage/preferences";
import { chooseMode, chosenMode, useMode } from "@/theme/mode";

/** Several changes that come together are told together. */
const TOLD_AFTER_MS = 400;

export function PreferenceSync() {
  const { data: account } = useAccount();
  if (account === undefined || account.via === "local") return null;
  return <Syncing key={account.user.user_id} userId={account.user.user_id} />;
}

function Syncing({ userId }: { readonly userId: string }) {
  const mode = useMode();
  const isAsking = useRef(false);
  const meet = useEffectEvent(async (signal: AbortSignal) => {
    if (isAsking.current || document.hidden) return;
    isAsking.current = true;
    try {
      await exchange(userId, signal);
    } catch {
      // The line is down, or the server: the next time.
    } finally {
      isAsking.current = false;
    }
  });
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    let timer: ReturnType<typeof setTimeout>;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const agreed = agreedOn();
        if (agreed && Object.keys(changedSince(agreed.values, now())).length > 0) void meet(signal);
      }, TOLD_AFTER_MS);
    };
    const stop = subscribeToPreferences(soon);
    document.addEventListener("visibilitychange", () => void meet(signal), { signal });
    void meet(signal);
    return () => {
      end.abort();
      clearTimeout(timer);
      stop();
    };
  }, [mode]); // another mode is a change to tell
  return null;
}

const now = () => following(preferences(), chosenMode());

function take({ mode, language, ...others }: Following): void {
  prefer(others);
  if (mode !== chosenMode()) chooseMode(mode);
  if (language !== preferences().language) void choose(language);
}

/** Tell what was changed here, and take what was changed elsewhere. */
async function exchange(userId: string, signal: AbortSignal): Promise<void> {
  const agreed = agreedOn();
  const asked = now();
  const changes = agreed?.userId === userId ? changedSince(agreed.values, asked) : {};
  const isQuiet = Object.keys(changes).length === 0;
  const { values } = await (isQuiet ? getPreferences(signal) : updatePreferences(changes, signal));
  const said = heard(values);
  agree(userId, said);
  const isNewHere = agreed === undefined;
  take(taken(isNewHere ? { ...asked, ...said } : said, asked, now()));
  const more = changedSince(said, now());
  if (Object.keys(more).length > 0) agree(userId, heard((await updatePreferences(more)).values));
}
