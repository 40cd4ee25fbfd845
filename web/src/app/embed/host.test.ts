import { afterEach, describe, expect, it, vi } from "vitest";

import { HELLO, type Told } from "@/embed/protocol";

import { Host, namedOrigins } from "./host";

const WWW = "https://www.example";
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A frame in a page, and how that page speaks. */
function framed(origins: readonly string[] = [WWW]) {
  const parent = { postMessage: vi.fn() };
  const host = new Host({ parent, origins });
  const told: Told[] = [];
  stops.push(host.listen((each) => told.push(each)));
  const hello = (origin: string, said: unknown, source: unknown = parent) => {
    const { port1, port2 } = new MessageChannel();
    stops.push(() => port1.close());
    const message = new MessageEvent("message", {
      data: { type: HELLO, told: said },
      origin,
      ports: [port2],
    });
    Object.defineProperty(message, "source", { value: source });
    dispatchEvent(message);
    return port1;
  };
  return { host, parent, told, hello };
}

describe("the page around a frame", () => {
  it("is told nothing but that the frame is there before it has answered", () => {
    const { host, parent } = framed();
    host.say({ type: "session", detail: { sessionId: "s1" } });
    expect(parent.postMessage.mock.calls).toEqual([[{ type: "tertulia:ready" }, "*"]]);
  });

  it("is heard if it is named, and then hears what waited", async () => {
    const { host, told, hello } = framed();
    host.say({ type: "session", detail: { sessionId: "s1" } });
    const port = hello(WWW, { apiKey: "k", theme: "dark", session: "s1" });
    expect(told).toEqual([{ apiKey: "k", theme: "dark", session: "s1" }]);
    const heard = await new Promise((resolve) => {
      port.onmessage = ({ data }) => resolve(data);
    });
    expect(heard).toEqual({ type: "session", detail: { sessionId: "s1" } });
  });

  it("is not heard if it is another's, nor is another window of its origin", () => {
    const { told, hello } = framed();
    hello("https://evil.example", { apiKey: "k" });
    hello("https://www.example.evil.example", { apiKey: "k" });
    hello("null", { apiKey: "k" });
    hello(WWW, { apiKey: "k" }, window);
    expect(told).toEqual([]);
  });

  it("of the server's own origin needs no name", () => {
    const { told, hello } = framed([]);
    hello(location.origin, {});
    expect(told).toEqual([{}]);
  });

  it("can say nothing that makes no sense", () => {
    const { told, hello } = framed();
    hello(WWW, { apiKey: 7, theme: "pink", session: null, more: true });
    hello(WWW, "theme");
    expect(told).toEqual([{}, {}]);
  });
});

it("the origins that the server wrote into the page are those that are named", () => {
  document.head.innerHTML = `<meta name="tertulia-embedders" content="${WWW} https://b.example">`;
  expect(namedOrigins(document)).toEqual([WWW, "https://b.example"]);
  document.head.innerHTML = `<meta name="tertulia-embedders" content="">`;
  expect(namedOrigins(document)).toEqual([]);
});
