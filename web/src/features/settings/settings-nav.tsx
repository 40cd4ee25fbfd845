/** The way between the pages that are not talk. */
import Box from "@mui/material/Box";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import { Link } from "wouter";

import { useAccount } from "@/api/account-queries";
import { paths } from "@/components/paths";
import { t } from "@/i18n/settings";

import { isLedTo } from "./sections";

const SECTIONS = [
  { path: paths.settings, label: "settings.general" },
  { path: paths.appearance, label: "settings.appearance" },
  { path: paths.keyboard, label: "keyboard.title" },
  { path: paths.agents, label: "agents.title" },
  { path: paths.models, label: "models.title" },
  { path: paths.tools, label: "tools.title" },
  { path: paths.shares, label: "shares.section" },
  { path: paths.trash, label: "sessions.openTrash" },
  { path: paths.data, label: "settings.data" },
  { path: paths.account, label: "settings.account" },
  { path: paths.users, label: "settings.users" },
  { path: paths.server, label: "settings.server" },
  { path: paths.about, label: "settings.about" },
] as const;

export type Section = (typeof SECTIONS)[number]["path"];

/** They look like tabs and are links: each has an address. */
export function SettingsNav({ section }: { readonly section: Section }) {
  const { data: account } = useAccount();
  // The page one is on is shown.
  const sections = SECTIONS.filter(({ path }) => path === section || isLedTo(path, account));
  return (
    <Box component="nav" aria-label={t("settings.title")} sx={{ minWidth: 0, flex: 1 }}>
      <Tabs
        value={section}
        variant="scrollable"
        role="presentation"
        slotProps={{ list: { role: "presentation" } }}
      >
        {sections.map(({ path, label }) => (
          <Tab
            key={path}
            component={Link}
            href={path}
            value={path}
            label={t(label)}
            role="link"
            aria-selected={undefined}
            aria-current={path === section ? "page" : undefined}
            tabIndex={0}
            sx={{ minWidth: 0, minHeight: 52, px: 1.5 }}
          />
        ))}
      </Tabs>
    </Box>
  );
}
