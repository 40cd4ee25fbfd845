/**
 * Puts tags on sessions and takes them off: of one, or of all that are chosen. A tag that only some of them have stays
 * so, unless it is put on all of them, or taken off.
 */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Dialog from "@mui/material/Dialog";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import FormHelperText from "@mui/material/FormHelperText";
import InputBase from "@mui/material/InputBase";
import Typography from "@mui/material/Typography";
import { type KeyboardEvent, useId, useRef, useState } from "react";

import { hasTag } from "@/api/pages";
import type { Session } from "@/api/types";
import { DialogFoot } from "@/components/dialog-foot";
import { t } from "@/i18n/sessions";
import { CloseIcon, PlusIcon } from "@/icons/icons";

import { MOST_TAGS, TAG_CHARS, tagsIn, useTagsInUse } from "./tags";
import { type Draft, draftOf, retagging, useSaveTags, withTags } from "./tags-draft";

const SUGGESTED = 12;

interface TagsDialogProps {
  /** At least one, of one agent. */
  readonly sessions: readonly Session[];
  readonly onClose: () => void;
}

export function TagsDialog({ sessions, onClose }: TagsDialogProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(() => draftOf(sessions));
  const [text, setText] = useState("");
  const save = useSaveTags(sessions);
  const { agent_id: agentId = "" } = sessions[0] ?? {};
  const inUse = useTagsInUse(agentId);
  const problem = problemOf([...draft.map(({ tag }) => tag), ...tagsIn(text)]);

  const change = (next: Draft) => {
    setDraft(next);
    input.current?.focus();
  };
  /** Whoever writes a tag that is in use means that one. */
  const add = (tags: readonly string[]) =>
    change(
      withTags(
        draft,
        tags.map((tag) => inUse.find((used) => hasTag([used], tag)) ?? tag),
      ),
    );
  const write = (value: string) => {
    const isWhole = value.includes(",");
    if (isWhole && problemOf(tagsIn(value)) === null) add(tagsIn(value));
    setText(isWhole && problemOf(tagsIn(value)) === null ? "" : value);
  };
  const onKeyDown = (press: KeyboardEvent) => {
    if (press.nativeEvent.isComposing) return;
    if (press.key === "Backspace" && text === "") setDraft(draft.slice(0, -1));
    if (press.key !== "Enter" || text.trim() === "") return; // an empty one sends what there is
    press.preventDefault();
    if (problem !== null) return;
    add(tagsIn(text));
    setText("");
  };
  const submit = () => {
    if (problem !== null) return;
    save(retagging(sessions, withTags(draft, tagsIn(text))));
    onClose();
  };

  return (
    <Dialog open onClose={onClose} aria-labelledby={`${id}-title`} fullWidth maxWidth="xs">
      <form
        noValidate
        onSubmit={(sent) => {
          sent.preventDefault();
          submit();
        }}
      >
        <DialogTitle id={`${id}-title`}>
          {sessions.length === 1
            ? t("tags.title")
            : t("tags.titleMany", { count: sessions.length })}
        </DialogTitle>
        <DialogContent>
          <Box sx={FIELD}>
            {draft.map(({ tag, isOnAll, count }) => (
              <Chip
                key={tag}
                variant={isOnAll ? "filled" : "outlined"}
                label={
                  <bdi>{isOnAll ? tag : t("tags.onSome", { tag, count, of: sessions.length })}</bdi>
                }
                aria-label={t("tags.remove", { tag })}
                deleteIcon={<CloseIcon sx={DELETE} />}
                onClick={() => change(draft.filter((each) => each.tag !== tag))}
                onDelete={() => change(draft.filter((each) => each.tag !== tag))}
              />
            ))}
            <InputBase
              inputRef={(field: HTMLInputElement | null) => {
                if (field !== null && input.current === null) field.focus();
                input.current = field;
              }}
              value={text}
              placeholder={draft.length === 0 ? t("tags.placeholder") : undefined}
              onChange={(typed) => write(typed.target.value)}
              onKeyDown={onKeyDown}
              inputProps={{
                "aria-label": t("tags.add"),
                "aria-describedby": `${id}-hint`,
                "aria-invalid": problem !== null,
                autoComplete: "off",
                autoCapitalize: "off",
                dir: "auto",
              }}
              sx={{ flex: 1, minWidth: 120 }}
            />
          </Box>
          <FormHelperText
            id={`${id}-hint`}
            error={problem !== null}
            role={problem === null ? undefined : "alert"}
          >
            {problem ?? t("tags.hint")}
          </FormHelperText>
          <Suggestions
            tags={inUse.filter(
              (tag) =>
                !draft.some((each) => each.isOnAll && hasTag([each.tag], tag)) &&
                tag.toLowerCase().includes(text.trim().toLowerCase()),
            )}
            onAdd={(tag) => {
              add([tag]);
              setText("");
            }}
          />
        </DialogContent>
        <DialogFoot confirm={t("action.save")} pending={false} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface SuggestionsProps {
  readonly tags: readonly string[];
  readonly onAdd: (tag: string) => void;
}

function Suggestions({ tags, onAdd }: SuggestionsProps) {
  const id = useId();
  if (tags.length === 0) return null;
  return (
    <Box role="group" aria-labelledby={id} sx={{ mt: 2 }}>
      <Typography
        id={id}
        variant="caption"
        component="div"
        sx={{ color: "text.secondary", mb: 0.5 }}
      >
        {t("tags.inUse")}
      </Typography>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 0.75 }}>
        {tags.slice(0, SUGGESTED).map((tag) => (
          <Chip
            key={tag}
            variant="outlined"
            size="small"
            icon={<PlusIcon sx={{ fontSize: 14 }} />}
            label={<bdi>{tag}</bdi>}
            aria-label={t("tags.addNamed", { tag })}
            onClick={() => onAdd(tag)}
          />
        ))}
      </Box>
    </Box>
  );
}

function problemOf(tags: readonly string[]): string | null {
  if (tags.some((tag) => tag.length > TAG_CHARS)) return t("tags.tooLong", { count: TAG_CHARS });
  return tags.length > MOST_TAGS ? t("tags.tooMany", { count: MOST_TAGS }) : null;
}

const DELETE = { "&&": { fontSize: 16 } } as const;

const FIELD = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 0.75,
  p: 1,
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "10px",
  "&:focus-within": {
    borderColor: "primary.main",
    boxShadow: "inset 0 0 0 1px var(--t-palette-primary-main)",
  },
} as const;
