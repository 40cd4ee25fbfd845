/** How the server does and what was done here, for admins. */
import Box from "@mui/material/Box";

import { useAccount } from "@/api/account-queries";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/account-server";

import { AuditPart } from "./audit-part";
import { NotForYou } from "./not-for-you";
import { ServerState } from "./server-state";

export function ServerPage() {
  const { data: account, isPending } = useAccount();
  if (isPending) return <SessionRowsSkeleton />;
  if (account !== undefined && !account.scopes.includes("admin"))
    return <NotForYou>{t("server.forbiddenText")}</NotForYou>;
  return (
    <Box sx={{ display: "grid", gap: 5 }}>
      <ServerState />
      <AuditPart />
    </Box>
  );
}
