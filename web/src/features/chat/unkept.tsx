/** The browser keeps nothing for us: what waits to be sent would be lost with the page, and who leaves it is asked. */
import Box from "@mui/material/Box";
import { useEffect } from "react";

import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n/outgoing";

export function Unkept() {
  useEffect(() => {
    const ask = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
  return (
    <Box sx={{ mb: 1, borderRadius: 1, bgcolor: "background.default" }}>
      <InlineAlert severity="warning" title={t("unkept.title")} announced>
        {t("unkept.text")}
      </InlineAlert>
    </Box>
  );
}
