/** What can be done with a turn that rests, besides reading and copying it. */
import Box from "@mui/material/Box";
import { Suspense, useState } from "react";

import type { Feedback, Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { late } from "@/components/late";
import { t } from "@/i18n";
import { ChevronRightIcon, EditIcon, MoreIcon, RetryIcon } from "@/icons/icons";

import type { Branches } from "../use-branches";
import { TurnFeedback } from "./turn-feedback";

const TurnMenu = late(async () => (await import("./turn-menu")).TurnMenu);

interface Props {
  readonly turn: Turn;
  readonly feedback: Feedback | null;
  /** The turns that stand in this place, in order; none when it is the only one. */
  readonly siblings: readonly string[];
  readonly branches: Branches;
  /** The agent works: until it has answered, nothing branches off. */
  readonly isBusy: boolean;
}

export function TurnTools(props: Props) {
  const { turn, feedback, siblings, branches, isBusy } = props;
  const { agentId } = branches;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      {turn.status === "completed" && ( // of others, the notice of how they ended offers it
        <ActionButton
          label={t("action.retry")}
          icon={<RetryIcon fontSize="inherit" />}
          disabled={isBusy}
          onClick={() => branches.retry(turn)}
          sx={TOOL}
        />
      )}
      <ActionButton
        label={t("branch.edit")}
        icon={<EditIcon fontSize="inherit" />}
        disabled={isBusy}
        onClick={() => branches.edit(turn)}
        sx={TOOL}
      />
      {siblings.length > 1 && <BranchSwitch {...props} />}
      {turn.completed_at !== null && turn.output_message.content !== "" && (
        <TurnFeedback turn={turn} feedback={feedback} agentId={agentId} />
      )}
      <ActionButton
        label={t("branch.more")}
        icon={<MoreIcon fontSize="inherit" />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onPointerEnter={TurnMenu.soon}
        onClick={(click) => setAnchor(click.currentTarget)}
        sx={TOOL}
      />
      {anchor && (
        <Suspense>
          <TurnMenu
            turn={turn}
            agentId={agentId}
            anchor={anchor}
            isBusy={isBusy}
            onClose={() => setAnchor(null)}
          />
        </Suspense>
      )}
    </>
  );
}

/** `‹ 2/3 ›`: round and round, so that no button goes away under whoever presses it. */
function BranchSwitch({ turn, siblings, branches, isBusy }: Props) {
  const n = siblings.indexOf(turn.turn_id) + 1;
  const step = (by: 1 | -1) => (
    <ActionButton
      label={t(by === 1 ? "branch.next" : "branch.previous")}
      icon={<ChevronRightIcon fontSize="inherit" sx={{ rotate: by === 1 ? "0deg" : "180deg" }} />}
      disabled={isBusy}
      onClick={() => branches.switchTo(besides(turn, siblings, by))}
      sx={TOOL}
    />
  );
  return (
    <Box
      role="group"
      aria-label={t("branch.switch", { n, count: siblings.length })}
      data-stays
      sx={SWITCH}
    >
      {step(-1)}
      <span aria-hidden>
        {n}/{siblings.length}
      </span>
      {step(1)}
    </Box>
  );
}

/** The turn that stands so many places further. */
export function besides({ turn_id: id }: Turn, siblings: readonly string[], by: 1 | -1): string {
  const place = (siblings.indexOf(id) + by + siblings.length) % siblings.length;
  return siblings[place] ?? id;
}

const TOOL = { fontSize: 18, color: "text.secondary" } as const;

const SWITCH = {
  display: "inline-flex",
  alignItems: "center",
  typography: "caption",
  color: "text.secondary",
  fontVariantNumeric: "tabular-nums",
} as const;
