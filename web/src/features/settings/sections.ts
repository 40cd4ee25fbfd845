/** Which of the pages that are not talk somebody is led to. */
import type { Account } from "@/api/types";
import { paths } from "@/components/paths";

/** Where nobody signs in there are no accounts; of users, and how the server does, only admins know. */
export function isLedTo(path: string, account: Account | undefined): boolean {
  const hasAccounts = account !== undefined && account.via !== "local";
  if (path === paths.account) return hasAccounts;
  const isAdmin = account?.scopes.includes("admin") === true;
  if (path === paths.server) return isAdmin;
  return path !== paths.users || (hasAccounts && isAdmin);
}
