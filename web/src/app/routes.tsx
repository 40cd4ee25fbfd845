/** Which page stands at which address. */
import { Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";
import { Redirect, Route, Switch, useLocation } from "wouter";

import { useAgents, useConfig } from "@/api/queries";
import { late } from "@/components/late";
import { paths } from "@/components/paths";
import { TurnsSkeleton } from "@/components/skeletons";
import { usePreference } from "@/components/use-preference";

import { BrokenPage } from "./broken-page";
import { Frame } from "./frame";
import { TALK, usePlace } from "./place";
import { TalkPage } from "./talk-page";
import { Unreachable } from "./unreachable";

const PageNotFound = late(async () => (await import("./dead-ends")).PageNotFound);
const NoAgents = late(async () => (await import("./dead-ends")).NoAgents);
const SettingsRoutes = late(async () => (await import("./settings-routes")).SettingsRoutes);

export function Routes() {
  const { agentId, sessionId } = usePlace();
  const { agentId: usual } = useUsualAgent();
  const [location] = useLocation();
  return (
    <Frame agentId={agentId ?? usual}>
      <ErrorBoundary FallbackComponent={BrokenPage} resetKeys={[location]}>
        <Switch>
          <Route path={paths.home}>
            <Home />
          </Route>
          <Route path={TALK}>
            {agentId !== null && <TalkPage agentId={agentId} sessionId={sessionId} />}
          </Route>
          <Route path="/settings/*?">
            <Suspense fallback={<TurnsSkeleton />}>
              <SettingsRoutes />
            </Suspense>
          </Route>
          <Route>
            <Suspense>
              <PageNotFound />
            </Suspense>
          </Route>
        </Switch>
      </ErrorBoundary>
    </Frame>
  );
}

/** The agent of the last session, else the server's default, else the first there is. */
function useUsualAgent() {
  const last = usePreference("lastAgentId");
  const { data: agents, error } = useAgents();
  const { data: config, isPending } = useConfig();
  if (agents === undefined || isPending) return { agentId: null, isEmpty: false, error };
  const isThere = (id: string | undefined | null) => agents.some((agent) => agent.agent_id === id);
  const agentId = [last, config?.default_agent_id].find(isThere) ?? agents[0]?.agent_id ?? null;
  return { agentId, isEmpty: agents.length === 0, error: null };
}

function Home() {
  const { agentId, isEmpty, error } = useUsualAgent();
  if (agentId !== null) return <Redirect to={paths.agent(agentId)} replace />;
  if (isEmpty)
    return (
      <Suspense>
        <NoAgents />
      </Suspense>
    );
  return error === null ? <TurnsSkeleton turns={0} /> : <Unreachable error={error} />;
}
