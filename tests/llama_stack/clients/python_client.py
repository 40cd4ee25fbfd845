"""What Llama Stack's own Python client does with our server. It runs in an environment that has that client alone.

`python python_client.py URL CUT_URL` runs every function `check_…` that this version has a use for and prints, as one
JSON object, what each came to: "ok", or how it failed. At CUT_URL is the same server through connections that break
after 2,000 bytes.
"""

# The client is in the environment that this runs in, not in ours.
# pyright: reportMissingImports=false

import asyncio
import gc
import json
import sys
import traceback
from typing import Any

import llama_stack_client
from llama_stack_client import (
    APIConnectionError,
    AsyncLlamaStackClient,
    BadRequestError,
    ConflictError,
    InternalServerError,
    LlamaStackClient,
    NotFoundError,
    RateLimitError,
)

URL, CUT_URL = sys.argv[1:3]
VERSION = tuple(int(part) for part in llama_stack_client.__version__.split("."))
IS_ALPHA = VERSION >= (0, 3)
MODEL = "fake/fake-model"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string", "description": "City"}}, "required": ["city"]}
PARAMETERS = [{"name": "city", "parameter_type": "string", "description": "City", "required": True}]
WEATHER = {
    "name": "get_weather",
    "description": "Weather",
    **({"input_schema": SCHEMA} if IS_ALPHA else {"parameters": PARAMETERS}),
}
PARIS = '[[tool=get_weather]] [[args={"city": "Paris"}]]'


def api(client: Any) -> Any:
    return client.alpha.agents if IS_ALPHA else client.agents


client = LlamaStackClient(base_url=URL)
agents = api(client)


def new_agent(**config: Any) -> str:
    config = {"model": MODEL, "instructions": "Be brief.", "client_tools": [WEATHER], **config}
    return agents.create(agent_config=config).agent_id


def new_session(agent_id: str = "") -> dict[str, str]:
    agent_id = agent_id or new_agent()
    return {
        "agent_id": agent_id,
        "session_id": agents.session.create(agent_id=agent_id, session_name="Test").session_id,
    }


