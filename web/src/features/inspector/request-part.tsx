/** What was asked in a step: of a model, as the server makes it again from the log; of a tool, its arguments. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import type { TurnPlace } from "@/api/client";
import { isApiError } from "@/api/errors";
import { useStepRequest } from "@/api/inspector-queries";
import type { Json } from "@/api/json";
import type { InferenceStep, Message, Step, StepRequest } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { InlineAlert } from "@/components/inline-alert";
import { NotLoaded } from "@/components/not-loaded";
import { formatNumber } from "@/i18n";
import { t } from "@/i18n/inspector";
import type { Fact } from "@/renderers/fact-list";
import { textOf } from "@/renderers/message-text";
import { ToolArguments } from "@/renderers/tool-arguments";

import { CallView, CopyValue, Facts, LongJson, LongText, Quiet, Section } from "./part-section";
import { PaneSkeleton } from "./sought-turn";

interface Props {
  readonly place: TurnPlace;
  readonly step: Step;
}

export function RequestPart({ place, step }: Props) {
  switch (step.step_type) {
    case "inference":
      return <Asked place={place} step={step} />;
    case "tool_call":
      return <ToolArguments toolCall={step.tool_call} />;
    case "other":
      return <Quiet>{t("request.checked")}</Quiet>;
    default:
      step satisfies never;
      return null;
  }
}

function Asked({ place, step }: { readonly place: TurnPlace; readonly step: InferenceStep }) {
  const query = useStepRequest(place, step.step_id);
  const [latest] = query.data?.pages ?? [];
  if (latest === undefined)
    return query.error === null ? (
      <PaneSkeleton />
    ) : (
      <NotAsked error={query.error} onRetry={query.refetch} />
    );
  const messages = [...(query.data?.pages ?? [])].reverse().flatMap((page) => page.messages);
  const first = query.data?.pages.at(-1)?.first ?? 0;
  return (
    <>
      <Notes request={latest} />
      <Section
        title={t("part.request")}
        actions={<CopyValue what={t("request.copy")} value={wholeOf(latest, messages)} />}
      >
        <Facts facts={factsOf(latest)} />
      </Section>
      <Section title={t("request.messages", { count: latest.message_count })}>
        {first > 0 && (
          <Button
            size="small"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("request.earlier", { count: first })}
          </Button>
        )}
        <Box sx={{ display: "grid", gap: 1, minWidth: 0 }}>
          {messages.map((message, place) => (
            <MessageView key={first + place} message={message} />
          ))}
        </Box>
      </Section>
      <Given step={step} />
      <Tools request={latest} />
      {latest.response_format !== null && (
        <Section title={t("request.format")}>
          <LongJson value={latest.response_format} label={t("request.format")} />
        </Section>
      )}
    </>
  );
}

function Notes({ request }: { readonly request: StepRequest }) {
  const notes = [
    ...(request.withheld.length > 0 ? [t("request.withheld")] : []),
    ...(request.left_out > 0 ? [t("request.leftOut", { count: request.left_out })] : []),
  ];
  return notes.map((note) => (
    <Box key={note} sx={{ mb: 1 }}>
      <InlineAlert severity="info" title={note} />
    </Box>
  ));
}

function NotAsked({ error, onRetry }: { readonly error: Error; readonly onRetry: () => unknown }) {
  return isApiError(error) && error.status === 409 ? (
    <InlineAlert severity="info" title={t("request.withdrawn")} announced />
  ) : (
    <NotLoaded title={t("request.notLoaded")} error={error} onRetry={onRetry} />
  );
}

function MessageView({ message }: { readonly message: Message }) {
  const label = t(`asked.${message.role}`);
  const text =
    message.role === "assistant" || message.role === "tool"
      ? message.content
      : textOf(message.content);
  const calls = message.role === "assistant" ? message.tool_calls : [];
  return (
    <Box sx={{ minWidth: 0 }}>
      <Typography variant="caption" sx={{ color: "secondary.main", fontWeight: 600 }}>
        {label}
        {message.role === "tool" && ` · ${message.tool_name}`}
      </Typography>
      {(text !== "" || calls.length === 0) && <LongText text={text} label={label} />}
      {calls.map((call) => (
        <CallView key={call.call_id} call={call} />
      ))}
    </Box>
  );
}

interface GivenFile {
  readonly name: string;
  readonly given: string;
}

/** What the model was given of the files of this turn, as the step has noted it. */
function Given({ step }: { readonly step: InferenceStep }) {
  const files = step.metadata.attachments as readonly GivenFile[] | undefined;
  if (files === undefined || files.length === 0) return null;
  return (
    <Section title={t("request.files")}>
      {files.map(({ name, given }, place) => (
        <Quiet key={place}>{t("request.given", { name, given })}</Quiet>
      ))}
    </Section>
  );
}

function Tools({ request: { tools, withheld } }: { readonly request: StepRequest }) {
  return (
    <Section title={t("request.tools", { count: tools.length })}>
      {tools.length > 0 && <Quiet>{t("request.toolsNow")}</Quiet>}
      {tools.map((tool) =>
        withheld.includes("tools") && tool.description === "" ? (
          <Quiet key={tool.name}>{tool.name}</Quiet>
        ) : (
          <Disclosure key={tool.name} summary={tool.name}>
            <Quiet>{tool.description}</Quiet>
            <LongJson value={tool.input_schema as Json} label={tool.name} />
          </Disclosure>
        ),
      )}
    </Section>
  );
}

function factsOf(request: StepRequest): readonly Fact[] {
  const { max_tokens: most, repetition_penalty: penalty, stop } = request.sampling_params;
  const sampling = samplingOf(request);
  return [
    [t("request.model"), request.model],
    ...(sampling.length > 0 ? sampling : [[t("request.sampling"), t("request.defaults")] as const]),
    ...(most ? [[t("request.maxTokens"), formatNumber(most)] as const] : []),
    ...(penalty === null || penalty === 1
      ? []
      : [[t("request.penalty"), formatNumber(penalty)] as const]),
    ...(stop === null || stop.length === 0
      ? []
      : [[t("request.stop"), stop.map((each) => JSON.stringify(each)).join(", ")] as const]),
    ...(request.tools.length === 0
      ? []
      : [[t("request.toolChoice"), request.tool_choice] as const]),
  ];
}

function samplingOf({ sampling_params: { strategy } }: StepRequest): readonly Fact[] {
  switch (strategy?.type) {
    case undefined:
      return [];
    case "greedy":
      return [[t("request.sampling"), t("request.greedy")]];
    case "top_k":
      return [[t("request.topK"), formatNumber(strategy.top_k)]];
    case "top_p":
      return [
        ...(strategy.temperature === null
          ? []
          : [[t("request.temperature"), formatNumber(strategy.temperature)] as const]),
        ...(strategy.top_p === null
          ? []
          : [[t("request.topP"), formatNumber(strategy.top_p)] as const]),
      ];
  }
}

/** The request with all messages that are here, and without what only pages of it need. */
function wholeOf(request: StepRequest, messages: readonly Message[]): object {
  const { model, tools, tool_choice, sampling_params, response_format } = request;
  return { model, messages, tools, tool_choice, sampling_params, response_format };
}
