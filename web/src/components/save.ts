/** Has the browser save what an address answers: as large as it may be, none of it comes into the page. */
export function save(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = ""; // the server names it
  link.click();
}
