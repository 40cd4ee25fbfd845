/** What only admins see, to whoever is none. */
import { EmptyState } from "@/components/empty-state";
import { t } from "@/i18n/account";
import { PersonIcon } from "@/icons/icons";

export function NotForYou({ children }: { readonly children: string }) {
  return (
    <EmptyState icon={<PersonIcon fontSize="inherit" />} title={t("users.forbidden")}>
      {children}
    </EmptyState>
  );
}
