"""What a node counts, in Prometheus' text format. Imported when that is first asked for, as nothing else needs it.

No label says who, which or where: neither ids nor owners, names or paths are in it.
"""

from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tertulia import __version__
from tertulia.runtime.vitals import Vitals
from tertulia.server.traffic import BOUNDS, Durations, Traffic

LIMITS = [*map(str, BOUNDS), "+Inf"]


def writer(look: Callable[[], Vitals], traffic: Traffic, streams: Callable[[], int]) -> Callable[[], str]:
    """Return what writes it all, as it is whenever that is called."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Counts(look, traffic, streams))
    return lambda: generate_latest(registry).decode()


class _Counts(Collector):
    """Reads the numbers; they are kept where they are counted."""

    def __init__(self, look: Callable[[], Vitals], traffic: Traffic, streams: Callable[[], int]) -> None:
        self._look = look
        self._streams = streams
        self._traffic = traffic

    def describe(self) -> list[Metric]:
        """Nothing is read before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield all there is."""
        vitals = self._look()
        build = GaugeMetricFamily("tertulia_build_info", "Which version this is; always 1.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield from _now(vitals, self._streams())
        yield from _counted(vitals)
        yield from _requests(self._traffic)


def _now(vitals: Vitals, streams: int) -> Iterator[Metric]:
    for name, value, what in (
        ("draining", vitals.is_draining, "1 once this node was told to stop and takes no new work, else 0."),
        ("turns_running", vitals.running, "Turns that hold one of this node's places."),
        ("turns_waiting", vitals.waiting, "Turns of this node that wait for a place."),
        ("turn_places_free", vitals.free_places, "How many more turns could run here now."),
        ("turns_unstored", vitals.unstored, "Turns of this node of which not every event is stored yet."),
        ("event_streams_open", streams, "Event streams that are being read from this node."),
    ):
        yield GaugeMetricFamily(f"tertulia_{name}", what, value=value)


def _counted(vitals: Vitals) -> Iterator[Metric]:
    tally = vitals.tally
    for name, value, what in (
        ("turns_accepted", tally.accepted, "Turns that were taken on by this node."),
        (
            "turns_taken_over",
            tally.taken_over,
            "Turns that this node went on with where another process had left them.",
        ),
        ("storage_retries", tally.storage_retries, "Writes of events that had to be tried again."),
        ("leases_lost", tally.leases_lost, "How often this node lost its lease, and all its turns to others."),
    ):
        yield CounterMetricFamily(f"tertulia_{name}", what, value=value)
    rested = CounterMetricFamily("tertulia_turns_rested", "How often turns came to rest here.", labels=["status"])
    for status, count in tally.rested.items():
        rested.add_metric([status], count)
    yield rested
    tokens = CounterMetricFamily("tertulia_model_tokens", "Tokens that turns took of models.", labels=["direction"])
    tokens.add_metric(["input"], tally.input_tokens)
    tokens.add_metric(["output"], tally.output_tokens)
    yield tokens


def _requests(traffic: Traffic) -> Iterator[Metric]:
    ended = CounterMetricFamily(
        "tertulia_http_requests", "Requests that ended, streams too.", labels=["method", "status"]
    )
    for (method, status), count in traffic.ended.items():
        ended.add_metric([method, f"{status}xx"], count)
    yield ended
    durations = HistogramMetricFamily(
        "tertulia_http_request_duration_seconds", "How long requests took; streams are left out.", labels=["method"]
    )
    for method, found in traffic.durations.items():
        durations.add_metric([method], _buckets(found), found.seconds)
    yield durations


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    return list(zip(LIMITS, accumulate(durations.counts), strict=True))
