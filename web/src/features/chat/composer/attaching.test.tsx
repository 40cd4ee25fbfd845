import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { draftKey, readDraft } from "@/storage";
import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { FileServer } from "@/testing/file-server";
import { server as network } from "@/testing/server";
import { composer, done, openTalk, polite, prepareTalk, type Talk, write } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";
import { aServerConfig } from "@/testing/values";

beforeEach(prepareTalk);

const text = (name: string, words = "a,b\n1,2", type = "text/plain") =>
  new File([words], name, { type });
const chip = (name: string) => screen.findByRole("listitem", { name: `Attached: ${name}` });
const chosen = () => within(screen.getByRole("list", { name: "Attached files" }));

async function open() {
  const turns = new TurnServer([done(1)]);
  const files = new FileServer();
  const talk = openTalk();
  await screen.findByText("Answer 1");
  return { ...talk, turns, files };
}

const choose = ({ user }: Pick<Talk, "user">, ...files: File[]) =>
  user.upload(screen.getByLabelText("Attach files", { selector: "input" }), files);

/** As browsers have it when something is pasted or dropped. */
function transfer(files: readonly File[], texts: Readonly<Record<string, string>> = {}) {
  return {
    files,
    items: files.map((file) => ({
      kind: "file",
      getAsFile: () => file,
      webkitGetAsEntry: () => ({ isDirectory: file.name === "folder", name: file.name }),
    })),
    types: [...(files.length > 0 ? ["Files"] : []), ...Object.keys(texts)],
    getData: (type: string) => texts[type] ?? "",
  };
}

describe("files", () => {
  it("go up while the message is written, and are named in it", async () => {
    const talk = await open();
    await choose(talk, text("one.txt"), text("two.txt"));
    expect(await chip("one.txt")).toHaveTextContent("7 bytes");
    await chip("two.txt");
    expect(polite()).toHaveTextContent("2 files attached");
    await waitFor(() => expect(talk.files.files).toHaveLength(2));
    await write(talk, "What is in them?");
    await waitFor(() => expect(talk.turns.posted).toHaveLength(1));
    expect(talk.turns.posted[0]?.messages).toEqual([
      {
        role: "user",
        content: "What is in them?",
        files: talk.files.files.map(({ file_id, name, type, size }) => ({
          file_id,
          name,
          type,
          size,
        })),
      },
    ]);
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
  });

  it("can be sent without words", async () => {
    const talk = await open();
    await choose(talk, text("one.txt"));
    await chip("one.txt");
    await talk.user.click(screen.getByRole("button", { name: "Send" }));
    await waitFor(() => expect(talk.turns.posted).toHaveLength(1));
  });

  it("that are still on their way are waited for, and the reader sees it", async () => {
    const talk = await open();
    let answer: (response: Response) => void = () => undefined;
    talk.files.refusals.push(new Promise((resolve) => (answer = resolve)));
    await choose(talk, text("one.txt"));
    expect(await screen.findByRole("progressbar", { name: "Upload of one.txt" })).toBeVisible();
    await write(talk, "Look");
    expect(await screen.findByText("Uploading 1 file")).toBeVisible();
    expect(talk.turns.posted).toEqual([]);
    answer(
      HttpResponse.json(
        { file_id: "late", name: "one.txt", type: "text/plain", size: 7 },
        { status: 201 },
      ),
    );
    await waitFor(() => expect(talk.turns.posted).toHaveLength(1));
    expect(talk.turns.posted[0]?.messages[0]?.files).toMatchObject([{ file_id: "late" }]);
  });

  it("can be taken away again", async () => {
    const talk = await open();
    await choose(talk, text("one.txt"), text("two.txt"));
    await chip("two.txt");
    await talk.user.click(screen.getByRole("button", { name: "Remove one.txt" }));
    expect(chosen().getAllByRole("listitem")).toHaveLength(1);
    expect(composer()).toHaveFocus();
    await talk.user.click(screen.getByRole("button", { name: "Remove two.txt" }));
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
  });

  it("that the server refuses say why, and are not sent", async () => {
    const talk = await open();
    talk.files.refusals.push(problem(415, "unsupported_file", "This is no text."));
    await choose(talk, text("one.txt"));
    expect(await screen.findByText("This is no text.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Upload one.txt again" })).toBeNull();
    await write(talk, "Look");
    expect(
      await screen.findByText("one.txt was not uploaded. Remove it to send the message."),
    ).toBeVisible();
    expect(composer()).toHaveValue("Look");
    expect(talk.turns.posted).toEqual([]);
    expect(await violations(talk.container)).toEqual([]);
  });

  it("are there again after a reload, with what was written", async () => {
    const talk = await open();
    await choose(talk, text("one.txt"));
    await talk.user.type(composer(), "Half a thou");
    await waitFor(() => expect(talk.files.files).toHaveLength(1));
    await waitFor(async () =>
      expect(await readDraft(draftKey("agent-1", "s1"))).toMatchObject({ text: "Half a thou" }),
    );
    talk.unmount();
    openTalk();
    await chip("one.txt");
    expect(composer()).toHaveValue("Half a thou");
  });
});

