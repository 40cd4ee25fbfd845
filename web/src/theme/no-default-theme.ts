/** The kit's theme for pages that have none, which it would make each time this one is opened. See `vite.config.ts`. */
export default {};
