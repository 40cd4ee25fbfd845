"""Functions as tools: the signature is the schema, and what does not fit it never reaches the function."""

import asyncio
import contextvars
import dataclasses
import datetime as dt
import enum
import functools
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal, TypedDict

import pytest
from msgspec import Meta

from tertulia.runtime.tool_calls import call_tool
from tertulia.tools import ToolContext, ToolFile, ToolPolicy, ToolResult, tool
from tertulia.tools.functions import as_tools
from tertulia.tools.threads import Threads
from tests.runtime.conftest import within
from tests.tools.asking import answer, ask, complaint, heard_by


class Unit(enum.Enum):
    KM = "km"
    MILE = "mile"


class Stop(TypedDict):
    name: str
    minutes: int


@dataclasses.dataclass
class Place:
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: float = 0.0


@tool
def travel(
    start: Place,
    stops: list[Stop],
    *,
    when: dt.date,
    unit: Unit = Unit.KM,
    by: Literal["road", "rail"] = "rail",
    note: str | None = None,
) -> list[Any]:
    """Plan a journey.

    It takes
    its time.

    Args:
        start: Where it
            begins.
        by: How to go.
    """
    return [start.lat, start.lon, stops, when, unit, by, note]


def test_what_the_model_is_told_is_what_the_function_says() -> None:
    assert travel.definition.name == "travel"
    assert travel.definition.description == "Plan a journey.\n\nIt takes\nits time."
    assert travel.toolgroup == "functions::travel"
    assert travel.policy == ToolPolicy()
    schema = travel.definition.input_schema
    assert schema["required"] == ["start", "stops", "when"]
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert properties["start"] == {"$ref": "#/$defs/Place", "description": "Where it begins."}
    assert properties["by"] == {"enum": ["rail", "road"], "default": "rail", "description": "How to go."}
    assert properties["note"] == {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    assert properties["when"] == {"type": "string", "format": "date"}
    assert schema["$defs"]["Place"]["properties"]["lat"] == {"type": "number", "minimum": -90, "maximum": 90}
    assert set(schema["$defs"]) == {"Place", "Stop", "Unit"}


async def test_arguments_come_as_the_types_of_the_function_and_what_is_left_out_is_its_default() -> None:
    said = await answer(
        travel, start={"lat": "41.1"}, stops=[{"name": "Porto", "minutes": 5}], when="2026-05-01", unit="mile"
    )
    assert said == '[41.1,0.0,[{"name":"Porto","minutes":5}],"2026-05-01","mile","rail",null]'


async def test_null_for_what_may_be_left_out_leaves_it_out() -> None:
    good = {"start": {"lat": 1}, "stops": [], "when": "2026-05-01"}
    assert await answer(travel, **good, unit=None, note=None) == await answer(travel, **good)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": None}, "The argument `start` does not fit: expected `object`, got `null`."),
        ({"start": {"lat": 91}}, "The argument `start.lat` does not fit: expected `float` <= 90.0."),
        ({"start": {}}, "The argument `start` does not fit: object missing required field `lat`."),
        ({"stops": [{"name": 1}]}, "The argument `stops[0].name` does not fit: expected `str`, got `int`."),
        ({"by": "air"}, "The argument `by` does not fit: invalid enum value 'air'."),
        ({"when": "soon"}, "The argument `when` does not fit: invalid RFC3339 encoded date."),
        ({"speed": 1}, "There is no argument `speed`. The tool takes: start, stops, when, unit, by, note."),
    ],
)
async def test_what_does_not_fit_is_an_error_that_names_the_argument(changes: dict[str, Any], said: str) -> None:
    good = {"start": {"lat": 1}, "stops": [], "when": "2026-05-01"}
    assert await complaint(travel, **{**good, **changes}) == said


async def test_what_is_missing_is_an_error_that_names_it() -> None:
    assert await complaint(travel, stops=[], when="2026-05-01") == (
        "The argument `start` is missing. The tool takes: start, stops, when, unit, by, note."
    )


async def test_a_default_of_any_kind_stays_the_functions_own() -> None:
    nothing = object()

    @tool
    def remember(words: list[str] = ["a"], more: Any = nothing) -> bool:  # noqa: B006 - what people write
        """Remember."""
        return words == ["a"] and more is nothing

    assert await answer(remember) == "true"
    assert remember.definition.input_schema["properties"]["more"] == {}


