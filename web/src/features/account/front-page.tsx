/** A page for those who are not in yet: the name of the place, and one thing to do. */
import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import { useDocumentTitle } from "@/components/use-document-title";
import { Wordmark } from "@/icons/wordmark";

interface Props {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

export function FrontPage({ title, text, children }: Props) {
  useDocumentTitle(title);
  return (
    <Box component="main" sx={PAGE}>
      <Box sx={{ width: 1, maxWidth: 400, m: "auto", display: "grid", gap: 3 }}>
        <Box sx={{ display: "flex", justifyContent: "center" }}>
          <Wordmark />
        </Box>
        <Paper variant="outlined" sx={CARD}>
          <Box sx={{ display: "grid", gap: 0.75 }}>
            <Typography variant="h1">{title}</Typography>
            <Typography variant="body2" sx={{ color: "text.secondary", textWrap: "pretty" }}>
              {text}
            </Typography>
          </Box>
          {children}
        </Paper>
      </Box>
    </Box>
  );
}

const PAGE = {
  display: "flex",
  minHeight: "100dvh",
  px: 2,
  py: 4,
  bgcolor: "surface.sidebar",
} as const;

const CARD = {
  display: "grid",
  gap: 3,
  p: { xs: 2.5, sm: 4 },
  borderRadius: "16px",
  bgcolor: "background.paper",
} as const;
