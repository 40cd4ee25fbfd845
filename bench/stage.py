"""What every measure is given, and what it gives: figures."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.postgres import Postgres
from bench.targets import AgentsApi, ModelServer
from bench.usage import Usage


@dataclass(frozen=True)
class Plan:
    """How much to measure. The whole takes about five minutes, the quick one about one."""

    readers: tuple[int, ...] = (1, 16, 64)
    load_s: float = 4.0
    direct_s: float = 2.0
    paced_turns: int = 3
    pairs: int = 300
    reads: int = 50
    long_session: int = 1_000
    grow_s: float = 30.0
    many_sessions: int = 100_000
    crowd_sessions: int = 100_000
    crowd_turns: int = 10_000
    crowd_reads: int = 300
    idle_readers: int = 10_000
    starts: int = 5
    streams: int = 500
    stream_s: float = 16.0
    step_turns: int = 200
    stored_turns: int = 100
    lost_turns: int = 32
    kills: int = 3
    leases: tuple[float, ...] = (3.0, 15.0)


QUICK = Plan(
    load_s=0.6,
    direct_s=0.3,
    paced_turns=1,
    pairs=60,
    reads=20,
    long_session=300,
    grow_s=5.0,
    crowd_sessions=3_000,
    crowd_turns=500,
    crowd_reads=50,
    idle_readers=500,
    starts=1,
    streams=50,
    stream_s=3.0,
    step_turns=30,
    stored_turns=20,
    lost_turns=8,
    kills=1,
    leases=(3.0,),
)


@dataclass(frozen=True)
class Stage:
    """The servers under load. `data_root` is where measures may start servers of their own; None if we started none.

    `postgres` has databases for them.
    """

    plan: Plan
    direct: ModelServer
    direct_usage: Usage
    server: AgentsApi
    usage: Usage | None
    data_root: Path | None
    postgres: Postgres


@dataclass(frozen=True)
class Figure:
    """One result: ours, and the same of calling the model server directly where that means something.

    The key is `measure.figure` or `measure.readers.figure`; goals and peers are found by it. `note` stands behind the
    value.
    """

    key: str
    label: str
    unit: str
    value: float | None
    direct: float | None = None
    note: str = ""

    @property
    def measure(self) -> str:
        """What it is a figure of."""
        return self.key.split(".")[0]

    @property
    def ratio(self) -> float | None:
        """Ours by direct."""
        return None if self.value is None or not self.direct else self.value / self.direct

    @property
    def more_is_better(self) -> bool:
        """True of rates; of everything else we want little."""
        return self.unit.endswith("/s")


Measure = Callable[[Stage], AsyncIterator[Figure]]
