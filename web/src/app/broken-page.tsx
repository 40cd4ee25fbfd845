/** When drawing something has failed: what it was, and two ways on. What was written is stored. */
import Button from "@mui/material/Button";
import type { FallbackProps } from "react-error-boundary";

import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { t } from "@/i18n";
import { WarningIcon } from "@/icons/icons";

export function BrokenPage({ error, resetErrorBoundary }: FallbackProps) {
  return (
    <main style={{ display: "grid", minHeight: "60dvh" }}>
      <EmptyState
        level="h1"
        icon={<WarningIcon fontSize="inherit" />}
        title={t("broken.title")}
        actions={
          <>
            <Button variant="contained" onClick={resetErrorBoundary}>
              {t("action.retry")}
            </Button>
            <Button color="inherit" onClick={() => location.reload()}>
              {t("broken.reload")}
            </Button>
          </>
        }
      >
        {reasonOf(error)}
      </EmptyState>
    </main>
  );
}
