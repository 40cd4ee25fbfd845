import { describe, expect, it } from "vitest";

import { embedHref, optionsIn, pagePath, placeIn } from "./embed-address";

describe("the address of a frame", () => {
  it.each([
    ["/embed/agent-1", "", "/a/agent-1"],
    ["/embed/agent-1", "?session=new", "/a/agent-1"],
    ["/embed/agent-1", "?session=", "/a/agent-1"],
    ["/embed/agent-1", "?session=s1&theme=dark", "/a/agent-1/s/s1"],
    ["/embed/agent-1", "?session=..%2F..%2Fsettings", "/a/agent-1/s/..%2F..%2Fsettings"],
    ["/embed/a%2Fb", "?session=s%2F1", "/a/a%2Fb/s/s%2F1"],
    ["/embed/agent-1/s/elsewhere", "", "/a/agent-1"],
    ["/embed/%E0%A4%A", "", "/a/%25E0%25A4%25A"],
    ["/embed/", "", "/a/"],
  ])("%s%s is the talk %s", (pathname, search, page) => {
    expect(pagePath(placeIn(pathname, search))).toBe(page);
  });

  it.each([
    ["", { theme: "system", hasHost: false }],
    ["?theme=dark&host=1", { theme: "dark", hasHost: true }],
    ["?theme=pink&host=yes", { theme: "system", hasHost: false }],
  ])("%s says %j", (search, options) => {
    expect(optionsIn(search)).toEqual(options);
  });
});

describe("a step", () => {
  it("to a session of the agent stays in the frame, with what the frame was given", () => {
    expect(embedHref("/a/agent-1/s/s2", "agent-1", "?theme=dark&host=1&session=s1")).toBe(
      "/embed/agent-1?theme=dark&host=1&session=s2",
    );
    expect(embedHref("/a/agent-1", "agent-1", "?session=s1&turn=t")).toBe(
      "/embed/agent-1?session=new",
    );
  });

  it("to a turn names it", () => {
    expect(embedHref("/a/agent-1/s/s1?turn=t1", "agent-1", "")).toBe(
      "/embed/agent-1?session=s1&turn=t1",
    );
  });

  it.each([
    "/",
    "/settings/agents",
    "/a/agent-2",
    "/a/agent-2/s/s1",
    "https://evil.example/a/agent-1",
    "//evil.example/a/agent-1",
  ])("to %s leads out of it", (to) => {
    expect(embedHref(to, "agent-1", "")).toBeNull();
  });
});
