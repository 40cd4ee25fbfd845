"""Makes the SQLite files in this directory with Llama Stack's own code; README.md says how to run it.

Everything between the wire and the disk is real: `MetaReferenceAgentsImpl` with its agent loop, its persistence and its
key-value store. Only what it asks is acted: the model, a shield and a server tool. The types of a step that this loop
never emits (`memory_retrieval`) are stored through the real `AgentPersistence`.
"""
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false
# ruff: noqa: ASYNC240, PLC0415 - a script; what differs between versions is imported where it is used

import asyncio
import json
import sys
from collections import deque
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from llama_stack.apis.agents import (
    AgentConfig,
    Document,
    InferenceStep,
    MemoryRetrievalStep,
    ToolExecutionStep,
    Turn,
)
from llama_stack.apis.inference import CompletionMessage, ToolResponse, ToolResponseMessage, UserMessage
from llama_stack.apis.safety import RunShieldResponse, SafetyViolation
from llama_stack.apis.tools import ToolDef, ToolInvocationResult
from llama_stack.models.llama.datatypes import StopReason, ToolCall
from llama_stack.providers.inline.agents.meta_reference.agents import MetaReferenceAgentsImpl
from llama_stack.providers.inline.agents.meta_reference.config import MetaReferenceAgentsImplConfig
from llama_stack.providers.inline.agents.meta_reference.persistence import AgentPersistence
from llama_stack.providers.utils.telemetry import tracing

VERSION = version("llama-stack")
IS_OLD = VERSION.startswith("0.2.")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Says:
    """One answer of the model: words, calls, or words that the token limit cut."""

    def __init__(
        self, text: str = "", *, calls: list[tuple[str, str, dict[str, Any]]] | None = None, cut: bool = False
    ):
        self.text, self.calls, self.cut = text, calls or [], cut


class Model:
    """The model server: gives the answers that the script has laid out for it."""

    def __init__(self) -> None:
        self.answers: deque[Says] = deque()

    async def chat_completion(self, *_: Any, **__: Any) -> Any:
        return self._old_stream(self.answers.popleft())

    async def _old_stream(self, says: Says) -> Any:
        from llama_stack.apis.common.content_types import TextDelta, ToolCallDelta, ToolCallParseStatus
        from llama_stack.apis.inference import ChatCompletionResponseEvent, ChatCompletionResponseEventType

        def chunk(kind: str, delta: Any, stop: StopReason | None = None) -> Any:
            event = ChatCompletionResponseEvent(
                event_type=ChatCompletionResponseEventType(kind), delta=delta, stop_reason=stop
            )
            return SimpleNamespace(event=event)

        yield chunk("start", TextDelta(text=""))
        for word in says.text.split(" ") if says.text else []:
            yield chunk("progress", TextDelta(text=word + " "))
        for call_id, name, arguments in says.calls:
            call = ToolCall(call_id=call_id, tool_name=name, arguments=arguments, arguments_json=json.dumps(arguments))
            yield chunk("progress", ToolCallDelta(tool_call=call, parse_status=ToolCallParseStatus.succeeded))
        if says.cut:
            yield chunk("progress", TextDelta(text=""), StopReason.out_of_tokens)
        else:
            yield chunk("complete", TextDelta(text=""), StopReason.end_of_turn)

    async def openai_chat_completion(self, _params: Any) -> Any:
        return self._new_stream(self.answers.popleft())

    async def _new_stream(self, says: Says) -> Any:
        from llama_stack.apis.inference import OpenAIChatCompletionChunk

        def chunk(delta: dict[str, Any], reason: str | None = None) -> Any:
            choice = {"index": 0, "delta": delta, "finish_reason": reason or ""}  # 0.3 wants a text
            return OpenAIChatCompletionChunk.model_validate(
                {"id": "x", "created": 0, "model": "m", "choices": [choice]}
            )

        for word in says.text.split(" ") if says.text else []:
            yield chunk({"role": "assistant", "content": word + " "})
        for index, (call_id, name, arguments) in enumerate(says.calls):
            function = {"name": name, "arguments": json.dumps(arguments)}
            yield chunk({"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": function}]})
        yield chunk({}, "length" if says.cut else "tool_calls" if says.calls else "stop")


