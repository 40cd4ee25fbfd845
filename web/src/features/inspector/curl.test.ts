import { execFileSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import { aTurn } from "@/testing/values";

import { createCall, curlOf, requestCall, shellQuoted } from "./curl";

const PLACE = { agentId: "a/1", sessionId: "s 1", turnId: "t1" };

/** What a real shell makes of a command: the words, one a line of JSON. */
function wordsOf(command: string): readonly string[] {
  const script = "curl() { for word; do printf '%s\\0' \"$word\"; done; }; " + command;
  const environment = { TERTULIA_API_KEY: "the key", PATH: "/usr/bin:/bin" };
  const said = execFileSync("sh", ["-c", script], { env: environment, encoding: "utf8" });
  return said.split("\0").slice(0, -1);
}

describe("a word for the shell", () => {
  it.each([
    "plain",
    "",
    "it's",
    "''",
    `"quoted"`,
    "$HOME ${PATH} $(touch /tmp/owned) `id`",
    "back\\slash and \\' more\\",
    "two\nlines\r\nand\ttabs",
    "!history !!",
    "* ? [a-z] ~ {a,b}",
    "; rm -rf / & | > < #",
    "-x --data @/etc/passwd",
    "Olá, 世界 🙂 \u202e",
  ])("is taken as it is: %j", (text) => {
    expect(wordsOf(`curl ${shellQuoted(text)}`)).toEqual([text]);
  });

  it("has no NUL, which no shell can hold", () => {
    expect(shellQuoted("a\u0000b")).toBe("'ab'");
  });
});

describe("the call that asks the same again", () => {
  const nasty = `It's $(id) "now" @file \\ \n'; echo owned; '`;
  const turn = aTurn({
    parent_turn_id: "t0",
    input_messages: [
      {
        role: "user",
        content: nasty,
        file: { name: "a.txt", type: "text/plain", content: "aGk=", file_id: "f1" },
      },
    ],
  });
  const words = wordsOf(curlOf(createCall("https://talk.example", PLACE, turn)));

  it("has the address, the key from the environment, and the message to the letter", () => {
    expect(words).toContain("https://talk.example/v1/agents/a%2F1/session/s%201/turn");
    expect(words).toContain("Authorization: Bearer the key");
    const body = JSON.parse(words[words.indexOf("--data-raw") + 1] ?? "") as unknown;
    expect(body).toEqual({
      messages: [{ role: "user", content: nasty, file: { file_id: "f1" } }],
      parent_turn_id: "t0",
      stream: true,
    });
  });

  it("names the key and never writes it out", () => {
    const command = curlOf(createCall("https://talk.example", PLACE, turn));
    expect(command).toContain('"Authorization: Bearer $TERTULIA_API_KEY"');
  });
});

it("reads without a body", () => {
  const words = wordsOf(curlOf(requestCall("http://127.0.0.1:8321", PLACE, "s1")));
  expect(words).toEqual([
    "-sS",
    "http://127.0.0.1:8321/v1/agents/a%2F1/session/s%201/turn/t1/step/s1/request",
    "-H",
    "Authorization: Bearer the key",
  ]);
});