describe("what the server would refuse", () => {
  it("is refused with the reason, also before the page knew the limits", async () => {
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const turns = new TurnServer([done(1)]);
    const files = new FileServer();
    const limits = { ...aServerConfig.limits, max_files: 2, max_file_bytes: 1000 };
    const config = HttpResponse.json({ ...aServerConfig, limits });
    network.use(http.get("/v1/config", () => told.then(() => config)));
    const talk = openTalk();
    await screen.findByText("Answer 1");
    await choose(
      talk,
      text("film.mov", "x", "video/quicktime"),
      text("big.txt", "x".repeat(2000)),
      text("none.txt", ""),
      ...["one.txt", "two.txt", "three.txt"].map((name) => text(name)),
    );
    tell();
    await chip("two.txt");
    expect(chosen().getAllByRole("listitem")).toHaveLength(2);
    for (const reason of [
      "film.mov: video/quicktime is not accepted.",
      "big.txt: 2 kB, the limit is 1 kB.",
      "none.txt is empty.",
      "At most 2 files go with a message. Not attached: three.txt.",
    ])
      expect(screen.getByText(reason)).toBeVisible();
    await waitFor(() => expect(files.asked).toBe(2));
    await talk.user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText("none.txt is empty.")).toBeNull();
    expect(turns.posted).toEqual([]);
  });
});

describe("a photo of a phone", () => {
  afterEach(() => vi.unstubAllGlobals());
  const photo = () => text("IMG_0001.HEIC", "heic", "image/heic");

  it("goes up as a JPEG where the browser can read it", async () => {
    const drawing = { drawImage: () => undefined };
    vi.stubGlobal("createImageBitmap", () =>
      Promise.resolve({ width: 4, height: 3, close: () => undefined }),
    );
    vi.stubGlobal(
      "OffscreenCanvas",
      class {
        getContext = () => drawing;
        convertToBlob = ({ type }: { type: string }) => Promise.resolve(new Blob(["x"], { type }));
      },
    );
    const talk = await open();
    await choose(talk, photo());
    await chip("IMG_0001.jpg");
    await waitFor(() => expect(talk.files.files.map(({ name }) => name)).toEqual(["IMG_0001.jpg"]));
  });

  it("is refused as what it is where it cannot", async () => {
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new DOMException("not read")));
    const limits = { ...aServerConfig.limits, accept: ["image/jpeg"] };
    new TurnServer([done(1)]);
    const files = new FileServer();
    network.use(http.get("/v1/config", () => HttpResponse.json({ ...aServerConfig, limits })));
    const talk = openTalk();
    await screen.findByText("Answer 1");
    await choose(talk, photo());
    expect(await screen.findByText("IMG_0001.HEIC: image/heic is not accepted.")).toBeVisible();
    expect(files.asked).toBe(0);
  });
});

