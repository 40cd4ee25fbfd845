/** Definitions of links and footnotes: they are used in one block and stand in another. */
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

export function hasReferences(text: string): boolean {
  return DEFINITION.test(text);
}
