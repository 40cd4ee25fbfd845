import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import type { OtherStep, Step, Turn, Violation } from "@/api/types";
import { prefer } from "@/storage/preferences";
import { violations } from "@/testing/axe";
import { renderPage } from "@/testing/render-page";
import { aToolStep } from "@/testing/tool-calls";
import { anAnswer, anInference, aTurn } from "@/testing/values";

import type { TurnActions } from "./turn-actions";
import { TurnRenderer } from "./turn-renderer";

const at = (seconds: number) => new Date(Date.UTC(2025, 5, 12, 12) + seconds * 1000).toISOString();

const usage = {
  input_tokens: 2000,
  output_tokens: 113,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
};

const someActions = () => ({
  retry: vi.fn(),
  goOn: vi.fn(),
  decide: vi.fn(() => Promise.resolve()),
});

function draw(values: Partial<Turn> = {}, actions: TurnActions | null = someActions()) {
  const turn = aTurn(values);
  const page = renderPage(
    <main>
      <TurnRenderer turn={turn} agentName="Scholar" actions={actions} />
    </main>,
  );
  return { ...page, turn };
}

async function unfold(user: ReturnType<typeof draw>["user"], ...names: RegExp[]) {
  for (const name of names) await user.click(await screen.findByRole("button", { name }));
}

describe("a turn", () => {
  it("shows what was asked and what was answered", async () => {
    const { container } = draw();
    expect(screen.getByRole("group", { name: "You" })).toHaveTextContent("What is the weather?");
    expect(screen.getByRole("heading", { name: "Scholar" })).toBeInTheDocument();
    expect(await screen.findByText("It is sunny.")).toBeVisible();
    expect(await violations(container)).toEqual([]);
  });

  it("does not show instructions to the agent", () => {
    draw({ input_messages: [{ role: "system", content: "Be brief." }] });
    expect(screen.queryByText("Be brief.")).toBeNull();
  });

  it("that the demo script answered says so", () => {
    draw({ steps: [anInference({ model: "demo/script" })] });
    expect(screen.getByText("Demo script, no AI")).toBeVisible();
  });

  it("of a model does not", () => {
    draw({ steps: [anInference({ model: "ollama/llama3.2" })] });
    expect(screen.queryByText("Demo script, no AI")).toBeNull();
  });

  it("keeps what was said before a tool was called", async () => {
    const steps = [
      anInference({ step_id: "s1", model_response: anAnswer("Let me look.") }),
      aToolStep("sunny"),
      anInference({ step_id: "s3" }),
    ];
    draw({ steps });
    expect(await screen.findByText("Let me look.")).toBeVisible();
  });

  it("that reached its token limit says so, and can go on", async () => {
    const output_message = anAnswer("It is", { stop_reason: "out_of_tokens" });
    const actions = someActions();
    const { user } = draw({ output_message }, actions);
    expect(await screen.findByText("The answer reached its token limit.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(actions.goOn).toHaveBeenCalledOnce();
  });
});

describe("a long message", () => {
  const text = Array.from({ length: 20 }, (_, line) => `line ${line}`).join("\n");

  it("is folded after twelve lines until it is asked for", async () => {
    const { user } = draw({ input_messages: [{ role: "user", content: text }] });
    const more = screen.getByRole("button", { name: "Show more" });
    expect(more).toHaveAttribute("aria-expanded", "false");
    await user.click(more);
    expect(screen.getByRole("button", { name: "Show less" })).toHaveAttribute(
      "aria-expanded",
      "true",
    );
  });

  it("that has no more than twelve lines in a wider talk is whole there", () => {
    vi.stubGlobal("innerWidth", 2000);
    dispatchEvent(new Event("resize"));
    prefer({ chatWidth: "full" });
    draw({ input_messages: [{ role: "user", content: "word ".repeat(200) }] });
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
    vi.unstubAllGlobals();
    dispatchEvent(new Event("resize"));
    prefer({ chatWidth: "narrow" });
  });

  it("of twelve lines is whole", () => {
    const twelve = text.split("\n").slice(0, 12).join("\n");
    draw({ input_messages: [{ role: "user", content: twelve }] });
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });
});

describe("the line of steps", () => {
  it("sums up how long it worked, with which tools and tokens", () => {
    const steps = [anInference({ started_at: at(0) }), aToolStep("sunny")];
    draw({ started_at: at(-9), completed_at: at(12.4), steps, usage });
    expect(
      screen.getByRole("button", { name: "Worked 12.4s · 1 tool · 2,113 tokens" }),
    ).toBeVisible();
  });

  it("unfolds to every step in its order", async () => {
    const steps = [anInference({ model: "ollama/llama3.2" }), aToolStep("sunny")];
    const { user, container } = draw({ steps });
    await unfold(user, /Worked/);
    const items = within(await screen.findByRole("list", { name: "Steps" })).getAllByRole(
      "listitem",
    );
    expect(items.map((item) => item.textContent)).toEqual([
      expect.stringContaining("ollama/llama3.2"),
      expect.stringContaining("weather"),
    ]);
    expect(items[1]).toHaveTextContent("250ms");
    expect(await violations(container)).toEqual([]);
  });

  it.each<[string, Partial<Turn>]>([
    ["Waiting for its turn", { status: "queued" }],
    ["Working", { status: "running" }],
    [
      "Waiting for the model",
      { steps: [anInference({ status: "running", model_response: anAnswer("") })] },
    ],
    [
      "Thinking",
      {
        steps: [
          anInference({ status: "running", model_response: anAnswer("", { reasoning: "Hm" }) }),
        ],
      },
    ],
    ["Writing", { steps: [anInference({ status: "running" })] }],
    [
      "Using weather",
      { steps: [aToolStep("", { status: "running", tool_response: null, completed_at: null })] },
    ],
  ])("says while it works: %s", (activity, values) => {
    draw({ status: "running", completed_at: null, output_message: anAnswer(""), ...values });
    expect(screen.getByText(activity)).toBeVisible();
  });
});

describe("other steps", () => {
  const base = anInference();

  const aLook = (violation: Violation | null): OtherStep => ({
    ...base,
    metadata: { shield_id: "cards", touchpoint: "user-input" },
    step_type: "other",
    kind: "shield_call",
    violation,
    inserted_context: null,
  });

  it("show what a shield found, and which one", async () => {
    const found = { violation_level: "error", user_message: "Not this.", metadata: {} } as const;
    const { user } = draw({ steps: [aLook(found)] });
    await unfold(user, /Worked/);
    expect(screen.getByRole("button", { name: /Shield cards/ })).toHaveAttribute(
      "aria-expanded",
      "true",
    );
    expect(screen.getByText("Not this.")).toBeVisible();
  });

  it("show in one line that a shield let something pass", async () => {
    const { user } = draw({ steps: [aLook(null)] });
    await unfold(user, /Worked/);
    expect(screen.getByText("Shield cards")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Shield cards/ })).toBeNull();
  });

  it("of a type from a newer server are drawn by what they say", async () => {
    const step = { ...base, step_type: "dream", sheep: 3 } as unknown as Step;
    const { user } = draw({ steps: [step] });
    await unfold(user, /Worked/, /dream/);
    expect(screen.getByRole("group", { name: "dream: details" })).toHaveTextContent("sheep: 3");
  });
});

