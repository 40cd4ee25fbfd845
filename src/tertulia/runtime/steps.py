"""The performers: what each action of the engine does in the world. Models and tools are called here only."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, assert_never

import msgspec
from msgspec import field
from msgspec.structs import replace

from tertulia.domain.agents import AgentConfig, ToolConfig, ToolDef
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.base import Value
from tertulia.domain.deltas import ToolOutputDelta
from tertulia.domain.errors import LeaseLost, ModelError
from tertulia.domain.events import (
    StepAsked,
    StepCompleted,
    StepDecided,
    StepProgressed,
    StepRestarted,
    StepStarted,
    TurnAwaitingInput,
    TurnCompleted,
)
from tertulia.domain.messages import Message, StopReason, ToolCall, ToolResponse
from tertulia.domain.steps import InferenceStep, Problem, StepStatus, ToolCallStep
from tertulia.engine.assembly import message_of, parse_arguments
from tertulia.engine.transcript import Transcript, compose, messages_of_state
from tertulia.engine.turn import Action, AwaitInput, Finish, Infer, OpenStep, Plan, RunShield, RunTools, tool_choice
from tertulia.models.base import Finished, FinishReason, ModelRequest, ModelServer, Rendering
from tertulia.runtime.approvals import CHANGED, call_as_made, denial_of, is_as_approved, terms_of
from tertulia.runtime.clock import Clock, NewId
from tertulia.runtime.feed import Feed
from tertulia.runtime.files import Files
from tertulia.runtime.history import History
from tertulia.runtime.image_places import ImagePlaces
from tertulia.runtime.live import LiveTurn
from tertulia.runtime.patience import patiently
from tertulia.runtime.renderings import Asked, Given, Renderings
from tertulia.runtime.shield_steps import ShieldSteps
from tertulia.runtime.tool_calls import call_tool
from tertulia.runtime.tool_results import bounded
from tertulia.tools.base import AnswerNeeded, Tool, ToolContext, ToolResult

STOP_REASONS: dict[FinishReason, StopReason] = {
    "stop": "end_of_turn",
    "content_filter": "end_of_turn",
    "tool_calls": "end_of_message",
    "length": "out_of_tokens",
}


class TurnPlan(Value):
    """All that performing one turn needs to know, settled when the turn begins; `lender` is whose the agent is."""

    rules: Plan
    config: AgentConfig
    lender: str
    server: ModelServer
    model: str
    tools: dict[str, Tool] = field(default_factory=dict[str, Tool])
    tool_config: ToolConfig = field(default_factory=ToolConfig)
    window_tokens: int | None = None

    @property
    def definitions(self) -> Sequence[ToolDef]:
        """The tools that the model is told of."""
        return [*(tool.definition for tool in self.tools.values()), *self.config.client_tools]


class Steps:
    """Performs actions, and logs what comes of them."""

    def __init__(  # noqa: PLR0913 - the ports of the world
        self,
        feed: Feed,
        history: History,
        shields: ShieldSteps,
        files: Files,
        renderings: Renderings,
        images: ImagePlaces,
        *,
        clock: Clock,
        new_id: NewId,
        tool_timeout: float,
        max_parallel_tools: int,
    ) -> None:
        self._feed = feed
        self._history = history
        self._shields = shields
        self._files = files
        self._renderings = renderings
        self._images = images
        self._clock = clock
        self._new_id = new_id
        self._tool_timeout = tool_timeout
        self._max_parallel_tools = max_parallel_tools

    async def perform(self, live: LiveTurn, action: Action, plan: TurnPlan) -> None:
        """Do what the engine wants done. Raises ModelError, NotFound, LeaseLost."""
        match action:
            case Infer(again=again):
                await self._infer(live, plan, again)
            case RunShield(again=again):
                begun = None if again is None else self._begun(live, again)
                await self._shields.perform(live, action, begun, owner=plan.lender)
            case RunTools(calls=calls, again=again):
                await self._run_tools(live, [*(self._begun(live, step) for step in again), *calls], plan)
            case AwaitInput(reason=reason, to_ask=to_ask):
                for call in to_ask:
                    self._ask_about(live, call, plan.tools[call.tool_name])
                await self._feed.rest(live, TurnAwaitingInput(reason=reason, at=self._clock()))
            case Finish(stop_reason=stop_reason):
                await self._feed.rest(live, TurnCompleted(stop_reason=stop_reason, at=self._clock()))
            case _:
                assert_never(action)

    def _begun(self, live: LiveTurn, step: OpenStep) -> OpenStep:
        """Begin a step that was lost, or that a person has decided about, unless to deny it."""
        if step.approval == "denied":
            return step
        step_id = step.started.step_id
        self._feed.append(live, StepRestarted(step_id=step_id, epoch=live.record.epoch, at=self._clock()))
        return _open(live, step_id)

    # --- inference ---

    async def _infer(self, live: LiveTurn, plan: TurnPlan, again: OpenStep | None) -> None:
        record = live.record
        past = await patiently(lambda: self._history.before(record))
        given = await self._renderings.of(
            Asked(owner=record.owner, model=plan.config.model, window_tokens=plan.window_tokens),
            live.state.head.input_messages,
            self._history.attached_before(record),
        )
        transcript = compose(
            instructions=plan.config.instructions,
            history=past,
            current=messages_of_state(live.state),
            tool_config=plan.tool_config,
            window_tokens=plan.window_tokens,
            file_sizes=given.sizes,
        )
        if again is None:
            started = self._start_inference(live, plan, _metadata(transcript, given))
        else:
            started = self._begun(live, again).started
        inference = _Inference(live, started)
        try:
            await self._ask(inference, plan, transcript.messages, given.renderings)
        except ModelError as error:
            self._complete_inference(inference, status="failed", error=Problem(code=error.code, message=error.message))
            raise
        self._complete_inference(inference, status="completed")

    def _start_inference(self, live: LiveTurn, plan: TurnPlan, metadata: dict[str, Any]) -> StepStarted:
        started = StepStarted(
            step_id=self._new_id(),
            step_type="inference",
            at=self._clock(),
            model=plan.config.model,
            metadata=metadata,
        )
        self._feed.append(live, started)
        return started

    async def _ask(
        self,
        inference: "_Inference",
        plan: TurnPlan,
        messages: Sequence[Message],
        renderings: Mapping[FileAttachment, Rendering],
    ) -> None:
        started = inference.started
        request = ModelRequest(
            model=plan.model,
            messages=await self._images.shown(messages),
            tools=plan.definitions,
            tool_choice=tool_choice(inference.live.state.inferences, plan.tool_config.tool_choice),
            sampling=plan.config.sampling_params,
            response_format=plan.config.response_format,
            renderings=renderings,
        )
        async with aclosing(plan.server.stream(request)) as batches:
            async for batch in batches:
                inference.first_token_at = inference.first_token_at or self._clock()
                for piece in batch:
                    if isinstance(piece, Finished):
                        inference.finished = piece
                    else:
                        progress = StepProgressed(step_id=started.step_id, step_type="inference", delta=piece)
                        self._feed.append(inference.live, progress)

    def _complete_inference(self, inference: "_Inference", *, status: StepStatus, error: Problem | None = None) -> None:
        started, finished = inference.started, inference.finished
        step = _open(inference.live, started.step_id)
        at = self._clock()
        details = InferenceStep(
            turn_id=inference.live.turn_id,
            step_id=started.step_id,
            started_at=started.at,
            completed_at=at,
            status=status,
            attempt=step.attempt,
            error=error,
            metadata={**started.metadata, **(finished.metadata if finished else {})},
            model=started.model,
            model_response=message_of(step.assembly, STOP_REASONS[finished.reason] if finished else None),
            usage=finished.usage if finished else None,
            first_token_at=inference.first_token_at,
        )
        completed = StepCompleted(step_id=started.step_id, step_type="inference", step_details=details, at=at)
        self._feed.append(inference.live, completed)

    # --- tools ---

    async def _run_tools(self, live: LiveTurn, work: Sequence[OpenStep | ToolCall], plan: TurnPlan) -> None:
        places = asyncio.Semaphore(self._max_parallel_tools)

        async def run(one: OpenStep | ToolCall) -> None:
            async with places:
                await self._run_tool(live, one, plan)

        is_lost = False
        try:
            async with asyncio.TaskGroup() as group:
                for one in work:
                    group.create_task(run(one))
        except* LeaseLost:
            is_lost = True  # until Python 3.11.4 what is raised here comes out in a group
        if is_lost:
            raise LeaseLost

    async def _run_tool(self, live: LiveTurn, work: OpenStep | ToolCall, plan: TurnPlan) -> None:
        """Run one call, as a new step or as one that has started before."""
        step = work if isinstance(work, OpenStep) else self._start_tool_call(live, work)
        step_id = step.started.step_id
        # The log must know that a tool is about to act before it acts: a crash in between would hide the effect.
        await self._feed.commit(live)
        # The end is stored with what follows, at the latest before that acts.
        try:
            result = denial_of(step) if step.approval == "denied" else await self._call(live, step, plan)
        except AnswerNeeded as needed:
            self._feed.append(live, StepAsked(step_id=step_id, question=needed.question, at=self._clock()))
        else:
            made = await self._files.keep_made(live.record.owner, live.turn_id, result.files) if result.files else ()
            self.complete_tool_call(live, step_id, _saying_what_is_lost(result, len(made)), made)

    def _start_tool_call(self, live: LiveTurn, call: ToolCall) -> OpenStep:
        started = StepStarted(step_id=self._new_id(), step_type="tool_call", at=self._clock(), tool_call=call)
        self._feed.append(live, started)
        return _open(live, started.step_id)

    def _ask_about(self, live: LiveTurn, call: ToolCall, tool: Tool) -> None:
        """Start the step of a call that is not made before a person has approved it."""
        started = StepStarted(
            step_id=self._new_id(),
            step_type="tool_call",
            at=self._clock(),
            attempt=0,
            tool_call=call_as_made(call, tool),
            approval="pending",
            metadata=terms_of(call, tool),
        )
        self._feed.append(live, started)

    async def _call(self, live: LiveTurn, step: OpenStep, plan: TurnPlan) -> ToolResult:
        step_id, call = step.started.step_id, step.started.tool_call
        assert call is not None, "a tool step has a call"
        tool = plan.tools.get(call.tool_name)
        if tool is None:
            names = ", ".join(definition.name for definition in plan.definitions) or "none"
            return ToolResult(content=f"There is no tool {call.tool_name!r}. Tools: {names}.", is_error=True)
        arguments = parse_arguments(call.arguments_json)
        if arguments is None:
            return ToolResult(content="The arguments are not a JSON object. Call again with valid JSON.", is_error=True)
        if not is_as_approved(step, tool):
            return CHANGED

        async def output(text: str) -> None:
            delta = ToolOutputDelta(text=text)
            self._feed.append(live, StepProgressed(step_id=step_id, step_type="tool_call", delta=delta))

        record = live.record
        context = ToolContext(
            owner=record.owner,
            session_id=record.session_id,
            turn_id=record.turn_id,
            idempotency_key=f"{record.turn_id}:{step_id}",
            output=output,
            answers=step.answers,
        )
        return await call_tool(tool, arguments, context, timeout=self._tool_timeout)

    def complete_tool_call(
        self, live: LiveTurn, step_id: str, result: ToolResult, files: Sequence[FileAttachment] = ()
    ) -> None:
        """Log what a call came to, and which files it has made."""
        step = _open(live, step_id)
        started, call = step.started, step.started.tool_call
        assert call is not None, "a tool step has a call"
        at = self._clock()
        details = ToolCallStep(
            turn_id=live.turn_id,
            step_id=step_id,
            started_at=started.at,
            completed_at=at,
            status="failed" if result.is_error else "completed",
            attempt=step.attempt,
            metadata=started.metadata,
            approval=step.approval,
            tool_call=call,
            tool_response=ToolResponse(
                call_id=call.call_id,
                tool_name=call.tool_name,
                content=bounded(result.content),
                is_error=result.is_error,
                metadata=result.metadata,
                files=list(files),
            ),
        )
        completed = StepCompleted(step_id=step_id, step_type="tool_call", step_details=details, at=at)
        self._feed.append(live, completed)

    def answer_for_client(self, live: LiveTurn, call: ToolCall, result: ToolResult) -> None:
        """Log a tool call that the client ran, as a step of its own."""
        self.complete_tool_call(live, self._start_tool_call(live, call).started.step_id, result)

    def decide(self, live: LiveTurn, decided: StepDecided) -> None:
        """Log what a person has decided about a call; one that is denied has its result by that."""
        self._feed.append(live, decided)
        step = _open(live, decided.step_id)
        if step.approval == "denied":
            self.complete_tool_call(live, decided.step_id, denial_of(step))


def _open(live: LiveTurn, step_id: str) -> OpenStep:
    step = live.state.steps[step_id]
    assert isinstance(step, OpenStep), "a step that runs is open"
    return step


def _saying_what_is_lost(result: ToolResult, kept: int) -> ToolResult:
    """Let the model and its reader know of files that a tool has made and nobody will find."""
    lost = len(result.files) - kept
    if not lost:
        return result
    return replace(result, content=f"{result.content}\n[{lost} of its {len(result.files)} files could not be kept]")


class _Inference:
    """One question to a model, while it is answered."""

    def __init__(self, live: LiveTurn, started: StepStarted) -> None:
        self.live = live
        self.started = started
        self.finished: Finished | None = None
        self.first_token_at: str | None = None


def _metadata(transcript: Transcript, given: Given) -> dict[str, Any]:
    """What people are told of a question: how many old turns had no room, and what the model was given of each file."""
    metadata: dict[str, Any] = {"history_truncated": transcript.left_out} if transcript.left_out else {}
    return metadata | ({"attachments": msgspec.to_builtins(given.told)} if given.told else {})
