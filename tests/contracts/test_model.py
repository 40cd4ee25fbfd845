"""What every model server must do, by one suite over all of them.

The OpenAI-compatible ones are played from `model_replies/` over a real socket; the scripted model plays scripts of the
same content.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

import pytest

from tertulia.domain.deltas import ToolCallDelta
from tertulia.domain.errors import ModelError, ModelRefused, ModelUnavailable
from tertulia.domain.messages import AssistantMessage, UserMessage
from tertulia.domain.steps import Usage
from tertulia.engine.assembly import NOTHING, add, message_of
from tertulia.models.base import Finished, ModelRequest, ModelServer, Piece
from tertulia.models.http import open_session
from tertulia.models.openai_chat import OpenAIChat
from tertulia.models.scripted import MODEL_NAME, Call, Reply, ScriptedModel, Think
from tertulia.models.server_spec import ServerSpec
from tests.fakes.upstream import Behaviour, Upstream, answers, streams

REPLIES = Path(__file__).parent / "model_replies"
RECORDED = ["openai", "ollama", "llamacpp", "vllm", "lmstudio"]
WITHOUT_REASONING = {"openai"}

USAGE = Usage(input_tokens=12, output_tokens=4)
SCRIPTS = {
    "text": [Reply("Hello, world.", usage=USAGE)],
    "tools": [Reply(Call("weather", {"city": "Lisbon"}), Call("clock"), usage=USAGE)],
    "reasoning": [Reply(Think("Think first."), "Done.", usage=USAGE)],
    "length": [Reply("It goes on", reason="length", usage=USAGE)],
    "failure": [Reply("Hel", ModelUnavailable("It broke."))],
    "endless": [Reply("It goes on ", asyncio.Event())],
}

Stage = Callable[[str], AbstractAsyncContextManager[ModelServer]]


@asynccontextmanager
async def scripted(scenario: str) -> AsyncIterator[ModelServer]:
    yield ScriptedModel(SCRIPTS.get(scenario, []))


def recorded(server: str) -> Stage:
    @asynccontextmanager
    async def stage(scenario: str) -> AsyncIterator[ModelServer]:
        async with Upstream(_behaviour(server, scenario)) as upstream, open_session() as session:
            yield OpenAIChat(ServerSpec(name=server, url=upstream.url), session)
            if scenario == "endless":
                async with asyncio.timeout(60):
                    await upstream.client_left.wait()

    return stage


def _behaviour(server: str, scenario: str) -> Behaviour:
    directory = REPLIES / server
    match scenario:
        case "models":
            return answers(200, (directory / "models.json").read_bytes())
        case "unknown":
            return answers(404, (directory / "unknown.json").read_bytes())
        case "endless":
            return streams((directory / "length.sse").read_bytes().partition(b'"length"')[0], ending="hang")
        case _:
            return streams((directory / f"{scenario}.sse").read_bytes())


SERVERS: dict[str, Stage] = {"scripted": scripted, **{server: recorded(server) for server in RECORDED}}

every_server = pytest.mark.parametrize("server", SERVERS)


def ask(server: str, model: str = MODEL_NAME) -> ModelRequest:
    return ModelRequest(model=model, messages=[UserMessage(content="Hi")])


async def play(server: str, scenario: str) -> list[list[Piece]]:
    async with SERVERS[server](scenario) as model:
        return [batch async for batch in model.stream(ask(server))]


def fold(batches: list[list[Piece]]) -> AssistantMessage:
    assembly = NOTHING
    for batch in batches:
        for piece in batch:
            if not isinstance(piece, Finished):
                assembly = add(assembly, piece)
    return message_of(assembly)


def last_of(batches: list[list[Piece]]) -> Finished:
    last = batches[-1][-1]
    assert isinstance(last, Finished)
    return last


@every_server
async def test_the_pieces_of_an_answer_are_its_text(server: str) -> None:
    batches = await play(server, "text")
    assert fold(batches).content == "Hello, world."
    assert last_of(batches).reason == "stop"


@every_server
async def test_no_batch_is_empty_and_finished_comes_once_and_last(server: str) -> None:
    batches = await play(server, "tools")
    assert all(batches)
    assert [isinstance(piece, Finished) for batch in batches for piece in batch].index(True) == sum(
        map(len, batches)
    ) - 1


@every_server
@pytest.mark.parametrize("scenario", ["text", "tools", "length"])
async def test_an_answer_says_how_many_tokens_it_took(server: str, scenario: str) -> None:
    usage = last_of(await play(server, scenario)).usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens) == (12, 4)


@every_server
async def test_parallel_tool_calls_are_told_apart(server: str) -> None:
    batches = await play(server, "tools")
    calls = fold(batches).tool_calls
    assert [(call.tool_name, call.arguments) for call in calls] == [("weather", {"city": "Lisbon"}), ("clock", {})]
    assert len({call.call_id for call in calls} - {""}) == 2
    assert last_of(batches).reason == "tool_calls"


@every_server
async def test_every_tool_call_is_begun_and_judged(server: str) -> None:
    deltas = [piece for batch in await play(server, "tools") for piece in batch if isinstance(piece, ToolCallDelta)]
    for index in (0, 1):
        statuses = [delta.parse_status for delta in deltas if delta.tool_call.index == index]
        assert (statuses[0], statuses[-1]) == ("started", "succeeded")
        assert set(statuses[1:-1]) <= {"in_progress"}


@pytest.mark.parametrize("server", [server for server in SERVERS if server not in WITHOUT_REASONING])
async def test_reasoning_is_no_part_of_the_text(server: str) -> None:
    message = fold(await play(server, "reasoning"))
    assert (message.reasoning, message.content) == ("Think first.", "Done.")


@every_server
async def test_an_answer_that_was_cut_says_so(server: str) -> None:
    batches = await play(server, "length")
    assert (fold(batches).content, last_of(batches).reason) == ("It goes on", "length")


@every_server
async def test_a_failure_in_mid_answer_is_an_error_after_what_was_said(server: str) -> None:
    async with SERVERS[server]("failure") as model:
        batches, error = await until_error(model.stream(ask(server)))
    assert fold(batches).content == "Hel"
    assert isinstance(error, ModelError)


async def until_error(answer: AsyncIterator[list[Piece]]) -> tuple[list[list[Piece]], Exception | None]:
    batches: list[list[Piece]] = []
    try:
        async for batch in answer:
            batches += [batch]
    except ModelError as error:
        return batches, error
    return batches, None


@every_server
async def test_an_answer_can_be_left_early(server: str) -> None:
    async with SERVERS[server]("endless") as model:
        async with aclosing(model.stream(ask(server))) as answer:
            assert fold([await anext(answer)]).content.startswith("It")
        assert [batch async for batch in answer] == []


@pytest.mark.parametrize("server", [server for server in SERVERS if server != "llamacpp"])
async def test_a_model_that_is_not_there_is_refused_by_name(server: str) -> None:
    async with SERVERS[server]("unknown") as model:
        with pytest.raises(ModelRefused, match="nowhere"):
            await anext(model.stream(ask(server, "nowhere")))


@every_server
async def test_models_are_listed_under_the_name_of_their_server(server: str) -> None:
    async with SERVERS[server]("models") as model:
        infos = await model.list_models()
    assert infos
    assert {info.id for info in infos} == {f"{model.name}/{info.name}" for info in infos}
    assert {info.server for info in infos} == {model.name}


@every_server
async def test_answers_at_the_same_time_do_not_mix(server: str) -> None:
    async with SERVERS[server]("text") as one, SERVERS[server]("length") as other:
        answers = await asyncio.gather(*(_batches(model, server) for model in (one, other)))
    assert [fold(batches).content for batches in answers] == ["Hello, world.", "It goes on"]


async def _batches(model: ModelServer, server: str) -> list[list[Piece]]:
    return [batch async for batch in model.stream(ask(server))]
