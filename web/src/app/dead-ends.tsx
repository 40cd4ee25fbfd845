/** Pages that lead on from where there is nothing. They are loaded when somebody comes there. */
import Button from "@mui/material/Button";
import { Link } from "wouter";

import { EmptyState } from "@/components/empty-state";
import { paths } from "@/components/paths";
import { t } from "@/i18n/lost";
import { AgentIcon, SearchIcon } from "@/icons/icons";

import { PageHead } from "./page-head";
import { useDocumentTitle } from "@/components/use-document-title";

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
