"""What a model was asked in one step of a turn, for people who look into it."""

from typing import Literal

from msgspec import field

from tertulia.domain.agents import ResponseFormat, SamplingParams, ToolDef
from tertulia.domain.base import Value
from tertulia.domain.messages import Message

Withheld = Literal["instructions", "tools"]


class StepRequest(Value):
    """One question to a model, made again from the log: a page of its `messages`, the last ones first of all pages.

    `first` is the place of this page's first message among `message_count`; `next_cursor` leads to those before it.
    `left_out` oldest turns had no room in the model's window. Files are named, without their content: what the model
    was given of each is in the step's `metadata`. The tools of the server are as it offers them now. Of an agent that
    is another user's, what is `withheld` is not told: its instructions, and of tools all but their names.
    """

    step_id: str
    model: str
    messages: list[Message]
    first: int
    message_count: int
    has_more: bool
    next_cursor: str | None
    left_out: int = 0
    tools: list[ToolDef] = field(default_factory=list[ToolDef])
    tool_choice: str = "auto"
    sampling_params: SamplingParams = field(default_factory=SamplingParams)
    response_format: ResponseFormat | None = None
    withheld: list[Withheld] = field(default_factory=list[Withheld])
