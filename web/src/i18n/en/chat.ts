/** Words of the conversation: turns, steps, composer. */
import type { Messages } from "../messages";

export const chat = {
  "delivery.waiting": "Waiting to be sent",
  "message.you": "You",
  "message.agent": "Agent",
  "message.showMore": "Show more",
  "message.showLess": "Show less",

  "file.image": "Image",

  "turn.queued": "Waiting for its turn",
  "turn.working": "Working",
  "turn.waiting": "Waiting for the model",
  "turn.thinking": "Thinking",
  "turn.writing": "Writing",
  "turn.usingTool": "Using {tool}",
  "turn.checking": "Checking",
  "turn.retrieving": "Looking things up",
  "turn.still": "still working",
  "turn.worked": "Worked",
  "turn.workedFor": "Worked {duration}",
  "turn.tools": { one: "{count} tool", other: "{count} tools" },
  "turn.tokens": { one: "{count} token", other: "{count} tokens" },
  "turn.thought": "Thought",
  "turn.thoughtFor": "Thought for {duration}",

  "turn.awaitingInput": "The agent waits for the answer of a tool that another program runs.",

  "decision.approval": "The agent asks whether it may run this tool.",
  "decision.question": "The tool asks you something.",
  "decision.unknown_outcome":
    "This tool may already have run before the server stopped. Run it again, or go on without its result?",

  "turn.copied": "Copied",
  "turn.copyMarkdown": "Copy answer",
  "turn.facts": "Details of this answer",
  "turn.broken": "This turn cannot be shown",
  "turn.demo": "Demo script, no AI",

  "turn.continueMessage": "Continue",

  "branch.edit": "Edit message",
  "branch.more": "More actions",
  "branch.switch": { one: "Version {n} of {count}", other: "Version {n} of {count}" },
  "branch.previous": "Previous version",
  "branch.next": "Next version",
  "branch.notShown": "The other version could not be shown: {reason}",

  "transcript.label": "Talk",
  "transcript.turn": "Turn {n}",
  "transcript.older": "Loading earlier turns",
  "transcript.jump": "To the end",
  "transcript.new": { one: "{count} new", other: "{count} new" },
  "transcript.notLoaded": "The talk could not be loaded",

  "stream.reconnecting": "The line to the answer is cut. Next try in {seconds} s.",

  "announce.working": "The agent is working",
  "announce.tool": "Using {tool}",
  "announce.still": "Still working",
  "announce.ready": { one: "Answer ready, {count} word", other: "Answer ready, {count} words" },
  "announce.stopped": "Stopped",
  "announce.failed": "The agent could not answer: {reason}",

  "newSession.invite": "Ask something, or begin with a file.",
  "newSession.starters": "Ways to begin",

  "composer.form": "Message",
  "composer.label": "Write a message",
  "composer.placeholder": "Message {agent}",
  "composer.queue": "Write the next message",
  "composer.send": "Send",
  "composer.enqueue": "Send when the agent has answered",
  "composer.stop": "Stop",
  "composer.stopping": "Stopping…",
  "composer.takeBack": "Take the message back",

  "composer.tooLong": {
    one: "The message has {count} character, the limit is {limit}.",
    other: "The message has {count} characters, the limit is {limit}.",
  },
  "composer.stopFailed": "The answer could not be stopped",

  "attach.add": "Attach files",
} as const satisfies Messages;
