/** What came of files that were brought in: the sessions, to be opened, and what could not come, with the reason. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { Link } from "wouter";

import { InlineAlert } from "@/components/inline-alert";
import { paths } from "@/components/paths";
import { t } from "@/i18n/keeping";

import type { Report } from "./bring-in";
import { summaryOf } from "./use-bring-in";

/** More are counted. */
const SHOWN = 20;

export function ReportView({ report }: { readonly report: Report }) {
  const { came, problems } = report;
  return (
    <Box ref={reveal} sx={{ width: 1, display: "grid", gap: 1.5 }}>
      <Typography variant="body2">{summaryOf(report)}</Typography>
      {problems.length > 0 && (
        <InlineAlert severity="error" title={t("data.failed", { count: problems.length })}>
          <Box component="ul" sx={LIST}>
            {problems.slice(0, SHOWN).map(({ name, reason }, n) => (
              <li key={n} dir="auto">
                {t("data.problem", { name, reason })}
              </li>
            ))}
            <More count={problems.length - SHOWN} />
          </Box>
        </InlineAlert>
      )}
      {came.length > 0 && (
        <Box component="ul" aria-label={t("data.sessions")} sx={LIST}>
          {came.slice(0, SHOWN).map((session) => (
            <li key={session.session_id}>
              <Typography
                component={Link}
                href={paths.session(session.agent_id, session.session_id)}
                variant="body2"
                dir="auto"
                sx={{ color: "primary.main" }}
              >
                {session.session_name}
              </Typography>
            </li>
          ))}
          <More count={came.length - SHOWN} />
        </Box>
      )}
    </Box>
  );
}

const reveal = (report: HTMLElement | null) => report?.scrollIntoView({ block: "nearest" });

const More = ({ count }: { readonly count: number }) =>
  count > 0 ? <li>{t("data.more", { count })}</li> : null;

const LIST = { m: 0, paddingInlineStart: 2.5, display: "grid", gap: 0.5, overflowWrap: "anywhere" };
