/** The name of a file on one line. However long it is, its end is seen: it says of what kind it is. */
import Box from "@mui/material/Box";

import { shownName } from "./shown-name";

/** The end is the extension and a little of what is before it. */
const END = /.{0,3}\.[^.\s]{1,10}$/u;

export function FileName({ name }: { readonly name: string }) {
  const shown = shownName(name);
  const end = END.exec(shown)?.[0] ?? "";
  return (
    <Box component="bdi" title={shown} sx={NAME}>
      <Box component="span" sx={STEM}>
        {shown.slice(0, shown.length - end.length)}
      </Box>
      <span>{end}</span>
    </Box>
  );
}

const NAME = {
  display: "flex",
  minWidth: 0,
  typography: "body2",
  fontWeight: 550,
  whiteSpace: "pre",
} as const;

const STEM = { minWidth: 0, overflow: "hidden", textOverflow: "ellipsis" } as const;
