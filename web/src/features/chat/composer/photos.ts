/**
 * Photos as phones keep them (HEIC, HEIF), made JPEG where the browser can read them. Fetched when there is one.
 *
 * The rule it keeps: what cannot be made stays as it is, and is refused as what it is.
 */
import { isPhonePhoto, PHOTO_NAME } from "./attachment";

/** Phones draw no more than 4096 × 4096 pixels, and no model is given as many. */
const MOST_PX = 4096;
const JPEG = { type: "image/jpeg", quality: 0.9 } as const;

/** One after the other: each is many megabytes while it is drawn. */
export async function withJpegs(files: readonly File[]): Promise<readonly File[]> {
  const made: File[] = [];
  for (const file of files)
    made.push(isPhonePhoto(file) ? await jpegOf(file).catch(() => file) : file);
  return made;
}

async function jpegOf(file: File): Promise<File> {
  const bitmap = await createImageBitmap(file);
  try {
    const name = `${file.name.replace(PHOTO_NAME, "")}.jpg`;
    return new File([await drawn(bitmap)], name, { type: JPEG.type });
  } finally {
    bitmap.close();
  }
}

async function drawn(bitmap: ImageBitmap): Promise<Blob> {
  const part = Math.min(1, MOST_PX / Math.max(bitmap.width, bitmap.height));
  const width = Math.round(bitmap.width * part);
  const height = Math.round(bitmap.height * part);
  const canvas = canvasOf(width, height);
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("nothing to draw on");
  pen.drawImage(bitmap, 0, 0, width, height);
  const jpeg = await writtenFrom(canvas);
  if (jpeg?.type !== JPEG.type) throw new Error("no JPEG came of it");
  return jpeg;
}

function canvasOf(width: number, height: number): HTMLCanvasElement | OffscreenCanvas {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

function writtenFrom(canvas: HTMLCanvasElement | OffscreenCanvas): Promise<Blob | null> {
  if ("convertToBlob" in canvas) return canvas.convertToBlob(JPEG);
  return new Promise((resolve) => canvas.toBlob(resolve, JPEG.type, JPEG.quality));
}
