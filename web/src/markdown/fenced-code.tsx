/** Code as it stands in a fence, or the diagram that it says. What shows diagrams comes with the first; until then, and should it not come, the code stands there. */
import { lazy, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";

import { CodeBlock, type CodeBlockProps } from "./code-block";

const Diagram = lazy(() => import("./diagram"));

export function FencedCode(props: CodeBlockProps) {
  const code = <CodeBlock {...props} />;
  if (props.isOpen || props.language !== "mermaid") return code;
  return (
    <ErrorBoundary fallback={code}>
      <Suspense fallback={code}>
        <Diagram code={props.code} />
      </Suspense>
    </ErrorBoundary>
  );
}
