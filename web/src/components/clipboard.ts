/** Copying, and saying so. The text may still be on its way when the button is pressed. */
import { t } from "@/i18n";

import { notify } from "./notices";

export async function copyText(text: string | Promise<string>, copied: string): Promise<void> {
  try {
    if (typeof text === "string") await navigator.clipboard.writeText(text);
    else await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    notify(copied);
  } catch {
    notify(t("copy.failed"));
  }
}
