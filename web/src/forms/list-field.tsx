/** Any number of values of one kind, one under the other. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";

import { ActionButton } from "@/components/action-button";
import { t } from "@/i18n/tools";
import { CloseIcon, PlusIcon } from "@/icons/icons";

import { type Draft, draftOf } from "./draft";
import type { FieldOf } from "./schema";
import { type FieldProps, Frame, SchemaField } from "./schema-field";

export function ListField({ field, draft, at, problems, onChange }: FieldProps<FieldOf<"list">>) {
  const items = draft as readonly Draft[];
  const { item, label } = field;
  return (
    <Frame field={field} problem={problems[at]}>
      {items.map((one, place) => (
        <Box key={place} sx={ITEM}>
          <SchemaField
            field={{ ...item, label: t("form.item", { name: item.label || label, n: place + 1 }) }}
            draft={one}
            at={`${at}/${place}`}
            problems={problems}
            onChange={(changed) => onChange(items.with(place, changed))}
          />
          <ActionButton
            label={t("form.remove", { name: item.label || label, n: place + 1 })}
            icon={<CloseIcon sx={{ fontSize: 18 }} />}
            onClick={() => onChange(items.toSpliced(place, 1))}
          />
        </Box>
      ))}
      <Button
        size="small"
        color="inherit"
        startIcon={<PlusIcon />}
        onClick={() => onChange([...items, draftOf(item, undefined)])}
        sx={{ justifySelf: "start" }}
      >
        {t("form.add", { name: label })}
      </Button>
    </Frame>
  );
}

const ITEM = {
  display: "grid",
  gridTemplateColumns: "minmax(0, 1fr) auto",
  alignItems: "end",
  gap: 0.5,
} as const;
