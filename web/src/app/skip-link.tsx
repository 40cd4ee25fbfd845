/** For the keyboard: past the sidebar. Seen only when it has the focus. */
import { styled } from "@mui/material/styles";

import { t } from "@/i18n";

const Skip = styled("a")(({ theme }) => ({
  position: "fixed",
  zIndex: theme.zIndex.tooltip,
  insetInlineStart: 8,
  top: 8,
  padding: "8px 16px",
  borderRadius: 8,
  color: theme.vars.palette.primary.contrastText,
  backgroundColor: theme.vars.palette.primary.main,
  "&:not(:focus)": { clipPath: "inset(50%)", width: 1, height: 1, overflow: "hidden" },
}));

export function SkipLink() {
  return (
    <Skip
      href="#main"
      onClick={(click) => {
        click.preventDefault(); // the address is the session's
        document.getElementById("main")?.focus();
      }}
    >
      {t("frame.skip")}
    </Skip>
  );
}
