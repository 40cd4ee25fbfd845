/**
 * What the agent did, in one line that unfolds to every step: "Worked 12.4s · 3 tools · 2,113 tokens".
 * While it works the line says at what, and for how long so far.
 *
 * The rule it keeps: the steps are loaded when somebody looks at them.
 */
import Box from "@mui/material/Box";
import { Suspense, useState } from "react";

import type { Turn } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { late } from "@/components/late";
import { formatDuration, t } from "@/i18n";
import { currentStep, isAtRest } from "@/turn/turn-status";

import { LivePeek } from "./live-peek";
import { currentActivity } from "./step-names";
import { tokenCount, toolCount, workDuration, workStartedAt } from "./turn-facts";
import { useNow } from "./use-now";

const Timeline = late(async () => (await import("./timeline")).Timeline);

/** After so long without an end a reader begins to wonder. */
const LONG_MS = 10_000;

export function StepSummary({ turn }: { readonly turn: Turn }) {
  const [isOpen, setOpen] = useState(false);
  const current = isAtRest(turn) ? undefined : currentStep(turn);
  if (turn.steps.length === 0 && isAtRest(turn)) return null;
  const summary = isAtRest(turn) ? <Worked turn={turn} /> : <Underway turn={turn} />;
  return (
    <Box
      data-steps
      sx={{
        maxWidth: 1,
        minWidth: 0,
        flex: "1 1 auto",
        typography: "body2",
        color: "text.secondary",
      }}
    >
      {turn.steps.length === 0 ? (
        <Box sx={{ minHeight: 28, display: "flex", alignItems: "center" }}>{summary}</Box>
      ) : (
        <Disclosure summary={summary} expanded={isOpen} onToggle={setOpen}>
          <Suspense>
            <Timeline steps={turn.steps} />
          </Suspense>
        </Disclosure>
      )}
      {!isOpen && current?.step_type === "tool_call" && <LivePeek step={current} />}
    </Box>
  );
}

function Worked({ turn }: { readonly turn: Turn }) {
  const duration = workDuration(turn);
  const tools = toolCount(turn);
  const tokens = tokenCount(turn);
  const facts = [
    duration === null
      ? t("turn.worked")
      : t("turn.workedFor", { duration: formatDuration(duration) }),
    ...(tools === 0 ? [] : [t("turn.tools", { count: tools })]),
    ...(tokens === null ? [] : [t("turn.tokens", { count: tokens })]),
  ];
  return <>{facts.join(" · ")}</>;
}

function Underway({ turn }: { readonly turn: Turn }) {
  return (
    <Box component="span" sx={{ display: "inline-flex", gap: 0.75, alignItems: "baseline" }}>
      <Box component="span" sx={SHIMMER}>
        {currentActivity(turn)}
      </Box>
      {turn.status === "running" && <Elapsed since={workStartedAt(turn)} />}
    </Box>
  );
}

/** Ticks by itself, so that nothing around it renders for it. */
function Elapsed({ since }: { readonly since: string }) {
  const ms = Math.max(0, useNow(100) - Date.parse(since));
  return (
    <Box component="span" sx={{ fontVariantNumeric: "tabular-nums" }}>
      {formatDuration(Math.floor(ms / 100) * 100)}
      {ms > LONG_MS && ` · ${t("turn.still")}`}
    </Box>
  );
}

const SHIMMER = {
  color: "text.primary",
  animation: "t-breathe 1.8s ease-in-out infinite",
  "@keyframes t-breathe": { "50%": { opacity: 0.55 } },
} as const;