class Shield:
    """A shield that finds the word `forbidden` in the last message."""

    async def run_shield(self, *, messages: list[Any], **_: Any) -> RunShieldResponse:
        if "forbidden" not in str(messages[-1].content):
            return RunShieldResponse()
        violation = SafetyViolation(
            violation_level="error", user_message="I cannot talk about that.", metadata={"violation_type": "S1"}
        )
        return RunShieldResponse(violation=violation)


class Tools:
    """A toolgroup with one server tool."""

    async def list_tools(self, **_: Any) -> Any:
        common = {"name": "lookup", "description": "Looks a word up."}
        if IS_OLD:
            return SimpleNamespace(data=[SimpleNamespace(identifier="lookup", parameters=[], **common)])
        return SimpleNamespace(data=[ToolDef(**common, input_schema={"type": "object", "properties": {}})])

    async def list_tool_groups(self) -> Any:
        return SimpleNamespace(data=[])

    async def invoke_tool(self, **_: Any) -> ToolInvocationResult:
        content = [{"type": "text", "text": "A word"}, {"type": "text", "text": "with two lines"}]
        return ToolInvocationResult(content=content, metadata={"source": "dictionary"})


class Scene:
    """A server whose store is a file, and what is done with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.model = Model()

    async def open(self) -> None:
        shared: dict[str, Any] = {
            "inference_api": self.model,
            "vector_io_api": None,
            "safety_api": Shield(),
            "tool_runtime_api": Tools(),
            "tool_groups_api": Tools(),
            "policy": [],
        }
        responses = self.path.with_suffix(".responses").as_posix()
        if IS_OLD:
            config = MetaReferenceAgentsImplConfig.model_validate(
                {
                    "persistence_store": {"type": "sqlite", "db_path": self.path.as_posix()},
                    "responses_store": {"type": "sqlite", "db_path": responses},
                }
            )
        else:
            from llama_stack.core.storage.datatypes import SqliteKVStoreConfig, SqliteSqlStoreConfig
            from llama_stack.providers.utils.kvstore.kvstore import register_kvstore_backends
            from llama_stack.providers.utils.sqlstore.sqlstore import register_sqlstore_backends

            register_kvstore_backends({"kv_default": SqliteKVStoreConfig(db_path=self.path.as_posix())})
            register_sqlstore_backends({"sql_default": SqliteSqlStoreConfig(db_path=responses)})
            config = MetaReferenceAgentsImplConfig.model_validate(
                {
                    "persistence": {
                        "agent_state": {"backend": "kv_default", "namespace": "agents"},
                        "responses": {"backend": "sql_default", "table_name": "responses"},
                    }
                }
            )
            shared["conversations_api"] = None
        self.agents = MetaReferenceAgentsImpl(config, **shared)
        await self.agents.initialize()

    async def agent(self, **config: Any) -> str:
        given = {"model": "ollama/llama3.2:3b", "instructions": "", "enable_session_persistence": True, **config}
        return (await self.agents.create_agent(AgentConfig(**given))).agent_id

    async def session(self, agent_id: str, name: str) -> str:
        return (await self.agents.create_agent_session(agent_id, name)).session_id

    async def turn(self, ids: tuple[str, str], content: Any, *answers: Says, **more: Any) -> str:
        messages = content if isinstance(content, list) and isinstance(content[0], ToolResponseMessage) else None
        self.model.answers.extend(answers)
        stream = await self.agents.create_agent_turn(
            *ids, messages=messages or [UserMessage(content=content)], stream=True, **more
        )
        return await _end_of(stream)

    async def resume(self, ids: tuple[str, str], turn_id: str, responses: list[ToolResponse], *answers: Says) -> None:
        self.model.answers.extend(answers)
        await _end_of(await self.agents.resume_agent_turn(*ids, turn_id, responses, stream=True))


async def _end_of(stream: Any) -> str:
    last = [chunk async for chunk in stream][-1]
    return last.event.payload.turn.turn_id


def camera() -> ToolDef:
    if IS_OLD:
        parameters = [
            {"name": "place", "parameter_type": "string", "description": "Where.", "required": True},
            {"name": "zoom", "parameter_type": "int", "description": "How near.", "required": False, "default": 1},
        ]
        return ToolDef.model_validate({"name": "camera", "description": "Takes a picture.", "parameters": parameters})
    schema = {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "Where."},
            "zoom": {"type": "integer", "description": "How near.", "default": 1},
        },
        "required": ["place"],
    }
    return ToolDef(name="camera", description="Takes a picture.", input_schema=schema)


def answer(call_id: str, content: Any) -> ToolResponse:
    return ToolResponse(call_id=call_id, tool_name="camera", content=content, metadata={"took_ms": 3})


async def talk(scene: Scene) -> None:
    """Plain words, an image, a document, an answer that the token limit cut."""
    agent_id = await scene.agent(
        name="Talker",
        instructions="You are brief.",
        sampling_params={
            "strategy": {"type": "top_p", "temperature": 0.7, "top_p": 0.9},
            "max_tokens": 512,
            "stop": ["END"],
        },
    )
    ids = (agent_id, await scene.session(agent_id, "Plans for Lisbon"))
    await scene.turn(ids, "What is worth seeing?", Says("The river, above all."))
    picture = [{"type": "text", "text": "And this?"}, {"type": "image", "image": {"data": PNG}}]
    await scene.turn(ids, picture, Says("A very small picture."))
    linked = {"type": "image", "image": {"url": {"uri": "https://pictures.example/tram.jpg"}}}
    await scene.turn(ids, linked, Says("A tram."))
    document = Document(content="Line 28 runs at night.", mime_type="text/plain")
    await scene.turn(ids, "See the timetable. ", Says("It does."), documents=[document])
    await scene.turn(ids, "Tell me everything.", Says("First of all", cut=True))
    await scene.session(agent_id, "Nothing said yet")


async def use_tools(scene: Scene) -> None:
    """Client tools answered, two at once, left open; a server tool; the limit of inferences."""
    agent_id = await scene.agent(
        name="Photographer",
        instructions="Take pictures.",
        client_tools=[camera()],
        toolgroups=[{"name": "mcp::dictionary", "args": {"language": "pt"}}],
        tool_config={"tool_choice": "auto", "system_message_behavior": "append"},
        max_infer_iters=3,
    )
    # A session for each turn that is resumed: 0.2.12 takes up whichever turn has the last key, not the one asked for.
    ids = (agent_id, await scene.session(agent_id, "One picture"))
    turn_id = await scene.turn(ids, "Take one.", Says(calls=[("c1", "camera", {"place": "Belém", "zoom": 2})]))
    await scene.resume(ids, turn_id, [answer("c1", "done")], Says("Here it is."))
    ids = (agent_id, await scene.session(agent_id, "Two pictures"))
    both = [("c2", "camera", {"place": "Alfama"}), ("c3", "camera", {"place": "Graça"})]
    turn_id = await scene.turn(ids, "Take two.", Says(calls=both))
    items: list[Any] = [{"type": "text", "text": "done"}, {"type": "text", "text": "and saved"}]
    if IS_OLD:  # 0.3 refuses an image in what a tool answers
        items.append({"type": "image", "image": {"data": PNG}})
    await scene.resume(ids, turn_id, [answer("c2", items), answer("c3", "too dark")], Says("One of two."))
    ids = (agent_id, await scene.session(agent_id, "Words"))
    await scene.turn(
        ids, "What is a tertulia?", Says(calls=[("c4", "lookup", {"word": "tertulia"})]), Says("A gathering.")
    )
    ids = (agent_id, await scene.session(agent_id, "Both sides"))
    both = [("c5", "lookup", {"word": "miradouro"}), ("c6", "camera", {"place": "Graça"})]
    turn_id = await scene.turn(ids, "Look it up and take it.", Says(calls=both))
    await scene.resume(ids, turn_id, [answer("c6", "done")], Says("A viewpoint."))
    loop = [Says(calls=[(f"c{n}", "lookup", {"word": "again"})]) for n in (7, 8, 9)]
    await scene.turn(ids, "Never stop.", *loop)
    ids = (agent_id, await scene.session(agent_id, "Left waiting"))
    await scene.turn(ids, "Take a last one.", Says(calls=[("c10", "camera", {"place": "Cacilhas"})]))


async def be_shielded(scene: Scene) -> None:
    """Shields that let pass, stop the question, stop the answer."""
    agent_id = await scene.agent(name="Careful", input_shields=["guard"], output_shields=["guard"])
    ids = (agent_id, await scene.session(agent_id, "Shielded"))
    await scene.turn(ids, "Something harmless.", Says("Gladly."))
    await scene.turn(ids, "Something forbidden.")
    await scene.turn(ids, "Be careful.", Says("The forbidden word."))


async def remember(scene: Scene) -> None:
    """What only older servers and clients left: a retrieval step, tool answers as a turn of their own."""
    agent_id = await scene.agent(name="Archivist", model="vllm/long-gone", client_tools=[camera()])
    session_id = await scene.session(agent_id, "Older days")
    storage = AgentPersistence(agent_id, scene.agents.persistence_store, [])
    common = {"session_id": session_id, "completed_at": "2025-01-01T10:00:03Z"}
    said = CompletionMessage(content="In the archive.", stop_reason=StopReason.end_of_turn)
    retrieval = MemoryRetrievalStep(
        turn_id="t1",
        step_id="r1",
        started_at="2025-01-01T10:00:01Z",
        completed_at="2025-01-01T10:00:01.5Z",
        vector_db_ids="db1",
        inserted_context=[{"type": "text", "text": "Page 12"}],
    )
    inference = InferenceStep(turn_id="t1", step_id="i1", model_response=said)
    asked = UserMessage(content="Where is it?", context="Page 12")
    started = "2025-01-01T10:00:00Z"
    await storage.add_turn_to_session(
        session_id,
        Turn(
            turn_id="0b0d2f0e-0000-4000-8000-000000000003",
            input_messages=[asked],
            steps=[retrieval, inference],
            output_message=said,
            started_at=started,
            **common,
        ),
    )
    arguments = json.dumps({"place": "archive"})
    call = ToolCall(call_id="k1", tool_name="camera", arguments=arguments)
    asks = CompletionMessage(content="", stop_reason=StopReason.end_of_turn, tool_calls=[call])
    await storage.add_turn_to_session(
        session_id,
        Turn(
            turn_id="0b0d2f0e-0000-4000-8000-000000000002",
            input_messages=[UserMessage(content="Show it.")],
            steps=[InferenceStep(turn_id="t2", step_id="i2", model_response=asks)],
            output_message=asks,
            started_at="2025-01-01T10:01:00Z",
            **{**common, "completed_at": "2025-01-01T10:01:01Z"},
        ),
    )
    shows = CompletionMessage(content="There.", stop_reason=StopReason.end_of_turn)
    response = ToolResponse(call_id="k1", tool_name="camera", content="done")
    steps = [
        ToolExecutionStep(turn_id="t3", step_id="e3", tool_calls=[call], tool_responses=[response]),
        InferenceStep(turn_id="t3", step_id="i3", model_response=shows),
    ]
    await storage.add_turn_to_session(
        session_id,
        Turn(
            turn_id="0b0d2f0e-0000-4000-8000-000000000001",
            input_messages=[ToolResponseMessage(call_id="k1", content="done")],
            steps=steps,
            output_message=shows,
            started_at="2025-01-01T10:01:02Z",
            **{**common, "completed_at": "2025-01-01T10:01:03Z"},
        ),
    )


async def main(path: Path) -> None:
    path.unlink(missing_ok=True)
    tracing.setup_logger(SimpleNamespace(log_event=lambda _: asyncio.sleep(0)))
    await tracing.start_trace("make_stores")  # 0.2 makes a turn's id only within a trace
    scene = Scene(path)
    await scene.open()
    for part in (talk, use_tools, be_shielded, remember):
        await part(scene)
    path.with_suffix(".responses").unlink(missing_ok=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute() / f"kvstore-{VERSION}.db"))
