/** A talk with the first agent of the server. Which session is open stands in the address: a reload comes back to it. */
import { type FormEvent, useState } from "react";
import {
  ChatMessage,
  SessionSelector,
  type TranscriptRow,
  TurnRenderer,
  useAgents,
  useTalk,
} from "tertulia-react";

export function AskUs() {
  const { data: agents, error } = useAgents();
  if (error) return <p role="alert">{error.message}</p>;
  const [agent] = agents ?? [];
  return (
    <main style={{ maxWidth: 720, margin: "0 auto", padding: 16 }}>
      <h1>Ask us</h1>
      {agent && <Talk agentId={agent.agent_id} name={agent.agent_config.name ?? "Agent"} />}
    </main>
  );
}

function Talk({ agentId, name }: { agentId: string; name: string }) {
  const [sessionId, setSessionId] = useState(location.hash.slice(1) || "new");
  const open = (id: string) => {
    history.replaceState(null, "", id === "new" ? "#" : `#${id}`);
    setSessionId(id);
  };
  const talk = useTalk(agentId, sessionId === "new" ? null : sessionId, open);
  const show = (row: TranscriptRow) =>
    row.kind === "turn" ? (
      <TurnRenderer turn={row.turn} agentName={name} actions={talk.actions} />
    ) : (
      row.entry.messages.map((message, n) => <ChatMessage key={n} message={message} tone="faded" />)
    );
  return (
    <>
      <SessionSelector agentId={agentId} currentSessionId={sessionId} onSessionChange={open} />
      {talk.rows.map((row, n) => (
        <article key={row.key} style={{ marginBlock: 24 }}>
          <h2 style={{ fontSize: 14 }}>Question {n + 1}</h2>
          {show(row)}
        </article>
      ))}
      <Writing onSend={talk.send} onStop={talk.isBusy ? talk.stop : null} />
    </>
  );
}

interface WritingProps {
  onSend: (text: string) => void;
  onStop: (() => void) | null;
}

function Writing({ onSend, onStop }: WritingProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("text")).trim();
    if (text === "") return;
    onSend(text);
    event.currentTarget.reset();
  };
  return (
    <form onSubmit={submit} style={{ display: "flex", gap: 8 }}>
      <input name="text" aria-label="Your question" autoComplete="off" style={{ flex: 1 }} />
      <button>Send</button>
      {onStop && (
        <button type="button" onClick={onStop}>
          Stop
        </button>
      )}
    </form>
  );
}
