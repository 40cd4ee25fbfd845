/**
 * What has changed of an MCP server's tools since somebody accepted them. A tool that says something
 * else of itself is another tool: until it is accepted, a person is asked before it runs.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import { useAcceptToolgroup } from "@/api/tool-queries";
import type { Json } from "@/api/json";
import type { ToolChange, ToolDef, Toolgroup } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { t } from "@/i18n/tools";
import { JsonTree } from "@/renderers/json-tree";

export function AcceptChanges({ group }: { readonly group: Toolgroup }) {
  const accept = useAcceptToolgroup();
  const name = group.toolgroup_id;
  return (
    <InlineAlert
      severity="warning"
      title={t("tools.changedTitle", { count: group.changes.length })}
      actions={
        <Button
          size="small"
          variant="outlined"
          color="inherit"
          loading={accept.isPending}
          aria-label={t("tools.acceptNamed", { name })}
          onClick={() =>
            accept.mutate(group, { onSuccess: () => notify(t("tools.accepted", { name })) })
          }
        >
          {t("tools.accept")}
        </Button>
      }
    >
      {t("tools.changedText")}
      {group.changes.map((change) => (
        <Change key={change.name} change={change} />
      ))}
      {accept.error !== null && (
        <Typography variant="body2" role="alert" sx={{ color: "error.main" }}>
          {reasonOf(accept.error)}
        </Typography>
      )}
    </InlineAlert>
  );
}

function Change({ change: { name, pinned, current } }: { readonly change: ToolChange }) {
  const what = pinned === null ? "added" : current === null ? "gone" : "other";
  return (
    <Disclosure summary={t(`tools.change.${what}`, { name })}>
      <Box sx={SIDES}>
        {pinned !== null && <Definition title={t("tools.before")} definition={pinned} />}
        {current !== null && <Definition title={t("tools.now")} definition={current} />}
      </Box>
    </Disclosure>
  );
}

interface DefinitionProps {
  readonly title: string;
  readonly definition: ToolDef;
}

function Definition({ title, definition }: DefinitionProps) {
  return (
    <Box sx={{ minWidth: 0, overflowWrap: "anywhere" }}>
      <Typography variant="overline" component="h4">
        {title}
      </Typography>
      <Typography variant="body2" sx={{ whiteSpace: "pre-wrap", color: "text.primary" }}>
        {definition.description}
      </Typography>
      <JsonTree value={definition.input_schema as Json} label={t("tools.schema")} />
    </Box>
  );
}

const SIDES = {
  display: "grid",
  gap: 2,
  gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 14rem), 1fr))",
} as const;
