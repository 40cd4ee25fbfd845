/** Who may use an agent: the switch of its owner, the mark that others see, and what they read in place of its form. */
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import FormHelperText from "@mui/material/FormHelperText";
import Switch from "@mui/material/Switch";

import { useShareAgent, useSignInOptions } from "@/api/account-queries";
import type { Agent } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { t } from "@/i18n/settings";

/** Nothing where nobody signs in: there is nobody to share with. */
export function SharedSwitch({ agent }: { readonly agent: Agent }) {
  const { data: ways } = useSignInOptions();
  const share = useShareAgent();
  if (ways?.required !== true) return null;
  return (
    <Box sx={{ flexBasis: "100%" }}>
      <FormControlLabel
        label={t("agents.shared")}
        control={
          <Switch
            checked={agent.visibility === "shared"}
            disabled={share.isPending}
            onChange={(_, isShared) => share.mutate({ agentId: agent.agent_id, isShared })}
            slotProps={{ input: { "aria-describedby": "agent-shared-hint" } }}
          />
        }
      />
      <FormHelperText id="agent-shared-hint" error={share.error !== null}>
        {share.error === null ? t("agents.sharedHint") : reasonOf(share.error)}
      </FormHelperText>
    </Box>
  );
}
