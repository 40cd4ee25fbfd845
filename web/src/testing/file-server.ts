/**
 * The files of a server in memory, by the contract.
 *
 * The rule it keeps: a form of jsdom loses the content of files on its way here, so what is stored is
 * the name that stands by itself; tests in a real browser see the bytes.
 */
import { http, HttpResponse } from "msw";

import type { StoredFile } from "@/api/types";

import { problem } from "./fake-server";
import { server } from "./server";

export class FileServer {
  files: readonly StoredFile[] = [];
  /** Answers to give to the next uploads instead of taking them. */
  readonly refusals: (Response | Promise<Response>)[] = [];
  /** How many uploads have come, taken or not. */
  asked = 0;

  constructor() {
    server.use(...handlers(this));
  }
}

function handlers(fake: FileServer) {
  return [
    http.post("/v1/files", async ({ request }) => {
      fake.asked += 1;
      const refusal = fake.refusals.shift();
      if (refusal) return refusal;
      const name = nameIn(await request.text());
      const stored = aStoredFile(`file-${fake.files.length + 1}`, name);
      fake.files = [...fake.files, stored];
      return HttpResponse.json(stored, { status: 201 });
    }),
    http.get("/v1/files/:file", ({ params }) => {
      const file = fake.files.find((one) => one.file_id === params.file);
      return file ? HttpResponse.json(file) : problem(404, "file_not_found", "There is none.");
    }),
  ];
}

const nameIn = (form: string) => /name="name"\r\n\r\n(.*)\r\n/.exec(form)?.[1] ?? "";

export const aStoredFile = (file_id: string, name: string): StoredFile => ({
  file_id,
  name,
  type: "text/plain",
  size: 7,
  sha256: "",
  created_at: "2025-06-12T12:00:00.000000Z",
  url: `/v1/files/${file_id}/content`,
});
