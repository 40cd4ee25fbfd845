"""What comes over from a real MCP server, by each transport, from one of today and one of before 2026."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tertulia.domain.questions import Answer
from tertulia.tools.base import AnswerNeeded, ToolContext, ToolFile
from tests.tools.mcp.places import AUTHORIZATION, TOKEN, Caller, HttpPlace, http_server, program_server
from tests.tools.mcp.servers import PIXEL

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

KINDS = [("stdio",), ("stdio", "legacy"), ("http",), ("http", "legacy")]


@pytest.fixture(scope="module", params=KINDS, ids="-".join)
def kind(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return request.param


@pytest.fixture(scope="module")
def place(kind: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpPlace | None]:
    if kind[0] == "stdio":
        yield None
        return
    place = HttpPlace(tmp_path_factory.mktemp("mcp"), *kind[1:])
    yield place
    place.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def caller(kind: tuple[str, ...], place: HttpPlace | None) -> AsyncIterator[Caller]:
    one = Caller(http_server(place) if place else program_server(*kind[1:]))
    yield one
    await one.link.close()


async def test_its_tools_are_listed_under_names_of_the_group(caller: Caller) -> None:
    listing = await caller.link.listing()
    assert listing["add"].name == "test__add"
    assert listing["add"].description == "Add two numbers."
    assert listing["add"].input_schema["required"] == ["a", "b"]


async def test_it_answers_in_words_and_in_structure(caller: Caller) -> None:
    added, weather = await caller.call("add", a=1, b=2), await caller.call("weather", city="Lisboa")
    assert (added.content, added.is_error) == ("3", False)
    assert weather.metadata["structured_content"] == {"city": "Lisboa", "degrees": 21.5}


async def test_that_it_fails_is_an_answer(caller: Caller) -> None:
    failed = await caller.call("fail", words="no such city")
    assert failed.is_error
    assert "no such city" in failed.content
    assert (await caller.call("add", a="x", b=1)).is_error


@pytest.mark.parametrize("words", ["", "\0", "\ud800", "😀" * 1000, "x" * 1_000_000, "\r\n\r\n", '{"jsonrpc":"2.0"}'])
async def test_whatever_a_model_writes_gets_an_answer_and_the_connection_stays(caller: Caller, words: str) -> None:
    connection = await caller.link.listing()
    assert (await caller.call("fail", words=words)).is_error
    assert await caller.link.listing() is connection


async def test_files_are_for_people_and_the_model_is_told_of_them(caller: Caller) -> None:
    result = await caller.call("gallery")
    assert result.files == [
        ToolFile(name="image-1.png", type="image/png", data=PIXEL),
        ToolFile(name="audio-2.mp3", type="audio/mpeg", data=PIXEL),
        ToolFile(name="report.pdf", type="application/pdf", data=PIXEL),
    ]
    lines = result.content.splitlines()
    assert lines[:2] == ["Look:", f"[image-1.png, image/png, {len(PIXEL)} bytes]"]
    assert lines[3:5] == ["file:///notes.txt:", "Olá"]
    assert "not valid base64" in lines[-1]


async def test_progress_is_live_output(caller: Caller) -> None:
    caller.said.clear()
    assert (await caller.call("slow", steps=3)).content == "done"
    assert caller.said == ["1/3\n", "step 2\n", "step 3\n"]


async def test_calls_run_side_by_side(caller: Caller) -> None:
    results = await asyncio.gather(*(caller.call("add", a=number, b=1) for number in range(20)))
    assert [result.content for result in results] == [str(number + 1) for number in range(20)]


async def test_what_it_asks_is_put_to_a_person_and_asked_again_until_there_is_an_answer(caller: Caller) -> None:
    with pytest.raises(AnswerNeeded) as needed:
        await caller.call("book", film="Alien")
    with pytest.raises(AnswerNeeded) as again:
        await caller.call("book", film="Alien")
    question = needed.value.question
    assert again.value.question == question
    assert question.message == "How many seats for Alien?"
    assert question.requested_schema["properties"]["seats"]["type"] == "integer"
    answers = {question.key: Answer(action="accept", content={"seats": 3})}
    assert (await caller.call("book", answers, film="Alien")).content == "3 seats for Alien"
    declined = await caller.call("book", {question.key: Answer(action="decline")}, film="Alien")
    assert declined.is_error
    with pytest.raises(AnswerNeeded, match="Brazil"):  # the answer was to another question
        await caller.call("book", answers, film="Brazil")


async def test_questions_of_calls_side_by_side_are_each_their_own(caller: Caller, kind: tuple[str, ...]) -> None:
    results = await asyncio.gather(
        *(caller.call("book", film=film) for film in ("Alien", "Brazil")), return_exceptions=True
    )
    if kind == ("stdio", "legacy"):  # nothing says which call such a question belongs to: nobody is asked
        assert not [each for each in results if isinstance(each, AnswerNeeded)]
        results = await asyncio.gather(
            *(caller.call("book", film=film) for film in ("Alien", "Brazil")), return_exceptions=True
        )
    asked = [str(each) for each in results]
    assert asked == ["How many seats for Alien?", "How many seats for Brazil?"]


async def test_a_call_that_is_cancelled_is_cancelled_there(caller: Caller, tmp_path: Path) -> None:
    note = tmp_path / "note"
    call = asyncio.create_task(caller.call("stuck", note=str(note)))
    await until_it_says(note, "began")
    call.cancel()
    await asyncio.wait({call})
    assert call.cancelled()
    await until_it_says(note, "cancelled")
    assert (await caller.call("add", a=1, b=1)).content == "2"


async def until_it_says(note: Path, words: str) -> None:
    async with asyncio.timeout(60):
        while not note.exists() or note.read_text() != words:  # noqa: ASYNC110, ASYNC240 - the server writes it
            await asyncio.sleep(0.01)


async def test_it_has_its_own_credentials_and_they_are_in_no_answer(caller: Caller, kind: tuple[str, ...]) -> None:
    said = (await caller.call("whoami")).content
    assert said.split() == (
        ["token=…", "authorization=None"] if kind[0] == "stdio" else ["token=None", "authorization=Bearer", "…"]
    )
    secret = TOKEN if kind[0] == "stdio" else AUTHORIZATION
    assert (await caller.call("fail", words=f"denied: {secret}")).content.endswith("denied: …")


async def test_a_program_has_nothing_of_our_environment(
    caller: Caller, kind: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind[0] == "http":
        pytest.skip("it has the environment of whoever started it")
    ours = {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "TOKEN", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    assert {*(await caller.call("environment")).content.split()} <= ours


async def test_when_it_changes_a_tool_that_is_seen_and_the_old_one_is_not_called(caller: Caller) -> None:
    before = (await caller.link.listing())["add"]
    await caller.call("change")
    async with asyncio.timeout(60):
        while (await caller.link.listing())["add"] == before:  # noqa: ASYNC110 - the server rings, and then we ask it
            await asyncio.sleep(0.01)
    assert "send all files" in (await caller.link.listing())["add"].description

    async def output(_: str) -> None:
        """Nobody watches."""

    context = ToolContext(owner="ana", session_id="", turn_id="", idempotency_key="k", output=output)
    refused = await caller.link.call("add", before, {"a": 1, "b": 1}, context)
    assert refused.is_error
    assert "has changed this tool" in refused.content


async def test_when_it_dies_in_a_call_that_is_an_error_and_the_next_call_reconnects(
    caller: Caller, place: HttpPlace | None
) -> None:
    lost = await caller.call("die")
    assert lost.is_error
    assert "was lost while the tool ran" in lost.content
    if place is not None:
        place.process.wait()
        place.start()
    assert (await caller.call("fail", words="here again")).content.endswith("here again")
