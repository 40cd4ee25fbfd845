"""What kind of world a seed makes: how many nodes and people, how bad the weather, how much goes wrong."""

from random import Random

from tertulia.domain.base import Value
from tests.simulation.partners import Temper
from tests.simulation.store import Weather


class Circumstances(Value):
    """Drawn once for each world."""

    is_shared: bool
    nodes: int
    sessions: int
    turns: int
    """How many each of two people sends to each session."""
    strikes: int
    temptable: int
    places: int
    """How many turns a node runs at once."""
    skew: float
    """Seconds that a node's clock may be wrong."""
    tool_seconds: float
    weather: Weather
    temper: Temper


def draw(chance: Random) -> Circumstances:
    """Draw a world's circumstances. One in five has a single node with a store of its own."""
    pick = chance.choice
    is_shared = chance.random() < 0.8
    return Circumstances(
        is_shared=is_shared,
        nodes=pick([2, 2, 3]) if is_shared else 1,
        sessions=pick([1, 2, 2]),
        turns=pick([1, 2, 2]),
        strikes=pick([0, 1, 2, 4]),
        temptable=pick([0, 1, 2, 4]),
        places=pick([1, 2, 10]),
        skew=pick([0.0, 3600.0]),
        tool_seconds=pick([0.1, 1.0]),
        weather=Weather(
            delay=pick([0.002, 0.02, 0.2]),
            refused=pick([0.0, 0.0, 0.02, 0.1]),
            unanswered=pick([0.0, 0.0, 0.02]),
        ),
        temper=Temper(
            fails=pick([0.0, 0.1]), is_silent=pick([0.0, 0.1]), calls=chance.random() * 0.8, pace=pick([0.1, 0.5])
        ),
    )
