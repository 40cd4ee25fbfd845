import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { setTransport } from "@/api/transport";
import type { FileAttachment } from "@/api/types";
import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";

import { AttachmentList } from "./attachment-list";

// What is fetched apart is there before a test begins: to fetch it is not what is tested.
import "@/markdown/markdown-view";
import "./file-player";
import "./file-viewer";

const file = (name: string, type: string, more: Partial<FileAttachment> = {}): FileAttachment => ({
  name,
  type,
  size: 1234,
  file_id: name,
  ...more,
});
const photo = file("photo.png", "image/png");
const chart = file("chart.svg", "image/svg+xml");
const table = file("table.csv", "text/csv");
const song = file("song.mp3", "audio/mpeg");
const film = file("film.mp4", "video/mp4");
const packed = file("data.zip", "application/zip");

const draw = (...files: FileAttachment[]) => renderPage(<AttachmentList files={files} />);

/** The content of a file, and which part of it was asked for. */
function contains(name: string, content: BodyInit) {
  const asked: (string | null)[] = [];
  server.use(
    http.get(`/v1/files/${name}/content`, ({ request }) => {
      asked.push(request.headers.get("Range"));
      return new HttpResponse(content);
    }),
  );
  return asked;
}

describe("a file", () => {
  it("that is an image is seen, from the server that keeps it", () => {
    draw(photo);
    expect(screen.getByRole("img", { name: "photo.png" })).toHaveAttribute(
      "src",
      "/v1/files/photo.png/content",
    );
  });

  it("says of what kind it is and how large, and can be downloaded", () => {
    draw(packed);
    const card = within(screen.getByRole("group", { name: "data.zip" }));
    expect(card.getByText("application/zip · 1.23 kB")).toBeVisible();
    expect(card.getByRole("button", { name: "Download data.zip" })).toBeVisible();
    expect(card.queryByRole("button", { name: "Open data.zip" })).toBeNull();
  });

  it("is called by what it is, whatever its writing", () => {
    draw(file("old.csv", "text/csv; charset=iso-8859-1"));
    expect(screen.getByText("CSV · 1.23 kB")).toBeVisible();
  });

  it("that stands in its message needs no server", () => {
    draw({ name: "dot.png", type: "image/png", content: "AAAA" });
    const image = screen.getByRole("img", { name: "dot.png" });
    expect(image).toHaveAttribute("src", "data:image/png;base64,AAAA");
  });

  it("on another host is named and not fetched", () => {
    draw(file("spy.png", "image/png", { file_id: null, url: "https://spy.example/p.png?id=1" }));
    expect(screen.getByText(/on spy.example/)).toBeVisible();
    expect(screen.queryByRole("img")).toBeNull();
  });

  it("that is on its way is named, and cannot be had yet", () => {
    draw({ name: "notes.txt", type: "text/plain", size: 7 });
    const card = screen.getByRole("group", { name: "notes.txt" });
    expect(within(card).queryByRole("button")).toBeNull();
  });

  it("whose name turns writing round shows it", () => {
    draw(file("invoice\u202Efdp.exe", "application/octet-stream"));
    expect(screen.getByRole("group", { name: "invoice\\u202Efdp.exe" })).toBeVisible();
    expect(screen.getByTitle("invoice\\u202Efdp.exe")).toBeVisible();
  });

  it("tells what the model was given of it", () => {
    renderPage(<AttachmentList files={[table]} givenOf={() => "text 7 characters"} />);
    expect(screen.getByText("Given to the model: text 7 characters")).toBeVisible();
  });
});

