/** Words of what is done with turns now and then. */
import type { Messages } from "../messages";

export const branches = {
  "branch.fork": "Continue in a new session",
  "branch.forked": "A new session with the talk up to here. The other one stays as it is.",
  "branch.notForked": "The session was not continued: {reason}",
  "branch.copyPlain": "Copy as plain text",
  "branch.copyLink": "Copy link to this turn",
  "branch.linkCopied": "Link copied",
  "branch.share": "Share up to here",
  "branch.copyId": "Copy the turn’s id",
  "branch.idCopied": "Id copied",
  "branch.retryElsewhere": "Retry with another agent",
  "branch.retryWith": "Retry with {agent}",
  "branch.askedElsewhere": "{agent} answers in a new session. The other one stays as it is.",
  "branch.notAskedElsewhere": "The other agent was not asked: {reason}",
  "branch.delete": "Delete this turn?",
  "branch.deleteText":
    "It goes, and with it everything that was said after it, also on other branches. There is no way back.",
  "branch.deleted": "Turn deleted",
  "branch.notDeleted": "The turn was not deleted: {reason}",

  "branch.noAnswer": "There is no answer to copy yet",
  "branch.noCode": "There is no code in this talk yet",
  "branch.codeCopied": "Code copied",
  "branch.turnsCopied": {
    one: "{count} turn copied as Markdown",
    other: "{count} turns copied as Markdown",
  },
  "branch.showRaw": "Show raw",
  "branch.copyRaw": "Copy raw",
  "branch.raw": "The turn as the server has it",

  "feedback.label": "Your feedback",
  "feedback.up": "Good answer",
  "feedback.down": "Bad answer",
  "feedback.words": "Say more",
  "feedback.why": "What was good? (optional)",
  "feedback.whyNot": "What was wrong? (optional)",
  "feedback.hint": "It is kept with the turn, and in exports. No model sees it.",
  "feedback.noWords": "No, thanks",
  "feedback.notKept": "Your feedback was not kept: {reason}",

  "branch.editor": "Edit your message",
  "branch.editorHint": "What was there before stays: you can switch between both.",
  "branch.submit": "Send",
} as const satisfies Messages;
