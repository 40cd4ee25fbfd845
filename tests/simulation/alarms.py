"""What the runtime's log calls an error: a world ends at one that nothing foreseen explains."""

import sys
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from logging import ERROR, INFO
from typing import Any

import structlog

from tests.simulation.ledger import Broken
from tests.simulation.loop import VirtualLoop

FORESEEN = {"lease.lost"}


@contextmanager
def listening(loop: VirtualLoop, *, tells: bool) -> Generator[None]:
    """Listen for as long as the block runs; tell all that is logged, or let it be silent."""

    def collect(_: Any, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if level == "error" and event["event"] not in FORESEEN:
            loop.broken.append(Broken(f"I8: {event['event']}: {event.get('exc_info')!r}"))
        if tells:
            words = " ".join(f"{name}={value}" for name, value in event.items() if name != "event")
            sys.stdout.write(f"{loop.time():9.3f} {event['event']} {words}\n")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(INFO if tells else ERROR), processors=[collect]
    )
    try:
        yield
    finally:
        structlog.configure(**before)
