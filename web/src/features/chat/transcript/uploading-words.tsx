/** How many files of a message are still on their way. */
import { t as ofPage } from "@/i18n";
import { t } from "@/i18n/files";
import { useUploads } from "@/turn/use-upload";

export function UploadingWords({ files }: { readonly files: readonly string[] }) {
  const all = useUploads();
  const open = files.filter((key) => all.get(key)?.state === "uploading").length;
  return open === 0 ? ofPage("delivery.waiting") : t("delivery.uploading", { count: open });
}