async def test_who_asks_is_handed_in_and_is_nothing_that_a_model_can_say() -> None:
    @tool
    async def who(*, greeting: str, me: ToolContext) -> str:
        """Greet."""
        return f"{greeting} {me.owner}, {me.idempotency_key}"

    assert list(who.definition.input_schema["properties"]) == ["greeting"]
    assert await answer(who, greeting="Hi") == "Hi ana, t1:s1"
    assert "no argument `me`" in await complaint(who, greeting="Hi", me={"owner": "ben"})


@pytest.mark.parametrize(
    ("returned", "content"),
    [
        ("as it is", "as it is"),
        ({"a": [1, 2.5]}, '{"a":[1,2.5]}'),
        (None, "null"),
        (Place(lat=1), '{"lat":1,"lon":0.0}'),
        ([], "[]"),
    ],
)
async def test_what_it_returns_is_the_answer(returned: Any, content: str) -> None:
    @tool
    def give() -> Any:
        """Give it."""
        return returned

    assert await answer(give) == content


async def test_files_that_it_returns_are_files() -> None:
    chart = ToolFile(name="a.png", type="image/png", data=b"png")

    @tool
    def one() -> ToolFile:
        """Draw."""
        return chart

    @tool
    def two() -> list[ToolFile]:
        """Draw more."""
        return [chart, chart]

    assert await ask(one) == ToolResult(content="Made a.png (image/png, 3 bytes).", files=[chart])
    assert (await ask(two)).files == [chart, chart]


async def test_what_no_json_can_say_is_an_error() -> None:
    @tool
    def give() -> object:
        """Give it."""
        return object()

    assert "The tool failed: TypeError" in await complaint(give)


async def test_a_function_may_block_and_runs_beside_the_event_loop_with_its_context() -> None:
    mark = contextvars.ContextVar("mark", default="none")
    mark.set("ours")
    loop_thread = threading.get_ident()
    opened = threading.Event()

    @tool
    def wait() -> list[Any]:
        """Wait for what the event loop does meanwhile."""
        assert opened.wait(60)
        return [threading.get_ident() == loop_thread, mark.get()]

    async def open_() -> None:
        opened.set()

    async with within(10):
        said, _ = await asyncio.gather(answer(wait), open_())
    assert said == '[false,"ours"]'


async def test_a_function_that_blocks_says_what_it_does_as_it_goes() -> None:
    heard: list[str] = []

    @tool
    def count(context: ToolContext) -> str:
        """Count."""
        for number in ("one", "two"):
            context.output(number)
        return f"{len(heard)} heard"

    result = await call_tool(count, {}, heard_by(heard), timeout=60)
    assert (result.content, heard) == ("2 heard", ["one", "two"])


def test_what_it_returns_to_be_awaited_says_what_it_does_and_does_not_wait_for_itself() -> None:
    class Counter:
        async def __call__(self, context: ToolContext) -> str:
            """Count."""
            await context.output("one")
            return "counted"

    heard: list[str] = []
    counted: list[ToolResult] = []

    async def count() -> None:
        counted.append(await call_tool(tool(name="count")(Counter()), {}, heard_by(heard), timeout=60))

    thread = threading.Thread(target=lambda: asyncio.run(count()), daemon=True)  # it may be stuck for ever
    thread.start()
    thread.join(10)
    assert ([result.content for result in counted], heard) == (["counted"], ["one"])


async def test_more_calls_of_a_blocking_tool_than_the_loop_has_threads_run_at_once() -> None:
    all_there = threading.Barrier(40)

    @tool
    def meet() -> str:
        """Wait for all others."""
        all_there.wait(20)
        return "met"

    async with within(20):
        assert await asyncio.gather(*(answer(meet) for _ in range(40))) == ["met"] * 40


async def test_a_call_that_is_given_up_ends_at_once_and_its_late_answer_is_dropped() -> None:
    let_go, ended = threading.Event(), threading.Event()

    @tool(policy=ToolPolicy(timeout=0.01))
    def hang() -> str:
        """Take long."""
        assert let_go.wait(60)
        ended.set()
        return "late"

    assert await complaint(hang) == "The tool did not answer within 0.01 s."
    let_go.set()
    assert await asyncio.to_thread(ended.wait, 60)


