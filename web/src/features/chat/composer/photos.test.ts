import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { withJpegs } from "./photos";

const photo = (name = "IMG_0001.HEIC", type = "image/heic") => new File(["heic"], name, { type });
const close = vi.fn();

/** A browser that reads photos of 8000 × 6000 pixels; what it draws is as large as it says. */
class Canvas {
  static sizes: (readonly number[])[] = [];
  readonly size: readonly number[];
  constructor(...size: number[]) {
    this.size = size;
  }
  getContext() {
    return {
      drawImage: (_: unknown, ...place: number[]) => Canvas.sizes.push([...this.size, ...place]),
    };
  }
  convertToBlob(asked: { type: string; quality: number }) {
    return Promise.resolve(new Blob([`as ${asked.quality}`], { type: asked.type }));
  }
}

beforeEach(() => {
  Canvas.sizes = [];
  vi.stubGlobal("OffscreenCanvas", Canvas);
  vi.stubGlobal("createImageBitmap", () => Promise.resolve({ width: 8000, height: 6000, close }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  close.mockClear();
});

describe("a photo of a phone", () => {
  it.each([
    ["IMG_0001.HEIC", "image/heic", "IMG_0001.jpg"],
    ["beach.heif", "image/heif", "beach.jpg"],
    ["unknown.heic", "", "unknown.jpg"],
    ["no-end", "image/heic", "no-end.jpg"],
  ])("%s of type %j becomes %s", async (name, type, becomes) => {
    const [made] = await withJpegs([photo(name, type)]);
    expect([made?.name, made?.type]).toEqual([becomes, "image/jpeg"]);
    expect(await made?.text()).toBe("as 0.9");
    expect(Canvas.sizes).toEqual([[4096, 3072, 0, 0, 4096, 3072]]);
    expect(close).toHaveBeenCalledOnce();
  });

  it("stays what it is where the browser does not read it, and so do all other files", async () => {
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new DOMException("not read")));
    const files = [photo(), new File(["x"], "notes.txt", { type: "text/plain" })];
    expect(await withJpegs(files)).toEqual(files);
  });

  it("stays what it is where no JPEG comes of it", async () => {
    vi.spyOn(Canvas.prototype, "convertToBlob").mockResolvedValue(
      new Blob(["png"], { type: "image/png" }),
    );
    const file = photo();
    expect((await withJpegs([file]))[0]).toBe(file);
    expect(close).toHaveBeenCalledOnce();
  });

  it("is drawn on the page's own canvas where there is no other", async () => {
    vi.stubGlobal("OffscreenCanvas", undefined);
    const pen = { drawImage: vi.fn() };
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(pen as never);
    vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation((done, type) =>
      done(new Blob(["x"], { type: type ?? "" })),
    );
    expect((await withJpegs([photo()]))[0]?.name).toBe("IMG_0001.jpg");
    expect(pen.drawImage).toHaveBeenCalledOnce();
  });
});
