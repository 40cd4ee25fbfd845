/**
 * The name of a file as it can be trusted.
 *
 * The rule it keeps: what cannot be seen or turns writing round is shown as what it is:
 * `invoice\u202Efdp.exe`.
 */

/** Controls, separators of lines, zero widths, and marks that change the direction of writing. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

export const shownName = (name: string): string =>
  name.replace(HIDDEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
