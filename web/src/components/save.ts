/** Hands files to the browser, which saves them. */

/** What an address answers: as large as it may be, none of it comes into the page. Without a name the server names it. */
export function save(address: string, name = ""): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

export function saveBytes(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes);
  save(url, name);
  setTimeout(() => URL.revokeObjectURL(url), TAKEN_BY_MS); // some begin to read it a moment later
}

const TAKEN_BY_MS = 60_000;
