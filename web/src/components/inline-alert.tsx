/**
 * Something is wrong or worth knowing, said where it matters.
 *
 * It is silent to screen readers unless `announced`: what appears while somebody reads is announced,
 * what was there when the page opened is not.
 */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import { ErrorIcon, InfoIcon, SuccessIcon, WarningIcon } from "@/icons/icons";

export type Severity = "error" | "warning" | "info" | "success";

const ICONS = { error: ErrorIcon, warning: WarningIcon, info: InfoIcon, success: SuccessIcon };

interface InlineAlertProps {
  readonly severity: Severity;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly announced?: boolean;
}

export function InlineAlert({ severity, title, children, actions, announced }: InlineAlertProps) {
  const Icon = ICONS[severity];
  return (
    <Box
      {...(announced === true && { role: severity === "error" ? "alert" : "status" })}
      sx={(theme) => ({
        display: "flex",
        flexWrap: "wrap",
        alignItems: "flex-start",
        gap: 1,
        px: 1.5,
        py: 1.25,
        border: `1px solid rgb(${theme.vars.palette[severity].mainChannel} / 0.4)`,
        borderRadius: 1,
        backgroundColor: `rgb(${theme.vars.palette[severity].mainChannel} / 0.07)`,
      })}
    >
      <Icon sx={{ fontSize: 20, color: `${severity}.main`, mt: "1px" }} />
      <Box sx={{ flex: "1 1 12rem", minWidth: 0, overflowWrap: "anywhere" }}>
        <Typography variant="body2" component="div" sx={{ fontWeight: 550 }}>
          {title}
        </Typography>
        {children !== undefined && (
          <Typography variant="body2" component="div" sx={REASON}>
            {children}
          </Typography>
        )}
      </Box>
      {actions !== undefined && (
        <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignSelf: "center" }}>{actions}</Box>
      )}
    </Box>
  );
}

/** What the server says may be of another direction than the page. */
const REASON = { color: "text.secondary", unicodeBidi: "plaintext" } as const;
