import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/errors";
import type { ToolCallStep, Turn } from "@/api/types";
import { violations } from "@/testing/axe";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { aPendingStep, aTool, CALL } from "@/testing/tool-calls";
import { anAnswer, aTurn } from "@/testing/values";

import type { TurnActions } from "./turn-actions";
import { TurnRenderer } from "./turn-renderer";

beforeEach(() => {
  server.use(http.get("/v1/tools", () => HttpResponse.json({ tools: [aTool()] })));
});

const someActions = () => ({
  retry: vi.fn(),
  goOn: vi.fn(),
  decide: vi.fn<TurnActions["decide"]>(() => Promise.resolve()),
});

function draw(
  reason: Turn["wait_reason"],
  steps: readonly ToolCallStep[],
  actions: TurnActions | null = someActions(),
) {
  const turn = aTurn({
    status: "awaiting_input",
    wait_reason: reason,
    completed_at: null,
    output_message: anAnswer("", { tool_calls: [CALL] }),
    steps,
  });
  const page = renderPage(
    <main>
      <article aria-label="Turn" tabIndex={-1}>
        <TurnRenderer turn={turn} agentName="Scholar" actions={actions} />
      </article>
    </main>,
  );
  return { ...page, turn };
}

const card = () => screen.findByRole("group", { name: "Decision about weather" });
const press = (name: string) => screen.getByRole("button", { name });

