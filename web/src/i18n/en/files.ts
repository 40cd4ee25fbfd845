/** Words about files: added to a draft, on a message, in the viewer. Fetched with what shows them. */
import type { Messages } from "../messages";

export const files = {
  "file.list": "Files",
  "file.given": "Given to the model: {given}",
  "file.open": "Open {name}",
  "file.download": "Download {name}",
  "file.elsewhere": "on {host}",
  "file.text": "Text",
  "file.word": "Word document",
  "file.excel": "Excel workbook",
  "file.powerpoint": "PowerPoint presentation",

  "viewer.place": "{n} of {count}",
  "viewer.previous": "Previous file",
  "viewer.next": "Next file",
  "viewer.full": "Full size",
  "viewer.fit": "Fit to the window",
  "viewer.close": "Close",
  "viewer.loading": "Loading",
  "viewer.notLoaded": "The file could not be loaded",
  "viewer.beginning": "These are the first {size}. Download the file to see all of it.",
  "viewer.pages": "Pages",
  "viewer.page": "Page {n}",
  "viewer.firstPages": {
    one: "This is the first page of {all}. Download the file to see all of it.",
    other: "These are the first {count} of {all} pages. Download the file to see all of it.",
  },
  "viewer.locked": "It is protected by a password. Download it to open it.",
  "viewer.noPdf": "It may be damaged, or no PDF. Download it to try another program.",
  "viewer.noText": "There is no text in this file. Download it to open it.",

  "delivery.uploading": { one: "Uploading {count} file", other: "Uploading {count} files" },

  "drop.here": "Drop files to attach them",
  "drop.limits": {
    one: "{count} file, up to {size}",
    other: "Up to {count} files, each up to {size}",
  },

  "attach.list": "Attached files",
  "attach.taken": { one: "{count} file attached", other: "{count} files attached" },
  "attach.attached": "Attached: {name}",
  "attach.remove": "Remove {name}",
  "attach.empty": "{name} is empty.",
  "attach.type": "{name}: {type} is not accepted.",
  "attach.size": "{name}: {size}, the limit is {limit}.",
  "attach.folder": "{name} is a folder. Attach the files in it instead.",
  "attach.tooMany": {
    one: "{count} file goes with a message. Not attached: {names}.",
    other: "At most {count} files go with a message. Not attached: {names}.",
  },
  "attach.pastedName": "Pasted text{n}.txt",
  "attach.unpack": "Paste as text instead",
  "attach.uploading": "Uploading {size}",
  "attach.progress": "Upload of {name}",
  "attach.retry": "Upload {name} again",
  "attach.failed": "{name} was not uploaded: {reason}",
  "attach.notSent": "{name} was not uploaded. Remove it to send the message.",
  "attach.lost": "A file",
  "attach.lostReason": "Not kept by this browser. Choose it again.",
} as const satisfies Messages;
