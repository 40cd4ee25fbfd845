/**
 * A part of the page that is fetched when it is first drawn.
 *
 * The rule it keeps: one that does not come (the line is down, or the server has another page by now) takes nothing
 * else with it. That is said, what was opened is closed again, and the next time it is asked for anew.
 */
import Button from "@mui/material/Button";
import {
  type ComponentType,
  createContext,
  lazy,
  use,
  useEffect,
  useEffectEvent,
  useState,
} from "react";

import { t } from "@/i18n";

import { notify } from "./notices";

interface Ways {
  /** Nobody asked for it, and so nobody has to know. */
  readonly isQuiet: boolean;
  /** Whoever draws it next asks anew. */
  readonly forget: () => void;
  readonly retry: () => void;
}

const WaysContext = createContext<Ways | null>(null);

/** Draw it within a `Suspense`, which says what stands there meanwhile. `soon` fetches it ahead. */
export function late<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { isQuiet = false }: Partial<Ways> = {},
) {
  const begin = () =>
    lazy(async () => ({ default: await load().catch(() => Missing as ComponentType<Props>) }));
  let latest = begin();
  const forget = () => {
    latest = begin();
  };
  function Late(props: Props) {
    const [Part, setPart] = useState(() => latest); // as it was begun here, whatever others do
    const retry = () => setPart(() => latest);
    return (
      <WaysContext value={{ isQuiet, forget, retry }}>
        <Part {...props} />
      </WaysContext>
    );
  }
  return Object.assign(Late, { soon: () => void load().catch(() => undefined) });
}

function Missing({ onClose }: { readonly onClose?: () => void }) {
  const ways = use(WaysContext);
  const isSilent = ways?.isQuiet === true;
  const tell = useEffectEvent(() => {
    ways?.forget();
    if (isSilent) return;
    notify(navigator.onLine ? t("part.missing") : t("error.offline"));
    onClose?.();
  });
  useEffect(() => tell(), []);
  if (isSilent || onClose !== undefined) return null;
  return (
    <Button size="small" color="inherit" onClick={ways?.retry}>
      {t("action.retry")}
    </Button>
  );
}
