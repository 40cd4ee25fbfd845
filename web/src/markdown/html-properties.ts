/**
 * What is known of the attributes of HTML, where the renderer asks for that of HTML and of SVG;
 * see `vite.config.ts`. No text makes an SVG: markup in it is words.
 */
import { aria } from "../../node_modules/property-information/lib/aria.js";
import { html as own } from "../../node_modules/property-information/lib/html.js";
import { merge } from "../../node_modules/property-information/lib/util/merge.js";

export { find } from "../../node_modules/property-information/lib/find.js";
export { hastToReact } from "../../node_modules/property-information/lib/hast-to-react.js";

export const html = merge([aria, own], "html");
export { html as svg };
