/** The way to a session's links; what makes them is loaded when it is gone. */
import { Suspense, useState } from "react";

import type { Session } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { late } from "@/components/late";
import { useOffer } from "@/components/offers";
import { t } from "@/i18n";
import { ShareIcon } from "@/icons/icons";

const ShareDialog = late(async () => (await import("./share-dialog")).ShareDialog);

export function ShareButton({ session }: { readonly session: Session }) {
  const [isOpen, setOpen] = useState(false);
  useOffer("share", () => setOpen(true));
  return (
    <>
      <ActionButton
        label={t("share.open")}
        icon={<ShareIcon sx={{ fontSize: 20 }} />}
        aria-haspopup="dialog"
        onPointerEnter={ShareDialog.soon}
        onClick={() => setOpen(true)}
      />
      {isOpen && (
        <Suspense>
          <ShareDialog session={session} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
