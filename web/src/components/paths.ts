/**
 * The addresses of the page. The address alone says which session is open: it can be copied,
 * reloaded and gone back to.
 */
const segment = encodeURIComponent;

export const paths = {
  home: "/",
  agent: (agentId: string) => `/a/${segment(agentId)}`,
  session: (agentId: string, sessionId: string, turnId?: string, stepId?: string) => {
    const session = `/a/${segment(agentId)}/s/${segment(sessionId)}`;
    if (turnId === undefined) return session;
    const turn = `${session}?turn=${segment(turnId)}`;
    return stepId === undefined ? turn : `${turn}#step-${segment(stepId)}`;
  },
  settings: "/settings",
  appearance: "/settings/appearance",
  keyboard: "/settings/keyboard",
  models: "/settings/models",
  agents: "/settings/agents",
  newAgent: "/settings/agents/new",
  editAgent: (agentId: string) => `/settings/agents/${segment(agentId)}`,
  tools: "/settings/tools",
  shares: "/settings/shares",
  shared: "/share/:token",
  trash: "/settings/trash",
  data: "/settings/data",
  account: "/settings/account",
  users: "/settings/users",
  server: "/settings/server",
  setUp: "/set-up",
  about: "/settings/about",
} as const;
