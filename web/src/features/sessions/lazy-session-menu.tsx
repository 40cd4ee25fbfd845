/** The menu of a session, loaded when the first one is about to be opened. */
import { type ComponentProps, lazy, Suspense } from "react";

import type { SessionMenu } from "./session-menu";

const load = () => import("./session-menu");
const Menu = lazy(async () => ({ default: (await load()).SessionMenu }));

export const preloadSessionMenu = (): void => void load();

export function LazySessionMenu(props: ComponentProps<typeof SessionMenu>) {
  return (
    <Suspense>
      <Menu {...props} />
    </Suspense>
  );
}