async def test_a_thread_that_nobody_waits_for_keeps_its_place_until_it_ends() -> None:
    threads = Threads("one", most=1)
    let_go = threading.Event()
    given_up = asyncio.create_task(threads.run(lambda: let_go.wait(60)))
    await asyncio.sleep(0)
    given_up.cancel()
    following = asyncio.create_task(threads.run(let_go.is_set))
    assert not (await asyncio.wait({following}, timeout=0.02))[0]
    let_go.set()
    async with within():
        assert await following


async def test_a_cancelled_turn_cancels_an_async_function() -> None:
    begun, seen = asyncio.Event(), asyncio.Event()

    @tool
    async def hang() -> str:
        """Take for ever."""
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.set()
            raise
        return "never"

    call = asyncio.create_task(ask(hang))
    await begun.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert seen.is_set()


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), StopIteration(), ValueError("no")])
async def test_whatever_a_thread_raises_is_an_answer(error: BaseException) -> None:
    @tool
    def fail() -> str:
        """Fail."""
        raise error

    assert "The tool failed" in await complaint(fail)


async def test_methods_partials_and_objects_can_be_tools() -> None:
    class Shop:
        name = "ours"

        def price(self, item: str) -> str:
            """Tell a price."""
            return f"{item} at {self.name}"

        async def __call__(self, item: str) -> str:
            """Buy."""
            return f"bought {item}"

    def add(one: int, other: int) -> int:
        """Add."""
        return one + other

    shop = Shop()
    assert await answer(tool(shop.price), item="tea") == "tea at ours"
    assert await answer(tool(name="buy")(shop), item="tea") == "bought tea"
    add_two = tool(name="add_two")(functools.partial(add, other=2))
    assert await answer(add_two, one=1) == "3"
    assert add_two.definition.description == "Add."


def test_a_tool_still_is_its_function() -> None:
    @tool(name="sum", description="Add.", toolgroup="maths", policy=ToolPolicy(approval="always"))
    def add(one: Annotated[int, Meta(description="a")], other: Annotated[int, Meta(description="b")] = 1) -> int:
        return one + other

    assert add(1, other=2) == 3
    assert (add.definition.name, add.definition.description, add.toolgroup) == ("sum", "Add.", "maths")
    assert add.policy.approval == "always"


# --- what cannot be a tool ---


def untyped(one) -> None:  # pyright: ignore[reportMissingParameterType] - what is tested
    """Lacks a type."""


def silent(one: int) -> None: ...


def starred(*one: int) -> None:
    """Takes any number."""


def keyed(**one: int) -> None:
    """Takes any name."""


def placed(one: int, /) -> None:
    """Takes a place."""


def strange(one: threading.Event) -> None:
    """Takes what no JSON is."""


def yielding() -> Iterator[int]:
    """Yield."""
    yield 1


async def flowing() -> AsyncIterator[int]:
    """Yield."""
    yield 1


def unknown(one: int) -> None:
    """Take what is not there."""


unknown.__annotations__["one"] = "Nowhere"


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (untyped, "untyped cannot be a tool: `one` has no type"),
        (silent, "it has no docstring"),
        (starred, "`one` cannot be given by its name"),
        (keyed, "`one` cannot be given by its name"),
        (placed, "`one` cannot be given by its name"),
        (strange, "`one` has a type that no JSON Schema is known for: <class 'threading.Event'>"),
        (yielding, "it yields"),
        (flowing, "it yields"),
        (unknown, "name 'Nowhere' is not defined"),
        (len, "cannot be given by its name"),
    ],
)
def test_a_function_that_no_model_could_call_is_refused_with_the_reason(function: Any, why: str) -> None:
    with pytest.raises(TypeError, match="cannot be a tool") as caught:
        tool(function)
    assert why in str(caught.value)


def test_a_name_that_models_do_not_take_is_refused() -> None:
    with pytest.raises(TypeError, match=r"cannot be a tool: .*`\$.name`"):
        tool(name="my tool")(travel.function)


def test_tools_may_be_named_one_by_one_and_in_lists() -> None:
    named = as_tools([travel, travel.function, (travel,)])
    assert [each.definition for each in named] == [travel.definition] * 3
    for nothing in (3, None, "travel", Place, [travel, 3]):
        with pytest.raises(TypeError, match="neither a function nor a tool"):
            as_tools(nothing)
