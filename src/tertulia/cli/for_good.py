"""Python's collector, told what it need not look at.

A start makes hundreds of thousands of objects, next to none of which are ever let go of. The collector looks through
all of them again and again while they are made, which is a fourth of the time that a start takes, and would go on to
do so every now and then while turns run, each time for a tenth of a second in which nothing else happens.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def for_good() -> Generator[None]:
    """What is made within the block stays for as long as the process: it is not looked through then, nor ever after."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
