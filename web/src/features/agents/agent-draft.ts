/**
 * An agent while somebody writes it: what stands in the fields, what is wrong with it, and what of
 * it the server is told. Pure.
 */
import type {
  AgentConfig,
  AgentConfigInput,
  AgentConfigPatch,
  FieldError,
  ToolgroupUse,
} from "@/api/types";
import { t } from "@/i18n/settings";

/** Every value as its field has it. Empty: left to the model server, or to Tertulia. */
export interface AgentDraft {
  readonly name: string;
  readonly description: string;
  readonly model: string;
  readonly instructions: string;
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly maxSteps: string;
  /** One a line. */
  readonly starters: string;
  readonly tools: readonly ToolgroupUse[];
  /** How long its sessions stay; null: as the server says. */
  readonly retention: AgentConfig["retention"];
}

/** What is written into a field of text. */
export type DraftField = Exclude<keyof AgentDraft, "tools" | "retention">;
export type DraftProblems = Readonly<Partial<Record<keyof AgentDraft, string>>>;

const MAX_STEPS = 10;

export function newDraft(model: string): AgentDraft {
  return {
    name: "",
    description: "",
    model,
    instructions: "",
    temperature: "",
    topP: "",
    maxTokens: "",
    maxSteps: String(MAX_STEPS),
    starters: "",
    tools: [],
    retention: null,
  };
}

export function draftOf(config: AgentConfig): AgentDraft {
  const { strategy, max_tokens: maxTokens } = config.sampling_params;
  const sampling = strategy?.type === "top_p" ? strategy : { temperature: null, top_p: null };
  return {
    name: config.name ?? "",
    description: config.description ?? "",
    model: config.model,
    instructions: config.instructions,
    temperature: textOf(sampling.temperature),
    topP: textOf(sampling.top_p),
    maxTokens: textOf(maxTokens),
    maxSteps: String(config.max_infer_iters),
    starters: config.starters.join("\n"),
    tools: config.toolgroups,
    retention: config.retention,
  };
}

/** To create an agent from. */
export function configOf(draft: AgentDraft): AgentConfigInput {
  const { temperature, topP, maxTokens } = draft;
  const hasSampling = [temperature, topP, maxTokens].some((text) => text.trim() !== "");
  return {
    ...plainFields(draft),
    ...(draft.retention !== null && { retention: draft.retention }),
    ...(hasSampling && {
      sampling_params: {
        strategy: strategyOf(draft),
        max_tokens: numberOf(maxTokens),
        repetition_penalty: null,
        stop: null,
      },
    }),
  };
}

/** To change an agent by. Sampling is named only when its fields were touched: it may hold more than they show. */
export function patchOf(before: AgentConfig, draft: AgentDraft): AgentConfigPatch {
  const was = draftOf(before);
  const isTouched = (["temperature", "topP", "maxTokens"] as const).some(
    (f) => draft[f] !== was[f],
  );
  const hasStrategy = draft.temperature !== was.temperature || draft.topP !== was.topP;
  return {
    ...plainFields(draft),
    ...(draft.retention !== before.retention && { retention: draft.retention }),
    ...(isTouched && {
      sampling_params: {
        ...before.sampling_params,
        strategy: hasStrategy ? strategyOf(draft) : before.sampling_params.strategy,
        max_tokens: numberOf(draft.maxTokens),
      },
    }),
  };
}

function plainFields(draft: AgentDraft) {
  return {
    model: draft.model.trim(),
    name: draft.name.trim() || null,
    description: draft.description.trim() || null,
    instructions: draft.instructions,
    max_infer_iters: numberOf(draft.maxSteps) ?? MAX_STEPS,
    starters: draft.starters.split("\n").flatMap((line) => line.trim() || []),
    toolgroups: draft.tools,
  };
}

function strategyOf({ temperature, topP }: AgentDraft): AgentConfig["sampling_params"]["strategy"] {
  const strategy = { temperature: numberOf(temperature), top_p: numberOf(topP) };
  const isLeftOpen = strategy.temperature === null && strategy.top_p === null;
  return isLeftOpen ? null : { type: "top_p", ...strategy };
}

const textOf = (value: number | null): string => (value === null ? "" : String(value));

/** Null for an empty field. A decimal comma is understood. */
function numberOf(text: string): number | null {
  const trimmed = text.trim().replace(",", ".");
  return trimmed === "" ? null : Number(trimmed);
}

// --- What is wrong with it --------------------------------------------------------------------

/** What the page can see by itself; the server has the last word (`problemsFrom`). */
export function problemsIn(draft: AgentDraft): DraftProblems {
  const found: [DraftField, string | null][] = [
    ["model", draft.model.trim() === "" ? t("agents.problem.model") : null],
    ["temperature", between(draft.temperature, 0, 2)],
    ["topP", between(draft.topP, 0.01, 1)],
    ["maxTokens", wholeFrom(draft.maxTokens, 1)],
    ["maxSteps", wholeFrom(draft.maxSteps, 1, 100)],
  ];
  return Object.fromEntries(found.filter(([, problem]) => problem !== null));
}

function between(text: string, least: number, most: number): string | null {
  const value = numberOf(text);
  const isFine = value === null || (value >= least && value <= most);
  return isFine ? null : t("agents.problem.between", { least, most });
}

function wholeFrom(text: string, least: number, most?: number): string | null {
  const value = numberOf(text);
  const isWhole = value === null || (Number.isInteger(value) && value >= least);
  if (isWhole && (value ?? 0) <= (most ?? Infinity)) return null;
  if (most === undefined) return t("agents.problem.whole", { least });
  return t("agents.problem.wholeBetween", { least, most });
}

const FIELD_OF: Readonly<Record<string, keyof AgentDraft>> = {
  name: "name",
  description: "description",
  model: "model",
  instructions: "instructions",
  temperature: "temperature",
  top_p: "topP",
  max_tokens: "maxTokens",
  max_infer_iters: "maxSteps",
  starters: "starters",
  toolgroups: "tools",
  retention: "retention",
};

/** The server's objections, each at the field that its JSON pointer names; others are left out. */
export function problemsFrom(errors: readonly FieldError[]): DraftProblems {
  const found = errors.flatMap(({ pointer, detail }) => {
    const field = pointer
      .split("/")
      .map((part) => FIELD_OF[part])
      .findLast((name) => name !== undefined);
    return field === undefined ? [] : [[field, detail] as const];
  });
  return Object.fromEntries(found);
}