describe("a call that wants to be approved", () => {
  it("shows what would run, and runs it when somebody says so", async () => {
    const actions = someActions();
    const { user, turn, container } = draw("approval", [aPendingStep()], actions);
    expect(within(await card()).getByLabelText("Arguments")).toHaveTextContent("city: Lisbon");
    expect(await within(await card()).findByText("Tells the weather of a city.")).toBeVisible();
    expect(await violations(container)).toEqual([]);
    await user.click(press("Approve"));
    expect(actions.decide).toHaveBeenCalledExactlyOnceWith(turn, "c1", { decision: "approve" });
    expect(press("Approve")).toBeDisabled();
  });

  it("is remembered for the session if that is wanted", async () => {
    const actions = someActions();
    const { user } = draw("approval", [aPendingStep()], actions);
    await user.click(await screen.findByRole("checkbox", { name: /Always allow/ }));
    await user.click(press("Approve"));
    expect(actions.decide.mock.lastCall?.[2]).toEqual({ decision: "approve", remember: true });
  });

  it("says that it is asked once, where that is the rule", async () => {
    draw("approval", [aPendingStep({ metadata: { approval_rule: "first_time" } })]);
    expect(await card()).toHaveTextContent("You are asked once in a session.");
    expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
  });

  it("is denied with a word to the agent, or without one", async () => {
    const actions = someActions();
    const { user } = draw("approval", [aPendingStep()], actions);
    await card();
    await user.click(press("Deny"));
    const reason = screen.getByRole("textbox", { name: "Tell the agent why" });
    expect(reason).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(press("Approve")).toHaveFocus();
    await user.keyboard("d");
    await user.keyboard("Not today.{Enter}");
    expect(actions.decide.mock.lastCall?.[2]).toEqual({ decision: "deny", reason: "Not today." });
  });

  it("runs with changed arguments, written in a form", async () => {
    const actions = someActions();
    const { user, container } = draw("approval", [aPendingStep()], actions);
    await within(await card()).findByText("Tells the weather of a city.");
    await user.click(press("Edit arguments"));
    const city = screen.getByRole("textbox", { name: /city/ });
    expect(city).toHaveFocus();
    expect(city).toHaveAccessibleDescription("Which city.");
    await user.clear(city);
    await user.click(press("Approve with these"));
    expect(city).toHaveAccessibleDescription("This is needed.");
    expect(await violations(container)).toEqual([]);
    await user.type(city, "Porto");
    await user.click(press("Add to days"));
    await user.type(screen.getByRole("textbox", { name: "days 3" }), "5");
    await user.click(press("Approve with these"));
    expect(actions.decide.mock.lastCall?.[2]).toEqual({
      decision: "approve",
      arguments: { city: "Porto", days: [1, 2, 5] },
    });
  });

  it("runs with changed arguments, written as JSON", async () => {
    const actions = someActions();
    const { user } = draw("approval", [aPendingStep()], actions);
    await within(await card()).findByText("Tells the weather of a city.");
    await user.click(press("Edit arguments"));
    await user.click(press("JSON"));
    const field = screen.getByRole("textbox", { name: /Arguments/ });
    await user.clear(field);
    await user.type(field, "{{");
    await user.click(press("Approve with these"));
    expect(field).toHaveAccessibleDescription("This is no JSON.");
    expect(actions.decide).not.toHaveBeenCalled();
    await user.clear(field);
    await user.paste('{"city": "Faro", "more": true}');
    await user.click(press("Approve with these"));
    expect(actions.decide.mock.lastCall?.[2].arguments).toEqual({ city: "Faro", more: true });
  });

  it("is not changed in what the agent has settled", async () => {
    const actions = someActions();
    const metadata = { settled_arguments: { city: "Lisbon" } };
    const { user } = draw("approval", [aPendingStep({ metadata })], actions);
    await within(await card()).findByText("Tells the weather of a city.");
    await user.click(press("Edit arguments"));
    expect(screen.queryByRole("textbox", { name: /city/ })).not.toBeInTheDocument();
    await user.click(press("Remove days 1"));
    await user.click(press("Approve with these"));
    expect(actions.decide.mock.lastCall?.[2].arguments).toEqual({ days: [2] });
  });

  it("says at the field what the server has against its arguments", async () => {
    const actions = someActions();
    const errors = [{ pointer: "/arguments/city", detail: "no such city" }];
    actions.decide.mockRejectedValueOnce(new ApiError({ status: 400, errors }));
    const { user } = draw("approval", [aPendingStep()], actions);
    await within(await card()).findByText("Tells the weather of a city.");
    await user.click(press("Edit arguments"));
    await user.click(press("Approve with these"));
    const city = screen.getByRole("textbox", { name: /city/ });
    await waitFor(() => expect(city).toHaveAccessibleDescription("no such city"));
  });

  it("cannot be changed where the tool does not allow it", async () => {
    draw("approval", [aPendingStep({ metadata: { is_editable: false } })]);
    await card();
    expect(screen.queryByRole("button", { name: "Edit arguments" })).not.toBeInTheDocument();
  });

  it("can be decided about again when the decision did not arrive", async () => {
    const actions = someActions();
    actions.decide.mockRejectedValueOnce(new Error("Try later."));
    const { user } = draw("approval", [aPendingStep()], actions);
    await card();
    await user.click(press("Approve"));
    expect(await screen.findByText("Your decision did not arrive: Try later.")).toBeVisible();
    await user.click(press("Approve"));
    expect(actions.decide).toHaveBeenCalledTimes(2);
  });

  it("is not complained about when somebody else was faster", async () => {
    const actions = someActions();
    actions.decide.mockRejectedValueOnce(new ApiError({ status: 409, code: "already_decided" }));
    const { user } = draw("approval", [aPendingStep()], actions);
    await card();
    await user.click(press("Approve"));
    await waitFor(() => expect(press("Approve")).toBeEnabled());
    expect(screen.queryByText(/did not arrive/)).not.toBeInTheDocument();
  });

  it("stands among others, and each is decided by itself", async () => {
    const actions = someActions();
    const other = { ...CALL, call_id: "c2", tool_name: "door" };
    const { user } = draw(
      "approval",
      [aPendingStep(), aPendingStep({ step_id: "s3", tool_call: other })],
      actions,
    );
    await card();
    expect(screen.getByText(/2 calls wait for you/)).toBeVisible();
    const door = within(screen.getByRole("group", { name: "Decision about door" }));
    await user.click(door.getByRole("button", { name: "Approve" }));
    expect(actions.decide.mock.lastCall?.slice(1)).toEqual(["c2", { decision: "approve" }]);
    expect(within(await card()).getByRole("button", { name: "Approve" })).toBeEnabled();
  });

  it("is only told to who cannot decide", () => {
    draw("approval", [aPendingStep()], null);
    expect(screen.getByText(/asks whether it may run/)).toBeVisible();
    expect(screen.queryByRole("group", { name: /Decision/ })).not.toBeInTheDocument();
  });
});

