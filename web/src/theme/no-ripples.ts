/**
 * The kit's ripples, which this page has switched off (`component-defaults.ts`): without their code, and without
 * drawing a button anew when it is first pressed. See `vite.config.ts`.
 */
const nothing = () => undefined;

const NONE = { ref: null, shouldMount: false, start: nothing, stop: nothing, pulsate: nothing };

export default function useNoRipple() {
  return NONE;
}
