/**
 * What the page draws talks with, for React pages of others.
 *
 * The rule it keeps: props in, callbacks out. Nothing here knows the page's router, nor who is around.
 */
export { TertuliaProvider, type TertuliaProviderProps } from "./provider";
export { SessionSelector, type SessionSelectorProps } from "./session-selector";
export { TurnRenderer, type TurnRendererProps } from "./turn-renderer";
export { type Talk, useTalk } from "./use-talk";
export { ChatMessage } from "@/renderers/chat-message";
export { ToolCallRenderer } from "@/renderers/tool-call-renderer";
export { FileAttachmentRenderer } from "@/renderers/file-attachment-renderer";
export type { TurnActions } from "@/renderers/turn-actions";

export { TurnStore } from "@/turn/turn-store";
export { Follower, type FollowerOptions } from "@/turn/follower";
export type { Connection } from "@/turn/event-stream";
export { currentStep, isAtRest } from "@/turn/turn-status";
export type { TranscriptRow } from "@/turn/use-transcript";
export { useTurn } from "@/turn/use-turn";

export { type Loaded, useAgent, useAgents, useSession } from "./queries";
export type { ApiError } from "@/api/errors";
export type {
  Agent,
  FileAttachment,
  Message,
  Session,
  Step,
  ToolCall,
  ToolCallStep,
  Turn,
} from "@/api/types";
export { theme } from "@/theme/theme";
