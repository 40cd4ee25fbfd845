/**
 * Why something failed, in a sentence for whoever it failed for.
 *
 * What the server says is left in its English in every language: it names fields, values and remedies
 * that only the server knows. Where the page knows what happened, it has words of its own.
 */
import { isApiError } from "@/api/errors";
import { t } from "@/i18n";

export function reasonOf(error: unknown): string {
  if (isApiError(error) && error.status === 0)
    return navigator.onLine ? t("error.network") : t("error.offline");
  return error instanceof Error && error.message !== "" ? error.message : t("error.unknown");
}
