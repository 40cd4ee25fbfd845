/** Words of tools: forms for what they are asked, what they answered, who decides about them. */
import type { Messages } from "../messages";

export const tools = {
  "form.as": "Write as",
  "form.asForm": "Form",
  "form.asJson": "JSON",
  "form.json": "As JSON",
  "form.none": "It takes no arguments.",
  "form.unset": "Not set",
  "form.add": "Add to {name}",
  "form.remove": "Remove {name} {n}",
  "form.item": "{name} {n}",
  "form.problem.needed": "This is needed.",
  "form.problem.json": "This is no JSON.",
  "form.problem.object": "This must be a JSON object.",
  "form.problem.number": "A number.",
  "form.problem.whole": "A whole number.",
  "form.problem.least": "{least} or more.",
  "form.problem.most": "{most} or less.",
  "form.problem.short": {
    one: "At least {count} character.",
    other: "At least {count} characters.",
  },
  "form.problem.long": { one: "At most {count} character.", other: "At most {count} characters." },
  "form.problem.email": "An e-mail address.",
  "form.problem.url": "A whole address, as https://example.com.",
  "form.problem.pattern": "It must match {pattern}.",
} as const satisfies Messages;
