/**
 * What the renderer has to know of attributes: those that markdown has, of the hundreds of HTML and SVG;
 * see `vite.config.ts`. No text makes another one: markup in it is words.
 */
import { create } from "../../node_modules/property-information/lib/util/create.js";
import { merge } from "../../node_modules/property-information/lib/util/merge.js";
import {
  boolean,
  number,
  spaceSeparated,
} from "../../node_modules/property-information/lib/util/types.js";

export { find } from "../../node_modules/property-information/lib/find.js";

const aria = create({
  properties: { ariaDescribedBy: spaceSeparated, ariaHidden: null, ariaLabel: null },
  transform: (_, property) => `aria-${property.slice(4).toLowerCase()}`,
});

const own = create({
  space: "html",
  attributes: { className: "class" },
  properties: {
    align: null,
    alt: null,
    checked: boolean,
    className: spaceSeparated,
    dir: null,
    disabled: boolean,
    href: null,
    id: null,
    src: null,
    start: number,
    title: null,
    type: null,
  },
  transform: (attributes, property) => attributes[property] ?? property,
});

export const html = merge([aria, own], "html");
export { html as svg };

/** React calls these as they are called here. */
export const hastToReact = {};
