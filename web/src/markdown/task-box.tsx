/** The box of a task in a list: it shows whether the task is done, and cannot be ticked. */
import type { ComponentProps } from "react";

import { t } from "@/i18n";

export function TaskBox({ checked }: ComponentProps<"input">) {
  const label = checked === true ? t("markdown.taskDone") : t("markdown.taskOpen");
  return <input type="checkbox" checked={checked === true} disabled readOnly aria-label={label} />;
}
