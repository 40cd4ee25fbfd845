/** Each block of a text runs in the direction of its own first letter, and code from left to right. */
import type { Element, Root, RootContent } from "hast";

export function turn(tree: Root): void {
  for (const block of tree.children) if (block.type === "element") block.properties.dir = "auto";
  tree.children.forEach(turnCode);
}

function turnCode(node: RootContent): void {
  if (node.type !== "element") return;
  if (isCode(node)) node.properties.dir = "ltr";
  else node.children.forEach(turnCode);
}

const isCode = ({ tagName }: Element) => tagName === "code" || tagName === "pre";
