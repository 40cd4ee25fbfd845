/** The server does not answer: what says so has to be there already. */
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";

import { isForbidden } from "@/api/errors";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { t } from "@/i18n";
import { PlugIcon } from "@/icons/icons";

import { PageHead } from "./page-head";
import { useDocumentTitle } from "@/components/use-document-title";

export function Unreachable({ error }: { readonly error: Error }) {
  const client = useQueryClient();
  useDocumentTitle(null);
  return (
    <>
      <PageHead />
      <EmptyState
        level="h1"
        icon={<PlugIcon fontSize="inherit" />}
        title={t(isForbidden(error) ? "forbidden.page" : "connection.none")}
        actions={
          <Button variant="contained" onClick={() => void client.refetchQueries()}>
            {t("action.retry")}
          </Button>
        }
      >
        {reasonOf(error)}
      </EmptyState>
    </>
  );
}
