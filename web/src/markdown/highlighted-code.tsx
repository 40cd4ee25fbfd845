/** Code in colours; plain until they are there, and where there are none. */
import type { Root, RootContent } from "hast";
import { type ReactNode, useEffect, useState } from "react";

import { colours, knownColours } from "./highlighter";

interface Props {
  readonly code: string;
  readonly language: string;
}

export function HighlightedCode({ code, language }: Props) {
  const root = useColours(code, language);
  return root === null ? code : root.children.map(drawn);
}

function useColours(code: string, language: string): Root | null {
  const [made, setMade] = useState<{ readonly code: string; readonly root: Root | null }>();
  useEffect(() => {
    let isWanted = true;
    void colours(code, language).then((root) => {
      if (isWanted) setMade({ code, root });
    });
    return () => {
      isWanted = false;
    };
  }, [code, language]);
  return made?.code === code ? made.root : knownColours(code, language);
}

function drawn(node: RootContent, place: number): ReactNode {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return null;
  const names = [node.properties.className ?? []].flat().join(" ");
  return (
    <span key={place} className={names}>
      {node.children.map(drawn)}
    </span>
  );
}
