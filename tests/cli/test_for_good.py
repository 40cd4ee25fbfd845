"""What a start makes is not looked through by the collector, and the collector goes on with what comes after."""

import gc

from tertulia.cli.for_good import for_good


class Ring:
    """What only the collector can let go of."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_made_for_good_stays_and_what_comes_later_is_collected() -> None:
    gc.collect()
    before = gc.get_freeze_count()
    try:
        with for_good():
            assert not gc.isenabled()
            Ring()
        assert gc.isenabled()
        assert gc.get_freeze_count() > before
        assert gc.collect() == 0
        Ring()
        assert gc.collect() > 0
    finally:
        gc.unfreeze()


def test_a_start_that_fails_leaves_the_collector_as_it_was() -> None:
    try:
        with for_good():
            raise ValueError
    except ValueError:
        assert gc.isenabled()
    finally:
        gc.unfreeze()
