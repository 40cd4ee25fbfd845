"""One example of each thing on the wire, for the OpenAPI document: all of one short talk about the time in Lisbon."""

from typing import Any

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.errors import FieldError
from tertulia.domain.files import FileInfo, url_of
from tertulia.domain.messages import AssistantMessage, ToolAnswer, ToolCall, ToolResponse, UserMessage
from tertulia.domain.search import SearchHit, Snippet, SnippetPart
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.domain.steps import InferenceStep, ToolCallStep, Usage
from tertulia.domain.turns import Turn
from tertulia.server.errors import ProblemDetails
from tertulia.server.wire.native import (
    CreateAgent,
    CreateSession,
    CreateTurn,
    DecideTurn,
    NewEndpoint,
    PatchAgent,
    RegisterToolgroup,
    ResumeTurn,
)

AGENT_ID = "019a9c3e-6c00-7a51-9b0e-0b6f6f1c2a01"
SESSION_ID = "019a9c3e-8f10-7c22-8d4f-5e2d1b7c9a02"
TURN_ID = "019a9c3f-0a20-7e33-a1b2-c3d4e5f60703"
CONFIG = AgentConfig(
    model="ollama/llama3.2",
    name="Assistant",
    instructions="You are a helpful assistant.",
    toolgroups=["builtin::clock"],
)
QUESTION = UserMessage(content="What time is it in Lisbon?")
CALL = ToolCall(
    call_id="call_1",
    tool_name="clock",
    arguments={"timezone": "Europe/Lisbon"},
    arguments_json='{"timezone":"Europe/Lisbon"}',
)
ANSWER = AssistantMessage(content="It is 10:15 in Lisbon.", stop_reason="end_of_turn")
STEPS: list[Any] = [
    InferenceStep(
        turn_id=TURN_ID,
        step_id="019a9c3f-0a21-7000-8000-000000000001",
        started_at="2025-11-19T10:15:00.001000Z",
        first_token_at="2025-11-19T10:15:00.300000Z",  # noqa: S106 - a time
        completed_at="2025-11-19T10:15:00.400000Z",
        status="completed",
        model=CONFIG.model,
        model_response=AssistantMessage(stop_reason="end_of_message", tool_calls=[CALL]),
        usage=Usage(input_tokens=120, output_tokens=18),
    ),
    ToolCallStep(
        turn_id=TURN_ID,
        step_id="019a9c3f-0a22-7000-8000-000000000002",
        started_at="2025-11-19T10:15:00.401000Z",
        completed_at="2025-11-19T10:15:00.402000Z",
        status="completed",
        tool_call=CALL,
        tool_response=ToolResponse(call_id="call_1", tool_name="clock", content="2025-11-19T10:15:00+00:00"),
    ),
    InferenceStep(
        turn_id=TURN_ID,
        step_id="019a9c3f-0a23-7000-8000-000000000003",
        started_at="2025-11-19T10:15:00.403000Z",
        first_token_at="2025-11-19T10:15:00.600000Z",  # noqa: S106 - a time
        completed_at="2025-11-19T10:15:00.900000Z",
        status="completed",
        model=CONFIG.model,
        model_response=ANSWER,
        usage=Usage(input_tokens=170, output_tokens=9),
    ),
]
TURN = Turn(
    turn_id=TURN_ID,
    session_id=SESSION_ID,
    n=1,
    status="completed",
    input_messages=[QUESTION],
    steps=STEPS,
    output_message=ANSWER,
    started_at="2025-11-19T10:15:00.000000Z",
    completed_at="2025-11-19T10:15:00.901000Z",
    usage=Usage(input_tokens=290, output_tokens=27),
    last_event_id="1.1.27",
)

FILE_ID = "019a9c3e-7000-7b11-8c22-d33e44f55a04"

EXAMPLES: dict[str, Any] = {
    type(value).__name__: value
    for value in (
        CreateAgent(agent_config=CONFIG),
        PatchAgent(agent_config={"instructions": "Answer in one sentence.", "description": None}),
        Agent(
            agent_id=AGENT_ID,
            agent_config=CONFIG,
            version=1,
            created_at="2025-11-19T10:10:00.000000Z",
            updated_at="2025-11-19T10:10:00.000000Z",
        ),
        CreateSession(session_name="Plans for Lisbon"),
        SessionPatch(session_name="Plans for Porto", pinned=True, metadata={"topic": "travel"}),
        Session(
            session_id=SESSION_ID,
            session_name="What time is it in Lisbon?",
            agent_id=AGENT_ID,
            started_at="2025-11-19T10:14:00.000000Z",
            updated_at="2025-11-19T10:15:00.901000Z",
            turns=[TURN],
            turn_count=1,
            preview="What time is it in Lisbon?",
            last_turn_status="completed",
        ),
        CreateTurn(messages=[QUESTION], stream=True),
        TURN,
        SearchHit(
            session_id=SESSION_ID,
            session_name="What time is it in Lisbon?",
            agent_id=AGENT_ID,
            at=TURN.started_at,
            turn_id=TURN_ID,
            n=1,
            snippets=[
                Snippet(
                    source="assistant",
                    step_id=STEPS[2].step_id,
                    parts=[
                        SnippetPart(text="It is 10:15 in "),
                        SnippetPart(text="Lisbon", is_match=True),
                        SnippetPart(text="."),
                    ],
                )
            ],
        ),
        FileInfo(
            file_id=FILE_ID,
            name="Lisbon.pdf",
            type="application/pdf",
            size=48_213,
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            created_at="2025-11-19T10:13:00.000000Z",
            url=url_of(FILE_ID),
        ),
        RegisterToolgroup(toolgroup_id="files", mcp_endpoint=NewEndpoint(uri="https://mcp.example/mcp")),
        DecideTurn(call_id="call_1", decision="approve", arguments={"to": "ana@example.org"}, remember=True),
        ResumeTurn(tool_responses=[ToolAnswer(call_id="call_1", content="A cat on a wall.")]),
        ProblemDetails(
            type="about:blank",
            title="Bad Request",
            status=400,
            detail="/messages/0/role: Invalid value 'wizard'.",
            instance=f"/v1/agents/{AGENT_ID}/session/{SESSION_ID}/turn",
            code="invalid_request",
            request_id="019a9c40-1111-7222-8333-444455556666",
            errors=[FieldError(pointer="/messages/0/role", detail="Invalid value 'wizard'")],
        ),
    )
}
