/** All that is yours: taken out as one archive, and brought in. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import { EXPORT } from "@/api/transfer-client";
import { notify } from "@/components/notices";
import { save } from "@/components/save";
import { t } from "@/i18n/keeping";
import { DownloadIcon } from "@/icons/icons";

import { BringIn } from "./bring-in-part";

export function DataPage() {
  const takeOut = () => {
    save(EXPORT);
    notify(t("data.saving"));
  };
  return (
    <Box sx={{ display: "grid", gap: 5 }}>
      <Part title={t("data.out")}>
        <Typography variant="body2">{t("data.outText")}</Typography>
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {t("data.outLook")} {t("data.one")}
        </Typography>
        <Button variant="contained" startIcon={<DownloadIcon />} onClick={takeOut}>
          {t("data.save")}
        </Button>
      </Part>
      <Part title={t("data.in")}>
        <Typography variant="body2">{t("data.inText")}</Typography>
        <BringIn />
      </Part>
    </Box>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Box component="section" sx={{ display: "grid", gap: 1.5, justifyItems: "start" }}>
      <Typography variant="h2">{title}</Typography>
      {children}
    </Box>
  );
}