describe("what the model thought", () => {
  const thinking = (content: string) =>
    anInference({
      status: content === "" ? "running" : "completed",
      started_at: at(0),
      first_token_at: at(0),
      completed_at: content === "" ? null : at(8),
      model_response: anAnswer(content, { reasoning: "Sun or rain?" }),
    });

  it("is seen while it thinks", () => {
    draw({ status: "running", steps: [thinking("")], output_message: anAnswer("") });
    expect(screen.getByText("Sun or rain?")).toBeVisible();
  });

  it("is folded away afterwards, with how long it took", async () => {
    const { user } = draw({ steps: [thinking("Rain.       ")] });
    expect(screen.queryByText("Sun or rain?")).toBeNull();
    await unfold(user, /Thought for 4.0s/);
    expect(screen.getByText("Sun or rain?")).toBeVisible();
  });
});

describe("files", () => {
  const file = { file_id: "f1", name: "table.csv", type: "text/csv", size: 7 };

  it("of a question say what the model was given of them", async () => {
    const told = {
      name: "table.csv",
      file_id: "f1",
      kind: "text",
      is_whole: true,
      given: "text 7 characters",
    };
    const step = anInference({ metadata: { attachments: [told, "what no server says"] } });
    draw({ input_messages: [{ role: "user", content: "", files: [file] }], steps: [step] });
    expect(await screen.findByRole("group", { name: "table.csv" })).toBeVisible();
    expect(screen.getByText("Given to the model: text 7 characters")).toBeVisible();
  });

  it("that came of an answer stand under it", async () => {
    draw({ output_attachments: [file] });
    expect(await screen.findByRole("button", { name: "Download table.csv" })).toBeVisible();
  });
});

describe("under an answer", () => {
  it("its markdown can be copied", async () => {
    const { user } = draw({ output_message: anAnswer("It is **sunny**.") });
    await user.click(screen.getByRole("button", { name: "Copy answer" }));
    expect(await navigator.clipboard.readText()).toBe("It is **sunny**.");
  });

  it("are the model and its figures for those who ask", async () => {
    const step = anInference({
      model: "ollama/llama3.2",
      started_at: at(0),
      first_token_at: at(0.34),
      completed_at: at(2.34),
      usage,
    });
    const { user, container } = draw({ steps: [step] });
    await unfold(user, /Details of this answer/);
    const facts = await within(container).findAllByRole("definition");
    expect(facts.map((fact) => fact.textContent)).toEqual([
      "ollama/llama3.2",
      "340ms",
      "57 tokens/s",
      "2,000",
      "113",
    ]);
  });
});
