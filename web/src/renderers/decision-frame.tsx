/**
 * The frame of a card on which a person decides: which tool it is about, what is asked, and why the
 * last decision did not arrive.
 *
 * The rule it keeps: A and D decide only while the focus is on the card, never where somebody types
 * (WCAG 2.1.4).
 */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { KeyboardEvent, ReactNode, SubmitEvent } from "react";

import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { SHORTCUTS } from "@/components/shortcuts";
import { isMeant } from "@/components/use-shortcut";
import { t } from "@/i18n/tools";
import { InfoIcon, ToolIcon } from "@/icons/icons";
import { MONO } from "@/theme/theme";

import type { Deciding } from "./use-decision";

interface Props {
  readonly tool: string;
  readonly title: string;
  readonly deciding: Deciding;
  /** What is wrong is said at the fields. */
  readonly isPlaced?: boolean;
  readonly isQuestion?: boolean;
  readonly onApprove: () => void;
  /** By the letter D; where somebody answers there is none. */
  readonly onDeny?: () => void;
  readonly children: ReactNode;
}

export function DecisionFrame(props: Props) {
  const { tool, title, deciding, isPlaced = false, isQuestion = false, children } = props;
  const { onApprove, onDeny } = props;
  const onKeyDown = (press: KeyboardEvent) => {
    if (onDeny === undefined || isWriting(press.target)) return;
    const isApproved = isMeant(press, SHORTCUTS.approve);
    if (!isApproved && !isMeant(press, SHORTCUTS.deny)) return;
    press.preventDefault(); // the letter must not land in a field that opens by it
    (isApproved ? onApprove : onDeny)();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onApprove();
  };
  const Icon = isQuestion ? InfoIcon : ToolIcon;
  const label = isQuestion ? t("decision.questionLabel", { tool }) : t("decision.label", { tool });
  return (
    <Box id={deciding.cardId} role="group" aria-label={label} onKeyDown={onKeyDown} sx={CARD}>
      <Box sx={{ display: "flex", gap: 1, alignItems: "flex-start" }}>
        <Icon sx={{ fontSize: 20, color: "secondary.main", mt: "2px" }} />
        <Box sx={{ minWidth: 0, flex: 1, overflowWrap: "anywhere" }}>
          <Typography
            component="h3"
            sx={{ fontFamily: MONO, fontSize: "0.875rem", fontWeight: 600 }}
          >
            {tool}
          </Typography>
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {title}
          </Typography>
        </Box>
      </Box>
      <Box component="form" noValidate onSubmit={submit} sx={{ display: "grid", gap: 1.5 }}>
        {children}
        {deciding.error !== null && !isPlaced && (
          <InlineAlert
            severity="error"
            title={t("decision.failed", { reason: reasonOf(deciding.error) })}
            announced
          />
        )}
      </Box>
    </Box>
  );
}

const isWriting = (target: EventTarget) =>
  target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select");

const CARD = {
  display: "grid",
  gap: 1.5,
  minWidth: 0,
  p: { xs: 1.5, sm: 2 },
  border: "1px solid rgb(var(--t-palette-secondary-mainChannel) / 0.65)",
  borderRadius: "12px",
  bgcolor: "background.paper",
  boxShadow: 1,
} as const;

/** The row of what can be done. */
export const ACTIONS = { display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 } as const;

/** What is long scrolls within the card: the buttons stay in sight. */
export const SCROLLING = { maxHeight: "min(50vh, 420px)", overflowY: "auto", minWidth: 0 } as const;
