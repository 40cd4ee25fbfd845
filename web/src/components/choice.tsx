/** One of a few, all in sight. */
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import type { ReactNode } from "react";

interface ChoiceProps<Value extends string> {
  readonly labelledBy: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    readonly icon?: ReactNode;
    /** The language of the label, where it is not the page's. */
    readonly lang?: string;
  }[];
}

export function Choice<Value extends string>({
  labelledBy,
  value,
  onChange,
  options,
}: ChoiceProps<Value>) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      aria-labelledby={labelledBy}
      value={value}
      onChange={(_, chosen: Value | null) => chosen !== null && onChange(chosen)}
      sx={GROUP}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.value}
          value={option.value}
          {...(option.lang !== undefined && { lang: option.lang })}
          sx={{ gap: 1, px: { xs: 1, sm: 1.5 }, overflowWrap: "anywhere" }}
        >
          {option.icon}
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

/** Where one line may be too short for them, each stands for itself. */
const GROUP = {
  flexWrap: "wrap",
  minWidth: 0,
  "@media (max-width: 599.95px)": {
    gap: 0.5,
    "& .MuiToggleButtonGroup-grouped": {
      m: 0,
      borderRadius: "10px",
      borderColor: "surface.outline",
    },
  },
} as const;
