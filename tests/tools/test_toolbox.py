"""What agents are given of the tools that there are."""

from tertulia.domain.agents import ToolgroupUse
from tertulia.tools import tool
from tertulia.tools.toolbox import Toolbox
from tests.runtime.tools import EchoTool
from tests.tools.asking import answer


@tool(toolgroup="trips")
def weather(city: str, unit: str = "C") -> str:
    """Tell the weather."""
    return f"{city} in {unit}"


@tool(toolgroup="trips")
def train(city: str) -> str:
    """Find a train."""
    return f"to {city}"


BOX = Toolbox([weather, train, EchoTool()])


async def test_each_tool_of_a_group_is_given_the_arguments_that_it_takes() -> None:
    given = BOX.of([ToolgroupUse(name="trips", args={"unit": "F"})])
    assert await answer(given["weather"], city="Faro", unit="C") == "Faro in F"
    assert await answer(given["train"], city="Faro") == "to Faro"


async def test_a_tool_that_takes_whatever_it_is_given_has_all_arguments() -> None:
    given = BOX.of([ToolgroupUse(name=EchoTool().toolgroup, args={"text": "settled"})])
    assert await answer(given["echo"], text="chosen") == "settled"


def test_a_tool_can_be_given_without_its_group() -> None:
    assert list(BOX.of(["trips/train"])) == ["train"]
