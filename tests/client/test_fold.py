"""The fold that readers have is the server's: the golden logs make the golden turns, at every prefix."""

import pytest

from tertulia.client import fold
from tertulia.client.events import Received
from tertulia.client.fold import TurnFold
from tertulia.domain.events import LoggedEvent
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tests.golden.logs import LOGS


@pytest.mark.parametrize("name", LOGS)
def test_what_is_watched_is_what_is_stored_at_any_time(name: str) -> None:
    watched = TurnFold()
    for place, logged in enumerate(LOGS[name], start=1):
        watched.add(Received(logged=logged))
        assert watched.turn == fold(LOGS[name][:place]) == project(replay(LOGS[name][:place]))


def test_what_does_not_begin_at_the_beginning_is_no_turn() -> None:
    log: list[LoggedEvent] = next(iter(LOGS.values()))
    with pytest.raises(ValueError, match="not the events of a turn from its beginning"):
        fold(log[1:])
    with pytest.raises(ValueError, match="is empty"):
        fold([])


def test_an_event_that_does_not_fit_makes_the_turn_unknown_until_it_rests() -> None:
    queued, started, *_ = next(iter(LOGS.values()))
    watched = TurnFold()
    for logged in (queued, started, started):
        watched.add(Received(logged=logged))
    assert watched.turn is None
