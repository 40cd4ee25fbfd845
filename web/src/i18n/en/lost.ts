/** Words of the places where nothing is, and of the ways on from there. Fetched by whoever comes there. */
import type { Messages } from "../messages";

export const lost = {
  "agents.none": "No agents yet",
  "agents.noneText":
    "An agent is a model with instructions of yours: what it is for, how it speaks, how far it may go.",
  "agents.create": "Create agent",
  "agents.notFound": "There is no such agent",
  "agents.notFoundText": "It was deleted, or the address is wrong. These are there:",
  "agents.notLoaded": "The agents could not be loaded",
  "sessions.notFound": "This session doesn’t exist or was deleted.",
  "sessions.notOpened": "The session could not be opened.",
  "sessions.newWithDraft": "Start a new session with this draft",
  "sessions.startNew": "Start a new session",
  "sessions.goTo": "Go to sessions",
  "sessions.draftKept": "What you had begun to write here is kept.",
  "forbidden.session": "You can’t see this session",
  "forbidden.agent": "You can’t see this agent",
  "notFound.title": "There is nothing at this address",
  "notFound.text": "It may have been mistyped, or what was here is gone.",

  "kept.view": "View the copy that this page has (read-only)",
  "kept.label": "Copy of the talk",
  "kept.text": "This is a copy that this page still has. The session itself is gone.",
  "kept.copy": "Copy as text",
} as const satisfies Messages;
