/** Groups with their tools. Pure. */
import type { Toolgroup, ToolInfo } from "@/api/types";

export interface GroupOfTools {
  readonly group: Toolgroup;
  readonly tools: readonly ToolInfo[];
}

/** Those of MCP servers come after those of this server; within a group the tools stand as it lists them. */
export function withTools(
  groups: readonly Toolgroup[],
  tools: readonly ToolInfo[],
): readonly GroupOfTools[] {
  return groups.map((group) => ({
    group,
    tools: tools.filter(({ toolgroup }) => toolgroup === group.toolgroup_id),
  }));
}

/** What people call a group: its own name, without whose it is. */
export const groupName = (id: string) => id.replace(/^builtin::/, "");

/** What a tool is called within its group. */
export const ownName = ({ name, own_name: own }: ToolInfo) => own ?? name;
