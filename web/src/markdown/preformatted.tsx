/** Code that stands within something else, as in a list. */
import type { ComponentProps } from "react";

import { FencedCode } from "./fenced-code";
import { textOf } from "./hast-text";
import type { ExtraProps } from "./to-react";

const LANGUAGE = /^language-(.+)$/;

export function Preformatted({ node }: ComponentProps<"pre"> & ExtraProps) {
  const [code] = node?.children ?? [];
  if (code?.type !== "element") return null;
  const classes = [code.properties.className ?? []].flat().map(String);
  const language = classes.map((name) => LANGUAGE.exec(name)?.[1]).find(Boolean) ?? "";
  return <FencedCode code={textOf(code.children)} language={language} />;
}
