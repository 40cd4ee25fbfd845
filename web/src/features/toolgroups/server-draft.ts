/** An MCP server while somebody writes down where it is and how it is reached. Pure. */
import type { ApprovalRule, FieldError, NewToolgroup } from "@/api/types";
import { t } from "@/i18n/tools";

export type Way = "uri" | "command";

export interface ServerDraft {
  readonly name: string;
  readonly way: Way;
  readonly uri: string;
  readonly authorization: string;
  /** One a line, as `Name: value`. */
  readonly headers: string;
  readonly command: string;
  /** One a line. */
  readonly args: string;
  /** One a line, as `NAME=value`. */
  readonly env: string;
  readonly approval: ApprovalRule;
}

export type ServerField = keyof ServerDraft;
export type ServerProblems = Readonly<Partial<Record<ServerField, string>>>;

export const EMPTY: ServerDraft = {
  name: "",
  way: "uri",
  uri: "",
  authorization: "",
  headers: "",
  command: "",
  args: "",
  env: "",
  approval: "first_time",
};

export function groupOf(draft: ServerDraft): NewToolgroup {
  const { name, way, approval } = draft;
  const toolgroup_id = name.trim();
  if (way === "command")
    return {
      toolgroup_id,
      approval,
      mcp_endpoint: {
        command: draft.command.trim(),
        args: linesOf(draft.args),
        env: pairsOf(draft.env, "="),
      },
    };
  const authorization = draft.authorization.trim();
  return {
    toolgroup_id,
    approval,
    mcp_endpoint: { uri: draft.uri.trim() },
    headers: pairsOf(draft.headers, ":"),
    ...(authorization !== "" && { authorization }),
  };
}

const linesOf = (text: string) => text.split("\n").flatMap((line) => line.trim() || []);

function pairsOf(text: string, divider: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const at = line.indexOf(divider);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;

/** What the page can see by itself; the server has the last word (`problemsFrom`). */
export function problemsIn(draft: ServerDraft): ServerProblems {
  const isUri = draft.way === "uri";
  const isWeb = /^https?:/.test(draft.uri.trim()) && URL.canParse(draft.uri.trim());
  const found: [ServerField, string | null][] = [
    ["name", NAME.test(draft.name.trim()) ? null : t("tools.problem.name")],
    ["uri", !isUri || isWeb ? null : t("tools.problem.uri")],
    ["command", isUri || draft.command.trim() !== "" ? null : t("tools.problem.command")],
    ["headers", areAll(draft.headers, /^[^:\s]+\s*:/) ? null : t("tools.problem.headers")],
    ["env", areAll(draft.env, /^[^=\s]+=/) ? null : t("tools.problem.env")],
  ];
  return Object.fromEntries(found.filter(([, problem]) => problem !== null));
}

const areAll = (text: string, form: RegExp) => linesOf(text).every((line) => form.test(line));

const FIELD_OF: Readonly<Record<string, ServerField>> = {
  toolgroup_id: "name",
  uri: "uri",
  command: "command",
  args: "args",
  env: "env",
  headers: "headers",
  authorization: "authorization",
  approval: "approval",
};

/** The server's objections, each at the field that its JSON pointer names; others are left out. */
export function problemsFrom(errors: readonly FieldError[]): ServerProblems {
  const found = errors.flatMap(({ pointer, detail }) => {
    const field = pointer.split("/").flatMap((part) => FIELD_OF[part] ?? []);
    return field[0] === undefined ? [] : [[field[0], detail] as const];
  });
  return Object.fromEntries(found);
}
