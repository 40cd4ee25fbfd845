/** Why something failed, in a sentence for whoever it failed for. */
import { isApiError } from "@/api/errors";
import { t } from "@/i18n";

export function reasonOf(error: unknown): string {
  if (isApiError(error) && error.status === 0)
    return navigator.onLine ? t("error.network") : t("error.offline");
  return error instanceof Error && error.message !== "" ? error.message : t("error.unknown");
}
