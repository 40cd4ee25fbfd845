/** Why something was not taken or cannot be sent, said over the composer until it is seen. */
import Box from "@mui/material/Box";

import { ActionButton } from "@/components/action-button";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n";
import { CloseIcon } from "@/icons/icons";

interface Props {
  readonly problems: readonly string[];
  readonly onDismiss: () => void;
}

export function Problems({ problems, onDismiss }: Props) {
  if (problems.length === 0) return null;
  return (
    <Box sx={{ pt: 0.75 }}>
      <InlineAlert
        severity="warning"
        announced
        title={
          <Box sx={{ display: "flex", alignItems: "start", gap: 1 }}>
            <Box sx={{ flex: 1, minWidth: 0 }}>
              {problems.map((problem) => (
                <div key={problem}>{problem}</div>
              ))}
            </Box>
            <ActionButton
              label={t("action.dismiss")}
              icon={<CloseIcon fontSize="small" />}
              tooltip="top"
              onClick={onDismiss}
              sx={{ my: -0.5 }}
            />
          </Box>
        }
      />
    </Box>
  );
}
