/** The paths of files where a library can name those it reads; what the page reads has none. See `vite.config.ts`. */
const none = (): never => {
  throw new Error("the page's texts have no paths");
};

export const minpath = { basename: none, dirname: none, extname: none, join: none, sep: "/" };
