/** How to connect a real model: the server is started with its address, so there is a command for each. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import { t } from "@/i18n/settings";

import { Command } from "./command";

const WAYS = [
  { name: "Ollama", command: "tertulia serve --model-server http://127.0.0.1:11434/v1" },
  { name: "llama.cpp", command: "tertulia serve --model-server http://127.0.0.1:8080/v1" },
  { name: "vLLM", command: "tertulia serve --model-server http://127.0.0.1:8000/v1" },
  { name: "LM Studio", command: "tertulia serve --model-server http://127.0.0.1:1234/v1" },
  {
    name: "OpenAI",
    command: "OPENAI_API_KEY=… tertulia serve --model-server https://api.openai.com/v1",
  },
] as const;

export function ConnectModel() {
  return (
    <Box sx={{ display: "grid", gap: 2 }}>
      <Typography variant="body2" sx={{ color: "text.secondary" }}>
        {t("connect.text")}
      </Typography>
      {WAYS.map(({ name, command }) => (
        <Box key={name} sx={{ display: "grid", gap: 0.5 }}>
          <Typography variant="subtitle2" component="h3">
            {name}
          </Typography>
          <Command>{command}</Command>
        </Box>
      ))}
    </Box>
  );
}
