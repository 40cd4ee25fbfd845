/**
 * The commands above the composer, for what is written there after a slash.
 *
 * The focus stays in the composer, which hands its keys on. The rule it keeps: what no command is called is a message
 * like any other.
 */
import Box from "@mui/material/Box";
import { useEffect, useImperativeHandle, useRef, useState } from "react";

import { announce } from "@/components/announcer";
import type { SlashProps } from "@/features/chat/composer/slash";
import { type Command, fitting } from "@/features/search/commands";
import { CommandLine, Option } from "@/features/search/search-results";
import { t } from "@/i18n/search";

import { usePlace } from "../place";
import { useCommands } from "./use-commands";

export function SlashCommands({ ref, id, text, onActive, onTaken, onClose }: SlashProps) {
  const { agentId } = usePlace();
  const { ofTalk, ofPage } = useCommands(agentId);
  const commands = fitting([...ofTalk, ...ofPage], text.slice(1));
  const { at, choose } = useChosen(text, commands.length);
  const list = useRef<HTMLDivElement>(null);
  const count = commands.length;
  const isOpen = count > 0;
  const active = isOpen ? `${id}-${at}` : undefined;

  useEffect(() => {
    onActive(active);
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, onActive]);
  useEffect(() => {
    if (count > 0) announce(t("command.spoken", { count }));
  }, [count]);

  const take = (command: Command | undefined) => {
    onTaken();
    command?.run();
  };
  useImperativeHandle(ref, () => ({
    press: (key) => {
      if (!isOpen) return false;
      if (key === "ArrowDown") choose(at + 1);
      else if (key === "ArrowUp") choose(at - 1);
      else if (key === "Enter" || key === "Tab") take(commands[at]);
      else if (key === "Escape") onClose();
      else return false;
      return true;
    },
  }));
  if (!isOpen) return null;
  return (
    <Box ref={list} id={id} role="listbox" aria-label={t("search.commands")} sx={LIST}>
      {commands.map((command, place) => (
        <Option
          key={command.key}
          id={`${id}-${place}`}
          isChosen={place === at}
          onPoint={() => choose(place)}
          onOpen={() => take(command)}
        >
          <CommandLine command={command} />
        </Option>
      ))}
    </Box>
  );
}

/** Which one Enter runs: the first whenever something else is written. */
function useChosen(text: string, count: number) {
  const [chosen, setChosen] = useState({ text, at: 0 });
  const at = chosen.text === text ? Math.min(chosen.at, Math.max(count - 1, 0)) : 0;
  const choose = (place: number) => setChosen({ text, at: (place + count) % Math.max(count, 1) });
  return { at, choose };
}

const LIST = {
  position: "absolute",
  insetInline: 0,
  bottom: "calc(100% + 8px)",
  zIndex: 3,
  p: 0.75,
  maxHeight: "min(40dvh, 360px)",
  overflowY: "auto",
  scrollbarWidth: "thin",
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "14px",
  bgcolor: "background.paper",
  boxShadow: 8,
} as const;
