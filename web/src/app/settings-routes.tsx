/** The pages under /settings. They are loaded when somebody goes there. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { type ReactNode, Suspense } from "react";
import { Route, Switch } from "wouter";

import { late } from "@/components/late";
import { paths } from "@/components/paths";
import { TurnsSkeleton } from "@/components/skeletons";
import { AgentsPage } from "@/features/agents/agents-page";
import { AboutPage } from "@/features/settings/about-page";
import { GeneralPage } from "@/features/settings/general-page";
import { ModelsPage } from "@/features/settings/models-page";
import { type Section, SettingsNav } from "@/features/settings/settings-nav";
import { t } from "@/i18n/settings";

import { PageNotFound } from "./dead-ends";
import { useFrame } from "./frame-context";
import { PageHead } from "./page-head";
import { useDocumentTitle } from "@/components/use-document-title";

/** The form with its list of models is the heaviest of them. */
const NewAgent = late(async () => (await import("@/features/agents/agent-editor")).NewAgent);
const EditAgent = late(async () => (await import("@/features/agents/agent-editor")).EditAgent);
const ToolsPage = late(async () => (await import("@/features/toolgroups/tools-page")).ToolsPage);

/** It draws a piece of a talk. */
const AppearancePage = late(
  async () => (await import("@/features/settings/appearance-page")).AppearancePage,
);

const KeyboardPage = late(
  async () => (await import("@/features/settings/keyboard-page")).KeyboardPage,
);

const SharesPage = late(async () => (await import("@/features/shares/shares-page")).SharesPage);

const TrashPage = late(async () => (await import("@/features/keeping/trash-page")).TrashPage);
const DataPage = late(async () => (await import("@/features/keeping/data-page")).DataPage);

const AccountPage = late(async () => (await import("@/features/account/account-page")).AccountPage);
const UsersPage = late(async () => (await import("@/features/account/users-page")).UsersPage);

const ServerPage = late(async () => (await import("@/features/account/server-page")).ServerPage);

export function SettingsRoutes() {
  const { showShortcuts } = useFrame();
  return (
    <Switch>
      <Route path={paths.settings}>
        <Page section={paths.settings} title={t("settings.title")}>
          <GeneralPage onShowShortcuts={showShortcuts} />
        </Page>
      </Route>
      <Route path={paths.appearance}>
        <Page section={paths.appearance} title={t("settings.appearance")}>
          <AppearancePage />
        </Page>
      </Route>
      <Route path={paths.keyboard}>
        <Page section={paths.keyboard} title={t("keyboard.title")}>
          <KeyboardPage />
        </Page>
      </Route>
      <Route path={paths.agents}>
        <Page section={paths.agents} title={t("agents.title")}>
          <AgentsPage />
        </Page>
      </Route>
      <Route path={paths.newAgent}>
        <Page section={paths.agents} title={t("agents.new")}>
          <NewAgent />
        </Page>
      </Route>
      <Route path="/settings/agents/:agentId">
        {({ agentId }) => (
          <Page section={paths.agents} title={t("agents.editTitle")}>
            <EditAgent agentId={agentId} />
          </Page>
        )}
      </Route>
      <Route path={paths.models}>
        <Page section={paths.models} title={t("models.title")}>
          <ModelsPage />
        </Page>
      </Route>
      <Route path={paths.tools}>
        <Page section={paths.tools} title={t("tools.title")}>
          <ToolsPage />
        </Page>
      </Route>
      <Route path={paths.shares}>
        <Page section={paths.shares} title={t("shares.section")}>
          <SharesPage />
        </Page>
      </Route>
      <Route path={paths.trash}>
        <Page section={paths.trash} title={t("sessions.openTrash")}>
          <TrashPage />
        </Page>
      </Route>
      <Route path={paths.data}>
        <Page section={paths.data} title={t("settings.data")}>
          <DataPage />
        </Page>
      </Route>
      <Route path={paths.account}>
        <Page section={paths.account} title={t("settings.account")}>
          <AccountPage />
        </Page>
      </Route>
      <Route path={paths.users}>
        <Page section={paths.users} title={t("settings.users")}>
          <UsersPage />
        </Page>
      </Route>
      <Route path={paths.server}>
        <Page section={paths.server} title={t("settings.server")}>
          <ServerPage />
        </Page>
      </Route>
      <Route path={paths.about}>
        <Page section={paths.about} title={t("settings.about")}>
          <AboutPage />
        </Page>
      </Route>
      <Route>
        <PageNotFound />
      </Route>
    </Switch>
  );
}

interface PageProps {
  readonly section: Section;
  readonly title: string;
  readonly children: ReactNode;
}

function Page({ section, title, children }: PageProps) {
  useDocumentTitle(title);
  return (
    <>
      <PageHead>
        <SettingsNav section={section} />
      </PageHead>
      <Box sx={{ flex: 1, overflowY: "auto" }}>
        <Box sx={COLUMN}>
          <Typography variant="h1" sx={{ mb: 3 }}>
            {title}
          </Typography>
          <Suspense fallback={<TurnsSkeleton turns={1} />}>{children}</Suspense>
        </Box>
      </Box>
    </>
  );
}

/** Its words begin where the names of the pages above do. */
const COLUMN = { width: 1, maxWidth: 776, px: { xs: 2, sm: 3 }, pt: 3, pb: 6 } as const;
