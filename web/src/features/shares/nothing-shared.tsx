/** A link that shows nothing: it is over, it never was, or the server does not answer. */
import Button from "@mui/material/Button";
import { Link } from "wouter";

import { isApiError, isNotFound } from "@/api/errors";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { paths } from "@/components/paths";
import { t } from "@/i18n/shares";
import { ClockIcon, PlugIcon, SearchIcon } from "@/icons/icons";

interface Props {
  readonly error: Error;
  readonly onRetry: () => void;
}

export function NothingShared({ error, onRetry }: Props) {
  const home = (
    <Button component={Link} href={paths.home} variant="outlined" color="inherit">
      {t("notFound.home")}
    </Button>
  );
  if (isApiError(error) && error.status === 410)
    return (
      <EmptyState
        level="h1"
        icon={<ClockIcon fontSize="inherit" />}
        title={t("shared.gone")}
        actions={home}
      >
        {t("shared.goneText")}
      </EmptyState>
    );
  if (isNotFound(error))
    return (
      <EmptyState
        level="h1"
        icon={<SearchIcon fontSize="inherit" />}
        title={t("shared.notFound")}
        actions={home}
      >
        {t("shared.notFoundText")}
      </EmptyState>
    );
  return (
    <EmptyState
      level="h1"
      icon={<PlugIcon fontSize="inherit" />}
      title={t("shared.notLoaded")}
      actions={
        <Button variant="contained" onClick={onRetry}>
          {t("action.retry")}
        </Button>
      }
    >
      {reasonOf(error)}
    </EmptyState>
  );
}
