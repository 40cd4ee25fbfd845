/** Before every test file: matchers for the screen, an own IndexedDB, a network that answers nobody. */
import "@testing-library/jest-dom/vitest";
import "fake-indexeddb/auto";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";

import { server } from "./server";

// What is loaded lazily is compiled first: on a busy machine that takes many seconds.
configure({ asyncUtilTimeout: 60_000 });

// jsdom draws nothing, and so has nothing to scroll.
Element.prototype.scrollIntoView = () => undefined;
// Nor does it know of any device; see `layout.ts` for one.
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });
// Nor can its files be read as they come.
Blob.prototype.stream = function () {
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: async (controller) => {
      controller.enqueue(new Uint8Array(await this.arrayBuffer()));
      controller.close();
    },
  });
};

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  localStorage.clear();
});
afterAll(() => server.close());
