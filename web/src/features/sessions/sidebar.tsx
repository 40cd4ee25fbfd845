/** The sessions of an agent: begin one, find one, open one. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type ReactNode, Suspense, useState } from "react";
import { Link } from "wouter";

import { isNotFound } from "@/api/errors";
import { useNow } from "@/components/clock";
import { late } from "@/components/late";
import { NotLoaded } from "@/components/not-loaded";
import { paths } from "@/components/paths";
import { SHORTCUTS, ariaKeys, spokenKeys } from "@/components/shortcuts";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { writeAtOnce } from "@/components/write-at-once";
import { t } from "@/i18n";
import { ArrowLeftIcon, NewSessionIcon } from "@/icons/icons";

import { useChosenTag } from "./chosen-tag";
import { FilterField } from "./filter-field";
import { NoSessions } from "./no-sessions";
import { sessionRows } from "./session-rows";
import { useSessionActions } from "./use-session-actions";
import { type SessionView, useSessionList } from "./use-session-list";

/** It comes while its sessions do: who wants to write need not wait for it. */
const SessionList = late(async () => (await import("./session-list")).SessionList);
SessionList.soon();
/** Few have tags. */
const TagBar = late(async () => (await import("./tag-bar")).TagBar, { isQuiet: true });

interface SidebarProps {
  readonly agentId: string;
  readonly openId: string | null;
  readonly isArchive: boolean;
  readonly onArchive: (isArchive: boolean) => void;
  /** Above the list: the agent on narrow screens. */
  readonly children?: ReactNode;
}

export function Sidebar({ agentId, openId, isArchive, onArchive, children }: SidebarProps) {
  const [words, setWords] = useState("");
  const label = isArchive ? t("sessions.filterArchive") : t("sessions.filter");
  return (
    <>
      <Box sx={{ display: "grid", gap: 1, px: 1.5, pb: 1 }}>
        {children}
        {isArchive ? (
          <ArchiveHead onLeave={() => onArchive(false)} />
        ) : (
          <NewSession agentId={agentId} />
        )}
        <FilterField label={label} onFilter={setWords} />
      </Box>
      <Sessions
        agentId={agentId}
        openId={openId}
        view={{ q: words, tag: useChosenTag(agentId), archived: isArchive }}
        onArchive={() => onArchive(true)}
      />
    </>
  );
}

function NewSession({ agentId }: { readonly agentId: string }) {
  const keys = SHORTCUTS.newSession;
  return (
    <Button
      component={Link}
      href={paths.agent(agentId)}
      variant="tonal"
      startIcon={<NewSessionIcon />}
      title={spokenKeys(keys)}
      onClick={writeAtOnce}
      aria-keyshortcuts={ariaKeys(keys)}
    >
      {t("sessions.new")}
    </Button>
  );
}

function ArchiveHead({ onLeave }: { readonly onLeave: () => void }) {
  return (
    <Button
      color="inherit"
      startIcon={<ArrowLeftIcon />}
      onClick={onLeave}
      sx={{ justifyContent: "flex-start" }}
    >
      {t("sessions.archivedTitle")}
    </Button>
  );
}

interface SessionsProps {
  readonly agentId: string;
  readonly openId: string | null;
  readonly view: SessionView;
  readonly onArchive: () => void;
}

function Sessions({ agentId, openId, view, onArchive }: SessionsProps) {
  const sessions = useSessionList(agentId, view);
  const actions = useSessionActions(agentId);
  const now = useNow();
  // Of an agent that is not there the talk beside it says so.
  if (isNotFound(sessions.error)) return <Box sx={{ flex: 1 }} />;
  if (sessions.error !== null)
    return (
      <Box sx={{ flex: 1, px: 1.5 }}>
        <NotLoaded
          title={t("sessions.notLoaded")}
          error={sessions.error}
          onRetry={sessions.reload}
        />
      </Box>
    );
  const count = sessions.pinned.length + sessions.others.length;
  const tagBar = (view.tag !== "" || sessions.isTagged) && (
    <Suspense>
      <TagBar agentId={agentId} chosen={view.tag} />
    </Suspense>
  );
  if (!sessions.isLoading && count === 0)
    return (
      <>
        {tagBar}
        <NoSessions view={view} onArchive={onArchive} />
      </>
    );
  return (
    <>
      {tagBar}
      <Suspense fallback={<SessionRowsSkeleton />}>
        <SessionList
          key={String(view.archived)}
          agentId={agentId}
          // Null while they load: the list itself, being there already, then shows them at once.
          rows={sessions.isLoading ? null : sessionRows(sessions.pinned, sessions.others, now)}
          openId={openId}
          actions={actions}
          hasMore={sessions.hasMore}
          onLoadMore={sessions.loadMore}
        />
      </Suspense>
      {count > 0 && (
        <Typography variant="caption" sx={{ px: 2.5, py: 0.75, color: "text.secondary" }}>
          {sessions.hasMore ? t("sessions.loaded", { count }) : t("sessions.count", { count })}
        </Typography>
      )}
    </>
  );
}
