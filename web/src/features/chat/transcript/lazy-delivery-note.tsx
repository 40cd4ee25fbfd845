/**
 * How it stands with a message on its way, fetched when somebody begins to write.
 *
 * The rule it keeps: what is said about a message that cannot be sent needs nothing that has to be
 * fetched, since then there may be no network to fetch it by.
 */
import Box from "@mui/material/Box";
import { type ComponentProps, lazy, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";

import { t } from "@/i18n";

import type { DeliveryNote } from "./delivery-note";

const load = () => import("./delivery-note");
const Note = lazy(async () => ({ default: (await load()).DeliveryNote }));

/** Who presses a key may be about to write. */
addEventListener("keydown", () => void load().catch(() => undefined), { once: true });

export function LazyDeliveryNote(props: ComponentProps<typeof DeliveryNote>) {
  return (
    <ErrorBoundary fallback={<Box sx={WORDS}>{t("delivery.waiting")}</Box>}>
      <Suspense>
        <Note {...props} />
      </Suspense>
    </ErrorBoundary>
  );
}

const WORDS = { typography: "caption", color: "text.secondary" } as const;
