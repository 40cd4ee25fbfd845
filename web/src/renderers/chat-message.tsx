/**
 * What one side says: a person in a bubble on the right, or flat on the left for who prefers that; the
 * agent flat on the left, where its tables and code have room. The shape (Box, Avatar, Paper, Typography)
 * is the guide's.
 */
import Avatar from "@mui/material/Avatar";
import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import { styled } from "@mui/material/styles";
import { memo, type ReactNode, Suspense } from "react";

import type {
  AssistantMessage,
  FileAttachment,
  Message,
  ToolMessage,
  UserMessage,
} from "@/api/types";
import { late } from "@/components/late";
import { usePreference } from "@/components/use-preference";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n";
import { AgentIcon, PersonIcon } from "@/icons/icons";
import { Markdown } from "@/markdown/markdown";

import { Attachments } from "./attachments";
import { filesOf, textOf } from "./message-text";
import { UserText } from "./user-text";

/** Few messages have any. */
const ToolCallRenderer = late(async () => (await import("./tool-call-renderer")).ToolCallRenderer);
const ToolOutput = late(async () => (await import("./tool-output")).ToolOutput);

interface Props {
  readonly message: Message;
  /** More of this message is on its way: it pulses. */
  readonly isLast?: boolean;
  /** The agent's name, for those who cannot see on which side a message stands. */
  readonly speaker?: string;
  /** How it stands with a message of a person. */
  readonly tone?: Tone;
  /** Said over the message and under it: steps, states, actions. */
  readonly above?: ReactNode;
  readonly below?: ReactNode;
  /** Drawn where the message would be. */
  readonly inPlace?: ReactNode;
  /** What the model was given of a file, in a few words. */
  readonly givenOf?: ((file: FileAttachment) => string | undefined) | undefined;
}

export type Tone = "normal" | "faded" | "failed";

/** A question is not drawn anew with each word of its answer. */
export const ChatMessage = memo(function ChatMessage({
  message,
  isLast = false,
  speaker,
  tone = "normal",
  above,
  below,
  inPlace,
  givenOf,
}: Props) {
  const isFlat = usePreference("messages") === "flat";
  if (message.role === "system") return null;
  const isUser = message.role === "user";
  const isEnd = isUser && !isFlat;
  return (
    <Box sx={{ ...ROW, flexDirection: isEnd ? "row-reverse" : "row" }}>
      <Face isUser={isUser} />
      <Box sx={{ ...COLUMN, alignItems: isEnd ? "flex-end" : "flex-start" }}>
        {above}
        {inPlace ?? (
          <Spoken
            message={message}
            isLast={isLast}
            speaker={speaker}
            tone={tone}
            givenOf={givenOf}
          />
        )}
        {below}
      </Box>
    </Box>
  );
});

const Face = memo(function Face({ isUser }: { readonly isUser: boolean }) {
  return (
    <Avatar aria-hidden sx={{ ...AVATAR, bgcolor: isUser ? "primary.main" : "secondary.main" }}>
      {isUser ? <PersonIcon fontSize="inherit" /> : <AgentIcon fontSize="inherit" />}
    </Avatar>
  );
});

interface SpokenProps {
  readonly message: Exclude<Message, { readonly role: "system" }>;
  readonly isLast: boolean;
  readonly speaker: string | undefined;
  readonly tone: Tone;
  readonly givenOf: Props["givenOf"];
}

function Spoken({ message, isLast, speaker, tone, givenOf }: SpokenProps) {
  switch (message.role) {
    case "user":
      return <UserPaper message={message} tone={tone} givenOf={givenOf} />;
    case "assistant":
      return <AgentPaper message={message} isLast={isLast} speaker={speaker} />;
    case "tool":
      return <ToolPaper message={message} />;
    default:
      return message satisfies never;
  }
}

interface UserPaperProps extends Pick<SpokenProps, "tone" | "givenOf"> {
  readonly message: UserMessage;
}

