/** The browser's own `structuredClone` where a library asks for one of its own; see `vite.config.ts`. */
const clone: typeof structuredClone = (value) => structuredClone(value);

export default clone;
