/** Words of messages that are not yet the server's: on their way, waiting, or kept by nobody but this page. */
import type { Messages } from "../messages";

export const outgoing = {
  "delivery.sending": "Sending…",
  "delivery.fileLost": "a file was not kept by this browser. Edit the message to choose it again.",
  "delivery.away":
    "The server does not answer. This is sent when it is back; next try in {seconds} s.",
  "delivery.retrying": "Not sent yet. Retry {attempt} of {most} in {seconds} s.",
  "delivery.now": "Send now",
  "delivery.failed": "Not sent: {reason}",
  "delivery.requestId": "(request {id})",
  "delivery.edit": "Edit",
  "delivery.discard": "Discard",

  "busy.awaiting": "Not sent: the agent waits for your decision on its last turn.",
  "busy.running": "Not sent: the agent is at work on another message.",
  "busy.queue": "Send when it has answered",
  "busy.stop": "Stop it and send now",

  "queue.label": "Waiting messages",
  "queue.edit": "Edit",
  "queue.sendNow": "Stop the answer and send now",
  "queue.remove": "Remove",
  "queue.files": { one: "{count} file", other: "{count} files" },
  "queue.earlier": "Move up",
  "queue.later": "Move down",
  "queue.moved": "Now {n} of {count}",

  "unkept.title": "This browser does not keep your message",
  "unkept.text": "Its storage is full or closed. Leave this page open until the message is sent.",
} as const satisfies Messages;
