/** The server's endpoints of tools and of their groups, as functions. See `client.ts` for the rules. */
import { asBody, server, until, valueOf } from "./client";
import type { JsonObject } from "./json";
import type { NewToolgroup, Toolgroup, ToolgroupPage, ToolInfo, ToolOutcome } from "./types";

/** Every tool that agents can be given. */
export async function listTools(signal?: AbortSignal): Promise<readonly ToolInfo[]> {
  const { tools } = await valueOf<{ readonly tools: readonly ToolInfo[] }>(
    server.GET("/v1/tools", until(signal)),
    signal,
  );
  return tools;
}

/** Every group, page by page: there are few. */
export async function listToolgroups(signal?: AbortSignal): Promise<readonly Toolgroup[]> {
  const groups: Toolgroup[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: 200, ...(cursor !== null && { cursor }) };
    const answer = server.GET("/v1/toolgroups", { params: { query }, ...until(signal) });
    const page: ToolgroupPage = await valueOf<ToolgroupPage>(answer, signal);
    groups.push(...page.toolgroups);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return groups;
}

const groupPath = (id: string) => ({ params: { path: { toolgroup_id: id } } });

export const registerToolgroup = (group: NewToolgroup) =>
  valueOf<Toolgroup>(server.POST("/v1/toolgroups", { body: asBody(group) }));

export const removeToolgroup = (id: string) =>
  valueOf<undefined>(server.DELETE("/v1/toolgroups/{toolgroup_id}", groupPath(id)));

/** Accept its tools as they were when they were looked at, which `listing` stands for. */
export const acceptToolgroup = ({ toolgroup_id: id, listing }: Toolgroup) =>
  valueOf<Toolgroup>(
    server.POST("/v1/toolgroups/{toolgroup_id}/accept", {
      ...groupPath(id),
      body: asBody({ listing }),
    }),
  );

/** Call a tool without any agent; that it fails is an answer, too. */
export const callTool = (name: string, args: JsonObject) =>
  valueOf<ToolOutcome>(
    server.POST("/v1/tools/{tool_name}/call", {
      params: { path: { tool_name: name } },
      body: asBody({ arguments: args }),
    }),
  );
