import { describe, expect, it } from "vitest";

import { archiveOf, entry, tarOf } from "@/testing/archive";
import { anAgent } from "@/testing/values";

import { type Part, partsOf } from "./documents";
import { BrokenArchive, entriesOf } from "./tar";

const ACCOUNT = entry("account.json", '{"format":"tertulia.account","version":1}');

const document = (name: string, files = "[]") =>
  `{"format":"tertulia.session","agent":${JSON.stringify(anAgent())},"session":{"session_name":"${name}"},` +
  `"turns":[{"big":12345678901234567890,"said":"\\"files\\":["}],"files":${files}}`;

async function partsIn(file: File): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for await (const part of partsOf(file, () => undefined)) parts.push(part);
  return parts;
}

const jsonIn = (part: Part | undefined) => (part?.kind === "session" ? part.json : "no session");

const streamOf = (pieces: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });

const why = (file: File) =>
  partsIn(file).then(
    () => "nothing",
    (error: unknown) => (error as Error).message,
  );

describe("a tar archive", () => {
  const read = async (bytes: Uint8Array<ArrayBuffer>, piece: number) => {
    const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, n) =>
      bytes.slice(n * piece, (n + 1) * piece),
    );
    const names: string[] = [];
    for await (const { name, data } of entriesOf(streamOf(pieces)))
      names.push(`${name} ${data.length}`);
    return names;
  };

  it("is read however it is cut on its way, and long names count", async () => {
    const long = `sessions/${"x".repeat(180)}.json`;
    const record = ` path=${long}\n`;
    const bytes = tarOf([
      entry("a", "one"),
      entry("pax", `${record.length + 3}${record}`, "x"),
      entry("cut", new Uint8Array(513)),
      entry("folder/", "", "5"),
    ]);
    for (const piece of [7, 512, 100_000])
      expect(await read(bytes, piece)).toEqual(["a 3", `${long} 513`]);
  });

  it("that ends too early, or is none, is refused", async () => {
    const bytes = tarOf([entry("a", "one")]);
    await expect(read(bytes.slice(0, 600), 600)).rejects.toThrow(BrokenArchive);
    await expect(read(new Uint8Array(2000).fill(65), 512)).rejects.toThrow(BrokenArchive);
  });
});

describe("a file that was taken out", () => {
  it("is one session, whose document stays as it was written", async () => {
    const text = document("Lisbon");
    const [part] = await partsIn(new File([text], "lisbon.json"));
    expect(part).toMatchObject({ kind: "session", name: "Lisbon" });
    expect(jsonIn(part)).toBe(text);
  });

  it("is an archive: each session gets the content of its own files", async () => {
    const info = (sha: string) => `{"info":{"sha256":"${sha}"},"is_listed":false,"content":null}`;
    const bytes = new Uint8Array(70_000).map((_, n) => n % 251);
    const parts = await partsIn(
      archiveOf([
        ACCOUNT,
        entry("agents/agent-1.json", JSON.stringify(anAgent())),
        entry("sessions/a.json", document("Lisbon", `[${info("aa")},${info("gone")}]`)),
        entry("files/aa", bytes),
        entry("sessions/b.json", document("Porto")),
        entry("uploads/u.json", "{}"),
        entry("files/bb", bytes),
      ]),
    );
    expect(parts.map((part) => part.kind)).toEqual(["agent", "session", "session", "upload"]);
    const content = Buffer.from(bytes).toString("base64");
    const filled = document(
      "Lisbon",
      `[${info("aa").replace("null", `"${content}"`)},${info("gone")}]`,
    );
    expect(jsonIn(parts[1])).toBe(filled);
    expect(jsonIn(parts[2])).toBe(document("Porto"));
  });

  it.each([
    ["an empty file", new File([], "a.json"), "The file is empty."],
    ["no JSON", new File(["hello"], "a.json"), /neither a JSON file nor an archive/],
    [
      "another's export",
      new File(['[{"mapping":{}}]'], "conversations.json"),
      /not taken out of Tertulia/,
    ],
    ["a .zip", new File(["PK\x03\x04"], "export.zip"), /ChatGPT and Open WebUI/],
    ["another archive", archiveOf([entry("a.txt", "hello")]), /This archive was not taken out/],
    [
      "half of one",
      new File(
        [archiveOf([ACCOUNT, entry("sessions/a.json", document("A"))]).slice(0, 90)],
        "a.gz",
      ),
      /ends before it should/,
    ],
  ])("is told from %s", async (_, file, reason) => {
    expect(await why(file)).toMatch(reason);
  });
});