def user(words: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": words}]


def events(stream: Any) -> list[Any]:
    chunks = list(stream)
    assert all(getattr(chunk, "error", None) is None for chunk in chunks), chunks[-1]
    return [chunk.event.payload for chunk in chunks]


def turns_of(place: dict[str, str]) -> list[Any]:
    return agents.session.retrieve(**place).turns


# --- client.agents ---


def check_agents_are_created_and_deleted() -> None:
    agent_id = new_agent()
    agents.delete(agent_id)
    try:
        agents.session.create(agent_id=agent_id, session_name="Test")
    except NotFoundError as error:
        assert error.status_code == 404
        assert error.body["error"]["code"] == "agent_not_found"
    else:
        raise AssertionError("the agent is still there")


def check_agents_are_listed_and_retrieved() -> None:
    agent_id = new_agent(sampling_params={"strategy": {"type": "top_p", "temperature": 0.5, "top_p": 0.9}})
    agent = agents.retrieve(agent_id)
    assert agent.agent_config.model == MODEL
    assert agent.agent_config.sampling_params.strategy.top_p == 0.9
    assert agent.agent_config.client_tools[0].name == "get_weather"
    assert agent.created_at.tzinfo is not None
    assert agent_id in [each["agent_id"] for each in agents.list().data]
    assert len(agents.list(limit=1).data) == 1


def check_sessions_are_created_read_and_deleted() -> None:
    place = new_session()
    session = agents.session.retrieve(**place)
    assert (session.session_id, session.session_name, session.turns) == (place["session_id"], "Test", [])
    agents.session.delete(**place)
    try:
        agents.session.retrieve(**place)
    except NotFoundError:
        return
    raise AssertionError("the session is still there")


def check_sessions_are_listed() -> None:
    agent_id = new_agent()
    made = [new_session(agent_id)["session_id"] for _ in range(3)]
    assert sorted(each["session_id"] for each in agents.session.list(agent_id).data) == sorted(made)
    page = agents.session.list(agent_id, start_index=1, limit=1)
    assert (len(page.data), page.has_more) == (1, True)


def check_only_some_turns_of_a_session_are_read() -> None:
    place = new_session()
    turns = [agents.turn.create(**place, messages=user("Hi"), stream=False).turn_id for _ in range(3)]
    found = agents.session.retrieve(**place, turn_ids=[turns[2], turns[0]])
    assert [turn.turn_id for turn in found.turns] == [turns[0], turns[2]]


def check_a_turn_is_streamed() -> None:
    place = new_session()
    payloads = events(agents.turn.create(**place, messages=user("Hi [[tokens=3]]"), stream=True))
    start, begin, *pieces, end, done = payloads
    assert (start.event_type, begin.event_type, begin.step_type) == ("turn_start", "step_start", "inference")
    assert {each.event_type for each in pieces} == {"step_progress"}
    assert "".join(each.delta.text for each in pieces) == "tok0 tok1 tok2 "
    assert (end.event_type, end.step_details.api_model_response.content) == ("step_complete", "tok0 tok1 tok2 ")
    assert done.event_type == "turn_complete"
    turn = payloads[-1].turn
    assert (turn.output_message.stop_reason, turn.output_message.tool_calls) == ("end_of_turn", [])
    assert turn.started_at < turn.completed_at
    assert agents.turn.retrieve(turn.turn_id, **place) == turn
    step = agents.steps.retrieve(turn.steps[0].step_id, turn_id=turn.turn_id, **place).step
    assert (step.step_type, step.api_model_response.content) == ("inference", "tok0 tok1 tok2 ")


def check_a_turn_is_answered_whole() -> None:
    place = new_session()
    turn = agents.turn.create(**place, messages=user("Hi"), stream=False)
    assert turn.output_message.content == "tok0 tok1 tok2 "
    assert turns_of(place) == [turn]


def check_a_client_tool_is_answered_by_resume() -> None:
    place = new_session()
    waiting = events(agents.turn.create(**place, messages=user(PARIS), stream=True))[-1]
    assert waiting.event_type == "turn_awaiting_input"
    (call,) = waiting.turn.output_message.tool_calls
    assert waiting.turn.output_message.stop_reason == "end_of_message"
    assert call.arguments == ('{"city": "Paris"}' if IS_ALPHA else {"city": "Paris"})
    answer = {"call_id": call.call_id, "tool_name": call.tool_name, "content": "18C"}
    turn = events(agents.turn.resume(waiting.turn.turn_id, **place, tool_responses=[answer], stream=True))[-1].turn
    assert turn.output_message.content == "Results: 18C"
    assert [step.step_type for step in turn.steps] == ["inference", "tool_execution", "inference"]
    assert turn.steps[1].tool_responses[0].content == "18C"
    for one, other in zip(turn.steps[:-1], turn.steps[1:], strict=True):
        assert one.completed_at < other.started_at < other.completed_at


def check_several_client_tools_in_one_turn() -> None:
    place = new_session()
    turn = agents.turn.create(**place, messages=user(f"{PARIS} [[tools=3]]"), stream=False)
    answers = [
        {"call_id": call.call_id, "tool_name": call.tool_name, "content": f"{number}C"}
        for number, call in enumerate(turn.output_message.tool_calls)
    ]
    turn = agents.turn.resume(turn.turn_id, **place, tool_responses=answers, stream=False)
    assert turn.output_message.content == "Results: 0C, 1C, 2C"


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
"""A PNG of one grey pixel."""


def check_documents_and_images() -> None:
    place = new_session()
    image = {"type": "image", "image": {"data": PIXEL}}
    turn = agents.turn.create(
        **place,
        messages=user([{"type": "text", "text": "See [[echo]]"}, image]),
        documents=[{"content": "The secret is 7.", "mime_type": "text/plain"}],
        stream=False,
    )
    assert turn.input_messages[0].content[0].text == "See [[echo]]"
    assert "The secret is 7." in turn.output_message.content
    assert "data:image/png;base64,iVBORw0KGgo" in turn.output_message.content


def check_tool_config_and_toolgroups_of_a_turn() -> None:
    place = new_session()
    more = {"tool_config": {"tool_choice": "none"}, "toolgroups": ["builtin::clock"]}
    turn = agents.turn.create(**place, messages=user("Hi"), stream=False, **more)
    assert turn.output_message.stop_reason == "end_of_turn"


def check_raw_responses() -> None:
    place = new_session()
    raw = agents.turn.with_raw_response.create(**place, messages=user("Hi"), stream=False)
    assert raw.headers["turn-id"] == raw.parse().turn_id


def check_the_token_limit_is_told() -> None:
    turn = agents.turn.create(**new_session(), messages=user("Hi [[length]]"), stream=False)
    assert turn.output_message.stop_reason == "out_of_tokens"


async def check_the_async_client() -> None:
    async with AsyncLlamaStackClient(base_url=URL) as other:
        place = new_session()
        stream = await api(other).turn.create(**place, messages=user("Hi"), stream=True)
        chunks = [chunk async for chunk in stream]
        assert chunks[-1].event.payload.turn.output_message.content == "tok0 tok1 tok2 "


# --- errors, retries, keepalives ---


def check_a_wrong_request_is_bad() -> None:
    try:
        agents.turn.create(**new_session(), messages=[{"role": "user", "content": 7}], stream=True)
    except BadRequestError as error:
        assert error.body["error"]["detail"]["errors"][0]["loc"] == ["body", "messages", 0, "content"]
    else:
        raise AssertionError("it was taken")


def check_a_session_that_is_not_there_is_not_found_before_the_stream() -> None:
    place = {**new_session(), "session_id": "none"}
    try:
        agents.turn.create(**place, messages=user("Hi"), stream=True)
    except NotFoundError as error:
        assert "no session" in str(error)
    else:
        raise AssertionError("it was found")


def check_a_turn_that_waits_is_a_conflict_at_once() -> None:
    place = new_session()
    agents.turn.create(**place, messages=user(PARIS), stream=False)
    try:
        agents.turn.create(**place, messages=user("Hi"), stream=False)
    except ConflictError as error:
        assert error.response.request.headers["x-stainless-retry-count"] == "0"
    else:
        raise AssertionError("it was taken")


def check_too_many_turns_are_a_rate_limit() -> None:
    place = new_session()
    slow = user("Hi [[tokens=1]] [[delay=2000]]")
    streams = [agents.turn.create(**place, messages=words, stream=True) for words in (slow, user("Hi"))]
    impatient = api(client.with_options(max_retries=0))
    try:
        impatient.turn.create(**place, messages=user("Hi"), stream=True)
    except RateLimitError as error:
        assert int(error.response.headers["retry-after"]) > 0
    else:
        raise AssertionError("it was taken")
    patient = api(client.with_options(max_retries=9))  # it waits as it is told, and comes again
    assert events(patient.turn.create(**place, messages=user("Hi"), stream=True))[-1].event_type == "turn_complete"
    assert [events(stream)[-1].event_type for stream in streams] == ["turn_complete"] * 2


def check_a_model_that_fails_is_a_server_error_once() -> None:
    place = new_session()
    try:
        agents.turn.create(**place, messages=user("Hi [[error=400]]"), stream=False)
    except InternalServerError as error:
        assert error.status_code == 502
        assert "the model is broken" in error.body["error"]["message"]
    else:
        raise AssertionError("it was answered")
    assert len(turns_of(place)) == 1


def check_a_failure_in_a_stream_is_its_last_chunk() -> None:
    chunks = list(agents.turn.create(**new_session(), messages=user("Hi [[error=400]]"), stream=True))
    assert "the model is broken" in chunks[-1].error["message"]


def check_a_cut_connection_loses_nothing() -> None:
    place = new_session()
    broken = LlamaStackClient(base_url=CUT_URL, max_retries=0)
    seen = []
    try:
        for chunk in api(broken).turn.create(**place, messages=user("Hi [[tokens=50]]"), stream=True):
            seen.append(chunk.event.payload.event_type)
    except Exception as error:  # the HTTP library's own, in some versions
        assert "peer closed" in str(error) or isinstance(error, APIConnectionError), error
    assert seen
    assert "turn_complete" not in seen
    (turn,) = turns_of(place)
    while not turn.completed_at:
        (turn,) = turns_of(place)
    assert turn.output_message.content.endswith("tok49 ")


def check_a_server_that_is_not_there_is_a_connection_error() -> None:
    nowhere = LlamaStackClient(base_url="http://127.0.0.1:9", max_retries=0)
    try:
        api(nowhere).session.retrieve(agent_id="a", session_id="s")
    except APIConnectionError:
        return
    raise AssertionError("somebody answered")


def check_tries_of_an_impatient_client_are_one_turn() -> None:
    place = new_session()
    impatient = api(client.with_options(timeout=1.0, max_retries=5))
    raw = impatient.turn.with_raw_response.create(**place, messages=user("Hi [[tokens=2]] [[delay=800]]"), stream=False)
    assert int(raw.http_request.headers["x-stainless-retry-count"]) > 0
    assert raw.parse().output_message.content == "tok0 tok1 "
    assert [each.turn_id for each in turns_of(place)] == [raw.parse().turn_id]


def check_signs_of_life_keep_a_stream_open_and_are_no_events() -> None:
    waits = api(client.with_options(timeout=2.0, max_retries=0))  # per read: silence would cut it
    payloads = events(waits.turn.create(**new_session(), messages=user("Hi [[tokens=1]] [[delay=2500]]"), stream=True))
    assert payloads[-1].turn.output_message.content == "tok0 "


# --- lib.agents (of 0.2; that of 0.3 speaks another interface) ---


def library() -> Any:
    from llama_stack_client import Agent, AgentEventLogger  # noqa: PLC0415 - see above
    from llama_stack_client.lib.agents.react.agent import ReActAgent  # noqa: PLC0415 - later versions lack it

    return Agent, AgentEventLogger, ReActAgent


def get_weather(city: str, days: int = 1):
    """Get the weather.

    :param city: The city
    :param days: For how many days
    """
    return f"sunny in {city} for {days + 1} days"


def check_lib_agent_runs_client_tools_and_goes_on() -> None:
    agent = library()[0](client, model=MODEL, instructions="Be brief.", tools=[get_weather])
    session_id = agent.create_session("Test")
    args = '[[tool=get_weather]] [[tools=2]] [[args={"city": "Paris", "days": 2}]]'
    turn = agent.create_turn(messages=user(args), session_id=session_id, stream=False)
    assert turn.output_message.content == 'Results: "sunny in Paris for 3 days", "sunny in Paris for 3 days"'
    assert len(turns_of({"agent_id": agent.agent_id, "session_id": session_id})) == 1


def check_lib_event_logger_prints_what_happens() -> None:
    agent_class, logger, _ = library()
    agent = agent_class(client, model=MODEL, instructions="Be brief.", tools=[get_weather])
    stream = agent.create_turn(messages=user(PARIS), session_id=agent.create_session("Test"))
    printed = "".join(str(event) + (event.end or "") for event in logger().log(stream))
    assert "inference> " in printed
    assert "tool_execution> Tool:get_weather Args:{'city': 'Paris'}" in printed
    assert 'tool_execution> Tool:get_weather Response:"sunny in Paris for 2 days"' in printed
    assert 'Results: "sunny in Paris for 2 days"' in printed


def check_lib_event_logger_prints_a_failure() -> None:
    # A client of its own: the library leaves the stream open, and its pool of connections may lock up when that is
    # collected in the middle of another request.
    agent_class, logger, _ = library()
    agent = agent_class(LlamaStackClient(base_url=URL), model=MODEL, instructions="Be brief.")
    stream = agent.create_turn(messages=user("Hi [[error=400]]"), session_id=agent.create_session("Test"))
    assert "the model is broken" in "".join(str(event) for event in logger().log(stream))
    del agent, stream
    gc.collect()


def check_lib_react_agent_finds_calls_in_text() -> None:
    agent = library()[2](client, model=MODEL, tools=[get_weather], json_response_format=True)
    session_id = agent.create_session("Test")
    turn = agent.create_turn(messages=user("Weather? [[react]]"), session_id=session_id, stream=False)
    assert json.loads(turn.output_message.content)["answer"] == 'It is "sunny in Paris for 2 days"'
    assert [step.step_type for step in turn.steps] == ["inference", "tool_execution", "inference"]
    assert turns_of({"agent_id": agent.agent_id, "session_id": session_id}) == [turn]
    assert agent.create_turn(messages=user("Hi"), session_id=session_id, stream=False).output_message.content


async def check_lib_async_agent() -> None:
    from llama_stack_client.lib.agents.agent import AsyncAgent  # noqa: PLC0415 - not in all versions

    async with AsyncLlamaStackClient(base_url=URL) as other:
        agent = AsyncAgent(other, model=MODEL, instructions="Be brief.", tools=[get_weather])
        session_id = await agent.create_session("Test")
        turn = await agent.create_turn(messages=user(PARIS), session_id=session_id, stream=False)
        assert turn.output_message.content == 'Results: "sunny in Paris for 2 days"'


# --- all of it ---


def is_of_this_version(name: str) -> bool:
    if name.startswith("check_lib_"):
        return not IS_ALPHA
    return VERSION >= (0, 2, 14) or "listed" not in name  # no list of anything before


def run(check: Any) -> str:
    try:
        result = check()
        if asyncio.iscoroutine(result):
            asyncio.run(result)
    except BaseException:
        return traceback.format_exc()
    return "ok"


if __name__ == "__main__":
    checks = {
        name: check for name, check in globals().items() if name.startswith("check_") and is_of_this_version(name)
    }
    results = {name.removeprefix("check_"): run(check) for name, check in checks.items()}
    print(json.dumps(results))
