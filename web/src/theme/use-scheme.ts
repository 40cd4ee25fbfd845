/** Which of the two schemes the page is drawn in: the one that was chosen, else the system's. */
import { useColorScheme } from "@mui/material/styles";

export function useScheme(): "light" | "dark" {
  const { mode, systemMode } = useColorScheme();
  return (mode === "system" ? systemMode : mode) ?? "light";
}
