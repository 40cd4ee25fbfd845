/**
 * What a model's text may do to the page: nothing but be read.
 *
 * The rules: no raw HTML; links lead to the web or to a mail program, or within the text; an image
 * is shown only when it is in the text itself, for the address of a remote one could carry out
 * what the model has read.
 */
import type { RootContent } from "hast";
import { defaultSchema, type Schema } from "hast-util-sanitize";

export const schema: Schema = {
  ...defaultSchema,
  protocols: {
    ...defaultSchema.protocols,
    href: ["http", "https", "mailto"],
    src: ["http", "https", "data"],
  },
};

/** HTML in the text is words of the text. */
export function rawAsText(parent: { children: RootContent[] }): void {
  parent.children = parent.children.map((node) => {
    if ("children" in node) rawAsText(node);
    return (node.type as string) === "raw"
      ? { type: "text", value: (node as { value: string }).value }
      : node;
  });
}

const LINK = /^(?:https?:|mailto:|#)/i;
const IMAGE = /^https?:/i;
const INLINE_IMAGE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,/i;
/** Two megabytes, as base64. */
const LONGEST_INLINE = (2_000_000 * 4) / 3;

/** Takes the addresses away that may not be used, in what the sanitizer has let through. */
export function checkUrls(parent: { readonly children: readonly RootContent[] }): void {
  for (const node of parent.children) {
    if (node.type !== "element") continue;
    for (const attribute of ADDRESSES) {
      const address = node.properties[attribute];
      if (address !== undefined) node.properties[attribute] = urlOf(address, attribute);
    }
    checkUrls(node);
  }
}

/** The attributes with an address that the schema knows. */
const ADDRESSES = ["href", "src", "cite", "longDesc"] as const;

/** The address if it may be used in this attribute, else none. */
export function urlOf(url: string, attribute: string): string | undefined {
  if (attribute !== "src") return LINK.test(url) ? url : undefined;
  return IMAGE.test(url) || isInlineImage(url) ? url : undefined;
}

export function isInlineImage(url: string): boolean {
  return INLINE_IMAGE.test(url) && url.length <= LONGEST_INLINE;
}

/** Where an address leads; null when it is none, or not of the web. */
export function hostOf(url: string): string | null {
  try {
    const { host } = new URL(url);
    return host === "" ? null : host;
  } catch {
    return null;
  }
}
