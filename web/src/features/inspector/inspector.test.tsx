import { act, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { Message, StepRequest, Turn } from "@/api/types";
import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { streamOf } from "@/testing/event-streams";
import { drawnDuring, Watched } from "@/testing/drawn";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { done, openTalk, prepareTalk } from "@/testing/talk";
import { aToolStep } from "@/testing/tool-calls";
import { AT, TurnServer } from "@/testing/turn-server";
import { anAnswer, anInference } from "@/testing/values";

import { Inspector } from "./inspector";

beforeEach(prepareTalk);

const PATH = "/a/agent-1/s/s1";
const EVENTS = "/v1/agents/:agent/session/:session/turn/:turn/events";
const REQUEST = "/v1/agents/:agent/session/:session/turn/:turn/step/:step/request";

const worked: Turn = {
  ...done(1),
  steps: [
    anInference({
      step_id: "i1",
      usage: { input_tokens: 20, output_tokens: 5, cached_input_tokens: 0, reasoning_tokens: 0 },
      model_response: anAnswer("Let me look."),
    }),
    aToolStep("Sunny in Lisbon."),
  ],
};

const aRequest = (values: Partial<StepRequest> = {}): StepRequest => ({
  step_id: "i1",
  model: "ollama/llama3.2",
  messages: [
    { role: "system", content: "Be kind." },
    { role: "user", content: "What is the weather?" },
  ],
  first: 0,
  message_count: 2,
  has_more: false,
  next_cursor: null,
  left_out: 0,
  tools: [],
  tool_choice: "auto",
  sampling_params: { strategy: null, max_tokens: 99, repetition_penalty: null, stop: null },
  response_format: null,
  withheld: [],
  ...values,
});

function open(path = PATH) {
  let closed = 0;
  const view = renderPage(
    <Watched>
      <Inspector agentId="agent-1" sessionId="s1" isSheet={false} onClose={() => (closed += 1)} />
    </Watched>,
    path,
  );
  return { ...view, closed: () => closed };
}

const steps = () => screen.findAllByRole("option");

describe("the timeline", () => {
  it("has every step with its figures, the last one chosen, and no fault that axe finds", async () => {
    new TurnServer([worked]);
    open();
    const [first, second] = await steps();
    expect(first).toHaveAccessibleName("script, Done, begins after 0ms, took 0ms, 25 tokens");
    expect(second).toHaveAccessibleName("weather, Done, begins after 1.0s, took 250ms");
    expect(screen.getByRole("option", { selected: true })).toHaveAccessibleName(/^weather/);
    expect(screen.getByRole("tabpanel")).toHaveTextContent("Sunny in Lisbon.");
    expect(await violations()).toEqual([]);
  });

  it("goes by the arrows, and the address says what is chosen", async () => {
    new TurnServer([worked]);
    const { user } = open();
    const [first, second] = await steps();
    act(() => second?.focus());
    await user.keyboard("{ArrowUp}");
    expect(first).toHaveFocus();
    expect(first).toHaveAttribute("aria-selected", "true");
    expect(location.search + location.hash).toBe("?turn=t1#step-i1");
    await user.keyboard("{End}");
    expect(second).toHaveFocus();
  });

  it("stands at the step that the address names, of whichever turn", async () => {
    new TurnServer([worked, { ...done(2), parent_turn_id: "t1" }]);
    const { user } = open(`${PATH}?turn=t1#step-i1`);
    expect((await steps())[0]).toHaveAttribute("aria-selected", "true");
    await user.click(screen.getByRole("button", { name: "Next turn" }));
    expect(await screen.findByRole("heading", { name: "Turn 2" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Previous turn" }));
    expect(await screen.findByRole("heading", { name: "Turn 1" })).toBeVisible();
  });
});

it("Esc within it closes it, and nothing outside of it hears that", async () => {
  new TurnServer([worked]);
  const { user, closed } = open();
  const [first] = await steps();
  act(() => first?.focus());
  await user.keyboard("{Escape}");
  expect(closed()).toBe(1);
});

describe("a turn that is not there", () => {
  const TURN = "/v1/agents/:agent/session/:session/turn/:turn";

  it("is said to be gone, with a way to the latest", async () => {
    new TurnServer([worked]);
    server.use(http.get(TURN, () => problem(404, "turn_not_found", "There is no turn.")));
    const { user } = open(`${PATH}?turn=gone`);
    expect(await screen.findByText("This turn is not there any more")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show the latest turn" }));
    expect(await screen.findByRole("heading", { name: "Turn 1" })).toBeVisible();
    expect(location.search).toBe("");
  });

  it("among those of the talk is fetched by itself", async () => {
    new TurnServer([worked]);
    server.use(http.get(TURN, () => HttpResponse.json({ ...done(7), turn_id: "other" })));
    open(`${PATH}?turn=other`);
    expect(await screen.findByRole("heading", { name: "Turn 7" })).toBeVisible();
    expect(screen.getByText("No step has begun.", { selector: "section *" })).toBeVisible();
  });

  it("is not asked for where no turn was begun", async () => {
    new TurnServer([]);
    open();
    expect(await screen.findByText("No turns yet")).toBeVisible();
  });
});

describe("the request", () => {
  it("has what the model was asked, and earlier messages when they are wanted", async () => {
    new TurnServer([worked]);
    const pages: Record<string, StepRequest> = {
      "": aRequest({
        first: 1,
        message_count: 2,
        messages: [said("Second")],
        has_more: true,
        next_cursor: "c",
      }),
      c: aRequest({ message_count: 2, messages: [said("First")] }),
    };
    server.use(
      http.get(REQUEST, ({ request }) =>
        HttpResponse.json(pages[new URL(request.url).searchParams.get("cursor") ?? ""]),
      ),
    );
    const { user } = open(`${PATH}?turn=t1#step-i1`);
    await user.click(await screen.findByRole("tab", { name: "Request" }));
    expect(await screen.findByText("Second")).toBeVisible();
    expect(screen.getByRole("tabpanel")).toHaveTextContent(/Longest answer\s*99/);
    await user.click(screen.getByRole("button", { name: "Show 1 earlier" }));
    const texts = await screen.findAllByRole("group", { name: "User" });
    expect(texts.map((text) => text.textContent)).toEqual(["First", "Second"]);
    expect(screen.queryByRole("button", { name: /earlier/ })).toBeNull();
  });

  const said = (content: string): Message => ({ role: "user", content });

  it("says what a lent agent hides and what had no room", async () => {
    new TurnServer([worked]);
    server.use(
      http.get(REQUEST, () =>
        HttpResponse.json(aRequest({ withheld: ["instructions", "tools"], left_out: 3 })),
      ),
    );
    const { user } = open(`${PATH}?turn=t1#step-i1`);
    await user.click(await screen.findByRole("tab", { name: "Request" }));
    expect(await screen.findByText(/its instructions, and all of its tools/)).toBeVisible();
    expect(screen.getByText(/^3 old turns had no room/)).toBeVisible();
  });

  it("that does not come can be asked for again", async () => {
    new TurnServer([worked]);
    let isDown = true;
    server.use(
      http.get(REQUEST, () =>
        isDown ? problem(400, "invalid_request", "It broke.") : HttpResponse.json(aRequest()),
      ),
    );
    const { user } = open(`${PATH}?turn=t1#step-i1`);
    await user.click(await screen.findByRole("tab", { name: "Request" }));
    expect(await screen.findByText("It broke.")).toBeVisible();
    isDown = false;
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await screen.findByText("Be kind.")).toBeVisible();
  });

  it("of a tool is what it was called with", async () => {
    new TurnServer([worked]);
    const { user } = open();
    await user.click(await screen.findByRole("tab", { name: "Request" }));
    const panel = within(screen.getByRole("tabpanel"));
    expect(panel.getByRole("group", { name: "Arguments" })).toHaveTextContent("Lisbon");
  });
});

describe("the events", () => {
  const frames = [
    {
      id: "1.1.1",
      payload: { event_type: "turn_start", turn_id: "t1", session_id: "s1", n: 1, at: AT },
    },
    ...Array.from({ length: 150 }, (_, n) => ({
      id: `1.1.${n + 2}`,
      payload: {
        event_type: "step_progress",
        step_id: "i1",
        step_type: "inference",
        delta: { type: "text", text: n === 0 ? "long ".repeat(5000) : `${n}` },
      },
    })),
  ];

  it("are rows by type, pieces together, and what is long is cut until it is asked for", async () => {
    new TurnServer([{ ...worked, last_event_id: "1.1.151" }]);
    server.use(http.get(EVENTS, () => streamOf(frames)));
    const { user } = open();
    await user.click(await screen.findByRole("tab", { name: "Events" }));
    await user.click(await screen.findByRole("button", { name: /step_progress\s*150 pieces/ }));
    expect(screen.getByRole("button", { name: /^Show all \(25\.\d kB\)$/ })).toBeVisible();
    await user.click(screen.getByRole("combobox", { name: "Type of event" }));
    await user.click(screen.getByRole("option", { name: "step_progress (150)" }));
    expect(
      within(screen.getByRole("list", { name: "Events" })).getAllByRole("listitem"),
    ).toHaveLength(100);
    await user.click(screen.getByRole("button", { name: "Show 50 more" }));
    expect(
      within(screen.getByRole("list", { name: "Events" })).getAllByRole("listitem"),
    ).toHaveLength(150);
  });

  it("that cannot be read can be read again", async () => {
    new TurnServer([worked]);
    let isDown = true;
    server.use(
      http.get(EVENTS, () => (isDown ? problem(400, "invalid_cursor", "No.") : streamOf(frames))),
    );
    const { user } = open();
    await user.click(await screen.findByRole("tab", { name: "Events" }));
    expect(await screen.findByText("The log could not be read")).toBeVisible();
    isDown = false;
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await screen.findByRole("button", { name: /turn_start/ })).toBeVisible();
  });
});

it("a running turn is drawn here a few times a second, and the talk no more often for it", async () => {
  const fake = new TurnServer([done(1)]);
  fake.accept({ key: "k", messages: [{ role: "user", content: "Go on" }] }, "s1");
  fake.infer();
  const talk = openTalk();
  await waitFor(() => expect(fake.isFollowed("t2")).toBe(true));
  const { container } = open();
  await steps();
  const begun = performance.now();
  const drawn = await drawnDuring(container, async () => {
    for (let n = 0; n < 40; n += 1) {
      act(() => fake.say(`${n} `));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    await within(talk.container).findByText(/39/);
  });
  const count = drawn.filter((name) => name === "TurnView").length;
  const seconds = (performance.now() - begun) / 1000; // a busy machine takes long for forty words
  expect(count).toBeLessThan(10 + 8 * seconds);
  act(() => fake.finish());
  expect(await screen.findByText(/^Completed/)).toBeVisible();
});