function UserPaper({ message, tone, givenOf }: UserPaperProps) {
  const isFlat = usePreference("messages") === "flat";
  return (
    <>
      <Attachments files={filesOf(message)} side={isFlat ? "start" : "end"} givenOf={givenOf} />
      {textOf(message.content) !== "" && (
        <Paper
          elevation={0}
          role="group"
          aria-label={t("message.you")}
          sx={{ ...(isFlat ? FLAT : BUBBLE), ...TONES[tone] }}
        >
          <UserText text={textOf(message.content)} />
        </Paper>
      )}
    </>
  );
}

interface AgentPaperProps {
  readonly message: AssistantMessage;
  readonly isLast: boolean;
  readonly speaker: string | undefined;
}

function AgentPaper({ message, isLast, speaker }: AgentPaperProps) {
  if (message.content === "" && message.tool_calls.length === 0) return null;
  return (
    <Paper elevation={0} sx={isLast ? { ...ANSWER, ...PULSE } : ANSWER}>
      <Speaker as="h3">{speaker ?? t("message.agent")}</Speaker>
      <Markdown text={message.content} isStreaming={isLast} />
      <Suspense>
        {message.tool_calls.map((toolCall) => (
          <ToolCallRenderer key={toolCall.call_id} toolCall={toolCall} />
        ))}
      </Suspense>
    </Paper>
  );
}

function ToolPaper({ message }: { readonly message: ToolMessage }) {
  return (
    <Paper elevation={0} role="group" aria-label={message.tool_name} sx={ANSWER}>
      <Suspense>
        <ToolOutput text={textOf(message.content)} label={message.tool_name} />
      </Suspense>
    </Paper>
  );
}

/** On a narrow screen an answer takes what there is. */
export const MAX_WIDTH = { xs: "100%", sm: "80%" } as const;

const ROW = { display: "flex", gap: 1.5, minWidth: 0 } as const;

/** Named for those who cannot see on which side a message stands; not copied along with it. */
const Speaker = styled(VisuallyHidden)({ userSelect: "none" });

const AVATAR = {
  width: 32,
  height: 32,
  fontSize: 20,
  flex: "none",
  display: { xs: "none", sm: "flex" },
} as const;

const COLUMN = {
  display: "flex",
  flexDirection: "column",
  flex: 1,
  minWidth: 0,
  gap: 0.5,
} as const;

const BUBBLE = {
  maxWidth: "80%",
  px: 2,
  py: 1,
  borderRadius: "18px",
  borderStartEndRadius: "6px",
  bgcolor: "bubble.main",
  color: "bubble.contrastText",
} as const;

/** Known by its edge, as it stands where answers do. */
const FLAT = {
  maxWidth: MAX_WIDTH,
  paddingInlineStart: 1.5,
  borderInlineStart: "3px solid",
  borderColor: "primary.main",
  borderRadius: 0,
  bgcolor: "transparent",
} as const;

const TONES = {
  normal: {},
  faded: { opacity: 0.6 },
  failed: { outline: "1px solid", outlineColor: "error.main" },
} as const satisfies Record<Tone, object>;

const ANSWER = {
  position: "relative",
  maxWidth: MAX_WIDTH,
  minWidth: 0,
  bgcolor: "transparent",
  color: "text.primary",
} as const;

/** The dot stands where the next word will: after the last line, whatever kind of block it is in. */
const PULSE = {
  "& > div > :is(p, h3, h4, h5, h6):last-child::after, & > div > :is(ul, ol):last-child > li:last-child::after":
    {
      content: '""',
      display: "inline-block",
      width: 8,
      height: 8,
      marginInlineStart: 0.75,
      borderRadius: "50%",
      bgcolor: "success.main",
      animation: "t-pulse 1.5s ease-in-out infinite",
    },
  "@keyframes t-pulse": { "50%": { opacity: 0.25, transform: "scale(0.75)" } },
} as const;
