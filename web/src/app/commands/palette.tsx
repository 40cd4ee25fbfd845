/** The search with every command beside what it finds. */
import { type ComponentProps } from "react";

import { SearchDialog } from "@/features/search/search-dialog";

import { useCommands } from "./use-commands";

type Props = Omit<ComponentProps<typeof SearchDialog>, "commands">;

export function Palette(props: Props) {
  const { ofPage, ofTalk } = useCommands(props.agentId);
  return <SearchDialog {...props} commands={[...ofPage, ...ofTalk]} />;
}