describe("a call that may have been made", () => {
  const lost = aPendingStep({ attempt: 1, metadata: {} });

  it.each([
    ["Run it again", "approve"],
    ["Go on without its result", "deny"],
  ] as const)("%s", async (button, decision) => {
    const actions = someActions();
    const { user, turn } = draw("unknown_outcome", [lost], actions);
    expect(await card()).toHaveTextContent(/may already have run before the server stopped/);
    await user.click(press(button));
    expect(actions.decide).toHaveBeenCalledExactlyOnceWith(turn, "c1", { decision });
  });

  it("is decided about with one letter while the focus is on the card", async () => {
    const actions = someActions();
    const { user, turn } = draw("unknown_outcome", [lost], actions);
    await card();
    await user.keyboard("d");
    expect(actions.decide).not.toHaveBeenCalled();
    press("Run it again").focus();
    await user.keyboard("d");
    expect(actions.decide).toHaveBeenCalledExactlyOnceWith(turn, "c1", { decision: "deny" });
  });

  it("does not look as if its step ran", async () => {
    const { user } = draw("unknown_outcome", [lost]);
    await card();
    await user.click(screen.getByRole("button", { name: /Worked/ }));
    expect(await screen.findByTitle("Waits for a decision")).toBeInTheDocument();
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
  });
});

describe("a question of a tool", () => {
  const asking = aPendingStep({
    attempt: 1,
    approval: "none",
    question: {
      key: "q1",
      message: "Which table?",
      requested_schema: {
        type: "object",
        properties: {
          seats: { type: "integer", minimum: 1, title: "Seats" },
          place: { type: "string", enum: ["in", "out"], enumNames: ["Inside", "Outside"] },
          smoke: { type: "boolean", title: "Smoking" },
        },
        required: ["seats"],
      },
    },
  });
  const question = () => screen.findByRole("group", { name: "Question of weather" });

  it("is answered in a form of what it wants to know", async () => {
    const actions = someActions();
    const { user, turn, container } = draw("question", [asking], actions);
    expect(await question()).toHaveTextContent("Which table?");
    expect(await violations(container)).toEqual([]);
    await user.click(press("Send answer"));
    const seats = screen.getByRole("textbox", { name: /Seats/ });
    expect(seats).toHaveAccessibleDescription("This is needed.");
    expect(seats).toHaveFocus();
    await user.type(seats, "4");
    await user.selectOptions(screen.getByRole("combobox", { name: "place" }), "Outside");
    await user.click(screen.getByRole("checkbox", { name: "Smoking" }));
    await user.click(press("Send answer"));
    expect(actions.decide).toHaveBeenCalledExactlyOnceWith(turn, "c1", {
      decision: "approve",
      answer: { seats: 4, place: "out", smoke: true },
    });
  });

  it("need not be answered", async () => {
    const actions = someActions();
    const { user } = draw("question", [asking], actions);
    await question();
    await user.click(press("Decline"));
    expect(actions.decide.mock.lastCall?.[2]).toEqual({ decision: "deny" });
  });
});

describe("a tool that another program runs", () => {
  it("is waited for, and stands with the answer", async () => {
    draw("client_tools", []);
    expect(screen.getByRole("group", { name: /another program/ })).toHaveTextContent("weather");
    expect(await screen.findByRole("button", { name: "weather" })).toBeVisible();
  });
});
