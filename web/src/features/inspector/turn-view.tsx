/** One turn in the inspector: its timeline, and below it the part that was chosen. */
import Box from "@mui/material/Box";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import { type ReactNode, useId, useState } from "react";

import type { TurnPlace } from "@/api/client";
import type { Step, Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { copyText } from "@/components/clipboard";
import { paths } from "@/components/paths";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/inspector";
import { ChevronRightIcon, LinkIcon } from "@/icons/icons";
import { workDuration } from "@/renderers/turn-facts";

import { CurlPart } from "./curl-part";
import { EventsPart } from "./events-part";
import { PaneHead } from "./pane-head";
import { ReplayPart } from "./replay-part";
import { RequestPart } from "./request-part";
import { ResponsePart } from "./response-part";
import type { Pointing } from "./sought-turn";
import { TimelinePart } from "./timeline-part";
import { useCalmTurn } from "./use-calm-turn";

const PARTS = ["request", "response", "events", "curl", "replay"] as const;
type Part = (typeof PARTS)[number];

interface Props extends Pointing {
  readonly place: TurnPlace;
  readonly snapshot: Turn;
  readonly nextId: string | null;
}

export function TurnView({ place, snapshot, nextId, stepId, onPoint, onClose }: Props) {
  const turn = useCalmTurn(snapshot);
  const [part, setPart] = useState<Part>("response");
  const id = useId();
  const step = turn.steps.find((each) => each.step_id === stepId) ?? turn.steps.at(-1);
  const go = (to: string | null) => to !== null && onPoint(to, null);
  return (
    <>
      <PaneHead title={t("inspector.turn", { n: turn.n })} note={noteOf(turn)} onClose={onClose}>
        <ActionButton
          label={t("inspector.previous")}
          icon={<ChevronRightIcon sx={BACK} />}
          disabled={turn.parent_turn_id === null}
          onClick={() => go(turn.parent_turn_id)}
        />
        <ActionButton
          label={t("inspector.next")}
          icon={<ChevronRightIcon sx={FORWARD} />}
          disabled={nextId === null}
          onClick={() => go(nextId)}
        />
        <ActionButton
          label={t("inspector.link")}
          icon={<LinkIcon sx={{ fontSize: 18 }} />}
          onClick={() => void copyText(linkTo(place, step), t("inspector.linkCopied"))}
        />
      </PaneHead>
      <TimelinePart
        turn={turn}
        selected={step?.step_id ?? null}
        onSelect={(chosen) => onPoint(turn.turn_id, chosen)}
      />
      <Tabs
        value={part}
        onChange={(_, chosen: Part) => setPart(chosen)}
        aria-label={t("inspector.parts")}
        variant="scrollable"
        scrollButtons={false}
        sx={TABS}
      >
        {PARTS.map((each) => (
          <Tab
            key={each}
            value={each}
            label={t(`part.${each}`)}
            id={`${id}-${each}`}
            aria-controls={`${id}-panel`}
          />
        ))}
      </Tabs>
      {/* What scrolls can be reached by the keyboard, also where nothing in it can. */}
      <Box
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${part}`}
        tabIndex={0}
        sx={PANEL}
      >
        {partOf({ part, place, turn, step })}
      </Box>
    </>
  );
}

interface Shown {
  readonly part: Part;
  readonly place: TurnPlace;
  readonly turn: Turn;
  readonly step: Step | undefined;
}

function partOf({ part, place, turn, step }: Shown): ReactNode {
  switch (part) {
    case "request":
      return step ? <RequestPart key={step.step_id} place={place} step={step} /> : <NoStep />;
    case "response":
      return step ? <ResponsePart key={step.step_id} turn={turn} step={step} /> : <NoStep />;
    case "events":
      return <EventsPart place={place} turn={turn} />;
    case "curl":
      return <CurlPart place={place} turn={turn} step={step} />;
    case "replay":
      return <ReplayPart place={place} turn={turn} />;
    default:
      part satisfies never;
      return null;
  }
}

function NoStep() {
  return <Box sx={{ color: "text.secondary", typography: "body2" }}>{t("timeline.none")}</Box>;
}

function noteOf(turn: Turn): string {
  const duration = workDuration(turn);
  return [
    t(`inspector.status.${turn.status}`),
    ...(duration === null ? [] : [formatDuration(duration)]),
  ].join(" · ");
}

const linkTo = ({ agentId, sessionId, turnId }: TurnPlace, step: Step | undefined) =>
  location.origin + paths.session(agentId, sessionId, turnId, step?.step_id);

const FORWARD = { fontSize: 18, ":dir(rtl) &": { scale: "-1 1" } } as const;
const BACK = { fontSize: 18, scale: "-1 1", ":dir(rtl) &": { scale: "none" } } as const;

const TABS = {
  flex: "none",
  minHeight: 38,
  px: 1,
  borderBlockEnd: "1px solid",
  borderColor: "divider",
  "& .MuiTab-root": { minHeight: 38, minWidth: 0, px: 1.25, py: 0, typography: "body2" },
  "& .MuiTab-root.Mui-selected": { fontWeight: 550 },
  "@media (pointer: coarse)": { "& .MuiTab-root": { minHeight: 44 } },
} as const;

const PANEL = {
  flex: 1,
  minHeight: 0,
  overflowY: "auto",
  overscrollBehavior: "contain",
  px: 2,
  py: 1.5,
  "&:focus-visible": { outline: "2px solid", outlineColor: "primary.main", outlineOffset: -2 },
} as const;
