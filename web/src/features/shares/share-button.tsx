/** The way to a session's links; what makes them is loaded when it is gone. */
import { lazy, Suspense, useState } from "react";

import type { Session } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { useOffer } from "@/components/offers";
import { t } from "@/i18n";
import { ShareIcon } from "@/icons/icons";

const load = () => import("./share-dialog");
const ShareDialog = lazy(async () => ({ default: (await load()).ShareDialog }));

export function ShareButton({ session }: { readonly session: Session }) {
  const [isOpen, setOpen] = useState(false);
  useOffer("share", () => setOpen(true));
  return (
    <>
      <ActionButton
        label={t("share.open")}
        icon={<ShareIcon sx={{ fontSize: 20 }} />}
        aria-haspopup="dialog"
        onPointerEnter={() => void load()}
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
