"""Use case of looking into a step: what its model was asked, made again from the log by what asks models.

Nothing of it is kept when a model is asked, so nothing has to be: ended turns never change, a turn goes by one version
of its agent, and the step has noted how many old turns had no room. No server's key and no credential of a tool is
part of a question, so none can be here; what a lent agent hides from who uses it is left out.
"""

from msgspec.structs import replace

from tertulia.domain.agents import ToolDef
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import InvalidCursor, StepNotFound
from tertulia.domain.messages import ContentItem, ImageItem, Message, UserMessage, files_of
from tertulia.domain.paging import decode_cursor, encode_cursor
from tertulia.domain.step_requests import StepRequest
from tertulia.domain.steps import InferenceStep
from tertulia.domain.turns import Turn
from tertulia.engine.transcript import Transcript, compose, messages_before
from tertulia.engine.turn import tool_choice
from tertulia.runtime.agents_in_use import AgentInUse, AgentsInUse
from tertulia.runtime.history import History
from tertulia.runtime.turns import Turns
from tertulia.store.turns import TurnRecord

NO_MODEL = "This step asked no model. What a tool was asked is in the step itself."


class StepRequests:
    """Makes questions to models again."""

    def __init__(self, turns: Turns, history: History, agents: AgentsInUse) -> None:
        self._turns = turns
        self._history = history
        self._agents = agents

    async def get(
        self, owner: str, ids: tuple[str, str, str], step_id: str, *, limit: int, cursor: str | None = None
    ) -> StepRequest:
        """Return what the model was asked in a step of a turn (its agent, session and own id): a page of its messages.

        Raises TurnNotFound, StepNotFound, AgentNotFound, AgentWithdrawn, InvalidCursor.
        """
        record, turn = await self._turns.get_record(owner, *ids), await self._turns.get(owner, *ids)
        step = _inference(turn, step_id)
        agent = await self._agents.of(record)
        is_lent = agent.lender != record.owner
        transcript = await self._transcript(record, turn, step, agent)
        end = len(transcript.messages) if cursor is None else _position(cursor, len(transcript.messages))
        start = max(0, end - limit)
        config = agent.config
        chosen = (record.tool_config or config.tool_config).tool_choice
        return StepRequest(
            step_id=step_id,
            model=step.model or config.model,
            messages=[_without_content(message) for message in transcript.messages[start:end]],
            first=start,
            message_count=len(transcript.messages),
            has_more=start > 0,
            next_cursor=encode_cursor(start) if start else None,
            left_out=transcript.left_out,
            tools=await self._tools(record, agent),
            tool_choice=tool_choice(_inferences_before(turn, step), chosen),
            sampling_params=config.sampling_params,
            response_format=config.response_format,
            withheld=["instructions", "tools"] if is_lent else [],
        )

    async def _transcript(self, record: TurnRecord, turn: Turn, step: InferenceStep, agent: AgentInUse) -> Transcript:
        left_out = step.metadata.get("history_truncated", 0)
        transcript = compose(
            instructions=agent.config.instructions if agent.lender == record.owner else "",
            history=(await self._history.read(record))[left_out:],
            current=messages_before(turn, step.step_id),
            tool_config=record.tool_config or agent.config.tool_config,
        )
        return replace(transcript, left_out=left_out)

    async def _tools(self, record: TurnRecord, agent: AgentInUse) -> list[ToolDef]:
        tools = [tool.definition for tool in (await self._agents.tools_with(agent, record)).values()]
        if agent.lender != record.owner:
            tools = [ToolDef(name=tool.name) for tool in tools]
        return [*tools, *agent.config.client_tools]


def _inference(turn: Turn, step_id: str) -> InferenceStep:
    for step in turn.steps:
        if step.step_id == step_id:
            if isinstance(step, InferenceStep):
                return step
            raise StepNotFound(NO_MODEL)
    raise StepNotFound


def _inferences_before(turn: Turn, step: InferenceStep) -> int:
    before = turn.steps[: turn.steps.index(step)]
    return sum(isinstance(each, InferenceStep) for each in before)


def _position(cursor: str, count: int) -> int:
    (end,) = decode_cursor(cursor, int)
    if not isinstance(end, int) or not 0 < end <= count:
        raise InvalidCursor
    return end


def _without_content(message: Message) -> Message:
    """Return a message whose files are named only: their bytes are had elsewhere."""
    if not isinstance(message, UserMessage) or not files_of(message):
        return message
    content = message.content
    return replace(
        message,
        content=content if isinstance(content, str) else [_named(item) for item in content],
        file=message.file and _named_file(message.file),
        files=message.files and [_named_file(file) for file in message.files],
        documents=message.documents and [_named_file(file) for file in message.documents],
    )


def _named(item: ContentItem) -> ContentItem:
    return replace(item, image=replace(item.image, data=None)) if isinstance(item, ImageItem) else item


def _named_file(file: FileAttachment) -> FileAttachment:
    return replace(file, content=None)
