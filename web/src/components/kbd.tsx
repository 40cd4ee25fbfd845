/** Keys as they stand on the keyboard. */
import Box from "@mui/material/Box";

import { keysOf, type Shortcut } from "./shortcuts";

export function Kbd({ shortcut }: { readonly shortcut: Shortcut }) {
  return (
    <Box component="kbd" sx={{ display: "inline-flex", gap: 0.5, font: "inherit" }}>
      {keysOf(shortcut).map((key) => (
        <Box
          key={key}
          component="kbd"
          sx={{
            minWidth: 22,
            px: 0.75,
            border: 1,
            borderBottomWidth: 2,
            borderColor: "divider",
            borderRadius: "6px",
            bgcolor: "surface.raised",
            typography: "caption",
            textAlign: "center",
          }}
        >
          {key}
        </Box>
      ))}
    </Box>
  );
}
