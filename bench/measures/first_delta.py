"""How much later than from the model server itself the first word comes, to one reader."""

from collections.abc import AsyncIterator
from itertools import cycle

from bench.ask import Ask
from bench.connection import Connection
from bench.stage import Figure, Stage
from bench.statistics import percentile
from bench.targets import Target

PLACES = 100
WARM_UP = 10


async def first_delta(stage: Stage) -> AsyncIterator[Figure]:
    """Ask both in turn, so that whatever else the machine does falls on both alike."""
    asked = [await Asker.of(stage.direct), await Asker.of(stage.server)]
    for _ in range(WARM_UP):
        for asker in asked:
            await asker.ask()
    waits = [[await asker.ask() for asker in asked] for _ in range(stage.plan.pairs)]
    direct, ours = ([wait * 1e3 for wait in column] for column in zip(*waits, strict=True))
    for share in (50, 99):
        here, there = percentile(ours, share), percentile(direct, share)
        added = None if here is None or there is None else here - there
        yield Figure(f"first_delta.p{share}_ms", f"first delta, p{share}", "ms", here, there)
        yield Figure(f"first_delta.added_p{share}_ms", f"added to direct, p{share}", "ms", added)
    for asker in asked:
        asker.connection.close()


class Asker:
    """One reader that asks again and again, each time elsewhere."""

    def __init__(self, target: Target, requests: list[bytes]) -> None:
        self.connection = Connection(target.url)
        self._mark = target.mark
        self._requests = cycle(requests)

    @classmethod
    async def of(cls, target: Target) -> "Asker":
        """Prepare a target to be asked."""
        places = await target.prepare(PLACES, within=2.0)
        return cls(target, [target.request(place, Ask(50).text, stream=True) for place in places])

    async def ask(self) -> float:
        """Seconds until the first delta came; the rest of the answer is read, too."""
        answer = await self.connection.exchange(next(self._requests), self._mark)
        return answer.seconds if answer.first_mark is None else answer.first_mark
