/**
 * How the reader came to the page that is shown: by the browser's back and forward, or otherwise.
 *
 * It must be loaded with the first screen: a window tells its listeners in the order in which they
 * came, and this one has to know before the router draws the page.
 */
let isByHistory = false;

addEventListener("popstate", () => (isByHistory = true));
addEventListener("pushState", () => (isByHistory = false)); // told by the router

export const cameByHistory = () => isByHistory;
