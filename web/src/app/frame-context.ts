/** What parts of the page may ask of its frame. */
import { createContext, use } from "react";

export interface Frame {
  /** Less than 700 px: the sidebar is a drawer. */
  readonly isNarrow: boolean;
  /** Is the sidebar to be seen at this moment? */
  readonly isSidebarOpen: boolean;
  readonly toggleSidebar: () => void;
  readonly showShortcuts: () => void;
  readonly showSearch: () => void;
}

export const FrameContext = createContext<Frame>({
  isNarrow: false,
  isSidebarOpen: true,
  toggleSidebar: () => undefined,
  showShortcuts: () => undefined,
  showSearch: () => undefined,
});

export const useFrame = (): Frame => use(FrameContext);
