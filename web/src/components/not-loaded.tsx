/** Something did not come from the server: what, why, and a way to ask again. */
import Button from "@mui/material/Button";

import { t } from "@/i18n";

import { reasonOf } from "./error-text";
import { InlineAlert } from "./inline-alert";

interface NotLoadedProps {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry: () => unknown;
}

export function NotLoaded({ title, error, onRetry }: NotLoadedProps) {
  return (
    <InlineAlert
      severity="error"
      title={title}
      announced
      actions={
        <Button size="small" color="inherit" onClick={() => void onRetry()}>
          {t("action.retry")}
        </Button>
      }
    >
      {reasonOf(error)}
    </InlineAlert>
  );
}
