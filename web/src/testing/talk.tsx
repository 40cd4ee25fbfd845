/** A talk as a test has it: the pane in a frame that opens the session which the first message makes. */
import { screen } from "@testing-library/react";
import { useState } from "react";

import type { Session } from "@/api/types";
import { ChatPane } from "@/features/chat/chat-pane";
import { draftKey, NOTHING, openRecords, writeDraft } from "@/storage";
import type { OutboxEntry } from "@/turn";

import { Watched } from "./drawn";
import { giveSizes, giveWidth } from "./layout";
import { renderPage } from "./render-page";
import { giveResizeObserver } from "./resizing";
import { anAgent, anAnswer, aSession, aTurn } from "./values";

// What the page fetches apart is there before a test begins: to fetch it is not what is tested.
import "@/features/chat/composer/attachment-chips";
import "@/features/chat/composer/attaching";
import "@/features/chat/composer/queue-chips";
import "@/features/chat/drop-sign";
import "@/features/chat/transcript/message-editor";
import "@/features/chat/transcript/transcript-list";
import "@/features/chat/transcript/turn-menu";
import "@/markdown/markdown-view";
import "@/renderers/attachment-list";
import "@/renderers/decision-card";
import "@/renderers/timeline";
import "@/renderers/tool-call-renderer";
import "@/renderers/turn-figures";
import "@/renderers/turn-notice";

export const scholar = anAgent("agent-1", {
  name: "Scholar",
  description: "Knows a little of everything.",
  starters: ["What can you do?"],
});

/** A turn that was asked "Question n" and answered "Answer n". */
export const done = (n: number) =>
  aTurn({
    turn_id: `t${n}`,
    n,
    session_id: "s1",
    input_messages: [{ role: "user", content: `Question ${n}` }],
    output_message: anAnswer(`Answer ${n}`),
    last_event_id: `${n}.1.9`,
  });

/** Before each test: a wide window, and nothing that an earlier test has left in the browser. */
export async function prepareTalk(): Promise<void> {
  giveResizeObserver();
  giveSizes({ row: 600, room: 600 });
  giveWidth(1200);
  sessionStorage.clear();
  const outbox = openRecords<OutboxEntry>("outbox");
  for (const { key } of await outbox.all()) await outbox.delete(key);
  for (const id of ["s1", null]) await writeDraft(draftKey("agent-1", id), NOTHING);
}

function Frame({ opened }: { readonly opened: Session | null }) {
  const [session, setSession] = useState(opened);
  return (
    <main>
      <ChatPane
        agent={scholar}
        session={session}
        onSessionCreated={(id) => setSession(aSession(id, { turn_count: 0 }))}
        focusTurnId={undefined}
      />
    </main>
  );
}

export const openTalk = (session: Session | null = aSession("s1")) =>
  renderPage(
    <Watched>
      <Frame opened={session} />
    </Watched>,
  );

export type Talk = ReturnType<typeof openTalk>;

export const composer = () => screen.getByRole("textbox", { name: "Write a message" });
export const turns = () => screen.getAllByRole("article");
/** The page's two voices. */
export const polite = () => screen.getByRole("status");
export const urgent = () => screen.getByRole("alert");

export async function write({ user }: Pick<Talk, "user">, text: string): Promise<void> {
  await user.type(composer(), `${text}{Enter}`);
}
