/** Pages that lead on from where there is nothing. */
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";

import { isForbidden } from "@/api/errors";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { paths } from "@/components/paths";
import { t } from "@/i18n";
import { AgentIcon, PlugIcon, SearchIcon } from "@/icons/icons";

import { PageHead } from "./page-head";
import { useDocumentTitle } from "./use-document-title";

export function PageNotFound() {
  useDocumentTitle(t("notFound.title"));
  return (
    <>
      <PageHead />
      <EmptyState
        level="h1"
        icon={<SearchIcon fontSize="inherit" />}
        title={t("notFound.title")}
        actions={
          <Button component={Link} href={paths.home} variant="contained">
            {t("notFound.home")}
          </Button>
        }
      >
        {t("notFound.text")}
      </EmptyState>
    </>
  );
}

export function NoAgents() {
  useDocumentTitle(null);
  return (
    <>
      <PageHead />
      <EmptyState
        level="h1"
        icon={<AgentIcon fontSize="inherit" />}
        title={t("agents.none")}
        actions={
          <Button component={Link} href={paths.newAgent} variant="contained">
            {t("agents.create")}
          </Button>
        }
      >
        {t("agents.noneText")}
      </EmptyState>
    </>
  );
}

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
