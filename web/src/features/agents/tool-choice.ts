/**
 * Which tools an agent is given: whole groups, or single tools as `group/tool`, with arguments of the
 * agent's own or without. Pure.
 *
 * The rule it keeps: what is chosen and not there at the moment stays chosen.
 */
import type { JsonObject } from "@/api/json";
import type { ToolgroupUse, ToolInfo } from "@/api/types";
import { type GroupOfTools, ownName } from "@/tools/tool-groups";

export type Uses = readonly ToolgroupUse[];

const nameOf = (use: ToolgroupUse): string => (typeof use === "string" ? use : use.name);
const groupOf = (use: ToolgroupUse): string => nameOf(use).split("/", 1)[0] ?? "";

const usesOf = (uses: Uses, { group }: GroupOfTools) =>
  uses.filter((use) => groupOf(use) === group.toolgroup_id);

/** The tools of a group that an agent has. */
export function chosenIn(uses: Uses, of: GroupOfTools): readonly ToolInfo[] {
  const names = usesOf(uses, of).map(nameOf);
  const id = of.group.toolgroup_id;
  if (names.includes(id)) return of.tools;
  return of.tools.filter((tool) =>
    [ownName(tool), tool.name].some((name) => names.includes(`${id}/${name}`)),
  );
}

/** Is the whole group chosen, with what it may have some day? */
export const isWhole = (uses: Uses, of: GroupOfTools): boolean =>
  usesOf(uses, of).some((use) => nameOf(use) === of.group.toolgroup_id);

/** What the agent itself says to each tool of the group. */
export function argsIn(uses: Uses, of: GroupOfTools): JsonObject {
  const [use] = usesOf(uses, of).filter((each) => typeof each !== "string");
  return use === undefined ? {} : (use.args as JsonObject);
}

/** Give an agent these tools of a group: as the whole of it if they are all, else one by one. */
export function choose(uses: Uses, of: GroupOfTools, chosen: readonly ToolInfo[]): Uses {
  const id = of.group.toolgroup_id;
  const isAll = chosen.length > 0 && chosen.length === of.tools.length;
  const names = isAll ? [id] : chosen.map((tool) => `${id}/${ownName(tool)}`);
  return replaced(uses, of, names, argsIn(uses, of));
}

/** Take a group, or leave it. */
export const chooseGroup = (uses: Uses, of: GroupOfTools, isOn: boolean): Uses =>
  replaced(uses, of, isOn ? [of.group.toolgroup_id] : [], argsIn(uses, of));

export const giveArgs = (uses: Uses, of: GroupOfTools, args: JsonObject): Uses =>
  replaced(uses, of, usesOf(uses, of).map(nameOf), args);

/** In the place where the group stood, or at the end. */
function replaced(uses: Uses, of: GroupOfTools, names: readonly string[], args: JsonObject): Uses {
  const hasArgs = Object.keys(args).length > 0;
  const fresh = names.map((name): ToolgroupUse => (hasArgs ? { name, args } : name));
  const at = uses.findIndex((use) => groupOf(use) === of.group.toolgroup_id);
  const others = uses.filter((use) => groupOf(use) !== of.group.toolgroup_id);
  return at === -1 ? [...others, ...fresh] : others.toSpliced(at, 0, ...fresh);
}

/** What is chosen of groups that are not there. */
export function goneUses(uses: Uses, groups: readonly GroupOfTools[]): readonly string[] {
  const there = new Set(groups.map(({ group }) => group.toolgroup_id));
  return uses.filter((use) => !there.has(groupOf(use))).map(nameOf);
}

export const without = (uses: Uses, name: string): Uses =>
  uses.filter((use) => nameOf(use) !== name);
