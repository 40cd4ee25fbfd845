/** Everything that the page says, in Spanish: one small file, fetched before anything is drawn in it. */
import { account } from "./es/account";
import { accountServer } from "./es/account-server";
import { branches } from "./es/branches";
import { chat } from "./es/chat";
import { core } from "./es/core";
import { embed } from "./es/embed";
import { extras } from "./es/extras";
import { files } from "./es/files";
import { inspector } from "./es/inspector";
import { keeping } from "./es/keeping";
import { lost } from "./es/lost";
import { outgoing } from "./es/outgoing";
import { search } from "./es/search";
import { sessions } from "./es/sessions";
import { settings } from "./es/settings";
import { shares } from "./es/shares";
import { shell } from "./es/shell";
import { tools } from "./es/tools";
import { turns } from "./es/turns";
import type { Messages } from "./messages";

export const es: Messages = {
  ...core,
  ...shell,
  ...chat,
  ...account,
  ...accountServer,
  ...branches,
  ...embed,
  ...extras,
  ...files,
  ...inspector,
  ...keeping,
  ...lost,
  ...outgoing,
  ...search,
  ...sessions,
  ...settings,
  ...shares,
  ...tools,
  ...turns,
};
