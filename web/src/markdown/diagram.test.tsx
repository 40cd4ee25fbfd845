import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Drawn, Order } from "@/diagram/protocol";
import { Look } from "@/theme/look";

import Diagram from "./diagram";

/** Said by the browser when something comes near; jsdom has no places. */
let near: (() => void)[] = [];

class Observer {
  constructor(tell: IntersectionObserverCallback) {
    near.push(() => tell([{ isIntersecting: true } as IntersectionObserverEntry], this as never));
  }
  observe = () => undefined;
  disconnect = () => undefined;
}

beforeEach(() => {
  near = [];
  vi.stubGlobal("IntersectionObserver", Observer);
  let made = 0;
  Object.assign(URL, {
    createObjectURL: () => `blob:${(made += 1)}`,
    revokeObjectURL: () => undefined,
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.querySelector("iframe")?.remove();
});

const come = () => act(() => near.forEach((tell) => tell()));
const orders: string[] = [];

/** The frame, as far as the page sees it: it takes a port, says that it is there, and answers. */
async function frameThatAnswers(answer: (order: Order) => Drawn): Promise<void> {
  const frame = await waitFor(() => {
    const opened = document.querySelector("iframe");
    expect(opened).toHaveAttribute("sandbox", "allow-scripts");
    return opened!;
  });
  vi.spyOn(frame.contentWindow!, "postMessage").mockImplementation((...said: unknown[]) => {
    const [port] = said[2] as [MessagePort];
    port.onmessage = ({ data }: MessageEvent<Order>) => {
      orders.push(data.source);
      port.postMessage(answer(data));
    };
    port.postMessage(null);
  });
  frame.dispatchEvent(new Event("load"));
}

const picture = (words: string): Drawn => ({ svg: "<svg/>", width: 300, height: 100, words });

const draw = (...sources: string[]) =>
  render(
    <Look>
      {sources.map((code) => (
        <Diagram key={code} code={code} />
      ))}
    </Look>,
  );

describe("a diagram", () => {
  it("is drawn when somebody is near it, once; what cannot be drawn is shown as it is written", async () => {
    const { container, unmount } = draw("graph A", "graph B");
    expect(container.querySelectorAll("pre")).toHaveLength(2);
    expect(document.querySelector("iframe")).toBeNull();
    come();
    await frameThatAnswers(({ source }) => (source === "graph A" ? picture("A and more") : null));
    expect(await screen.findByRole("img", { name: "A and more" })).toBeInTheDocument();
    expect(await screen.findByText(/cannot be drawn/)).toBeInTheDocument();
    expect(container.querySelector("pre")).toHaveTextContent("graph B");
    unmount();
    draw("graph A");
    expect(screen.getByRole("img", { name: "A and more" })).toBeInTheDocument();
    expect(orders).toEqual(["graph A", "graph B"]);

    await userEvent.click(screen.getByRole("button", { name: "Show source" }));
    expect(screen.queryByRole("img")).toBeNull();
    expect(screen.getByText("graph A")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Copy code" })).toBeInTheDocument();
  });

  it("that is far too long is not even sent to be drawn", async () => {
    draw(`graph ${"x".repeat(30_000)}`);
    come();
    expect(await screen.findByText(/cannot be drawn/)).toBeInTheDocument();
    expect(orders.filter((source) => source.length > 1000)).toEqual([]);
  });
});