describe("sound and film", () => {
  beforeEach(() => {
    // jsdom plays nothing: this browser plays all but one.
    vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockImplementation((type) =>
      type === "video/quicktime" ? "" : "maybe",
    );
  });
  afterEach(() => {
    setTransport({ headers: () => ({}) });
    vi.restoreAllMocks();
  });

  it("play where they stand, from the server that keeps them, and can be downloaded", async () => {
    draw(song, film);
    const heard = await screen.findByLabelText<HTMLAudioElement>("song.mp3", { selector: "audio" });
    expect(heard).toHaveAttribute("src", "/v1/files/song.mp3/content");
    expect([heard.controls, heard.preload, heard.autoplay]).toEqual([true, "none", false]);
    const seen = await screen.findByLabelText<HTMLVideoElement>("film.mp4", { selector: "video" });
    expect([seen.controls, seen.preload, seen.autoplay]).toEqual([true, "metadata", false]);
    const card = within(screen.getByRole("group", { name: "film.mp4" }));
    expect(card.getByText("MP4 · 1.23 kB")).toBeVisible();
    expect(card.getByRole("button", { name: "Download film.mp4" })).toBeVisible();
  });

  it("that the browser does not play, or that is not at hand, is a card", () => {
    draw(file("film.mov", "video/quicktime"), file("far.mp3", "audio/mpeg", { file_id: null }));
    const card = within(screen.getByRole("group", { name: "film.mov" }));
    expect(card.getByRole("button", { name: "Download film.mov" })).toBeVisible();
    expect(document.querySelector("audio, video")).toBeNull();
  });

  it("that turns out to be none is a card; one that broke off on its way is not", async () => {
    draw(film);
    const seen = await screen.findByLabelText("film.mp4", { selector: "video" });
    Object.defineProperty(seen, "error", { value: { code: 2 }, configurable: true });
    fireEvent.error(seen);
    expect(seen).toBeInTheDocument();
    Object.defineProperty(seen, "error", { value: { code: 4 }, configurable: true });
    fireEvent.error(seen);
    expect(seen).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Download film.mp4" })).toBeVisible();
  });

  it("that turned out to be none before it was on the page is a card, too", async () => {
    const failed = vi.fn(() => ({ code: 4 }));
    const error = { get: failed, configurable: true };
    Object.defineProperty(HTMLMediaElement.prototype, "error", error);
    onTestFinished(() => void Reflect.deleteProperty(HTMLMediaElement.prototype, "error"));
    draw(film);
    await waitFor(() => expect(failed).toHaveBeenCalled());
    expect(screen.getByRole("button", { name: "Download film.mp4" })).toBeVisible();
    await waitFor(() => expect(document.querySelector("video")).toBeNull());
  });

  it("wait for a click where the server has to be told who asks, and leave no memory held", async () => {
    setTransport({ headers: () => ({ Authorization: "Bearer key" }) });
    URL.createObjectURL = () => "blob:song";
    const revoked = (URL.revokeObjectURL = vi.fn());
    const asked = contains("song.mp3", "ID3");
    const { user, unmount } = draw(song);
    const play = await screen.findByRole("button", { name: "Play (1.23 kB)" });
    expect(asked).toEqual([]);
    await user.click(play);
    const heard = await screen.findByLabelText<HTMLAudioElement>("song.mp3", { selector: "audio" });
    expect(heard).toHaveAttribute("src", "blob:song");
    expect(heard.autoplay).toBe(true);
    expect(asked).toHaveLength(1);
    unmount();
    expect(revoked).toHaveBeenCalledWith("blob:song");
  });
});

describe("the viewer", () => {
  it("shows one file after the other, by buttons and keys, and gives the focus back", async () => {
    const { user } = draw(photo, packed, chart);
    await user.click(screen.getByRole("button", { name: "Open photo.png" }));
    const first = within(await screen.findByRole("dialog", { name: "photo.png" }));
    expect(first.getByText(/1 of 2/)).toBeVisible();
    expect(first.getByRole("button", { name: "Close" })).toHaveFocus();
    await user.keyboard("{ArrowRight}");
    const second = within(screen.getByRole("dialog", { name: "chart.svg" }));
    expect(second.getByRole("img", { name: "chart.svg" })).toBeVisible();
    expect(second.getByRole("button", { name: "Next file" })).toHaveAttribute(
      "aria-disabled",
      "true",
    );
    await user.click(second.getByRole("button", { name: "Previous file" }));
    expect(screen.getByRole("dialog", { name: "photo.png" })).toBeVisible();
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByRole("button", { name: "Open photo.png" })).toHaveFocus();
  });

  it("shows an image as large as it is", async () => {
    const { user } = draw(photo);
    await user.click(screen.getByRole("button", { name: "Open photo.png" }));
    await user.click(await screen.findByRole("button", { name: "Full size" }));
    expect(screen.getByRole("button", { name: "Fit to the window" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
  });

  it("fetches text when it is looked at, and no more than its beginning", async () => {
    const asked = contains("table.csv", `a,b\n${"1,2\n".repeat(20_000)}`);
    const { user } = draw(table);
    expect(asked).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Open table.csv" }));
    expect(await screen.findByText(/These are the first 64 kB/)).toBeVisible();
    expect(asked).toEqual(["bytes=0-64000"]);
    expect(await screen.findByRole("code")).toHaveTextContent(/^a,b 1,2/);
    expect(await violations()).toEqual([]);
  });

  it("shows no bytes that are no text", async () => {
    contains("table.csv", new Uint8Array([80, 75, 0, 4]));
    const { user } = draw(table);
    await user.click(screen.getByRole("button", { name: "Open table.csv" }));
    expect(await screen.findByText(/There is no text in this file/)).toBeVisible();
  });

  it("says when the file cannot be had", async () => {
    server.use(
      http.get("/v1/files/table.csv/content", () => problem(404, "file_not_found", "It is gone.")),
    );
    const { user } = draw(table);
    await user.click(screen.getByRole("button", { name: "Open table.csv" }));
    expect(await screen.findByText("It is gone.")).toBeVisible();
  });
});
