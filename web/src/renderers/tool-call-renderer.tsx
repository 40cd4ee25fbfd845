/**
 * A tool call in a line that unfolds: which tool, how it stands, how long it took. Failed ones are
 * open by themselves.
 *
 * The rule it keeps: what was asked and what came back is loaded when somebody looks at it.
 */
import { Suspense } from "react";

import type { ToolCall, ToolCallStep } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { late } from "@/components/late";
import { ToolIcon } from "@/icons/icons";

import { StepLine } from "./step-line";
import { useExpanded } from "./use-expanded";

const ToolCallBody = late(async () => (await import("./tool-call-body")).ToolCallBody);

interface Props {
  readonly toolCall: ToolCall;
  /** The step that ran it; a call that only stands on a message has none. */
  readonly step?: ToolCallStep;
}

export function ToolCallRenderer({ toolCall, step }: Props) {
  const isDenied = step?.approval === "denied";
  const hasFailed = step?.status === "failed" || step?.tool_response?.is_error === true;
  const open = useExpanded(hasFailed && !isDenied);
  return (
    <Disclosure
      {...open}
      summary={
        <StepLine
          icon={<ToolIcon fontSize="inherit" />}
          name={toolCall.tool_name}
          step={step}
          hasFailed={hasFailed && !isDenied}
        />
      }
    >
      <Suspense>
        <ToolCallBody toolCall={toolCall} step={step} />
      </Suspense>
    </Disclosure>
  );
}
