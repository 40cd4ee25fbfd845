/** The same calls for a shell: ask again, read, follow. */
import Box from "@mui/material/Box";

import type { TurnPlace } from "@/api/client";
import type { Step, Turn } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { t } from "@/i18n/inspector";

import { createCall, curlOf, followCall, type HttpCall, readCall, requestCall } from "./curl";
import { Quiet, Section, TEXT } from "./part-section";

interface Props {
  readonly place: TurnPlace;
  readonly turn: Turn;
  readonly step: Step | undefined;
}

export function CurlPart({ place, turn, step }: Props) {
  const { origin } = location;
  return (
    <>
      <Call
        title={t("curl.create")}
        call={createCall(origin, place, turn)}
        note={t("curl.createText")}
      />
      <Call title={t("curl.read")} call={readCall(origin, place)} />
      <Call title={t("curl.follow")} call={followCall(origin, place)} />
      {step?.step_type === "inference" && (
        <Call title={t("curl.request")} call={requestCall(origin, place, step.step_id)} />
      )}
      <Box sx={{ mt: 1.5 }}>
        <Quiet>{t("curl.key")}</Quiet>
      </Box>
    </>
  );
}

interface CallProps {
  readonly title: string;
  readonly call: HttpCall;
  readonly note?: string;
}

function Call({ title, call, note }: CallProps) {
  const command = curlOf(call);
  return (
    <Section
      title={title}
      actions={<CopyButton label={t("curl.copy", { what: title })} text={() => command} />}
    >
      {note !== undefined && <Quiet>{note}</Quiet>}
      <Box component="pre" dir="ltr" sx={{ ...TEXT, m: 0, mt: 0.5 }}>
        {command}
      </Box>
    </Section>
  );
}
