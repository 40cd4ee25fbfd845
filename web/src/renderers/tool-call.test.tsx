import { act, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { TurnEvent } from "@/api/events";
import type { ToolCallStep } from "@/api/types";
import { violations } from "@/testing/axe";
import { renderPage } from "@/testing/render-page";
import { aResponse, aToolStep, CALL } from "@/testing/tool-calls";
import { aTurn } from "@/testing/values";
import { turnStore } from "@/turn/turn-store";

import { ToolCallRenderer } from "./tool-call-renderer";

const draw = (step: ToolCallStep) =>
  renderPage(
    <main>
      <ToolCallRenderer toolCall={step.tool_call} step={step} />
    </main>,
  );

/** A step as it looks once its reader has opened it. */
async function opened(step: ToolCallStep) {
  const page = draw(step);
  await page.user.click(screen.getByRole("button", { name: /weather/ }));
  await screen.findByText("Began");
  return page;
}

const answered = (content: string, metadata = {}) =>
  opened(aToolStep("", { tool_response: { ...aResponse(content), metadata } }));

describe("what a tool was asked", () => {
  it("is a tree that can be copied as it was written", async () => {
    const { user, container } = await opened(aToolStep("sunny"));
    expect(screen.getByRole("group", { name: "Arguments" })).toHaveTextContent("city: Lisbon");
    await user.click(screen.getByRole("button", { name: "Copy arguments" }));
    expect(await navigator.clipboard.readText()).toBe(CALL.arguments_json);
    expect(await violations(container)).toEqual([]);
  });

  it("is shown as it is when it is no object", async () => {
    const tool_call = { ...CALL, arguments: {}, arguments_json: '{"city": "Lis' };
    await opened(aToolStep("", { tool_call }));
    expect(screen.getByLabelText("Arguments")).toHaveTextContent('{"city": "Lis');
  });

  it("keeps beside it what the agent had asked, when a person changed that", async () => {
    const metadata = { asked_arguments: { city: "Porto" } };
    const { user } = await opened(aToolStep("sunny", { approval: "approved", metadata }));
    expect(screen.getByText("Approved by a person")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "What the agent had asked for" }));
    expect(screen.getByRole("group", { name: /had asked/ })).toHaveTextContent("city: Porto");
  });

  it("shows of a long text the beginning, and the rest when asked", async () => {
    const tool_call = { ...CALL, arguments: { text: "x".repeat(1500) } };
    const { user } = await opened(aToolStep("", { tool_call }));
    const tree = screen.getByRole("group", { name: "Arguments" });
    expect(tree.textContent).not.toContain("x".repeat(1001));
    await user.click(within(tree).getByRole("button", { name: "500 more characters" }));
    expect(tree.textContent).toContain("x".repeat(1500));
  });
});

describe("what a tool answered", () => {
  it("that failed is open by itself, with the error", async () => {
    draw(aToolStep("", { tool_response: { ...aResponse("No such city."), is_error: true } }));
    expect(await screen.findByText("No such city.")).toBeVisible();
    expect(screen.getByRole("heading", { name: "Error" })).toBeVisible();
    expect(screen.getByTitle("Failed")).toBeInTheDocument();
  });

  it("that was denied did not fail", () => {
    const tool_response = { ...aResponse("A person denied this."), is_error: true };
    draw(aToolStep("", { approval: "denied", tool_response }));
    expect(screen.getByTitle("Denied")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: /weather/ })).toHaveAttribute(
      "aria-expanded",
      "false",
    );
  });

  it("is a tree when it is JSON, a table when it is rows", async () => {
    const { unmount } = await answered('{"sky": {"clouds": 0}}');
    expect(screen.getByRole("group", { name: "Output" })).toHaveTextContent("clouds: 0");
    unmount();
    const { user } = await answered('[{"day": 1, "sky": "blue"}, {"day": 2}]');
    expect(screen.getByRole("columnheader", { name: "sky" })).toBeVisible();
    expect(screen.getByRole("cell", { name: "blue" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "As text" }));
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
    expect(screen.getByLabelText("Output")).toHaveTextContent('[{"day": 1,');
  });

  it("is a table when it is CSV, and what markdown makes of it when it is that", async () => {
    const { unmount } = await answered('city,note\nLisbon,"warm, dry"\nPorto,wet\n');
    expect(screen.getByRole("cell", { name: "warm, dry" })).toBeVisible();
    unmount();
    await answered("# Lisbon\n\nIt is **warm**.");
    expect(await screen.findByRole("heading", { name: "Lisbon" })).toBeVisible();
  });

  it("shows its data beside its words, unless they say the same", async () => {
    const { unmount } = await answered("It is warm.", { structured_content: { degrees: 21 } });
    expect(screen.getByLabelText("Output")).toHaveTextContent("It is warm.");
    expect(screen.getByRole("group", { name: "Data" })).toHaveTextContent("degrees: 21");
    unmount();
    await answered('{"degrees": 21}', { structured_content: { degrees: 21 } });
    expect(screen.queryByRole("group", { name: "Data" })).not.toBeInTheDocument();
  });

  it("is cut when it is long, and all of it shown when asked", async () => {
    const { user } = await answered("x".repeat(9000));
    expect(screen.getByLabelText("Output").textContent).toHaveLength(4096);
    await user.click(screen.getByRole("button", { name: "Show all (9 kB)" }));
    expect(screen.getByLabelText("Output").textContent).toHaveLength(9000);
    await user.click(screen.getByRole("button", { name: "Copy output" }));
    expect(await navigator.clipboard.readText()).toHaveLength(9000);
  });

  it("has its files, as every file is shown", async () => {
    const place = { file_id: null, url: null };
    const files = [
      { ...place, name: "chart.csv", type: "text/csv", content: btoa("a,b"), size: 3 },
    ];
    await opened(aToolStep("", { tool_response: { ...aResponse("Done."), files } }));
    expect(screen.getByRole("heading", { name: "File" })).toBeVisible();
    const list = await screen.findByRole("list", { name: "Files" });
    expect(within(list).getByRole("button", { name: "Open chart.csv" })).toBeVisible();
  });
});

describe("a tool that runs", () => {
  const running = aToolStep("", {
    turn_id: "live",
    step_id: "s9",
    status: "running",
    completed_at: null,
    tool_response: null,
  });
  const puts = (text: string): TurnEvent => ({
    event_type: "step_progress",
    step_id: "s9",
    step_type: "tool_call",
    delta: { type: "tool_output", text },
  });

  it("shows what it puts out, without being read aloud", async () => {
    turnStore.put(aTurn({ turn_id: "live", status: "running", last_event_id: "1.1.1" }));
    await opened(running);
    act(() => {
      turnStore.push("live", { id: "1.1.2", payload: puts("10 %\n") });
      turnStore.push("live", { id: "1.1.3", payload: puts("20 %\n") });
      turnStore.push("live", { id: "1.1.2", payload: puts("10 %\n") });
      turnStore.flush();
    });
    const output = screen.getByRole("region", { name: "Output so far" });
    expect(output).toHaveTextContent("10 % 20 %");
    expect(output.closest("[aria-live]")).toBeNull();
  });
});
