/**
 * What a tool puts out while it runs. It stays at the end until its reader scrolls up.
 *
 * The rule it keeps: it is silent to screen readers, who can go there and read.
 */
import Box from "@mui/material/Box";
import { useLayoutEffect, useRef } from "react";

import type { ToolCallStep } from "@/api/types";
import { t } from "@/i18n/tools";
import { useLiveOutput } from "@/turn";

import { SectionHead } from "./tool-arguments";
import { TEXT } from "./tool-output";

/** So near to the end one means the end. */
const NEAR_PX = 24;

export function LiveToolOutput({ step }: { readonly step: ToolCallStep }) {
  const text = useLiveOutput(step.turn_id, step.step_id);
  const box = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (follows.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (text === "") return null;
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current ?? NOWHERE;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  const label = t("tool.soFar");
  return (
    <section>
      <SectionHead title={label} />
      <Box
        ref={box}
        component="pre"
        role="region"
        tabIndex={0}
        aria-label={label}
        onScroll={onScroll}
        sx={LIVE}
      >
        {text}
      </Box>
    </section>
  );
}

const NOWHERE = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };

const LIVE = {
  ...TEXT,
  maxHeight: 240,
  overflowY: "auto",
  overscrollBehavior: "contain",
  px: 1,
  py: 0.75,
  borderRadius: 1,
  bgcolor: "surface.raised",
} as const;
