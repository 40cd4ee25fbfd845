"""Python's collector, told what it need not look at.

A start makes hundreds of thousands of objects, next to none of which are ever let go of. The collector looks through
all of them again and again while they are made, which is a fourth of the time that a start takes, and would go on to
do so every now and then while turns run, each time for a tenth of a second in which nothing else happens.

Of what turns make, next to nothing is in cycles: it goes when they are done with it. The younger the collector looks
for, the more it finds that is in use still, so it waits until there is much.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

YOUNG = 20_000
"""Objects that may have come, beyond those that have gone, before the collector looks at them; Python says 700."""


@contextmanager
def for_good() -> Generator[None]:
    """What is made within the block stays for as long as the process: it is not looked through then, nor ever after."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(YOUNG)
        gc.enable()
