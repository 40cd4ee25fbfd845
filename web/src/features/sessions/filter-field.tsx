/** Narrows the list to the sessions that have some words. It asks once the typing pauses. */
import InputBase from "@mui/material/InputBase";
import { useRef, useState } from "react";

import { ActionButton } from "@/components/action-button";
import { t } from "@/i18n";
import { CloseIcon, SearchIcon } from "@/icons/icons";

const PAUSE_MS = 150;

interface FilterFieldProps {
  readonly label: string;
  readonly onFilter: (words: string) => void;
}

export function FilterField({ label, onFilter }: FilterFieldProps) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const write = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onFilter(value.trim()), value === "" ? 0 : PAUSE_MS);
  };
  const clear = () => {
    write("");
    input.current?.focus();
  };
  return (
    <InputBase
      fullWidth
      inputRef={input}
      value={text}
      placeholder={label}
      onChange={(change) => write(change.target.value)}
      onKeyDown={(press) => {
        if (press.key !== "Escape" || text === "") return;
        press.preventDefault(); // it is no wish to stop the agent
        clear();
      }}
      inputProps={{
        "aria-label": label,
        type: "search",
      }}
      startAdornment={
        <SearchIcon sx={{ fontSize: 18, marginInlineEnd: 1, color: "text.secondary" }} />
      }
      endAdornment={
        text !== "" && (
          <ActionButton
            edge="end"
            label={t("sessions.clearFilter")}
            icon={<CloseIcon sx={{ fontSize: 16 }} />}
            onClick={clear}
          />
        )
      }
      sx={FIELD}
    />
  );
}

const FIELD = {
  fontSize: "0.875rem",
  px: 1.25,
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "10px",
  bgcolor: "background.paper",
  "&.Mui-focused": {
    borderColor: "primary.main",
    boxShadow: "0 0 0 1px var(--t-palette-primary-main)",
  },
  "& input": { py: 0.875, height: "1.5em", "&::-webkit-search-cancel-button": { display: "none" } },
} as const;
