/** The menu of a session, loaded when the first one is about to be opened. */
import { type ComponentProps, Suspense } from "react";

import type { SessionMenu } from "./session-menu";
import { late } from "@/components/late";

const Menu = late(async () => (await import("./session-menu")).SessionMenu);

export const preloadSessionMenu = Menu.soon;

export function LazySessionMenu(props: ComponentProps<typeof SessionMenu>) {
  return (
    <Suspense>
      <Menu {...props} />
    </Suspense>
  );
}
