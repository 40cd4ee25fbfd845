/** Says that there is no AI here yet, and leads to the way to one. It can be sent away for this visit. */
import Button from "@mui/material/Button";
import { Suspense, useState } from "react";

import { useConfig } from "@/api/queries";
import type { Agent } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { late } from "@/components/late";
import { t } from "@/i18n";
import { CloseIcon, ModelIcon } from "@/icons/icons";

import { Banner } from "./banner";

const ConnectDialog = late(
  async () => (await import("@/features/settings/connect-dialog")).ConnectDialog,
);

const DISMISSED = "tertulia-demo-dismissed";

export function DemoBanner({ agent }: { readonly agent: Agent }) {
  const { data: config } = useConfig();
  const isDemo = config?.demo === true || agent.agent_config.model.startsWith("demo/");
  return isDemo ? <Demo /> : null;
}

/** Only here is asked what was said before: the browser has to fetch that. */
function Demo() {
  const [isDismissed, setDismissed] = useState(wasDismissed);
  const [isAsked, setAsked] = useState(false);
  if (isDismissed) return null;
  const dismiss = () => {
    setDismissed(true);
    try {
      sessionStorage.setItem(DISMISSED, "yes");
    } catch {
      // closed to us: it is away as long as the page is open
    }
  };
  return (
    <Banner
      icon={<ModelIcon fontSize="small" />}
      action={
        <>
          <Button size="small" color="inherit" onClick={() => setAsked(true)} sx={{ flex: "none" }}>
            {t("demo.connect")}
          </Button>
          <ActionButton
            label={t("action.dismiss")}
            icon={<CloseIcon sx={{ fontSize: 18 }} />}
            onClick={dismiss}
          />
        </>
      }
    >
      {t("demo.text")}
      {isAsked && (
        <Suspense>
          <ConnectDialog open onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </Banner>
  );
}

function wasDismissed(): boolean {
  try {
    return sessionStorage.getItem(DISMISSED) !== null;
  } catch {
    return false; // closed to us
  }
}
