/** What parts of the page may ask of its frame. */
import { createContext, use } from "react";

export interface Inspecting {
  /** It covers the page instead of standing beside the talk. */
  readonly isSheet: boolean;
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  readonly inspect: (turnId: string, stepId: string | null) => void;
}

export interface Frame {
  /** Less than 700 px: the sidebar is a drawer. */
  readonly isNarrow: boolean;
  /** Is the sidebar to be seen at this moment? */
  readonly isSidebarOpen: boolean;
  readonly toggleSidebar: () => void;
  readonly isInspectorOpen: boolean;
  readonly toggleInspector: () => void;
  readonly showShortcuts: () => void;
  readonly showSearch: () => void;
}

export const FrameContext = createContext<Frame>({
  isNarrow: false,
  isSidebarOpen: true,
  toggleSidebar: () => undefined,
  isInspectorOpen: false,
  toggleInspector: () => undefined,
  showShortcuts: () => undefined,
  showSearch: () => undefined,
});

export const useFrame = (): Frame => use(FrameContext);
