import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { violations } from "@/testing/axe";
import { renderPage } from "@/testing/render-page";

import { announce } from "./announcer";
import { Disclosure } from "./disclosure";
import { EmptyState } from "./empty-state";
import { InlineAlert } from "./inline-alert";
import { InlineEdit } from "./inline-edit";
import { LiveRegions } from "./live-regions";
import { NoticeArea } from "./notice-area";
import { notify } from "./notices";
import { RelativeTime } from "./relative-time";

describe("the voices of the page", () => {
  it("say something politely or urgently, each in its own region", () => {
    render(<LiveRegions />);
    act(() => announce("Answer ready"));
    expect(screen.getByRole("status")).toHaveTextContent("Answer ready");
    act(() => announce("It failed", "urgent"));
    expect(screen.getByRole("alert")).toHaveTextContent("It failed");
    expect(screen.getByRole("status")).toBeEmptyDOMElement();
  });

  it("say the same words again when they are announced again", () => {
    render(<LiveRegions />);
    act(() => announce("Copied"));
    const first = screen.getByText("Copied");
    act(() => announce("Copied"));
    expect(screen.getByText("Copied")).not.toBe(first);
  });
});

describe("a notice", () => {
  it("is shown, said, acted on once and gone", async () => {
    const run = vi.fn();
    const { user } = renderPage(<NoticeArea />);
    act(() => notify("Archived", { label: "Undo", run }));
    expect(screen.getByRole("status")).toHaveTextContent("Archived");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(run).toHaveBeenCalledOnce();
    expect(screen.queryByRole("group", { name: "Archived" })).toBeNull();
  });

  it("leaves by itself", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    renderPage(<NoticeArea />);
    act(() => notify("Link copied"));
    expect(screen.getByRole("group", { name: "Link copied" })).toBeVisible();
    await act(() => vi.advanceTimersByTimeAsync(6500));
    vi.useRealTimers();
    await waitFor(() => expect(screen.queryByRole("group", { name: "Link copied" })).toBeNull());
  });
});

describe("a disclosure", () => {
  it("does not draw what is folded away", async () => {
    const user = userEvent.setup();
    render(<Disclosure summary="3 steps">Details</Disclosure>);
    const line = screen.getByRole("button", { name: "3 steps" });
    expect(line).toHaveAttribute("aria-expanded", "false");
    expect(screen.queryByText("Details")).toBeNull();
    await user.click(line);
    expect(line).toHaveAttribute("aria-expanded", "true");
    expect(screen.getByText("Details")).toBeVisible();
  });

  it("lets its parent decide", async () => {
    const user = userEvent.setup();
    const onToggle = vi.fn();
    render(
      <Disclosure summary="Steps" expanded onToggle={onToggle}>
        Details
      </Disclosure>,
    );
    await user.click(screen.getByRole("button"));
    expect(onToggle).toHaveBeenCalledWith(false);
    expect(screen.getByText("Details")).toBeVisible();
  });
});

describe("a name that is edited in place", () => {
  function edit() {
    const onCommit = vi.fn();
    const onDone = vi.fn();
    render(<InlineEdit label="Name" value="Lisbon" onCommit={onCommit} onDone={onDone} />);
    return { onCommit, onDone, field: screen.getByRole("textbox", { name: "Name" }) };
  }

  it("is changed with Enter, and the focus is to go back", async () => {
    const { onCommit, onDone, field } = edit();
    await userEvent.type(field, "Porto{Enter}", {
      initialSelectionStart: 0,
      initialSelectionEnd: 6,
    });
    expect(onCommit).toHaveBeenCalledExactlyOnceWith("Porto");
    expect(onDone).toHaveBeenCalledExactlyOnceWith(true);
  });

  it("is changed when the focus leaves, which then is where it should be", () => {
    const { onCommit, onDone, field } = edit();
    fireEvent.change(field, { target: { value: "Porto" } });
    fireEvent.blur(field);
    expect(onCommit).toHaveBeenCalledExactlyOnceWith("Porto");
    expect(onDone).toHaveBeenCalledExactlyOnceWith(false);
  });

  it.each(["Lisbon", "   ", ""])("is not changed by %j", (value) => {
    const { onCommit, onDone, field } = edit();
    fireEvent.change(field, { target: { value } });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(onCommit).not.toHaveBeenCalled();
    expect(onDone).toHaveBeenCalledOnce();
  });

  it("is not changed by who leaves it as it was, though it has another name by then", () => {
    const onCommit = vi.fn();
    const named = (value: string) => (
      <InlineEdit label="Name" value={value} onCommit={onCommit} onDone={() => undefined} />
    );
    const { rerender } = render(named("Where to go in"));
    rerender(named("A week in Lisbon"));
    fireEvent.blur(screen.getByRole("textbox", { name: "Name" }));
    expect(onCommit).not.toHaveBeenCalled();
  });

  it("is not decided by the Enter that ends a composition", () => {
    const { onDone, field } = edit();
    fireEvent.keyDown(field, { key: "Enter", isComposing: true });
    expect(onDone).not.toHaveBeenCalled();
  });
});

it("tells the exact time behind a relative one", () => {
  vi.setSystemTime("2025-06-12T12:00:00Z");
  render(<RelativeTime time="2025-06-12T11:55:00Z" />);
  const time = screen.getByText(/5 min/);
  expect(time).toHaveAttribute("datetime", "2025-06-12T11:55:00Z");
  expect(time.title).toMatch(/2025/);
  vi.useRealTimers();
});

it("has pieces that axe has nothing against", async () => {
  renderPage(
    <main>
      <EmptyState title="Nothing here" actions={<button type="button">Begin</button>}>
        Why
      </EmptyState>
      <InlineAlert severity="error" title="It failed" announced>
        Because
      </InlineAlert>
      <Disclosure summary="More" defaultExpanded>
        Text
      </Disclosure>
    </main>,
  );
  expect(await violations()).toEqual([]);
});
