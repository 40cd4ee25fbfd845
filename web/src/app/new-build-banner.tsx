/** Offers to load the page anew once another build of it is there: the server was upgraded under an open page. */
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { keys } from "@/api/keys";
import { hear } from "@/api/line";
import { useConfig } from "@/api/queries";
import { ActionButton } from "@/components/action-button";
import { t } from "@/i18n";
import { CloseIcon, RetryIcon } from "@/icons/icons";

import { Banner } from "./banner";

export function NewBuildBanner() {
  const client = useQueryClient();
  const build = useConfig().data?.build;
  /** The build that this page is of, or that somebody would not have. */
  const [known, setKnown] = useState(build);
  if (known === undefined && build !== undefined) setKnown(build);
  // A server that was away may have come back as another one.
  useEffect(
    () => hear("back", () => void client.refetchQueries({ queryKey: keys.config })),
    [client],
  );
  if (known === undefined || build === undefined || build === known) return null;
  return (
    <Banner
      icon={<RetryIcon fontSize="small" />}
      action={
        <>
          <Button size="small" color="inherit" onClick={() => location.reload()}>
            {t("build.reload")}
          </Button>
          <ActionButton
            label={t("action.dismiss")}
            icon={<CloseIcon sx={{ fontSize: 18 }} />}
            onClick={() => setKnown(build)}
          />
        </>
      }
    >
      {t("build.new")}
    </Banner>
  );
}
