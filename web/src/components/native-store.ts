/** React's own hook, where the router asks for one that older versions had not. See `vite.config.ts`. */
export { useSyncExternalStore } from "react";
