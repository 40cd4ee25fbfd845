/** Which model the agent uses: one that a server offers, or a name typed by hand. */
import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";

import { useModels } from "@/api/queries";
import type { Model, ModelServer } from "@/api/types";
import { modelName } from "@/components/agent-name";
import { t } from "@/i18n/settings";

interface ModelFieldProps {
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (model: string) => void;
}

export function ModelField({ value, problem, onChange }: ModelFieldProps) {
  const { data, isPending } = useModels();
  const models = data?.models ?? [];
  const byId = new Map(models.map((model) => [model.id, model]));
  const silent = (data?.servers ?? []).filter((server) => server.status !== "ready");
  return (
    <Autocomplete
      freeSolo
      forcePopupIcon
      openOnFocus
      selectOnFocus
      loading={isPending}
      options={models.map((model) => model.id)}
      groupBy={(id) => byId.get(id)?.server ?? ""}
      inputValue={value}
      value={value === "" ? null : value}
      onInputChange={(_, text, reason) => {
        if (reason !== "reset") onChange(text);
      }}
      onChange={(_, id) => onChange(id ?? "")}
      // What stands in the field is a choice already made: the list shows them all.
      filterOptions={(ids) => (byId.has(value) ? ids : ids.filter((id) => contains(id, value)))}
      renderOption={({ key, ...option }, id) => (
        <Box component="li" key={key} {...option}>
          <Option id={id} model={byId.get(id)} />
        </Box>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          name="model"
          required
          label={t("agents.model")}
          error={problem !== undefined}
          helperText={problem ?? hint(value, byId.get(value), silent)}
        />
      )}
    />
  );
}

const contains = (id: string, words: string) =>
  id.toLowerCase().includes(words.trim().toLowerCase());

function Option({ id, model }: { readonly id: string; readonly model: Model | undefined }) {
  return (
    <>
      <Typography component="span" variant="body2" sx={{ flex: 1, overflowWrap: "anywhere" }}>
        {modelName(id)}
      </Typography>
      {model?.is_demo === true && <Chip size="small" color="secondary" label={t("models.demo")} />}
    </>
  );
}

/** What is worth knowing of the choice. */
function hint(value: string, model: Model | undefined, silent: readonly ModelServer[]): string {
  if (model?.is_demo === true) return t("models.demoHint");
  const server = silent.find(({ name }) => value.startsWith(`${name}/`));
  if (server !== undefined) return t(`models.status.${server.status}`, { server: server.name });
  return model === undefined && value !== "" ? t("agents.modelUnknown") : t("agents.modelHint");
}