describe("what is pasted", () => {
  it("is attached when it is a picture", async () => {
    await open();
    const picture = new File(["png"], "image.png", { type: "image/png" });
    fireEvent.paste(composer(), { clipboardData: transfer([picture]) });
    await chip("image.png");
  });

  it("stays text when the picture is only how the text looks", async () => {
    await open();
    const picture = new File(["png"], "image.png", { type: "image/png" });
    const texts = { "text/plain": "a\tb", "text/html": "<table>" };
    fireEvent.paste(composer(), { clipboardData: transfer([picture], texts) });
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
  });

  it("becomes a file when it is long, and text again for who wants that", async () => {
    const talk = await open();
    const long = "word ".repeat(2000);
    await talk.user.type(composer(), "Sum up: ");
    fireEvent.paste(composer(), { clipboardData: transfer([], { "text/plain": long }) });
    await chip("Pasted text.txt");
    expect(composer()).toHaveValue("Sum up: ");
    await talk.user.click(screen.getByRole("button", { name: "Paste as text instead" }));
    await waitFor(() => expect(composer()).toHaveValue(`Sum up: ${long}`));
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
    expect(composer()).toHaveFocus();
  });
});

it("what is pasted stays text where no text may be attached", async () => {
  const limits = { ...aServerConfig.limits, accept: ["image/*"] };
  new TurnServer([done(1)]);
  network.use(http.get("/v1/config", () => HttpResponse.json({ ...aServerConfig, limits })));
  openTalk();
  await screen.findByText("Answer 1");
  const long = "word ".repeat(2000);
  fireEvent.paste(composer(), { clipboardData: transfer([], { "text/plain": long }) });
  expect(await screen.findByText(/text\/plain is not accepted/)).toBeVisible();
  expect(composer()).toHaveValue(long);
});

describe("what is carried over the page", () => {
  it("is awaited visibly and said, and attached where it is dropped", async () => {
    await open();
    const dataTransfer = transfer([text("one.txt"), text("folder")]);
    fireEvent.dragEnter(document.body, { dataTransfer });
    expect(await screen.findByRole("region", { name: "Drop files to attach them" })).toBeVisible();
    expect(polite()).toHaveTextContent("Drop files to attach them");
    expect(screen.getByText("Up to 10 files, each up to 25 MB")).toBeVisible();
    expect(fireEvent.drop(document.body, { dataTransfer })).toBe(false); // the browser does nothing
    await chip("one.txt");
    expect(screen.getByText(/folder is a folder/)).toBeVisible();
    expect(screen.queryByRole("region", { name: "Drop files to attach them" })).toBeNull();
  });

  it("is no longer awaited when it leaves the window", async () => {
    await open();
    const dataTransfer = transfer([text("one.txt")]);
    fireEvent.dragEnter(document.body, { dataTransfer });
    fireEvent.dragLeave(document.body, { dataTransfer, relatedTarget: null });
    expect(screen.queryByRole("region", { name: "Drop files to attach them" })).toBeNull();
  });

  it("is left alone when there is no file in it", async () => {
    await open();
    fireEvent.dragEnter(document.body, { dataTransfer: transfer([], { "text/plain": "words" }) });
    expect(screen.queryByRole("region", { name: "Drop files to attach them" })).toBeNull();
  });
});

it("what waits with files goes with them", async () => {
  const talk = await open();
  await write(talk, "First");
  await waitFor(() => expect(talk.turns.posted).toHaveLength(1));
  await choose(talk, text("one.txt"));
  await write(talk, "Second");
  expect(await screen.findByText("1 file")).toBeVisible();
  talk.turns.answer("Done.");
  await waitFor(() => expect(talk.turns.posted).toHaveLength(2));
  expect(talk.turns.posted[1]?.messages[0]?.files).toMatchObject([{ name: "one.txt" }]);
});
